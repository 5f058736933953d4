package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"parley/agentui"
	"parley/outbound/provider"
)

// badNetwork stands between a browser and a server, and does what networks do: it cuts,
// it swallows, it is deaf on one side, it lets no socket through.
type badNetwork struct {
	mu   sync.Mutex
	to   string
	how  string // "": as it should; cut, stall, deaf, blocked
	open map[net.Conn]bool
}

// becomes changes what the network does. Whoever is cut off is so at once; what was
// swallowed is lost with its connection.
func (b *badNetwork) becomes(how string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if how == "cut" || b.how == "stall" || b.how == "deaf" {
		for conn := range b.open {
			conn.Close()
		}
	}
	b.how = how
}

func (b *badNetwork) now() (how, to string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.how, b.to
}

func (b *badNetwork) keep(conns ...net.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, conn := range conns {
		b.open[conn] = true
	}
}

// serve takes connections until the listener closes.
func (b *badNetwork) serve(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go b.carry(conn)
	}
}

func (b *badNetwork) carry(browser net.Conn) {
	defer browser.Close()
	how, to := b.now()
	if how == "cut" {
		return
	}
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	b.keep(browser, server)
	go func() {
		b.copy(server, browser, "stall")
		server.Close()
	}()
	b.copy(browser, server, "stall deaf")
}

// copy carries bytes, but for those that the network swallows just now.
func (b *badNetwork) copy(to, from net.Conn, swallowed string) {
	buffer := make([]byte, 16<<10)
	for {
		n, err := from.Read(buffer)
		how, _ := b.now()
		if how == "blocked" && strings.HasPrefix(string(buffer[:n]), "GET /console/ws") {
			return
		}
		if how == "" || how == "blocked" || !strings.Contains(swallowed, how) {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// TestProofConsoleOnABadNetwork drives the page in Chromium through cuts, sockets that are
// half open, answers that are lost, a server that starts again, and a tab that slept.
func TestProofConsoleOnABadNetwork(t *testing.T) {
	inBrowser(t)
	c := testConfig("sqlite:" + t.TempDir() + "/parley.db")
	c.PublicURL = ""
	s := serveTest(t, c)
	s.seat("ann", agentui.RoleAgent)
	s.seat("bob", agentui.RoleAgent)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	network := &badNetwork{to: s.house.address, open: map[net.Conn]bool{}}
	go network.serve(l)
	out, err := s.scripted("cuts.mjs", "http://"+l.Addr().String(), s.beyond(network, c))
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

// inBrowser skips what has no browser.
func inBrowser(t *testing.T) {
	t.Helper()
	if os.Getenv("PARLEY_PROOF") != "1" {
		t.Skip("not run: a browser is slow: PARLEY_PROOF=1, or make proof")
	}
	if missing := lacksBrowser(); missing != "" {
		t.Skip("not run: " + missing)
	}
}

// lacksBrowser says what a browser test wants and does not find.
func lacksBrowser() string {
	switch _, chromium := exec.LookPath("chromium"); {
	case chromium != nil:
		return "there is no chromium: apt-get install chromium"
	case !agentui.Built():
		return "the pages are not built: make web"
	}
	return ""
}

// scripted runs one of the browser's scripts against a server.
func (s *server) scripted(script, at string, outside http.Handler) ([]byte, error) {
	cmd := exec.CommandContext(s.t.Context(), "node", script)
	cmd.Dir = root + "/agentui/web/test/browser"
	cmd.Env = append(os.Environ(), "PARLEY_AT="+at, "PARLEY_OUTSIDE=http://"+listen(s.t, outside), "PARLEY_PASSWORD="+sentence)
	return cmd.CombinedOutput()
}

// beyond is where the script is the customers, the carrier, and the weather.
func (s *server) beyond(network *badNetwork, c Config) http.Handler {
	var mu sync.Mutex
	server, before := s, []string{} // texts that went out before the server was started again
	mux := http.NewServeMux()
	mux.HandleFunc("POST /network", func(_ http.ResponseWriter, r *http.Request) { network.becomes(r.FormValue("how")) })
	mux.HandleFunc("POST /text", func(w http.ResponseWriter, r *http.Request) {
		if err := server.crowd(r.FormValue("from"), r.FormValue("text"), r.FormValue("times")); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("GET /messages", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_ = json.NewEncoder(w).Encode(append(before, server.carried()...)) // the script is on this machine
	})
	mux.HandleFunc("POST /restart", func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		before = append(before, server.carried()...)
		server.halt()
		server = serveTest(s.t, c)
		network.mu.Lock()
		defer network.mu.Unlock()
		network.to = server.house.address
	})
	return mux
}

func (s *server) carried() (texts []string) {
	for _, m := range s.carrier.Messages() {
		texts = append(texts, m.Text)
	}
	return texts
}

// crowd sends a text, numbered: from one phone, or (from ending in *) from a hundred in
// turn, sixteen at a time.
func (s *server) crowd(from, text, times string) error {
	n, err := strconv.Atoi(times)
	if err != nil {
		n = 1
	}
	if whole, many := strings.CutSuffix(from, "*"); many {
		return s.crowded(whole, text, n)
	}
	for i := range n {
		said := text
		if n > 1 {
			said = fmt.Sprintf("%s %d", text, i+1)
		}
		if err := s.carrier.Text(s.t.Context(), provider.Text{From: from, To: testLine, Text: said}); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) crowded(from, text string, n int) error {
	var all sync.WaitGroup
	failed := make(chan error, n)
	for worker := range 16 {
		all.Go(func() {
			for i := worker; i < n; i += 16 {
				if err := s.carrier.Text(s.t.Context(), provider.Text{From: fmt.Sprintf("%s%02d", from, i%100), To: testLine, Text: fmt.Sprintf("%s %d", text, i)}); err != nil {
					failed <- err
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
