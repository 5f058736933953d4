// Package agentui serves the pages that people look at and the sockets behind
// them: the console of the people at work, who sign in, and the demo's phone, for which
// it plays a handset.
//
// The pages are built by make from agentui/web and embedded; a binary built by Go
// alone carries a page that says so.
package agentui

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed web/dist
var dist embed.FS

// contentPolicy lets a page load only what this server serves.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Built says whether this binary carries the pages.
func Built() bool {
	_, err := fs.Stat(dist, "web/dist/phone.html")
	return err == nil
}

// page serves the embedded files below prefix; its root is the named page, or the
// placeholder when the pages were not built.
func page(prefix, root string) http.Handler {
	files, err := fs.Sub(dist, "web/dist")
	if err != nil {
		panic(err) // the folder is embedded: this cannot happen in a binary that was built
	}
	if _, err := fs.Stat(files, root); err != nil {
		root = "index.html"
	}
	served := http.StripPrefix(strings.TrimSuffix(prefix, "/"), http.FileServerFS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		if r.URL.Path != prefix {
			h.Set("Content-Security-Policy", contentPolicy)
			served.ServeHTTP(w, r)
			return
		}
		if root != "index.html" { // the placeholder styles itself
			h.Set("Content-Security-Policy", contentPolicy)
		}
		http.ServeFileFS(w, r, files, root)
	})
}
