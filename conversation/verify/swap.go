package verify

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Swaps says whether a number has had another SIM of late. A number that was given to
// somebody else has one too, so that it also finds recycled numbers.
type Swaps interface {
	// Changed blocks for at most some seconds. An error means that nobody can tell; it
	// holds nothing of the number. ErrNumberUnknown: asking again is of no use.
	Changed(ctx context.Context, phone string, within time.Duration) (bool, error)
}

// ErrNumberUnknown means that the service can say nothing of this number, however often it
// is asked.
var ErrNumberUnknown = errors.New("the SIM-swap service can say nothing of this number")

// errOpen means that a service has failed so often that it is left alone for a while:
// codes that need no answer of it must not wait behind those that do.
var errOpen = errors.New("the service has failed repeatedly and is left alone for half a minute")

const (
	breakAfter = 5 // failures in a row
	breakFor   = 30 * time.Second
)

// breaker stops asking what does not answer. Its zero value is closed.
type breaker struct {
	mu     sync.Mutex
	failed int
	until  time.Time
}

// may says whether to ask at a moment. After a pause one caller tries first.
func (b *breaker) may(at time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < breakAfter {
		return true
	}
	if at.Before(b.until) {
		return false
	}
	b.until = at.Add(breakFor)
	return true
}

// heard notes how it went.
func (b *breaker) heard(at time.Time, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ok {
		b.failed = 0
		return
	}
	b.failed++
	b.until = at.Add(breakFor)
}
