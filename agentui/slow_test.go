package agentui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/conversation"
)

// TestSlowSocket: a browser that does not read holds up nobody: it is left behind while the
// others go on, and hears why once it reads again.
func TestSlowSocket(t *testing.T) {
	hub, seats := new(Hub), make(chan *seat, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrade(w, r)
		if err != nil {
			return // gorilla has answered
		}
		s := &seat{socket: conn, live: true}
		hub.join(s)
		defer hub.leave(s)
		seats <- s
		s.run(r.Context(), func([]byte) {})
	}))
	defer server.Close()
	browser, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), http.Header{"Origin": {server.URL}})
	if err != nil {
		t.Fatal(err)
	}
	defer browser.Close()
	slow, worst := <-seats, time.Duration(0)
	for seq := int64(1); !slow.ended(); seq++ {
		begun := time.Now()
		hub.tell(conversation.FeedEntry{Seq: seq, Conversation: strings.Repeat("c", 8<<10)})
		worst = max(worst, time.Since(begun))
		if seq > 10_000 {
			t.Fatal("nobody noticed that it does not read")
		}
	}
	if worst > 500*time.Millisecond {
		t.Errorf("all others waited %v for it", worst)
	}
	_ = browser.SetReadDeadline(time.Now().Add(5 * time.Second))
	for err = nil; err == nil; {
		_, _, err = browser.ReadMessage()
	}
	if !websocket.IsCloseError(err, closeIsSlow) {
		t.Errorf("it hears %v", err)
	}
}
