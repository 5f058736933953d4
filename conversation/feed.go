package conversation

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Feed hands committed events to those who watch: numbered without a gap, in one
// order for all, so that a watcher who was away can resume after the last number
// it saw. The database is the truth; a hint only saves the wait for the next poll.
type Feed struct {
	Store FeedStore
	Log   *slog.Logger // nil: slog.Default

	mu       sync.Mutex
	wake     chan struct{}
	watchers map[*watcher]struct{}
}

// feedPoll covers lost hints; feedPage is how much is read at once.
const (
	feedPoll = time.Second
	feedPage = 500
)

// watcher is one who watches.
type watcher struct{ ready chan struct{} }

// Hint says that something was committed. It never blocks.
func (f *Feed) Hint() {
	select {
	case f.waking() <- struct{}{}:
	default:
	}
}

func (f *Feed) waking() chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.wake == nil {
		f.wake = make(chan struct{}, 1)
	}
	return f.wake
}

// Run relays: it numbers what was committed, until ctx ends.
func (f *Feed) Run(ctx context.Context) error {
	log := f.Log
	if log == nil {
		log = slog.Default()
	}
	tick := time.NewTicker(feedPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-f.waking():
		case <-tick.C:
		}
		for {
			n, err := f.Store.Relay(ctx, feedPage)
			if err != nil && ctx.Err() == nil {
				log.Warn("the feed could not be numbered", "error", err)
			}
			if err != nil || n == 0 {
				break
			}
		}
		f.ring()
	}
}

// ring tells the watchers to look.
func (f *Feed) ring() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for w := range f.watchers {
		select {
		case w.ready <- struct{}{}:
		default:
		}
	}
}

// Watch calls seen with every event after the number after, in order, until ctx
// ends or seen returns an error, which Watch returns. Should the feed have begun
// anew since (another epoch), seen hears from the start of the new one.
func (f *Feed) Watch(ctx context.Context, after int64, seen func(epoch string, entries []FeedEntry) error) error {
	w := &watcher{ready: make(chan struct{}, 1)}
	f.mu.Lock()
	if f.watchers == nil {
		f.watchers = map[*watcher]struct{}{}
	}
	f.watchers[w] = struct{}{}
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.watchers, w)
	}()
	known, head, err := f.Store.FeedHead(ctx)
	if err != nil {
		return err
	}
	if head < after {
		after = 0 // a number of an earlier epoch
	}
	for {
		epoch, entries, err := f.Store.Feed(ctx, after, feedPage)
		if err != nil {
			return err
		}
		if epoch != known {
			known, after = epoch, 0
			continue
		}
		if len(entries) > 0 {
			if err := seen(epoch, entries); err != nil {
				return err
			}
			after = entries[len(entries)-1].Seq
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-w.ready:
		case <-time.After(feedPoll):
		}
	}
}
