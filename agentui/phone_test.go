package agentui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// handset is a Phone behind a real server, and what was done with it.
type handset struct {
	*Phone
	url     string
	mu      sync.Mutex
	typed   []string
	begun   []string
	arrived []string
	ahead   atomic.Int64
}

const ann, ben = "+12025550123", "+12025550125"

func newHandset(t *testing.T) *handset {
	t.Helper()
	h := &handset{}
	h.Phone = &Phone{Customers: []Handset{{ann, "Ann"}, {ben, "Ben"}}, Line: "+12025550100", Brand: "Acme", Starts: []Start{{"a", "A"}}, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) },
		Travel: func(by time.Duration) {
			h.ahead.Add(int64(by))
			h.Passed()
		},
		Arrived: func(id string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.arrived = append(h.arrived, id)
		},
		Text: func(_ context.Context, from, text, picture string) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.typed = append(h.typed, from+" "+text+picture)
			if text == "fail" {
				return errors.New("no carrier")
			}
			return nil
		},
		Begin: func(_ context.Context, to, name string) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.begun = append(h.begun, to+" "+name)
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

func (h *handset) sits(t *testing.T) (conn *websocket.Conn, say func(v any)) {
	t.Helper()
	conn, _, err := h.dial(t, h.url)
	if err != nil {
		t.Fatal(err)
	}
	return conn, func(v any) {
		t.Helper()
		if err := conn.WriteJSON(v); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPhone(t *testing.T) {
	h := newHandset(t)
	h.Show(Bubble{ID: "m1", Phone: ann, Text: "hello"})
	conn, say := h.sits(t)
	if hello := next(t, conn); hello["op"] != "hello" || len(hello["bubbles"].([]any)) != 1 || len(hello["starts"].([]any)) != 1 || len(hello["phones"].([]any)) != 2 {
		t.Errorf("hello %v", hello)
	}
	h.Show(Bubble{ID: "m2", Phone: ben, Text: "again"})
	if b := next(t, conn)["bubble"].(map[string]any); b["text"] != "again" || b["mine"] != false || b["phone"] != ben {
		t.Errorf("bubble %v", b)
	}
	say(map[string]string{"op": "text", "phone": ben, "text": "yes"})
	for _, status := range []string{"sending", "sent"} {
		if b := next(t, conn)["bubble"].(map[string]any); b["text"] != "yes" || b["mine"] != true || b["status"] != status || b["phone"] != ben {
			t.Errorf("bubble %v", b)
		}
	}
	say(map[string]string{"op": "text", "phone": ann, "text": "fail"})
	next(t, conn)
	if b := next(t, conn)["bubble"].(map[string]any); b["text"] != "fail" || b["status"] != "failed" {
		t.Errorf("bubble %v", b)
	}
	say(map[string]string{"op": "start", "phone": ann, "name": "a"})
	if e := next(t, conn); e["op"] != "error" || e["text"] != "cannot begin a" {
		t.Errorf("error %v", e)
	}
	for _, wrong := range []map[string]any{{"op": "text", "phone": "+12025550199", "text": "who"}, {"op": "text", "phone": ann, "picture": "1"}, {"op": "travel", "hours": -1}, {"op": "travel", "hours": 1e6}} {
		say(wrong)
		if e := next(t, conn); e["op"] != "error" {
			t.Errorf("%v: %v", wrong, e)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Equal(h.typed, []string{ben + " yes", ann + " fail"}) || !slices.Equal(h.begun, []string{ann + " a"}) || !slices.Equal(h.arrived, []string{"m1", "m2"}) {
		t.Errorf("typed %v, begun %v, arrived %v", h.typed, h.begun, h.arrived)
	}
}

// TestPhoneThatIsOff gets nothing until it is on; the carrier hears of it only then.
func TestPhoneThatIsOff(t *testing.T) {
	h := newHandset(t)
	conn, say := h.sits(t)
	next(t, conn)
	say(map[string]any{"op": "turn", "phone": ann, "off": true})
	if f := next(t, conn); f["op"] != "switched" || f["off"] != true {
		t.Fatalf("%v", f)
	}
	h.Show(Bubble{ID: "m1", Phone: ann, Text: "hello"})
	h.Show(Bubble{ID: "m2", Phone: ben, Text: "there"})
	if b := next(t, conn)["bubble"].(map[string]any); b["id"] != "m2" {
		t.Errorf("a phone that is off shows %v", b)
	}
	say(map[string]any{"op": "travel", "hours": 24})
	if f := next(t, conn); f["op"] != "clock" || f["now"].(float64) < float64(time.Now().Add(23*time.Hour).UnixMilli()) {
		t.Errorf("%v", f)
	}
	say(map[string]any{"op": "turn", "phone": ann, "off": false})
	next(t, conn)
	if b := next(t, conn)["bubble"].(map[string]any); b["id"] != "m1" || b["at"].(float64) < float64(time.Now().Add(23*time.Hour).UnixMilli()) {
		t.Errorf("%v", b)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Equal(h.arrived, []string{"m2", "m1"}) {
		t.Errorf("arrived %v", h.arrived)
	}
}

// TestPhoneThatIsOffForLong: it sends nothing, and the carrier keeps for it what it would
// remember of a screen, the newest.
func TestPhoneThatIsOffForLong(t *testing.T) {
	h := newHandset(t)
	conn, say := h.sits(t)
	next(t, conn)
	say(map[string]any{"op": "turn", "phone": ann, "off": true})
	next(t, conn)
	say(map[string]any{"op": "text", "phone": ann, "text": "from the dark"})
	if f := next(t, conn); f["op"] != "error" {
		t.Errorf("%v", f)
	}
	for i := range mostBubbles + 7 {
		h.Show(Bubble{ID: strconv.Itoa(i), Phone: ann})
	}
	h.Phone.mu.Lock()
	defer h.Phone.mu.Unlock()
	if len(h.waiting) != mostBubbles || h.waiting[mostBubbles-1].ID != strconv.Itoa(mostBubbles+6) {
		t.Errorf("%d wait", len(h.waiting))
	}
}

// TestPhonePictures are kept when they are some, from this page, and never run.
func TestPhonePictures(t *testing.T) {
	h := newHandset(t)
	post := func(origin string, body []byte) (int, string) {
		r, err := http.NewRequest(http.MethodPost, h.url+"/phone/media", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		said, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(said)
	}
	gif := []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;")
	if status, name := post(h.url, gif); status != http.StatusOK || name != "1" {
		t.Fatalf("%d %s", status, name)
	}
	for _, bad := range []struct {
		origin string
		body   []byte
		status int
	}{
		{"http://evil.example", gif, http.StatusForbidden},
		{h.url, []byte("<html><script>alert(1)</script>"), http.StatusUnsupportedMediaType},
		{h.url, []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), http.StatusUnsupportedMediaType},
		{h.url, append(slices.Clone(gif), make([]byte, largestPicture)...), http.StatusRequestEntityTooLarge},
	} {
		if status, said := post(bad.origin, bad.body); status != bad.status {
			t.Errorf("%d %s, want %d", status, said, bad.status)
		}
	}
	answer, err := http.Get(h.url + "/phone/media/1")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.Header.Get("Content-Type") != "image/gif" || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%v", answer.Header)
	}
	conn, say := h.sits(t)
	next(t, conn)
	say(map[string]string{"op": "text", "phone": ann, "text": "see", "picture": "1"})
	if b := next(t, conn)["bubble"].(map[string]any); b["media"].([]any)[0] != "1" {
		t.Errorf("%v", b)
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
		h.Show(Bubble{ID: "m" + string(rune('a'+i%26)), Phone: ann, Text: text})
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
