package main

import (
	"context"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"parley/conversation/store/storetest"
)

// TestProofCrash kills the server under load, again and again, and then asks: was
// every text that was acked applied once, did every reply reach the carrier once,
// in order, and does the record of it lead to the same state?
func TestProofCrash(t *testing.T) {
	for _, c := range []struct {
		engine    string
		kills     int
		forgetful bool
	}{
		{"sqlite", size(2, 20), false},
		{"postgres", size(1, 20), false},
		{"sqlite", size(1, 10), true},
	} {
		name := c.engine
		if c.forgetful {
			name += " carrier without idempotency"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, storetest.URL(t, c.engine), 120)
			w.carrier.Forgetful = c.forgetful
			p := &phones{count: size(40, 200), texts: 10, pause: time.Duration(size(100, 2000)) * time.Millisecond}
			crash(t, w, p, c.kills)
			if absorbed := w.account(p); size(0, 1) == 1 && absorbed == 0 && !c.forgetful {
				t.Error("no reply was ever repeated: the kills came at the wrong moments")
			}
		})
	}
}

// crash runs the phones against a server that is killed at random moments and
// started again on the same database and port. A kill that cut off no text, or no
// message, does not count: three quarters must.
func crash(t *testing.T, w *world, p *phones, kills int) {
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	s := w.serve("crash", "127.0.0.1:0")
	p.mouths = append(p.mouths, w.mouth(s, 10*time.Second))
	p.next()
	done := make(chan struct{})
	go func() { defer close(done); p.run(ctx) }()
	total := float64(p.count * p.texts)
	most := kills + kills/3
	for k := 0; k < most && p.good() < kills; k++ {
		w.underLoad(ctx, p, s, int64(total*(float64(k)+rand.Float64())/float64(most+2)))
		p.kill(s)
		p.fate().sending = number(t, w.db, sendingSQL, s.node)
		if log := s.errors(); len(log) > 0 {
			t.Errorf("in the log of the killed server: %q", log)
		}
		s = w.serve("crash", s.address)
		p.next()
	}
	<-done
	if ctx.Err() != nil {
		t.Fatalf("the phones were not done in time; the server says:\n%s", s.log)
	}
	settled(t, w.db, 90*time.Second)
	s.stop()
	if log := s.errors(); len(log) > 0 {
		t.Errorf("in the log of the last server: %q", log)
	}
	p.judge(t, kills)
}

const sendingSQL = `SELECT count(*) FROM messages WHERE status = 'sending' AND node = $1`

// underLoad waits until so many texts are acked, and then for the next moment with
// texts on their way in and replies on their way out. The server is stopped at such a
// moment, so that it lasts until the kill.
func (w *world) underLoad(ctx context.Context, p *phones, s *served, acked int64) {
	for p.acked.Load() < acked && ctx.Err() == nil {
		time.Sleep(time.Millisecond) // the server is another process, in real time
	}
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		if p.wire.Load() < 2 || w.busy.Load() < 1 {
			time.Sleep(50 * time.Microsecond) // such a moment is over within milliseconds
			continue
		}
		s.signal(syscall.SIGSTOP)
		if p.wire.Load() > 0 && number(w.t, w.db, sendingSQL, s.node) > 0 {
			return
		}
		s.signal(syscall.SIGCONT)
	}
}

// good counts the kills that cut off both texts and messages.
func (p *phones) good() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range p.kills {
		if k.unacked > 0 && k.sending > 0 {
			n++
		}
	}
	return n
}

// judge says what the kills cut off: those under no load proved little.
func (p *phones) judge(t *testing.T, kills int) {
	t.Helper()
	unacked, sending, all := 0, 0, p.kills[:len(p.kills)-1] // the last server ended in peace
	for _, k := range all {
		unacked, sending = unacked+k.unacked, sending+k.sending
	}
	t.Logf("%d kills, %d of them with texts unacked and messages being sent (in all %d and %d)", len(all), p.good(), unacked, sending)
	if p.good() < kills {
		t.Errorf("only %d of %d kills came under load", p.good(), len(all))
	}
	t.Logf("%d texts acked from %d phones; %d posts got no 2xx and were posted again, %d acked texts were posted again",
		p.acked.Load(), p.count, p.refused.Load(), p.again.Load())
}
