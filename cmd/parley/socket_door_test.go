package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// line is a browser's socket at the console.
type line struct {
	t     *testing.T
	conn  *websocket.Conn
	heard io.Writer // every frame is written here, if there is one
}

// opens connects as the desk's browser does.
func (d *desk) opens(origin, protocol string) (*line, *http.Response, error) {
	d.t.Helper()
	dialer := websocket.Dialer{Jar: d.browser.Jar, HandshakeTimeout: 5 * time.Second}
	if protocol != "" {
		dialer.Subprotocols = []string{protocol}
	}
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	conn, res, err := dialer.DialContext(d.t.Context(), "ws://"+d.house.address+"/console/ws", header)
	if err != nil {
		return nil, res, err
	}
	d.t.Cleanup(func() { conn.Close() })
	return &line{t: d.t, conn: conn}, res, nil
}

func (d *desk) sits() *line {
	d.t.Helper()
	l, _, err := d.opens(d.origin, "agentui.v1")
	if err != nil {
		d.t.Fatal(err)
	}
	return l
}

func (l *line) says(op string, d any) {
	l.t.Helper()
	if err := l.conn.WriteJSON(map[string]any{"op": op, "d": d}); err != nil {
		l.t.Fatal(err)
	}
}

// hears reads until a frame with this op comes, and gives its data.
func (l *line) hears(op string) map[string]any {
	l.t.Helper()
	_ = l.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		var f struct {
			Op   string         `json:"op"`
			Data map[string]any `json:"d"`
		}
		_, frame, err := l.conn.ReadMessage()
		if err == nil {
			err = json.Unmarshal(frame, &f)
		}
		if err != nil {
			l.t.Fatalf("waiting for %s: %v", op, err)
		}
		if l.heard != nil {
			fmt.Fprintln(l.heard, string(frame))
		}
		if f.Op == op {
			return f.Data
		}
	}
}

// TestSocket: what happens is told by number, in order, once; who was away is told what
// they missed; commands are the same as by POST.
func TestSocket(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, s *server) {
		ann := s.seat("ann", agentui.RoleAgent)
		one := ann.sits()
		hello := one.hears("hello")
		if hello["me"] != "ann" || hello["epoch"] == "" {
			t.Errorf("%v", hello)
		}
		one.says("resume", map[string]any{"epoch": hello["epoch"], "since": hello["head"]})
		one.hears("live")
		id := s.escalated()
		ev := one.hears("ev")
		if ev["conv"] != id || ev["type"] != "text" || ev["seq"].(float64) != hello["head"].(float64)+1 {
			t.Errorf("%v", ev)
		}
		view := ann.seen(id)
		one.says("cmd", do("s1", "take", id, view, ""))
		if ack := one.hears("ack"); ack["id"] != "s1" {
			t.Errorf("%v", ack)
		}
		one.says("cmd", do("s2", "take", id, view, "")) // of what she saw before
		if nack := one.hears("nack"); nack["status"].(float64) != http.StatusConflict || nack["d"].(map[string]any)["current"] == nil {
			t.Errorf("%v", nack)
		}
		one.says("hb", nil)
		one.hears("hb")
		one.conn.Close()
		for _, text := range []string{"one", "two", "three"} {
			s.texts(text)
		}
		two := ann.sits()
		two.hears("hello")
		last := ev["seq"].(float64)
		two.says("resume", map[string]any{"epoch": hello["epoch"], "since": last})
		for range 4 { // the take, and three texts
			next := two.hears("ev")["seq"].(float64)
			if next != last+1 {
				t.Fatalf("after %v came %v", last, next)
			}
			last = next
		}
		two.says("resume", map[string]any{"epoch": "another", "since": 1})
		if why := two.hears("resync"); why["reason"] != "epoch" {
			t.Errorf("%v", why)
		}
	})
}

// TestLooks: colleagues see who has a conversation open and who types.
func TestLooks(t *testing.T) {
	t.Parallel()
	c := testConfig(storetest.URL(t, "sqlite"))
	c.PublicURL = ""
	s := serveTest(t, c)
	ann, bob := s.seat("ann", agentui.RoleAgent).sits(), s.seat("bob", agentui.RoleAgent).sits()
	ann.hears("hello")
	bob.hears("hello")
	id := s.escalated()
	ann.says("look", map[string]any{"conv": id, "typing": true})
	if l := bob.hears("look"); l["agent"] != "ann" || l["conv"] != id || l["typing"] != true {
		t.Errorf("%v", l)
	}
	late := s.desk()
	late.browser = &http.Client{Jar: bobsJar(t, s)}
	three := late.sits()
	if l := three.hears("look"); l["agent"] != "ann" {
		t.Errorf("who comes later sees %v", l)
	}
}

// TestSocketIsNoOlderPermission: who is disabled does nothing by a socket that stands open,
// and hears that they are out; a server that ends asks for some patience.
func TestSocketIsNoOlderPermission(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, s *server) {
		id := s.escalated()
		ann, bob := s.seat("ann", agentui.RoleAgent), s.seat("bob", agentui.RoleAgent)
		view, l := ann.seen(id), ann.sits()
		l.hears("hello")
		if ok, err := s.house.store.DisableAgent(t.Context(), "ann"); err != nil || !ok {
			t.Fatal(ok, err)
		}
		l.says("cmd", do("s1", "take", id, view, ""))
		_ = l.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, _, err := l.conn.ReadMessage(); !websocket.IsCloseError(err, 4001) {
			t.Errorf("a disabled agent hears %v", err)
		}
		if owner := bob.seen(id)["owner"]; owner != "queue" {
			t.Errorf("a disabled agent took it: %v", owner)
		}
	})
}

// bobsJar is another browser in which bob is signed in.
func bobsJar(t *testing.T, s *server) http.CookieJar {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{s, &http.Client{Jar: jar}, "http://" + s.house.address}
	d.wants("POST", "session", typed{"name": "bob", "password": sentence}, http.StatusNoContent)
	return jar
}

// TestSocketDoors: no socket without signing in, of another origin or none, of another
// protocol; nonsense ends nothing; who is disabled is out.
func TestSocketDoors(t *testing.T) {
	t.Parallel()
	c := testConfig(storetest.URL(t, "sqlite"))
	c.PublicURL = ""
	s := serveTest(t, c)
	ann := s.seat("ann", agentui.RoleAgent)
	if _, res, err := s.desk().opens(ann.origin, "agentui.v1"); err == nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a cookie: %v", err)
	}
	for _, origin := range []string{"", "https://evil.example", "null"} {
		if _, res, err := ann.opens(origin, "agentui.v1"); err == nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("from %q: %v", origin, err)
		}
	}
	if l, _, err := ann.opens(ann.origin, ""); err == nil {
		_, _, err = l.conn.ReadMessage()
		if !websocket.IsCloseError(err, 4010) {
			t.Errorf("another protocol: %v", err)
		}
	}
	l := ann.sits()
	l.hears("hello")
	for _, nonsense := range []string{"", "{", "[]", `{"op":"fly"}`, `{"op":"cmd","d":3}`, `{"op":"resume","d":"x"}`, `{"op":"look","d":{"conv":"` + strings.Repeat("x", 200) + `"}}`} {
		if err := l.conn.WriteMessage(websocket.TextMessage, []byte(nonsense)); err != nil {
			t.Fatal(err)
		}
	}
	l.says("hb", nil)
	l.hears("hb")
	var all []*line
	for range 9 {
		all = append(all, ann.sits())
	}
	for _, one := range all {
		one.hears("hello")
	}
	_, _, err := ann.sits().conn.ReadMessage()
	if !websocket.IsCloseError(err, 4009) {
		t.Errorf("an eleventh: %v", err)
	}
	if err := l.conn.WriteMessage(websocket.TextMessage, []byte(strings.Repeat(" ", 40_000))); err == nil {
		if _, _, err = l.conn.ReadMessage(); err == nil {
			t.Error("a frame of 40 kB was taken")
		}
	}
}
