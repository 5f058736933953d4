package inbound

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// grain is what answers about codes are timed by: they leave a whole number of grains
// after the request came. What is done for a customer and not for nobody (judging the
// number, sealing the code, the message and its fate) has the same disk and database
// as the next request, and would show in how long that one takes. The work fits into
// the first grain many times over; a request that took longer tells of the load, and
// of no more than whether it took one grain or two.
//
// Work comes first and then the wait, so that there are never more answers waiting
// than can be made in one grain.
const grain = 40 * time.Millisecond

// arrivalInContext carries when a request came.
type arrivalInContext struct{}

// arriving notes the time before anything is looked up.
func arriving(ctx huma.Context, next func(huma.Context)) {
	next(huma.WithValue(ctx, arrivalInContext{}, time.Now()))
}

// evenly holds the answers of do, errors as well, until their grain is over or nobody
// waits for them any more.
func evenly[In, Out any](do func(context.Context, *In) (*Out, error)) func(context.Context, *In) (*Out, error) {
	return func(ctx context.Context, in *In) (*Out, error) {
		out, err := do(ctx, in)
		came, _ := ctx.Value(arrivalInContext{}).(time.Time)
		now := time.Now() // once: between two looks at the clock this may have to wait for a core
		at := now.Add(grain - now.Sub(came)%grain)
		timer := time.NewTimer(time.Until(at) - fine)
		defer timer.Stop()
		select {
		case <-timer.C:
			sleep(time.Until(at))
		case <-ctx.Done():
		}
		return out, err
	}
}
