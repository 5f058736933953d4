package main

import (
	"context"
	"errors"
	"time"

	"parley/conversation"
)

// every does something at a pace, and at once again while there is more of it, until ctx
// ends. What stands in its way is logged, and tried again at the next turn; an engine that is
// busy is nothing to speak of.
func (h *house) every(ctx context.Context, pace time.Duration, trouble string, do func(context.Context) (more bool, err error)) error {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for ctx.Err() == nil {
			more, err := do(ctx)
			if err != nil && ctx.Err() == nil && !errors.Is(err, conversation.ErrBusy) {
				h.log.Warn(trouble, "error", err)
			}
			if err != nil || !more {
				break
			}
		}
	}
}

// once is something of which there is never more.
func once(do func(context.Context) error) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) { return false, do(ctx) }
}
