package agentui

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What a browser is told to fetch: by the page, and by what the page fetches.
var (
	fetched  = regexp.MustCompile(`(?:src|href)="([^"]+)"`)
	styled   = regexp.MustCompile(`(?:url\(|@import )"?([^")]+)`)
	imported = regexp.MustCompile(`(?:from|import)\s*"([^"]+)"`)
)

// TestFirstLoad holds what has to come before anything is shown to its budgets: six
// requests, 60 kB of JavaScript and 12 of styles, gzipped, and nothing from anybody else.
func TestFirstLoad(t *testing.T) {
	if !Built() {
		t.Skip("not run: the pages are not built: make web")
	}
	files, sizes := []string{"console.html"}, map[string]int{}
	for i := 0; i < len(files); i++ {
		text, err := fs.ReadFile(dist, "web/dist/"+files[i])
		if err != nil {
			t.Fatal(err)
		}
		kind := files[i][strings.LastIndex(files[i], "."):]
		sizes[kind] += gzipped(t, text)
		pattern := map[string]*regexp.Regexp{".html": fetched, ".js": imported, ".css": styled}[kind]
		for _, m := range pattern.FindAllSubmatch(text, -1) {
			name := path.Join(path.Dir(files[i]), strings.TrimPrefix(string(m[1]), "/console/"))
			switch {
			case string(m[1]) == "data:," || slices.Contains(files, name): // nothing is fetched
			case strings.Contains(string(m[1]), "//"):
				t.Errorf("%s fetches %s", files[i], m[1])
			default:
				files = append(files, name)
			}
		}
	}
	t.Logf("%d requests (budget 6): %v; gzipped %v bytes (budgets: .js 60000, .css 12000)", len(files), files, sizes)
	if len(files) > 6 || sizes[".js"] > 60_000 || sizes[".css"] > 12_000 || sizes[".js"] == 0 || sizes[".css"] == 0 {
		t.Error("a budget is broken")
	}
	if !strings.Contains(contentPolicy, "default-src 'none'") || strings.Contains(contentPolicy, "http") {
		t.Errorf("a page may fetch from somebody else: %s", contentPolicy)
	}
}

func gzipped(t *testing.T, text []byte) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(text); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return out.Len()
}
