package conversation

import (
	"context"
	"errors"
	"time"
)

// sweepEvery is how often deadlines are looked for: the most that a silence is
// late on an idle machine.
const sweepEvery = 500 * time.Millisecond

// sweep submits the conversations whose deadline has passed. It only reads: the
// engine looks again under the lock, so that nodes may sweep side by side.
func (e *Engine) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for ctx.Err() == nil {
			due, err := e.Store.Due(ctx, mostInBatch)
			if err != nil {
				if ctx.Err() == nil {
					e.Log.Warn("deadlines could not be read", "error", err)
				}
				break
			}
			if len(due) > 0 {
				if err = e.submitDue(ctx, due); err != nil && ctx.Err() == nil && !errors.Is(err, ErrBusy) {
					e.Log.Warn("deadlines could not be submitted", "error", err)
				}
			}
			if err != nil || len(due) < mostInBatch {
				break
			}
		}
	}
}

// submitDue submits the earliest deadlines that there is room for: a busy engine
// must not put them all off because it has no room for all. ErrBusy: some wait for
// the next look.
func (e *Engine) submitDue(ctx context.Context, due []Event) (err error) {
	for n := len(due); n > 0; n /= 2 {
		if _, err = e.Submit(ctx, due[:n]); err == nil && n < len(due) {
			return ErrBusy
		}
		if !errors.Is(err, ErrBusy) {
			return err
		}
	}
	return err
}
