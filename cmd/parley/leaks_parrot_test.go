package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// parrot is a carrier that repeats what it was given in its errors, and takes a message
// only now and then.
type parrot struct {
	mu    sync.Mutex
	texts []string // taken
	fail  map[string]int
	n     int
}

func (p *parrot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var m struct{ ID, To, Text string }
	body, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(body, &m)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	switch status := p.fail[m.To]; {
	case status == http.StatusBadRequest:
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":%q,"code":%q,"message":%q}`, m.Text, m.Text, m.Text)
		p.texts = append(p.texts, m.Text)
		return
	case p.n%3 == 1:
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, `{"error":%q,"detail":%q}`, m.Text, m.Text)
		return
	}
	p.texts = append(p.texts, m.Text)
	fmt.Fprintf(w, `{"id":"c-%d","echo":%q}`, p.n, m.Text)
}

// code waits for the n-th text that the carrier was given and returns its code.
func (p *parrot) code(t *testing.T, n int) string {
	t.Helper()
	code := ""
	eventually(t, fmt.Sprint("text ", n), func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.texts) < n {
			return false
		}
		code = strings.ReplaceAll(shownCode.FindString(p.texts[n-1]), " ", "")
		return true
	})
	return code
}

func (p *parrot) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.texts)
}
