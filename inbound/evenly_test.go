package inbound

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestAnswersLeaveEvenly: nothing shows of how long the work took but the grains. The
// last, fine part of the wait is outside the test's clock.
func TestAnswersLeaveEvenly(t *testing.T) {
	broken := errors.New("broken")
	for _, one := range []struct {
		before, work, want time.Duration // before: between the arrival and the handler
		err                error
	}{
		{0, 0, grain, nil},
		{0, time.Millisecond, grain, nil},
		{3 * time.Millisecond, grain / 2, grain, broken},
		{0, grain - 1, grain, nil},
		{grain / 2, grain / 2, 2 * grain, nil},
		{0, 2*grain + 1, 3 * grain, broken},
	} {
		synctest.Test(t, func(t *testing.T) {
			came := time.Now()
			ctx := context.WithValue(t.Context(), arrivalInContext{}, came)
			time.Sleep(one.before)
			_, err := evenly(func(context.Context, *int) (*int, error) {
				time.Sleep(one.work)
				return nil, one.err
			})(ctx, nil)
			if took := time.Since(came); took > one.want || took < one.want-fine || !errors.Is(err, one.err) {
				t.Errorf("%v and %v of work: answered after %v, %v; want %v", one.before, one.work, took, err, one.want)
			}
		})
	}
}

// TestAnswersLeaveLate: by a real clock none leaves before its time.
func TestAnswersLeaveLate(t *testing.T) {
	for range 5 {
		came := time.Now()
		_, _ = evenly(func(context.Context, *int) (*int, error) { return nil, nil })(context.WithValue(t.Context(), arrivalInContext{}, came), nil)
		if took := time.Since(came); took < grain-100*time.Microsecond {
			t.Errorf("left after %v", took)
		}
	}
}

// TestNobodyWaitsForAnAnswer: a client that hung up is waited for no longer.
func TestNobodyWaitsForAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		came := time.Now()
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), arrivalInContext{}, came), grain/4)
		defer cancel()
		_, _ = evenly(func(context.Context, *int) (*int, error) { return nil, nil })(ctx, nil)
		if took := time.Since(came); took != grain/4 {
			t.Errorf("held for %v", took)
		}
	})
}
