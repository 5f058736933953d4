package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"parley/conversation"
	"parley/flows"
)

// reloading loads the flow files again when somebody asks for it (SIGHUP) or, when
// they are watched, after they have changed. It ends with ctx.
//
// A change is loaded when the files have stood still from one look to the next, so
// that a file is not read while an editor writes it. A reload that the database
// could not take is tried again at the next look; one that failed by the files
// waits until they are changed or somebody asks.
func (h *house) reloading(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	serving := h.prepared.library
	loaded, last, owed := "", "", false
	if h.watch {
		loaded = h.seen // a change since the files were first read is one too
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.again:
			owed = true
		case <-tick.C:
			seen := h.look()
			owed = owed || seen != loaded && seen == last
			last = seen
		}
		if !owed {
			continue
		}
		before := h.look() // what is written while the files are read is seen as a change
		next, err := h.reload(ctx, serving)
		owed = errors.Is(err, conversation.ErrUnavailable)
		serving, loaded = next, before
	}
}

// lookEvery is how often watched files are looked at.
const lookEvery = time.Second

// reload loads the flow files, stores their versions and then uses them for the
// next event; live runs stay on theirs. When anything is wrong, nothing changes but
// the log and the metric. It returns what serves now.
func (h *house) reload(ctx context.Context, serving *flows.Library) (*flows.Library, error) {
	library, err := loadFlows(h.config)
	if err == nil {
		if err = h.store.SaveFlowVersions(ctx, versionsOf(library)); err != nil {
			err = fmt.Errorf("storing the flow versions: %w", err)
		}
	}
	if err != nil {
		h.metrics.flowsFailed.Set(1)
		h.complain(err)
		return serving, err
	}
	for _, f := range serving.All() { // dry runs fetch nothing
		if _, still := library.ByHash(f.Hash); !still {
			h.engine.Catalog.Keep(f)
		}
	}
	h.engine.Catalog.Use(library)
	h.metrics.flowsFailed.Set(0)
	h.metrics.flowsLoaded.SetToCurrentTime()
	missServices(h.config, library, h.log)
	h.log.Info("the flows are loaded again", "flows", len(library.All()), "changed", changed(serving, library))
	return library, nil
}

// complain logs why the files cannot be used, one line for each problem.
func (h *house) complain(err error) {
	const serveOn = "the flow files cannot be used; the flows loaded before serve on"
	problems := flows.Problems(err)
	for _, p := range problems {
		h.log.Error(serveOn, "at", fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col), "problem", p.Message)
	}
	if len(problems) == 0 {
		h.log.Error(serveOn, "error", err)
	}
}

// changed counts the flows that are new, gone or of another version.
func changed(was, is *flows.Library) (n int) {
	for _, f := range is.All() {
		if _, same := was.ByHash(f.Hash); !same {
			n++
		}
	}
	for _, f := range was.All() {
		if _, still := is.Current(f.Name); !still {
			n++
		}
	}
	return n
}

// look sums up names, sizes and times of the flow files, so that two looks differ
// when something was written between them. It is "" when nobody watches.
func (h *house) look() string {
	if !h.watch {
		return ""
	}
	return lookAt(h.config.Flows)
}

// lookAt sums up the files of the folders.
func lookAt(folders []string) string {
	sum := sha256.New()
	for _, folder := range folders {
		if folder == "library" {
			continue
		}
		if path.Ext(folder) == ".yaml" {
			folder = filepath.Dir(folder) // a file, and what stands beside it
		}
		err := fs.WalkDir(os.DirFS(folder), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) != ".yaml" {
				return err
			}
			info, err := d.Info()
			if err == nil {
				fmt.Fprintf(sum, "%s/%s %d %d\n", folder, name, info.Size(), info.ModTime().UnixNano())
			}
			return err
		})
		if err != nil {
			fmt.Fprintln(sum, err)
		}
	}
	return string(sum.Sum(nil))
}
