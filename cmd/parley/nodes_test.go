package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// TestProofNodes lets two servers share one PostgreSQL, each phone's texts going to
// the one and the other by turns, and compares what they leave with what a single
// one does.
func TestProofNodes(t *testing.T) {
	t.Parallel()
	one, two := ends(t, 1), ends(t, 2)
	if !maps.Equal(one, two) {
		t.Errorf("one node leaves\n%v\ntwo leave\n%v", one, two)
	}
	if n := deadlocks(t); n > 0 {
		t.Errorf("PostgreSQL logged %d deadlocks", n)
	}
}

// end is how a conversation stands when all is said. Its stored state also counts
// what was settled on the way, which each run does in its own time: of the state it
// is what a customer would notice.
type end struct {
	texts, replies int
	last           string
	runs           string // flow, state, tries and last text of each
	owner          conversation.Owner
}

// ends has the phones text to so many nodes and says how the conversations ended.
func ends(t *testing.T, nodes int) map[string]end {
	w := newWorld(t, storetest.URL(t, "postgres"), 1000)
	p := &phones{count: size(20, 200), texts: 10, pause: 50 * time.Millisecond}
	var all []*served
	for i := range nodes {
		s := w.serve([]string{"a", "b"}[i], "127.0.0.1:0")
		p.mouths, all = append(p.mouths, w.mouth(s, 10*time.Second)), append(all, s)
	}
	begun := time.Now()
	p.run(t.Context())
	t.Logf("%d nodes: %d texts from %d phones acked in %.1f s", nodes, p.acked.Load(), p.count, time.Since(begun).Seconds())
	settled(t, w.db, time.Minute)
	for _, s := range all {
		s.stop()
		if log := s.errors(); len(log) > 0 {
			t.Errorf("in the log: %q", log)
		}
	}
	if absorbed := w.account(p); absorbed > 0 {
		t.Errorf("%d replies were handed to the carrier again", absorbed)
	}
	left := map[string]end{}
	s := storetest.Open(t, store.Options{URL: w.database})
	for phone, got := range w.byPhone() {
		all, err := s.Conversations(t.Context(), phone)
		if err != nil || len(all) != 1 {
			t.Fatalf("%s has %d conversations: %v", phone, len(all), err)
		}
		runs := ""
		for _, r := range all[0].State.Runs {
			runs += fmt.Sprintf("%s %s %d %q;", r.Flow, r.State, r.Tries, r.LastText)
		}
		left[phone] = end{
			runs: runs, owner: all[0].State.Owner,
			texts:   number(t, w.db, `SELECT count(*) FROM events e JOIN conversations c ON c.id = e.conversation WHERE e.kind = 'text' AND c.phone = $1`, phone),
			replies: len(got), last: got[len(got)-1].Text,
		}
	}
	return left
}

// heldSQL finds a transaction of a node that has locked conversations and waits for
// its client.
const heldSQL = `SELECT count(*) FROM pg_stat_activity a
	WHERE a.application_name = left('parley/' || $1, 63) AND a.state = 'idle in transaction'
	AND EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.granted
		AND l.relation = 'conversations'::regclass AND l.mode IN ('RowShareLock', 'RowExclusiveLock'))`

// TestProofStoppedNode freezes one of two nodes in the middle of a transaction. The
// other must ack every text within six seconds, and when the frozen one comes back
// after its leases have run out, nothing may be sent twice.
func TestProofStoppedNode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.URL(t, "postgres"), 1000)
	a, b := w.serve("a", "127.0.0.1:0"), w.serve("b", "127.0.0.1:0")
	p := &phones{count: size(40, 200), texts: 900, enough: make(chan struct{}), pause: time.Duration(size(150, 400)) * time.Millisecond}
	p.mouths = append(p.mouths, w.mouth(a, 7*time.Second), w.mouth(b, time.Second))
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); p.run(ctx) }()
	time.Sleep(time.Second) // some load first

	tries := w.freeze(b)
	frozen := time.Now()
	p.only.Store(1)
	leased := number(t, w.db, `SELECT count(*) FROM messages WHERE status = 'sending' AND node = $1`, b.node)
	t.Logf("frozen in mid-transaction at the %d. try, with %d messages being sent", tries, leased)
	time.Sleep(20 * time.Second) // the leases of the frozen node run out after 17
	b.signal(syscall.SIGCONT)
	p.only.Store(0)
	thawed := time.Now()
	time.Sleep(2 * time.Second) // for the node that is back to send again what it had leased
	close(p.enough)
	<-done
	p.waited(t, frozen, thawed)
	settled(t, w.db, time.Minute)
	a.stop()
	b.stop()
	w.account(p)
	if n := deadlocks(t); n > 0 {
		t.Errorf("PostgreSQL logged %d deadlocks", n)
	}
}

// freeze stops a node again and again, until it holds the locks of a transaction.
func (w *world) freeze(s *served) (tries int) {
	w.t.Helper()
	for tries = 1; tries <= 600; tries++ {
		s.signal(syscall.SIGSTOP)
		time.Sleep(3 * time.Millisecond) // for PostgreSQL to end what it was doing
		if number(w.t, w.db, heldSQL, s.node) > 0 {
			return tries
		}
		s.signal(syscall.SIGCONT)
		time.Sleep(5*time.Millisecond + rand.N(25*time.Millisecond)) // for it to get to another point of its work
	}
	w.t.Fatal("the node was never caught in the middle of a transaction")
	return 0
}

// waited checks how long the texts waited for their acks while a node was frozen.
func (p *phones) waited(t *testing.T, frozen, thawed time.Time) {
	t.Helper()
	var worst time.Duration
	during, late := 0, 0
	for _, w := range p.waits {
		if w.acked.Before(frozen) || w.begun.After(thawed) {
			continue
		}
		from := w.begun
		if from.Before(frozen) {
			from = frozen
		}
		took := w.acked.Sub(from)
		during++
		worst = max(worst, took)
		if took > 6*time.Second {
			late++
		}
	}
	t.Logf("%d texts acked while one node was frozen, the slowest after %.1f s", during, worst.Seconds())
	if late > 0 {
		t.Errorf("%d texts waited longer than six seconds for their ack", late)
	}
}
