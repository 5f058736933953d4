package conversation

import (
	"context"
	"crypto/rand"
	"fmt"
	"hash/maphash"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"

	"parley/flows"
)

// Settings are what an engine works with. Store, Catalog and Directory must be
// set; the zero value of the others is useful.
type Settings struct {
	Store     Store
	Catalog   *Catalog
	Directory func() *Directory // the configured lines; read once per batch
	Reader    flows.Reader      // nil: only exact words and patterns are read
	Shards    int               // 0: min(4, cores); SQLite wants 1
	// Committed is called after each commit with the lines that got messages, so
	// that the dispatcher and the feed need not wait for their poll. It must not block.
	Committed func(lines []string)
	Log       *slog.Logger // nil: slog.Default
}

// Directory is one version of the configured lines.
type Directory struct {
	Hash  string
	Lines map[string]Line
}

// Engine applies events to conversations, in natural group commits. It is safe
// for many goroutines.
type Engine struct {
	Settings
	seed    maphash.Seed
	shards  []*shard
	closing chan struct{}
	gate    sync.RWMutex // held for reading while requests are queued: none comes after closed
	closed  bool
}

// mostWaiting is how many events a shard holds before it says ErrBusy;
// mostInBatch is how many one transaction carries.
const (
	mostWaiting = 1024
	mostInBatch = 256
)

// shard is one queue and the goroutine that drains it.
type shard struct {
	queue   chan *request
	waiting atomic.Int64
}

// request is one event on its way, and where its outcome goes.
type request struct {
	event   Event
	outcome Outcome
	err     error
	done    *sync.WaitGroup
}

// New makes an engine; nothing is applied until Run.
func New(s Settings) *Engine {
	if s.Shards <= 0 {
		s.Shards = min(4, runtime.GOMAXPROCS(0))
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	if s.Reader == nil {
		s.Reader = deaf{}
	}
	if s.Committed == nil {
		s.Committed = func([]string) {}
	}
	e := &Engine{Settings: s, seed: maphash.MakeSeed(), closing: make(chan struct{})}
	for range s.Shards {
		e.shards = append(e.shards, &shard{queue: make(chan *request, mostWaiting)})
	}
	return e
}

// Run applies what is submitted and sweeps for deadlines until ctx ends; then it
// finishes what is waiting and returns.
func (e *Engine) Run(ctx context.Context) error {
	var shards, sweep sync.WaitGroup
	for _, s := range e.shards {
		shards.Go(func() { e.drain(s) })
	}
	sweep.Go(func() { e.sweep(ctx) })
	<-ctx.Done()
	sweep.Wait()
	e.close()
	shards.Wait()
	return nil
}

func (e *Engine) close() {
	e.gate.Lock()
	defer e.gate.Unlock()
	if !e.closed {
		e.closed = true
		close(e.closing)
	}
}

// Submit applies events and returns their outcomes in order. ErrBusy and
// ErrUnavailable mean that nothing was stored, or that a repeat under the same
// dedupe key will tell. When ctx ends, the wait ends and the work goes on.
func (e *Engine) Submit(ctx context.Context, events []Event) ([]Outcome, error) {
	requests := make([]*request, len(events))
	var done sync.WaitGroup
	for i := range events {
		if events[i].Conversation == "" {
			events[i].Conversation = e.Store.ConversationID(events[i].Line, events[i].Phone)
		}
		requests[i] = &request{event: events[i], done: &done}
		if mayRepeat(&events[i]) {
			requests[i].event.Dedupe = "once/" + rand.Text()
		}
	}
	done.Add(len(requests))
	if err := e.enqueue(requests); err != nil {
		return nil, err
	}
	finished := make(chan struct{})
	go func() { done.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for the engine: %w", context.Cause(ctx))
	}
	outcomes := make([]Outcome, len(requests))
	for i, r := range requests {
		if r.err != nil {
			return nil, r.err
		}
		outcomes[i] = r.outcome
	}
	return outcomes, nil
}

// mayRepeat says that an event wants a dedupe key and came without: a batch whose
// COMMIT was carried out, but whose answer was lost, is tried again. Deadlines and
// what a guard holds for are looked at again under the lock.
func mayRepeat(e *Event) bool { return e.Dedupe == "" && e.Kind != KindTimer && e.Guard == nil }

// enqueue gives every request to its shard, or none. It does not wait: a shard has
// a place for each request that was reserved.
func (e *Engine) enqueue(requests []*request) error {
	e.gate.RLock()
	defer e.gate.RUnlock()
	if e.closed {
		return fmt.Errorf("shutting down: %w", ErrUnavailable)
	}
	if !e.reserve(requests) {
		return ErrBusy
	}
	for _, r := range requests {
		e.shardOf(r).queue <- r
	}
	return nil
}

func (e *Engine) shardOf(r *request) *shard {
	if len(e.shards) == 1 {
		return e.shards[0]
	}
	return e.shards[maphash.String(e.seed, r.event.Conversation)%uint64(len(e.shards))]
}

// reserve takes a place for every request, or none.
func (e *Engine) reserve(requests []*request) bool {
	for i, r := range requests {
		if e.shardOf(r).waiting.Add(1) <= mostWaiting {
			continue
		}
		for _, taken := range requests[:i+1] {
			e.shardOf(taken).waiting.Add(-1)
		}
		return false
	}
	return true
}

// drain turns whatever has gathered into one batch after another.
func (e *Engine) drain(s *shard) {
	for {
		select {
		case r := <-s.queue:
			e.process(s.gather(r))
		case <-e.closing:
			for {
				select {
				case r := <-s.queue:
					e.process(s.gather(r))
				default:
					return
				}
			}
		}
	}
}

// gather takes what is waiting besides the first, without waiting for more.
func (s *shard) gather(first *request) []*request {
	batch := []*request{first}
	for len(batch) < mostInBatch {
		select {
		case r := <-s.queue:
			batch = append(batch, r)
			continue
		default:
		}
		break
	}
	s.waiting.Add(-int64(len(batch)))
	return batch
}

// DryRun decides one event against the present state and writes nothing. Its
// outcome carries the decision records.
func (e *Engine) DryRun(ctx context.Context, ev Event) (out Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	if ev.Conversation == "" {
		ev.Conversation = e.Store.ConversationID(ev.Line, ev.Phone)
	}
	loaded, now, err := e.Store.Peek(ctx, ev)
	if err != nil {
		return Outcome{}, err
	}
	b := &applying{engine: e, directory: e.Directory(), flows: e.Catalog.view(), now: now.UnixMilli()}
	_, effects, out := Step(b.env(loaded, &Took{}), loaded.Conversation, ev)
	for _, effect := range effects {
		if effect.Record != nil {
			out.Records = append(out.Records, *effect.Record)
		}
	}
	return out, nil
}

// Bury stores an event that belongs to no conversation, with the reason.
func (e *Engine) Bury(ctx context.Context, ev Event, reason string) error {
	_, err := e.Store.Bury(ctx, ev, reason)
	return err
}

// deaf is the Reader of an engine that has none.
type deaf struct{}

// Read is never sure.
func (deaf) Read(string, string, []string) (string, bool, bool) { return "", false, false }

// Skim is never sure.
func (deaf) Skim(_, _ string, _ []string) (string, bool) { return "", false }
