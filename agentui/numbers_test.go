package agentui

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/flows"
)

// TestCountedOnce: many who look at once are one question, an answer is good for some
// seconds, and what failed is asked again.
func TestCountedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k counted
		var asked, under atomic.Int64
		ask := func(context.Context) (any, error) {
			if under.Add(1) > 1 {
				t.Error("two questions at once")
			}
			time.Sleep(time.Second) // of the test's own clock (synctest), as below
			under.Add(-1)
			n := asked.Add(1)
			if n == 1 {
				return nil, errors.New("away")
			}
			return n, nil
		}
		if _, err := k.of(t.Context(), counting{}, ask); err == nil {
			t.Fatal("no error")
		}
		for range 20 {
			go func() {
				if v, err := k.of(t.Context(), counting{}, ask); err != nil || v != int64(2) {
					t.Errorf("%v, %v", v, err)
				}
			}()
		}
		synctest.Wait()
		go func() { _, _ = k.of(t.Context(), counting{flow: "another"}, ask) }()
		synctest.Wait()
		late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := k.of(late, counting{to: 1}, ask); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who left waits: %v", err)
		}
		time.Sleep(3 * time.Second)
		if n := asked.Load(); n != 3 {
			t.Errorf("asked %d times", n)
		}
		time.Sleep(freshFor)
		if v, _ := k.of(t.Context(), counting{}, ask); v != int64(4) {
			t.Errorf("stale: %v", v)
		}
		for i := range 3 * mostCounted {
			_, _ = k.of(t.Context(), counting{from: int64(i)}, func(context.Context) (any, error) { return i, nil })
		}
		if len(k.kept) > mostCounted {
			t.Errorf("%d answers are kept", len(k.kept))
		}
	})
}

// TestWaysAddUp: states of other versions are named as such, and a way that was not kept
// counts where it ended.
func TestWaysAddUp(t *testing.T) {
	g := flows.Graph{Name: "f", Nodes: []flows.GraphNode{{Kind: flows.NodeStart}, {State: "day", Kind: flows.NodeQuestion}, {State: "over", Kind: flows.NodeEnd}}}
	n := numbersOf(g, []Way{
		{Path: []string{"day", "over"}, State: "over", Outcome: "done", Count: 5},
		{Path: []string{"hour", "day"}, State: "day", Outcome: "unanswered", Count: 2},
		{State: "over", Outcome: "done", Count: 1},
	})
	want := "[{day 7 7 [{f done 5} {f unanswered 2}] false} {over 6 1 [{f done 1}] false} {hour 2 0 [] true}]"
	if fmt.Sprint(n.States) != want || n.Runs != 8 || n.Part || fmt.Sprint(n.Outcomes) != "[{f done 6} {f unanswered 2}]" {
		t.Errorf("%+v", n)
	}
	if !numbersOf(g, make([]Way, mostWays)).Part {
		t.Error("it does not say that there was more")
	}
}
