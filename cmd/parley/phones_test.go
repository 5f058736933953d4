package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"parley/outbound/provider"
)

// phones are customers who text. Each posts its next text only when the one before
// was acked, tries again until it is, and now and then posts an old one once more.
type phones struct {
	count  int
	texts  int                 // of each; fewer when enough is closed before
	enough chan struct{}       // nil: never
	pause  time.Duration       // between a phone's texts, on average
	mouths []*provider.Carrier // where they post, by turns

	only    atomic.Int64 // 1 + index of the mouth that takes all; 0: by turns
	wire    atomic.Int64 // posts under way
	acked   atomic.Int64
	refused atomic.Int64 // posts that got no 2xx
	again   atomic.Int64 // posts of texts that had been acked

	mu    sync.Mutex
	sent  map[string]int // texts acked, by phone
	kills []*killing
	waits []wait
}

// killing is one end of the server and what it cut off.
type killing struct {
	at      time.Time // zero: not yet
	unacked int       // posts that were under way and got no answer
	sending int       // messages that the killed node had claimed
}

// wait is how long a text took from its first post to its ack.
type wait struct{ begun, acked time.Time }

func handsetOf(i int) string { return fmt.Sprintf("+1202556%04d", i) }

// text is a phone's n-th.
func textOf(n int) string {
	if n == 0 {
		return "hello"
	}
	return fmt.Sprintf("n%d", n)
}

// run texts until every phone is done, or ctx ends.
func (p *phones) run(ctx context.Context) {
	p.sent = make(map[string]int)
	var all sync.WaitGroup
	for i := range p.count {
		all.Go(func() { p.one(ctx, i) })
	}
	all.Wait()
}

func (p *phones) one(ctx context.Context, i int) {
	for n := range p.texts {
		if !p.rest(ctx) || !p.insist(ctx, i, n) {
			return
		}
		if rand.IntN(20) == 0 { // whether it is acked does not matter: it was
			p.again.Add(1)
			_ = p.post(ctx, i, rand.IntN(n+1), 0)
		}
	}
}

// rest waits; false: it is enough.
func (p *phones) rest(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-p.enough:
		return false
	case <-time.After(rand.N(2*p.pause + 1)):
		return true
	}
}

// insist posts a text until it is acked.
func (p *phones) insist(ctx context.Context, i, n int) bool {
	w := wait{begun: time.Now()}
	for try := 0; ctx.Err() == nil; try++ {
		if p.post(ctx, i, n, try) == nil {
			w.acked = time.Now()
			p.mu.Lock()
			p.sent[handsetOf(i)] = n + 1
			p.waits = append(p.waits, w)
			p.mu.Unlock()
			p.acked.Add(1)
			return true
		}
		time.Sleep(20*time.Millisecond + rand.N(40*time.Millisecond)) // as a carrier tries again, while the server is away
	}
	return false
}

// post signs the text anew and posts it once.
func (p *phones) post(ctx context.Context, i, n, try int) error {
	mouth := p.mouths[(n+try)%len(p.mouths)]
	if only := p.only.Load(); only > 0 {
		mouth = p.mouths[only-1]
	}
	p.mu.Lock()
	running := len(p.kills) - 1
	p.mu.Unlock()
	begun := time.Now()
	p.wire.Add(1)
	err := mouth.Text(ctx, provider.Text{ID: fmt.Sprintf("t%d-%d", i, n), From: handsetOf(i), To: testLine, Text: textOf(n)})
	p.wire.Add(-1)
	if err != nil {
		p.refused.Add(1)
		p.cut(running, begun)
	}
	return err
}

// cut counts a post that was under way when the server was killed.
func (p *phones) cut(running int, begun time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if running < 0 {
		return
	}
	if k := p.kills[running]; !k.at.IsZero() && begun.Before(k.at) {
		k.unacked++
	}
}

// next says that a server runs which will be killed.
func (p *phones) next() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kills = append(p.kills, &killing{})
}

// fate is the end that comes to the server that runs.
func (p *phones) fate() *killing {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kills[len(p.kills)-1]
}

// kill notes the moment and carries out the end.
func (p *phones) kill(s *served) {
	k := p.fate()
	p.mu.Lock()
	k.at = time.Now()
	p.mu.Unlock()
	s.kill()
}
