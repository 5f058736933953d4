package agentui

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/conversation"
)

// tape is a feed in memory: Watch and Feed tell what is on it.
type tape struct {
	Reads
	mu      sync.Mutex
	entries []conversation.FeedEntry
	more    chan struct{} // closed when there is more
}

func newTape() *tape { return &tape{more: make(chan struct{})} }

// happen adds n events.
func (p *tape) happen(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range n {
		p.entries = append(p.entries, conversation.FeedEntry{Seq: int64(len(p.entries) + 1), Conversation: "c_1", Kind: conversation.KindText})
	}
	close(p.more)
	p.more = make(chan struct{})
}

func (p *tape) after(seq int64, limit int) ([]conversation.FeedEntry, chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.entries[seq:min(int(seq)+limit, len(p.entries))], p.more
}

func (p *tape) FeedHead(context.Context) (string, int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return "e", int64(len(p.entries)), nil
}

func (p *tape) Feed(_ context.Context, after int64, limit int) (string, []conversation.FeedEntry, error) {
	entries, _ := p.after(after, limit)
	return "e", entries, nil
}

func (p *tape) Watch(ctx context.Context, after int64, seen func(string, []conversation.FeedEntry) error) error {
	for {
		entries, more := p.after(after, 100)
		if err := seen("e", entries); err != nil {
			return err
		}
		if after += int64(len(entries)); len(entries) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-more:
		}
	}
}

// room is a hub with a door, whose connections hold little.
type room struct {
	t    *testing.T
	hub  *Hub
	tape *tape
	url  string

	mu    sync.Mutex
	ended map[string]int // who was sent away, and by which code
}

func newRoom(ctx context.Context, t *testing.T) *room {
	r := &room{t: t, hub: new(Hub), tape: newTape(), ended: map[string]int{}}
	console := &Console{Hub: r.hub, Reads: r.tape, Auth: &Auth{Agents: anybody{}}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if conn, err := upgrade(w, req, protocol); err == nil {
			s := &seat{socket: conn, console: console, agent: Agent{Name: req.URL.Path, Role: RoleAgent}}
			r.hub.join(s)
			s.serve(ctx)
			r.hub.leave(s)
			r.mu.Lock()
			r.ended[s.agent.Name] = int(binary.BigEndian.Uint16(s.why)) // RFC 6455, 5.5.1
			r.mu.Unlock()
		}
	}))
	server.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if tcp, ok := c.(*net.TCPConn); ok && state == http.StateNew {
			_ = tcp.SetWriteBuffer(4 << 10) // a hint; what counts is that it is not megabytes
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	r.url = strings.TrimPrefix(server.URL, "http://")
	return r
}

// anybody is signed in.
type anybody struct{ known }

type known = Agents // which has a method of that name

func (anybody) SignedIn(context.Context, string, time.Duration, time.Duration) (SignIn, Agent, bool, error) {
	return SignIn{}, Agent{Role: RoleAgent}, true, nil
}

// slow counts who of a kind was sent away as slow.
func (r *room) slow(kind string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, code := range r.ended {
		if strings.HasPrefix(name, "/"+kind) && code == closeIsSlow {
			n++
		}
	}
	return n
}

// comes opens a socket that holds little, and follows from a number.
func (r *room) comes(name string, since int64) *websocket.Conn {
	r.t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{protocol}, NetDial: func(network, address string) (net.Conn, error) {
		c, err := net.Dial(network, address)
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(4 << 10) // a hint
		}
		return c, err
	}}
	conn, _, err := dialer.Dial("ws://"+r.url+"/"+name, http.Header{"Origin": {"http://" + r.url}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	if err := conn.WriteJSON(map[string]any{"op": "resume", "d": map[string]any{"epoch": "e", "since": since}}); err != nil {
		r.t.Fatal(err)
	}
	return conn
}

// follows reads events until the one with the last number, gives how far it came, and says
// what is wrong with them.
func follows(conn *websocket.Conn, since, last int64) (seq int64, err error) {
	for seq = since; seq < last; {
		var f struct {
			Op   string `json:"op"`
			Data struct {
				Seq    int64  `json:"seq"`
				Reason string `json:"reason"`
			} `json:"d"`
		}
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		if err := conn.ReadJSON(&f); err != nil {
			return seq, fmt.Errorf("after %d: %w", seq, err)
		}
		switch {
		case f.Op == "resync":
			return seq, fmt.Errorf("told to read everything anew: %s", f.Data.Reason)
		case f.Op == "ev" && f.Data.Seq != seq+1:
			return seq, fmt.Errorf("after %d came %d", seq, f.Data.Seq)
		case f.Op == "ev":
			seq++
		}
	}
	return seq, nil
}

// page follows as pages do: closed as slow, it comes back and goes on where it was.
func (r *room) page(name string, last int64) error {
	var seq int64
	for {
		conn := r.comes(name, seq)
		var err error
		seq, err = follows(conn, seq, last)
		conn.Close()
		if err == nil || !websocket.IsCloseError(errors.Unwrap(err), closeIsSlow) {
			return err
		}
	}
}

// TestHub: sockets that stall, vanish and flood cost the others nothing: they hear
// everything once, in order and in time. Who stalls is closed as slow, and when all is over
// no goroutine is left.
func TestHub(t *testing.T) {
	before := runtime.NumGoroutine()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r := newRoom(ctx, t)
	over := make(chan error, 1)
	go func() { over <- r.hub.Run(ctx, r.tape, r.tape) }()
	const each, events, burst = 8, 3000, 10
	var all sync.WaitGroup
	for i := range each {
		all.Go(func() {
			if err := r.page(fmt.Sprint("good-", i), events); err != nil {
				t.Errorf("a good one: %v", err)
			}
		})
		r.comes(fmt.Sprint("stalled-", i), 0) // and never reads
		vanishing := r.comes(fmt.Sprint("vanishing-", i), 0)
		all.Go(func() {
			_, _ = follows(vanishing, 0, 100)
			if tcp, ok := vanishing.NetConn().(*net.TCPConn); ok {
				_ = tcp.SetLinger(0) // a reset, not a farewell
			}
			vanishing.NetConn().Close()
		})
		flood(&all, r.comes(fmt.Sprint("flooding-", i), 0))
	}
	slowest := time.Duration(0)
	for range events / burst {
		begun := time.Now()
		r.hub.tell(conversation.FeedEntry{}) // an old one: nobody is told it, and it takes as long as telling takes
		slowest = max(slowest, time.Since(begun))
		r.tape.happen(burst)
		time.Sleep(5 * time.Millisecond) // two thousand events a second, in real time
	}
	all.Wait()
	if slowest > 500*time.Millisecond {
		t.Errorf("telling took %v: somebody was waited for", slowest)
	}
	for begun := time.Now(); r.slow("stalled") < each; time.Sleep(10 * time.Millisecond) { // real sockets in real time
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("%d of %d that never read were sent away as slow", r.slow("stalled"), each)
		}
	}
	stop()
	if err := <-over; err != nil {
		t.Error(err)
	}
	nobodyLeft(t, before)
}

// flood sends as fast as it can, sense and nonsense, too much of both, and reads nothing but
// that it is told so.
func flood(all *sync.WaitGroup, conn *websocket.Conn) {
	frames := []string{`{"op":"hb"}`, `{`, `{"op":"look","d":{"conv":"c_1","typing":true}}`, `{"op":"resume","d":{"epoch":"e","since":0}}`, `[]`}
	all.Go(func() {
		for i := range 3000 {
			if conn.WriteMessage(websocket.TextMessage, []byte(frames[i%len(frames)])) != nil {
				return
			}
		}
		_ = conn.WriteMessage(websocket.TextMessage, make([]byte, readLimit+1)) // the end of it
	})
	all.Go(func() {
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				return
			}
		}
	})
}

// TestReplay: who missed nearly all that is told again gets it, however much happens
// meanwhile.
func TestReplay(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r := newRoom(ctx, t)
	r.tape.happen(replayed - 100)
	over := make(chan error, 1)
	go func() { over <- r.hub.Run(ctx, r.tape, r.tape) }()
	conn := r.comes("back", 0)
	go func() {
		for range 100 {
			r.tape.happen(2)
			time.Sleep(time.Millisecond) // it happens while the rest is told, in real time
		}
	}()
	if _, err := follows(conn, 0, replayed-100+200); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-over; err != nil {
		t.Error(err)
	}
}

func nobodyLeft(t *testing.T, before int) {
	t.Helper()
	http.DefaultClient.CloseIdleConnections()
	for range 100 {
		if runtime.NumGoroutine() <= before+1 { // the listener, closed when the test is over
			return
		}
		time.Sleep(50 * time.Millisecond) // goroutines end in real time
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines, and %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
}

// TestHubBeginsLate: what happened after a page began to follow and before the hub did is not
// left out between two events: the page is sent back for it.
func TestHubBeginsLate(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r := newRoom(ctx, t)
	conn := r.comes("early", 0)
	for {
		var f struct{ Op string }
		if err := conn.ReadJSON(&f); err != nil {
			t.Fatal(err)
		}
		if f.Op == "live" {
			break
		}
	}
	r.tape.happen(3)
	over := make(chan error, 1)
	begun := make(chan struct{})
	go func() { over <- r.hub.Run(ctx, r.tape, began{r.tape, begun}) }()
	<-begun
	r.tape.happen(2)
	seq, err := follows(conn, 0, 5)
	if !websocket.IsCloseError(errors.Unwrap(err), closeIsSlow) {
		t.Fatalf("it is told %d: %v", seq, err)
	}
	if _, err := follows(r.comes("again", seq), seq, 5); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// began says when the newest number was read.
type began struct {
	*tape
	read chan struct{}
}

func (b began) FeedHead(ctx context.Context) (string, int64, error) {
	defer close(b.read)
	return b.tape.FeedHead(ctx)
}
