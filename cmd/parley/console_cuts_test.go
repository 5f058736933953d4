package main

import (
	"bytes"
	"context"
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
	"parley/conversation/store/storetest"
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

// leadsTo is where connections go from now on.
func (b *badNetwork) leadsTo(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.to = address
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
// half open, answers that are lost, a server that is killed and starts again, and a tab
// that slept. The server is a process of its own.
func TestProofConsoleOnABadNetwork(t *testing.T) {
	inBrowser(t)
	w := newWorld(t, storetest.URL(t, "sqlite"), 1000)
	file := w.deskConfig()
	s := serve(t, file)
	for _, name := range []string{"ann", "bob"} {
		w.joins(s, file, name, agentui.RoleAgent)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	network := &badNetwork{to: s.address, open: map[net.Conn]bool{}}
	go network.serve(l)
	out, err := scripted(t, "cuts.mjs", "http://"+l.Addr().String(), w.beyond(s, network, file))
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

// scripted runs one of the browser's scripts against a server, with more in its
// environment.
func scripted(t *testing.T, script, at string, outside http.Handler, more ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", script)
	cmd.Dir = root + "/agentui/web/test/browser"
	cmd.Env = append(os.Environ(), "PARLEY_AT="+at, "PARLEY_OUTSIDE=http://"+listen(t, outside), "PARLEY_PASSWORD="+sentence)
	cmd.Env = append(cmd.Env, more...)
	return cmd.CombinedOutput()
}

// deskConfig writes the file of a server of this world where whatever a customer texts is
// for people.
func (w *world) deskConfig() (file string) {
	w.t.Helper()
	return write(w.t, w.folder, "desk.yaml", fmt.Sprintf(`
name: proof
database: %q
listen: 127.0.0.1:0
admin: "off"
brands: {acme: {name: Acme, contact: help@acme.example, timezone: UTC, quiet: "off"}}
carriers: {lab: {provider: generic, base_url: "http://%s", secret: "%s", rate: %d, timeout: 2s}}
lines: [{number: "%s", carrier: lab, brand: acme}]
`, w.database, w.at, testSecret, w.rate, testLine))
}

// joins lets somebody in by the command line; they set a password of their own.
func (w *world) joins(s *served, file, name string, role agentui.Role) {
	w.t.Helper()
	code, first, errs := invoke(w.t, "", "--config", file, "agents", "add", name, "--role", string(role))
	if code != 0 {
		w.t.Fatal(errs)
	}
	body, err := json.Marshal(typed{"name": name, "password": strings.TrimSpace(first), "new_password": sentence})
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := http.Post("http://"+s.address+"/console/api/session", "application/json", bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		w.t.Fatalf("%s cannot sign in: %s", name, res.Status)
	}
}

// beyond is where the script is the customers, the carrier, and the weather. The carrier
// outlives the server.
func (w *world) beyond(server *served, network *badNetwork, file string) http.Handler {
	mouth := w.mouth(server, patience)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /network", func(_ http.ResponseWriter, r *http.Request) { network.becomes(r.FormValue("how")) })
	mux.HandleFunc("POST /text", func(rw http.ResponseWriter, r *http.Request) {
		if err := textsMany(r.Context(), mouth, r.FormValue("from"), r.FormValue("text"), r.FormValue("times")); err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("GET /messages", func(rw http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(rw).Encode(carried(w.carrier)) // the script is on this machine
	})
	mux.HandleFunc("POST /restart", func(http.ResponseWriter, *http.Request) { // one at a time: the script waits
		server.kill()
		server = serve(w.t, file)
		mouth = w.mouth(server, patience)
		network.leadsTo(server.address)
	})
	return mux
}

// carried are the texts that a carrier has taken.
func carried(c *provider.Carrier) []string {
	texts := []string{}
	for _, m := range c.Messages() {
		texts = append(texts, m.Text)
	}
	return texts
}

// textsMany sends a text, numbered: from one phone, or (from ending in *) from a hundred in
// turn, sixteen at a time.
func textsMany(ctx context.Context, c *provider.Carrier, from, text, times string) error {
	n, err := strconv.Atoi(times)
	if err != nil {
		n = 1
	}
	if whole, many := strings.CutSuffix(from, "*"); many {
		return textsFromMany(ctx, c, whole, text, n)
	}
	for i := range n {
		said := text
		if n > 1 {
			said = fmt.Sprintf("%s %d", text, i+1)
		}
		if err := c.Text(ctx, provider.Text{From: from, To: testLine, Text: said}); err != nil {
			return err
		}
	}
	return nil
}

func textsFromMany(ctx context.Context, c *provider.Carrier, from, text string, n int) error {
	var all sync.WaitGroup
	failed := make(chan error, n)
	for worker := range 16 {
		all.Go(func() {
			for i := worker; i < n; i += 16 {
				if err := c.Text(ctx, provider.Text{From: fmt.Sprintf("%s%02d", from, i%100), To: testLine, Text: fmt.Sprintf("%s %d", text, i)}); err != nil {
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
