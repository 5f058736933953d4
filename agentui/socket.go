package agentui

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// The limits of a socket: what a peer may send, how long it may be silent, how
// long a write may take, how many frames may wait for it.
const (
	readLimit     = 32 << 10
	pongWait      = 60 * time.Second
	pingEvery     = 25 * time.Second
	writeWait     = 10 * time.Second
	partWait      = 5 * time.Second
	mostFrames    = 256
	kernelBuffer  = 16 << 10 // bytes, about: the system may make more of it
	closeIsSlow   = 4008
	closeTryLater = websocket.CloseTryAgainLater
	// spread is over how long the pages of a server that ends are sent back to the next
	// one: all at once, they would be its first flood.
	spread = 2 * time.Second
)

// socket is one browser. One goroutine reads, one writes; frames that wait are
// bounded, and a browser that does not keep up is closed with 4008 and comes back.
type socket struct {
	conn   *websocket.Conn
	frames chan outgoing
	done   chan struct{}
	end    sync.Once
	why    []byte // the frame that ends it, once done is closed
}

// outgoing is a frame that waits to be written, or (code) the end of the socket after those
// before it.
type outgoing struct {
	frame  []byte
	code   int
	reason string
}

// upgrade turns a request into a socket. The Origin must be there and be this
// server's own: a browser sends its cookies to a socket from any page.
func upgrade(w http.ResponseWriter, r *http.Request, protocols ...string) (*socket, error) {
	up := websocket.Upgrader{
		ReadBufferSize: 4 << 10, WriteBufferSize: 4 << 10, HandshakeTimeout: 10 * time.Second, Subprotocols: protocols,
		CheckOrigin: func(r *http.Request) bool {
			u, err := url.Parse(r.Header.Get("Origin"))
			return err == nil && u.Host != "" && u.Host == r.Host
		},
	}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return nil, err
	}
	if tcp, ok := conn.NetConn().(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(kernelBuffer) // else megabytes wait there before anybody knows that a browser is slow
	}
	return &socket{conn: conn, frames: make(chan outgoing, mostFrames), done: make(chan struct{})}, nil
}

// send queues one frame. It never blocks: a full queue ends the socket.
func (s *socket) send(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		return // only our own types come here; a test encodes each
	}
	s.queue(outgoing{frame: b})
}

// closeAfter ends the socket once what is queued has been written.
func (s *socket) closeAfter(code int, reason string) { s.queue(outgoing{code: code, reason: reason}) }

func (s *socket) queue(o outgoing) {
	select {
	case s.frames <- o:
	case <-s.done:
	default:
		s.close(closeIsSlow, "slow")
	}
}

// eased waits until at most n frames wait, as long as a write may take; false: the socket
// has ended.
func (s *socket) eased(n int) bool {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for late := time.Now().Add(writeWait); len(s.frames) > n; {
		select {
		case <-s.done:
			return false
		case now := <-tick.C:
			if now.After(late) {
				s.close(closeIsSlow, "slow")
			}
		}
	}
	return true
}

// sendIfRoom queues a frame that nobody relies on, if there is room for it.
func (s *socket) sendIfRoom(v any) {
	if len(s.frames) < mostFrames/2 {
		s.send(v)
	}
}

// close ends both goroutines, of which the one that writes tells the browser why. It waits
// for nothing: who finds a socket slow may hold what others wait for. What is being
// written has partWait more.
func (s *socket) close(code int, reason string) {
	s.end.Do(func() {
		s.why = websocket.FormatCloseMessage(code, reason)
		close(s.done)
		_ = s.conn.NetConn().SetWriteDeadline(time.Now().Add(partWait)) // it may be gone
	})
}

func (s *socket) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// refuse closes a socket that does not run.
func (s *socket) refuse(code int, reason string) {
	s.close(code, reason)
	s.part()
}

// part says farewell and hangs up; done is closed, and nobody else writes.
func (s *socket) part() {
	_ = s.conn.WriteControl(websocket.CloseMessage, s.why, time.Now().Add(partWait)) // it may be gone
	_ = s.conn.Close()                                                               // the other side may have closed first
}

// run writes what is queued and hands every frame of the browser to got, until
// ctx or the socket ends.
func (s *socket) run(ctx context.Context, got func([]byte)) {
	var writer sync.WaitGroup
	writer.Go(func() { s.write(ctx) })
	s.conn.SetReadLimit(readLimit)
	_ = s.conn.SetReadDeadline(time.Now().Add(pongWait))
	s.conn.SetPongHandler(func(string) error { return s.conn.SetReadDeadline(time.Now().Add(pongWait)) })
	for {
		_, frame, err := s.conn.ReadMessage()
		if err != nil {
			break
		}
		got(frame)
	}
	s.close(websocket.CloseNormalClosure, "")
	writer.Wait()
}

// comeBack is the reason of a close that asks the browser to wait before it comes again.
func comeBack(after time.Duration) string {
	return fmt.Sprintf("retry_after_ms=%d", after.Milliseconds())
}

func (s *socket) write(ctx context.Context) {
	defer s.part()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for !s.ended() {
		var err error
		select {
		case <-s.done:
			return
		case <-ctx.Done():
			s.close(websocket.CloseServiceRestart, comeBack(rand.N(spread)))
			return
		case <-ping.C:
			err = s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait))
		case o := <-s.frames:
			if o.code != 0 {
				s.close(o.code, o.reason)
				return
			}
			_ = s.conn.SetWriteDeadline(time.Now().Add(writeWait))
			err = s.conn.WriteMessage(websocket.TextMessage, o.frame)
		}
		if err != nil {
			s.close(websocket.CloseAbnormalClosure, "")
			return
		}
	}
}
