package agentui

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// handset is a Phone behind a real server, and what was done with it.
type handset struct {
	*Phone
	url   string
	mu    sync.Mutex
	typed []string
	begun []string
}

func newHandset(t *testing.T) *handset {
	t.Helper()
	h := &handset{}
	h.Phone = &Phone{Number: "+12025550123", Line: "+12025550100", Brand: "Acme", Starts: []Start{{"a", "A"}}, Log: slog.New(slog.DiscardHandler),
		Text: func(_ context.Context, text string) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.typed = append(h.typed, text)
			if text == "fail" {
				return errors.New("no carrier")
			}
			return nil
		},
		Begin: func(_ context.Context, name string) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.begun = append(h.begun, name)
			return errors.New("cannot begin " + name)
		}}
	ctx, cancel := context.WithCancel(context.Background())
	server := httptest.NewServer(h.Handler(ctx))
	t.Cleanup(func() { cancel(); server.Close() })
	h.url = server.URL
	return h
}

// dial opens the page's socket from an origin.
func (h *handset) dial(t *testing.T, origin string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	conn, answer, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(h.url, "http")+"/phone/ws", header)
	if conn != nil {
		t.Cleanup(func() { conn.Close() })
	}
	return conn, answer, err
}

// next reads one frame.
func next(t *testing.T, conn *websocket.Conn) map[string]any {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var frame map[string]any
	if err := conn.ReadJSON(&frame); err != nil {
		t.Fatal(err)
	}
	return frame
}

func TestSocketWantsItsOwnOrigin(t *testing.T) {
	h := newHandset(t)
	for _, origin := range []string{"", "null", "http://evil.example", "http://127.0.0.1:1"} {
		if _, answer, err := h.dial(t, origin); err == nil || answer == nil || answer.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q was let in", origin)
		}
	}
}

func TestPhone(t *testing.T) {
	h := newHandset(t)
	h.Show("m1", "hello")
	conn, _, err := h.dial(t, h.url)
	if err != nil {
		t.Fatal(err)
	}
	if hello := next(t, conn); hello["op"] != "hello" || len(hello["bubbles"].([]any)) != 1 || len(hello["starts"].([]any)) != 1 {
		t.Errorf("hello %v", hello)
	}
	h.Show("m2", "again")
	if b := next(t, conn)["bubble"].(map[string]any); b["text"] != "again" || b["mine"] != false {
		t.Errorf("bubble %v", b)
	}
	send := func(v any) {
		if err := conn.WriteJSON(v); err != nil {
			t.Fatal(err)
		}
	}
	send(map[string]string{"op": "text", "text": "yes"})
	if b := next(t, conn)["bubble"].(map[string]any); b["text"] != "yes" || b["mine"] != true || b["status"] != "sent" {
		t.Errorf("bubble %v", b)
	}
	send(map[string]string{"op": "text", "text": "fail"})
	next(t, conn)
	if b := next(t, conn)["bubble"].(map[string]any); b["text"] != "fail" || b["status"] != "failed" {
		t.Errorf("bubble %v", b)
	}
	send(map[string]string{"op": "start", "name": "a"})
	if e := next(t, conn); e["op"] != "error" || e["text"] != "cannot begin a" {
		t.Errorf("error %v", e)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.typed) != 2 || len(h.begun) != 1 {
		t.Errorf("typed %v, begun %v", h.typed, h.begun)
	}
}

// TestSlowBrowser does not read: it is dropped, and holds nobody up.
func TestSlowBrowser(t *testing.T) {
	h := newHandset(t)
	if _, _, err := h.dial(t, h.url); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("x", 30_000)
	begun := time.Now()
	for i := range 4 * mostFrames {
		h.Show("m"+string(rune('a'+i%26)), text)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("a browser that does not read held the phone up for %v", took)
	}
	for deadline := time.Now().Add(2 * writeWait); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) { // real sockets in real time
		h.Phone.mu.Lock()
		open := len(h.open)
		h.Phone.mu.Unlock()
		if open == 0 {
			return
		}
	}
	t.Error("it was not dropped")
}

func TestPageIsServedWithItsPolicy(t *testing.T) {
	h := newHandset(t)
	for path, status := range map[string]int{"/phone/": 200, "/phone/nothing.js": 404} {
		answer, err := http.Get(h.url + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != status || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, answer.StatusCode, answer.Header)
		}
	}
}
