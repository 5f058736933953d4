package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"parley/conversation"
)

// group lets callers share transactions. One of them leads: it carries out all
// that waits, while the next ones gather; at low load a caller leads at once and
// alone. There is no goroutine to start or to end.
type group[T any] struct {
	leads chan struct{} // holds one while somebody leads

	mu      sync.Mutex
	waiting []*call[T]
}

// call is one caller's items and how they fared.
type call[T any] struct {
	items []T
	err   error
	done  chan struct{}
}

const (
	// groupLimit is how many calls one transaction carries; groupWaiting is how many
	// may wait before the next one is turned away.
	groupLimit   = 256
	groupWaiting = 1024

	// groupTimeout bounds one transaction: longer than the database's own timeouts.
	groupTimeout = 12 * time.Second
)

func newGroup[T any]() group[T] { return group[T]{leads: make(chan struct{}, 1)} }

// do carries out items with those of other callers: either all of one caller's are
// stored, or none. A ctx that ends ends the wait, not work that has begun. run may
// be called again with the same items after it failed.
func (g *group[T]) do(ctx context.Context, items []T, run func(context.Context, []T) error) error {
	c := &call[T]{items: items, done: make(chan struct{})}
	if !g.join(c) {
		return conversation.ErrBusy
	}
	for {
		select {
		case <-c.done:
			return c.err
		case g.leads <- struct{}{}:
			if !c.finished() {
				g.lead(context.WithoutCancel(ctx), run)
			}
			<-g.leads
		case <-ctx.Done():
			g.leave(c)
			return fmt.Errorf("waiting for a transaction: %w", errors.Join(conversation.ErrUnavailable, context.Cause(ctx)))
		}
	}
}

func (c *call[T]) finished() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

func (g *group[T]) join(c *call[T]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) >= groupWaiting {
		return false
	}
	g.waiting = append(g.waiting, c)
	return true
}

// leave takes c out, unless it is under way.
func (g *group[T]) leave(c *call[T]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.waiting, c); i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
}

func (g *group[T]) next() []*call[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(groupLimit, len(g.waiting))
	calls := slices.Clone(g.waiting[:n])
	g.waiting = slices.Delete(g.waiting, 0, n)
	return calls
}

// lead carries out what is waiting. A transaction that the database took back for the
// sake of another is carried out behind that one; when it fails for what is in it, every
// call gets one of its own.
func (g *group[T]) lead(ctx context.Context, run func(context.Context, []T) error) {
	calls := g.next()
	err := together(ctx, calls, run)
	for pause := 20 * time.Millisecond; takenBack(err) && pause <= 80*time.Millisecond; pause *= 4 {
		time.Sleep(pause) // whoever was waiting comes first
		err = together(ctx, calls, run)
	}
	for _, c := range calls {
		c.err = err
		if err != nil && len(calls) > 1 && !errors.Is(err, conversation.ErrUnavailable) {
			c.err = together(ctx, []*call[T]{c}, run)
		}
		close(c.done)
	}
}

// together runs one transaction; a panic in it is an error, lest nobody lead again.
// What it was called with may be a text: only the runtime's own words are passed on.
func together[T any](ctx context.Context, calls []*call[T], run func(context.Context, []T) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, known := p.(runtime.Error); !known {
				p = fmt.Sprintf("a value of type %T", p)
			}
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, groupTimeout)
	defer cancel()
	var all []T
	for _, c := range calls {
		all = append(all, c.items...)
	}
	if len(all) == 0 { // whoever led before took them
		return nil
	}
	return run(ctx, all)
}
