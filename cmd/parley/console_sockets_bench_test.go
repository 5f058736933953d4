package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/conversation/store/storetest"
	"parley/outbound/provider"
)

// What five hundred browsers may cost.
const (
	benchAgents  = 50
	benchWindows = 10 // of each
	benchSlow    = 5  // that read twenty-five frames a second
	mostResident = 250
	fanRate      = 50
	fanSeconds   = 40
)

// TestSpeedSockets lets five hundred browsers follow a `parley serve` of its own while
// customers text: all are told everything, in order, once; those that do not keep up are closed
// with 4008; and the process stays small. It runs under make bench only.
func TestSpeedSockets(t *testing.T) {
	benched(t)
	w := newWorld(t, storetest.URL(t, "sqlite"), 1000)
	s := w.serve("sockets", "127.0.0.1:0")
	var all []*follower
	for i, cookie := range w.signedIn(benchAgents * benchWindows) {
		all = append(all, follow(t, s.address, cookie, i < benchSlow))
	}
	idle := resident(t, s)
	before := processorTime(t, s)
	peak := w.fan(s)
	used := processorTime(t, s) - before
	head := int64(number(t, w.db, `SELECT seq FROM feed_head`))
	reading := all[benchSlow:]
	eventually(t, "all have been told everything", func() bool {
		for _, f := range reading {
			if f.last.Load() < head {
				return false
			}
		}
		return true
	})
	closed := 0
	for _, f := range all[:benchSlow] {
		if f.wakes() {
			closed++
		}
	}
	t.Logf("%d sockets on one parley serve: %d MB resident when idle, %d at most (budget %d) while each was told %d events in %d s, in order, none twice; %.0f %% of one core",
		len(all), idle, peak, mostResident, head, fanSeconds, 100*used.Seconds()/fanSeconds)
	t.Logf("%d of %d that read too slowly were closed with 4008", closed, benchSlow)
	if peak >= mostResident || closed != benchSlow || head < fanRate*fanSeconds {
		t.Error("a budget is broken")
	}
}

// signedIn gives the cookies of many windows, ten of each agent.
func (w *world) signedIn(windows int) (cookies []string) {
	w.t.Helper()
	for i := range windows {
		agent, cookie := fmt.Sprintf("agent%d", i/benchWindows), fmt.Sprintf("window-%d", i)
		if i%benchWindows == 0 {
			w.exec(`INSERT INTO agents (name, role, password, once, created_at) VALUES ($1, 'agent', 'none', 0, 0)`, agent)
		}
		now := time.Now().UnixMilli()
		w.exec(`INSERT INTO sign_ins (hash, id, agent, created_at, seen_at) VALUES ($1, $2, $3, $4, $4)`, fmt.Sprintf("%x", sha256.Sum256([]byte(cookie))), cookie, agent, now)
		cookies = append(cookies, cookie)
	}
	return cookies
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.db.ExecContext(w.t.Context(), query, args...); err != nil {
		w.t.Fatal(err)
	}
}

// fan lets customers text, and says how many megabytes the server had at most.
func (w *world) fan(s *served) (peak int) {
	w.t.Helper()
	mouth, begun := w.mouth(s, 10*time.Second), time.Now()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	var watching sync.WaitGroup
	done := make(chan struct{})
	watching.Go(func() {
		for {
			peak = max(peak, resident(w.t, s))
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond): // another process, in real time
			}
		}
	})
	(&bench{t: w.t}).workers(16, 1, fanRate*fanSeconds, func(i int) error {
		time.Sleep(time.Until(begun.Add(time.Duration(i) * time.Second / fanRate))) // customers text in real time
		return mouth.Text(ctx, provider.Text{From: customer(i % 400), To: testLine, Text: fmt.Sprintf("n%d", i)})
	})
	close(done)
	watching.Wait()
	return peak
}

// follower is a browser that follows what happens.
type follower struct {
	t    *testing.T
	conn *websocket.Conn
	last atomic.Int64 // the number it was told last
	wake chan struct{}
	end  chan error
}

// follow opens one, which reads until the test ends; a slow one does not keep up. It has the
// segments of a real network: on the loopback device megabytes fit between two sockets.
func follow(t *testing.T, address, cookie string, slow bool) *follower {
	t.Helper()
	plain := net.Dialer{}
	if slow {
		plain.Control = func(_, _ string, c syscall.RawConn) error {
			return c.Control(func(fd uintptr) {
				_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 1400)
				_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10)
			})
		}
	}
	dialer := websocket.Dialer{NetDialContext: plain.DialContext, Subprotocols: []string{"agentui.v1"}, HandshakeTimeout: 10 * time.Second}
	conn, _, err := dialer.DialContext(t.Context(), "ws://"+address+"/console/ws", http.Header{"Origin": {"http://" + address}, "Cookie": {"parley=" + cookie}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	f := &follower{t: t, conn: conn, wake: make(chan struct{}), end: make(chan error, 1)}
	var hello struct {
		Data struct {
			Epoch string `json:"epoch"`
			Head  int64  `json:"head"`
		} `json:"d"`
	}
	if err := conn.ReadJSON(&hello); err != nil {
		t.Fatal(err)
	}
	f.last.Store(hello.Data.Head)
	if err := conn.WriteJSON(map[string]any{"op": "resume", "d": map[string]any{"epoch": hello.Data.Epoch, "since": hello.Data.Head}}); err != nil {
		t.Fatal(err)
	}
	if slow {
		go f.dawdles()
	} else {
		go f.reads()
	}
	return f
}

// reads until the socket ends, and holds the numbers to their order.
func (f *follower) reads() {
	for {
		var frame struct {
			Op   string `json:"op"`
			Data struct {
				Seq int64 `json:"seq"`
			} `json:"d"`
		}
		_, text, err := f.conn.ReadMessage()
		if err != nil || json.Unmarshal(text, &frame) != nil {
			return
		}
		if frame.Op == "ev" && !f.last.CompareAndSwap(frame.Data.Seq-1, frame.Data.Seq) {
			f.t.Errorf("after %d came %d", f.last.Load(), frame.Data.Seq)
			return
		}
	}
}

// dawdles reads twenty-five frames a second, until it is woken or the socket ends.
func (f *follower) dawdles() {
	for {
		if _, _, err := f.conn.ReadMessage(); err != nil {
			f.end <- err
			return
		}
		select {
		case <-f.wake:
		case <-time.After(40 * time.Millisecond): // it is slow, in real time
		}
	}
}

// wakes lets a slow one read what is left, and says whether it was closed for being slow.
func (f *follower) wakes() bool {
	close(f.wake)
	select {
	case err := <-f.end:
		return websocket.IsCloseError(err, 4008)
	case <-time.After(10 * time.Second):
		return false
	}
}

// resident is how many megabytes a server's process has in memory.
func resident(t *testing.T, s *served) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Error(err)
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kilobytes, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Error(err)
	}
	return kilobytes / 1000
}

// processorTime is how long a server's process has been on a core.
func processorTime(t *testing.T, s *served) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	ticks := 0
	for _, f := range fields[11:13] { // utime, stime: proc(5)
		n, _ := strconv.Atoi(f)
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}
