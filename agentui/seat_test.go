package agentui

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// staff are signed in, each by a cookie of their own; it counts how often who is there was
// written down.
type staff struct {
	known
	Rulings
	names map[string]string // by the hash of the cookie
	noted atomic.Int64
}

func (s *staff) SignedIn(_ context.Context, hash string, _, _ time.Duration) (SignIn, Agent, bool, error) {
	time.Sleep(time.Millisecond) // as a database takes, so that all get there at once
	return SignIn{Hash: hash}, Agent{Name: s.names[hash], Role: RoleAgent}, true, nil
}

func (s *staff) SeenHere(_ context.Context, names []string) error {
	s.noted.Add(int64(len(names)))
	return nil
}

// TestSeats: however many sockets come at once, nobody has more than they may, and each
// writes down who came, not everybody again: all pages come back at once when a server
// starts anew.
func TestSeats(t *testing.T) {
	s := &staff{names: map[string]string{}}
	c := &Console{Hub: new(Hub), Reads: newTape(), Rulings: s, Auth: &Auth{Agents: s, Plain: true}, Log: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(t.Context())
	server := httptest.NewServer(c.socket(ctx))
	defer server.Close()
	defer stop()
	sit := func(cookie string, greeted *atomic.Int64) {
		header := http.Header{"Origin": {server.URL}, "Cookie": {c.Auth.cookieName() + "=" + cookie}}
		dialer := websocket.Dialer{Subprotocols: []string{protocol}}
		conn, _, err := dialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), header)
		if err != nil {
			t.Error(err)
			return
		}
		t.Cleanup(func() { conn.Close() })
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, _, err := conn.ReadMessage(); err == nil {
			greeted.Add(1)
		} else if !websocket.IsCloseError(err, closeTooMany) {
			t.Error(err)
		}
	}
	var all sync.WaitGroup
	var greedy, others atomic.Int64
	const many, people = 8 * mostSeats, 40
	s.names[hashOf("greedy")] = "greedy"
	for i := range people {
		s.names[hashOf(strconv.Itoa(i))] = strconv.Itoa(i)
	}
	for range many {
		all.Go(func() { sit("greedy", &greedy) })
	}
	all.Wait()
	if n := greedy.Load(); n != mostSeats {
		t.Errorf("one person has %d sockets", n)
	}
	for i := range people {
		all.Go(func() { sit(strconv.Itoa(i), &others) })
	}
	all.Wait()
	if n := others.Load(); n != people {
		t.Errorf("%d of %d came in", n, people)
	}
	if n := s.noted.Load(); n != mostSeats+people {
		t.Errorf("%d sockets wrote down %d names", mostSeats+people, n)
	}
}
