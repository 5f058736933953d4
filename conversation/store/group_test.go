package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/conversation"
)

// together100 has one call under way, and a hundred that wait behind it.
func together100(t *testing.T, g *group[int], run func(context.Context, []int) error) []error {
	t.Helper()
	held := make(chan struct{})
	go func() {
		_ = g.do(context.Background(), []int{-1}, func(context.Context, []int) error { <-held; return nil })
	}()
	synctest.Wait()
	errs := make([]error, 100)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = g.do(context.Background(), []int{i}, run) })
	}
	synctest.Wait()
	close(held)
	wg.Wait()
	return errs
}

// Whatever waits while a transaction commits shares the next one.
func TestGroupShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGroup[int]()
		var runs [][]int
		for i, err := range together100(t, &g, func(_ context.Context, all []int) error {
			runs = append(runs, slices.Clone(all))
			return nil
		}) {
			if err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		}
		if len(runs) != 1 || len(runs[0]) != 100 {
			t.Errorf("%d transactions", len(runs))
		}
	})
}

// What is wrong with one call is that call's own error; what is wrong with the
// database is everybody's.
func TestGroupErrors(t *testing.T) {
	bad := errors.New("bad")
	tests := []struct {
		name   string
		run    func(context.Context, []int) error
		failed int
		runs   int
	}{
		{"one cannot be stored", func(_ context.Context, all []int) error {
			if slices.Contains(all, 7) {
				return bad
			}
			return nil
		}, 1, 101},
		{"one panics", func(_ context.Context, all []int) error {
			if slices.Contains(all, 7) {
				panic("seven") // its caller hears of it, nobody else
			}
			return nil
		}, 1, 101},
		{"the database is gone", func(context.Context, []int) error { return unavailable(bad) }, 100, 1},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			g := newGroup[int]()
			runs, failed := 0, 0
			for _, err := range together100(t, &g, func(ctx context.Context, all []int) error {
				runs++
				return tt.run(ctx, all)
			}) {
				if err != nil {
					failed++
				}
				if err != nil && strings.Contains(err.Error(), "seven") {
					t.Errorf("%s: the error holds what may be a text: %v", tt.name, err)
				}
			}
			if failed != tt.failed || runs != tt.runs {
				t.Errorf("%s: %d calls failed in %d transactions, want %d in %d", tt.name, failed, runs, tt.failed, tt.runs)
			}
		})
	}
}

// A caller that goes away is not waited for, and nothing of it is stored later
// behind its back; one too many is turned away.
func TestGroupWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGroup[int]()
		held := make(chan struct{})
		go func() {
			_ = g.do(context.Background(), []int{-1}, func(context.Context, []int) error { <-held; return nil })
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for range groupWaiting {
			wg.Go(func() {
				err := g.do(ctx, []int{1}, func(context.Context, []int) error { t.Error("it was carried out"); return nil })
				if !errors.Is(err, conversation.ErrUnavailable) {
					t.Errorf("after its time: %v", err)
				}
			})
		}
		synctest.Wait()
		if err := g.do(ctx, []int{1}, nil); !errors.Is(err, conversation.ErrBusy) {
			t.Errorf("one too many: %v", err)
		}
		wg.Wait()
		close(held)
		synctest.Wait()
		if len(g.waiting) != 0 {
			t.Errorf("%d still wait", len(g.waiting))
		}
	})
}
