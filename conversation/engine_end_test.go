package conversation_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// TestSubmitAtTheEnd: whoever submits while the engine ends, or afterwards, hears
// at once: applied, or nothing was stored. Waiting for an engine that is gone once
// took as long as a lease.
func TestSubmitAtTheEnd(t *testing.T) {
	s := storetest.Open(t, store.Options{URL: storetest.URL(t, "sqlite")})
	e := conversation.New(conversation.Settings{Store: s, Catalog: &conversation.Catalog{}, Shards: 1, Log: slog.New(slog.DiscardHandler),
		Directory: func() *conversation.Directory { return &conversation.Directory{} }})
	ev := text("+12025550123", "thanks", "")
	ev.Dedupe = ""
	once := func(within time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		_, err := e.Submit(ctx, []conversation.Event{ev})
		return err
	}
	ctx, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	for range 16 { // some are on their way when it stops
		others.Go(func() {
			for ctx.Err() == nil {
				if err := once(10 * time.Second); err != nil && !errors.Is(err, conversation.ErrUnavailable) {
					t.Errorf("while it ends: %v", err)
					return
				}
			}
		})
	}
	time.AfterFunc(50*time.Millisecond, stop)
	if err := e.Run(ctx); err != nil {
		t.Fatal(err)
	}
	others.Wait()
	for range 20 {
		if err := once(time.Second); !errors.Is(err, conversation.ErrUnavailable) {
			t.Fatalf("after the end: %v", err)
		}
	}
}

// gate holds the first batch until it is opened, so that others gather. It stands
// before an engine of one shard, and notes how large the batches are.
type gate struct {
	conversation.Store
	first sync.Once
	held  chan struct{}
	open  chan struct{}
	sizes []int
}

// newGate is shut.
func newGate(s conversation.Store) *gate {
	return &gate{Store: s, held: make(chan struct{}), open: make(chan struct{})}
}

func (g *gate) Begin(ctx context.Context, events []conversation.Event) (conversation.Batch, error) {
	g.first.Do(func() { close(g.held); <-g.open })
	g.sizes = append(g.sizes, len(events))
	return g.Store.Begin(ctx, events)
}

// TestTwinsInOneBatch: a repeat that meets the first in one transaction hears what
// the first has led to, also when that is a refusal.
func TestTwinsInOneBatch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := newGate(s)
		e := engineOn(t, g, counting, nil)
		var all sync.WaitGroup
		all.Go(func() { submit(t, e, start("+12025550124")) })
		<-g.held
		good := start("+12025550123")
		good.Dedupe, good.BodyHash = "api/k/events/1", "h"
		bad := conversation.Event{Kind: conversation.KindEndRun, Line: line, Phone: "+12025550123", Dedupe: "api/k/end/1", BodyHash: "h",
			EndRun: &conversation.EndRun{Run: "nope", Outcome: "x"}}
		gone := conversation.Event{Kind: conversation.KindEndRun, Conversation: "nobody", Dedupe: "api/k/end/2", BodyHash: "h",
			EndRun: &conversation.EndRun{Run: "nobody.1", Outcome: "x"}}
		var out []conversation.Outcome
		all.Go(func() { out = submit(t, e, good, good, bad, bad, gone) })
		time.AfterFunc(50*time.Millisecond, func() { close(g.open) })
		all.Wait()
		if out[1].Run != out[0].Run || len(out[1].Messages) != 1 || !out[1].Repeated {
			t.Errorf("the twin got %+v, the first %+v", out[1], out[0])
		}
		if out[3].Status != conversation.Refused || len(out[3].Problems) != 1 {
			t.Errorf("the twin of a refusal got %+v", out[3])
		}
		if again := submit(t, e, gone)[0]; again.Status != conversation.Ignored {
			t.Errorf("what was ignored is remembered as %s", again.Status)
		}
	})
}

// TestBuriedIsRemembered: the repeat of an event that could not be applied hears
// so, and is neither told yes nor that its body differs.
func TestBuriedIsRemembered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := engineOn(t, s, counting, func(c *conversation.Settings) { c.Reader = bomb{} })
		submit(t, e, start("+12025550123"))
		ev := text("+12025550123", "boom", "1")
		ev.Carrier, ev.Dedupe, ev.BodyHash = "", "api/k/1", "h"
		for i := range 2 {
			if out := submit(t, e, ev)[0]; out.Status != conversation.Buried || out.Repeated != (i > 0) {
				t.Errorf("try %d: %+v", i, out)
			}
		}
	})
}

// TestDryRunSeesWhatTheEventWouldMeet: the consent of the phone, whichever line
// heard it, and the database's clock.
func TestDryRunSeesWhatTheEventWouldMeet(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		s := storetest.Open(t, store.Options{URL: url, Ahead: func() time.Duration { return 100 * time.Hour }})
		e := engineOn(t, s, counting, nil)
		out, err := e.DryRun(t.Context(), start("+12025550123"))
		if err != nil || len(out.Records) == 0 {
			t.Fatalf("%+v, %v", out, err)
		}
		submit(t, e, text("+12025550123", "STOP", "1"))
		other := start("+12025550123")
		other.Line = "+12025550199"
		if out, err = e.DryRun(t.Context(), other); err != nil || out.Status != conversation.Refused {
			t.Errorf("a dry run for a customer who has opted out: %+v, %v", out, err)
		}
	})
}

// TestDryRunSurvives: what would be buried is an error of a dry run, which holds no
// words.
func TestDryRunSurvives(t *testing.T) {
	s := storetest.Open(t, store.Options{URL: storetest.URL(t, "sqlite")})
	e := engineOn(t, s, counting, func(c *conversation.Settings) { c.Reader = bomb{} })
	submit(t, e, start("+12025550123"))
	if _, err := e.DryRun(t.Context(), text("+12025550123", "boom", "1")); err == nil || strings.Contains(err.Error(), "boom") {
		t.Errorf("%v", err)
	}
}

// TestEventsWithoutAKey: an event that came without a dedupe key is applied once,
// also when the reply of its COMMIT is lost and the batch is tried again.
func TestEventsWithoutAKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := &flaky{Store: s}
		e := engineOn(t, f, counting, nil)
		f.breaks(1, 0)
		first := submit(t, e, start("+12025550123"))[0]
		if first.Status != conversation.Applied || first.Run == "" || len(first.Messages) != 1 {
			t.Errorf("the start: %+v", first)
		}
		for n := range 2 { // two of the same are two
			ev := text("+12025550123", "n1", "")
			ev.Dedupe = ""
			f.breaks(1, 0)
			submit(t, e, ev)
			if rev := revOf(t, s, "+12025550123"); rev != int64(n+2) {
				t.Errorf("rev %d, want %d", rev, n+2)
			}
		}
	})
}
