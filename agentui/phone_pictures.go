package agentui

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
)

// pictures are what the demo's customers send, in memory.
type pictures struct {
	mu   sync.Mutex
	kept [][]byte
}

// Most and largest of the pictures; those after the first ones are refused.
const (
	mostPictures   = 50
	largestPicture = 2 << 20
)

// shownPictures are types that a browser shows and does not run.
var shownPictures = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// take keeps a picture and answers under which name.
func (p *pictures) take(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestPicture))
	if err != nil {
		http.Error(w, "a picture may have 2 MiB", http.StatusRequestEntityTooLarge)
		return
	}
	if !slices.Contains(shownPictures, http.DetectContentType(data)) {
		http.Error(w, "a picture is a PNG, JPEG, GIF or WebP", http.StatusUnsupportedMediaType)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) == mostPictures {
		http.Error(w, "these were pictures enough", http.StatusInsufficientStorage)
		return
	}
	p.kept = append(p.kept, data)
	_, _ = io.WriteString(w, strconv.Itoa(len(p.kept))) // the browser may have gone
}

func (p *pictures) find(name string) ([]byte, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, err := strconv.Atoi(name)
	if err != nil || n < 1 || n > len(p.kept) {
		return nil, false
	}
	return p.kept[n-1], true
}

func (p *pictures) has(name string) bool {
	_, found := p.find(name)
	return found
}

// ServeHTTP serves the picture that {id} names: to the page, and to Parley, which finds it
// where the demo's carrier keeps it.
func (p *pictures) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, found := p.find(r.PathValue("id"))
	if !found {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", http.DetectContentType(data))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(data) // the browser may have gone
}

// Pictures serves what the customers sent at /{id}, as a carrier does.
func (p *Phone) Pictures() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{id}", &p.pictures)
	return mux
}
