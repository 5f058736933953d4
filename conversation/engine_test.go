package conversation_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/flows"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const line = "+12025550100"

// shelf is a library of one flow.
type shelf struct{ flow *flows.Flow }

func (l shelf) Current(name string) (*flows.Flow, bool)                  { return l.flow, name == l.flow.Name }
func (l shelf) ByHash(hash string) (*flows.Flow, bool)                   { return l.flow, hash == l.flow.Hash }
func (shelf) ForKeyword(string) (*flows.Flow, map[string]any, bool)      { return nil, nil, false }
func (shelf) ForIntent(flows.Guesser, string) (*flows.Flow, flows.Guess) { return nil, flows.Guess{} }
func (shelf) Successor(flows.Run) (*flows.Flow, string, bool)            { return nil, "", false }

func (l shelf) ForEvent(typ string) []*flows.Flow {
	if l.flow.StartsOn(typ) {
		return []*flows.Flow{l.flow}
	}
	return nil
}

func text(phone, words, id string) conversation.Event {
	return conversation.Event{Kind: conversation.KindText, Line: line, Phone: phone, Carrier: "lab", Dedupe: "text/" + id,
		Text: &conversation.Text{Text: words}}
}

func start(phone string) conversation.Event {
	return conversation.Event{Kind: conversation.KindTrigger, Line: line, Phone: phone, Trigger: &conversation.Trigger{Type: "count.me"}}
}

// counting asks for numbers for ever: every text moves it.
const counting = `
flow: count
title: Counts what it is told
class: notice
trigger: {events: [count.me]}
start: ask
states:
  ask:
    say: "Acme: next number?"
    replies:
      - {match: [go on, "/^n[0-9]+$/"], goto: ask}
      - {intent: yes, goto: ask}
    silence: {after: 24h, goto: unanswered}
    otherwise: {say: "A number please", tries: 3, goto: ask}
  unanswered: {end: unanswered}
`

// engineOn runs an engine on a store until the test ends.
func engineOn(t testing.TB, s conversation.Store, flow string, change func(*conversation.Settings)) *conversation.Engine {
	t.Helper()
	f, err := flows.Parse("test.yaml", []byte(flow))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := s.(conversation.VersionStore); ok {
		if err := v.SaveFlowVersions(t.Context(), []conversation.FlowVersion{{Hash: f.Hash, Name: f.Name, Source: f.Source()}}); err != nil {
			t.Fatal(err)
		}
	}
	directory := &conversation.Directory{Hash: "d", Lines: map[string]conversation.Line{line: {Number: line, Brand: flows.Brand{Name: "Acme"}}}}
	catalog := &conversation.Catalog{}
	catalog.Use(shelf{f})
	settings := conversation.Settings{Store: s, Catalog: catalog, Shards: 1, Log: slog.New(slog.DiscardHandler),
		Directory: func() *conversation.Directory { return directory }}
	if change != nil {
		change(&settings)
	}
	e := conversation.New(settings)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return e
}

func submit(t testing.TB, e *conversation.Engine, events ...conversation.Event) []conversation.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	out, err := e.Submit(ctx, events)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func revOf(t testing.TB, s *store.Store, phone string) int64 {
	t.Helper()
	c, found, err := s.Conversation(t.Context(), s.ConversationID(line, phone))
	if err != nil || !found {
		t.Fatalf("conversation of %s: found %v, %v", phone, found, err)
	}
	return c.Rev
}

func TestEveryTextMovesItsConversationOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := engineOn(t, s, counting, func(c *conversation.Settings) { c.Shards = 2 })
		const phones, texts = 40, 10
		var wg sync.WaitGroup
		for p := range phones {
			wg.Go(func() {
				phone := fmt.Sprintf("+120255501%02d", p)
				submit(t, e, start(phone))
				for n := range texts {
					words := text(phone, fmt.Sprintf("n%d", n), fmt.Sprintf("%d-%d", p, n))
					for repeat := range 1 + n%2 {
						if out := submit(t, e, words)[0]; out.Status != conversation.Applied || out.Repeated != (repeat > 0) {
							t.Errorf("repeat %d: %+v", repeat, out)
						}
					}
				}
			})
		}
		wg.Wait()
		for p := range phones {
			if rev := revOf(t, s, fmt.Sprintf("+120255501%02d", p)); rev != texts+1 {
				t.Errorf("phone %d is at rev %d, want %d", p, rev, texts+1)
			}
		}
	})
}

// TestPoison puts one event that cannot be applied into a full batch: it is
// buried and handed over, all others are applied.
func TestPoison(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := newGate(s)
		e := engineOn(t, g, counting, func(c *conversation.Settings) { c.Reader = bomb{} })
		var begin, events []conversation.Event
		for p := range 256 {
			phone := fmt.Sprintf("+1202555%04d", p)
			begin = append(begin, start(phone))
			words := "go on"
			if p == 100 {
				words = "boom\x00" // a byte that PostgreSQL refuses, and a Step that panics
			}
			events = append(events, text(phone, words, fmt.Sprint("p", p)))
		}
		submit(t, engineOn(t, s, counting, nil), begin...)
		plug := make(chan struct{})
		go func() { defer close(plug); submit(t, e, start("+12025559999")) }()
		<-g.held
		time.AfterFunc(100*time.Millisecond, func() { close(g.open) }) // by then all have gathered, which sizes checks
		for range 2 {
			for i, out := range submit(t, e, events...) {
				want := conversation.Applied
				if i == 100 {
					want = conversation.Buried
				}
				if out.Status != want && !out.Repeated {
					t.Errorf("event %d was %s", i, out.Status)
				}
			}
		}
		<-plug
		if largest := slices.Max(g.sizes); largest != 256 {
			t.Errorf("the largest batch had %d events", largest)
		}
		for p := range 256 {
			if rev := revOf(t, s, fmt.Sprintf("+1202555%04d", p)); rev != 2 {
				t.Errorf("phone %d is at rev %d", p, rev)
			}
		}
		c, _, err := s.Conversation(t.Context(), s.ConversationID(line, "+12025550100"))
		if err != nil || c.State.Owner != conversation.OwnerQueue || c.State.Handoff.Reason != "poisoned" {
			t.Errorf("the poisoned conversation: %+v, %v", c.State, err)
		}
		dead, err := s.DeadLetters(t.Context(), 10)
		if err != nil || len(dead) != 1 || strings.Contains(dead[0].Reason, "boom") {
			t.Errorf("dead letters: %d, %v", len(dead), err)
		}
	})
}

// bomb panics on one text.
type bomb struct{}

func (bomb) Skim(string, string, []string) (string, bool) { return "", false }

func (bomb) Read(text, _ string, _ []string) (string, bool, bool) {
	if strings.HasPrefix(text, "boom") {
		panic(text) // what the engine must survive, and must not log
	}
	return "", false, false
}

// flaky loses the reply of a COMMIT that succeeded, or fails before it.
type flaky struct {
	conversation.Store
	mu   sync.Mutex
	lose int // replies still to lose
	fail int // begins still to fail
}

// breaks loses the next replies, or fails the next begins.
func (f *flaky) breaks(lose, fail int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lose, f.fail = lose, fail
}

type flakyBatch struct {
	conversation.Batch
	f *flaky
}

func (f *flaky) Begin(ctx context.Context, events []conversation.Event) (conversation.Batch, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail > 0 {
		f.fail--
		return nil, fmt.Errorf("no connection: %w", conversation.ErrUnavailable)
	}
	b, err := f.Store.Begin(ctx, events)
	return flakyBatch{b, f}, err
}

func (b flakyBatch) Commit(ctx context.Context, w conversation.Writes) error {
	err := b.Batch.Commit(ctx, w)
	b.f.mu.Lock()
	defer b.f.mu.Unlock()
	if err == nil && b.f.lose > 0 {
		b.f.lose--
		return fmt.Errorf("the connection broke: %w", conversation.ErrUnavailable)
	}
	return err
}

func TestLostCommitReply(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := &flaky{Store: s}
		e := engineOn(t, f, counting, nil)
		submit(t, e, start("+12025550123"))
		f.breaks(1, 0)
		if out := submit(t, e, text("+12025550123", "n1", "a"))[0]; out.Status != conversation.Applied {
			t.Errorf("outcome %+v", out)
		}
		if rev := revOf(t, s, "+12025550123"); rev != 2 {
			t.Errorf("rev %d: the text was applied again", rev)
		}
	})
}

func TestUnavailableStoresNothing(t *testing.T) {
	s := storetest.Open(t, store.Options{URL: storetest.URL(t, "sqlite")})
	f := &flaky{Store: s}
	e := engineOn(t, f, counting, nil)
	submit(t, e, start("+12025550123"))
	f.breaks(0, 3)
	_, err := e.Submit(t.Context(), []conversation.Event{text("+12025550123", "n1", "a")})
	if !errors.Is(err, conversation.ErrUnavailable) {
		t.Fatalf("after three failures: %v", err)
	}
	submit(t, e, text("+12025550123", "n1", "a"))
	if rev := revOf(t, s, "+12025550123"); rev != 2 {
		t.Errorf("rev %d", rev)
	}
}

func TestIdempotencyKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := engineOn(t, s, counting, nil)
		ev := start("+12025550123")
		ev.Dedupe, ev.BodyHash, ev.Trigger.ID = "api/k/events/1", "h1", "evt_1"
		first := submit(t, e, ev)[0]
		again := submit(t, e, ev)[0]
		if !again.Repeated || again.Run != first.Run || again.ID != "evt_1" || len(again.Messages) != 1 || again.Messages[0] != first.Messages[0] {
			t.Errorf("the repeat got %+v, the first %+v", again, first)
		}
		ev.BodyHash = "h2"
		if out := submit(t, e, ev)[0]; out.Status != conversation.Conflicting {
			t.Errorf("another body under the key was %s", out.Status)
		}
		bad := conversation.Event{Kind: conversation.KindEndRun, Line: line, Phone: "+12025550123", Dedupe: "api/k/end/1",
			EndRun: &conversation.EndRun{Run: "nope", Outcome: "x"}}
		for range 2 { // a refusal leaves no key behind
			if out := submit(t, e, bad)[0]; out.Status != conversation.Refused || out.Repeated {
				t.Errorf("refusal: %+v", out)
			}
		}
	})
}

func TestBusy(t *testing.T) {
	s := storetest.Open(t, store.Options{URL: storetest.URL(t, "sqlite")})
	e := conversation.New(conversation.Settings{Store: s, Catalog: &conversation.Catalog{}, Shards: 1,
		Directory: func() *conversation.Directory { return &conversation.Directory{} }})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	events := make([]conversation.Event, 1024)
	for i := range events {
		events[i] = start("+12025550123")
	}
	if _, err := e.Submit(ctx, events); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("nothing runs yet, and: %v", err)
	}
	if _, err := e.Submit(t.Context(), events[:1]); !errors.Is(err, conversation.ErrBusy) {
		t.Errorf("a full shard said %v", err)
	}
}

func TestDeadlineWakesTheConversation(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		var ahead time.Duration
		var mu sync.Mutex
		s := storetest.Open(t, store.Options{URL: url, Ahead: func() time.Duration { mu.Lock(); defer mu.Unlock(); return ahead }})
		e := engineOn(t, s, counting, nil)
		submit(t, e, start("+12025550123"))
		mu.Lock()
		ahead = 72 * time.Hour
		mu.Unlock()
		for range 100 {
			c, _, err := s.Conversation(t.Context(), s.ConversationID(line, "+12025550123"))
			if err != nil {
				t.Fatal(err)
			}
			if len(c.State.Runs) == 0 {
				return
			}
			time.Sleep(50 * time.Millisecond) // the sweep runs on the wall clock
		}
		t.Error("the silence of 24 h did not end the run")
	})
}

// An event whose guard was settled before is told apart from one that Step ignores.
func TestRefusedGuard(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := engineOn(t, s, counting, nil)
		submit(t, e, start("+12025550123"))
		out := submit(t, e, conversation.Event{Kind: conversation.KindSent, Line: line, Phone: "+12025550123",
			Settled: &conversation.Settled{Message: "gone"},
			Guard:   &conversation.Settlement{Message: "gone", Node: "n", Attempt: 1, Status: conversation.Sent}})[0]
		if out.Status != conversation.Ignored || !out.Repeated {
			t.Errorf("it was %+v", out)
		}
	})
}
