package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// engine runs an engine without flows on a store until the test ends.
func engine(t *testing.T, s conversation.Store) *conversation.Engine {
	t.Helper()
	directory := &conversation.Directory{Lines: map[string]conversation.Line{line: {Number: line}}}
	e := conversation.New(conversation.Settings{Store: s, Catalog: &conversation.Catalog{}, Shards: 1, Log: slog.New(slog.DiscardHandler),
		Directory: func() *conversation.Directory { return directory }})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	return e
}

func ask(t *testing.T, s *store.Store, text string, args ...any) int64 {
	t.Helper()
	n, err := store.Ask(t.Context(), s, text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestUnreadableState: whatever comes for a conversation whose state cannot be read
// is kept and answered, and its deadline does not come back twice a second.
func TestUnreadableState(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := engine(t, s)
		say(t, s, nil, text(1, "1"))
		id := s.ConversationID(line, phone(1))
		if err := store.Exec(t.Context(), s, `UPDATE conversations SET state = '{', wake_at = 1 WHERE id = $1`, id); err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			out, err := e.Submit(t.Context(), []conversation.Event{text(1, fmt.Sprint("x", i)), text(2, fmt.Sprint("y", i))})
			if err != nil || out[0].Status != conversation.Buried || out[1].Status != conversation.Applied {
				t.Fatalf("%+v, %v", out, err)
			}
		}
		timers := `SELECT count(*) FROM dead_letters WHERE kind = 'timer'`
		for deadline := time.Now().Add(10 * time.Second); ask(t, s, timers) == 0 && time.Now().Before(deadline); {
			time.Sleep(20 * time.Millisecond) // the sweep runs on the wall clock
		}
		if n := ask(t, s, timers); n != 1 {
			t.Errorf("%d dead letters of the deadline", n)
		}
		if n := ask(t, s, `SELECT wake_at FROM conversations WHERE id = $1`, id); n != 0 {
			t.Errorf("it is still due: wake_at %d", n)
		}
	})
}

// TestFateOfAnOldQuestion: a failure that its conversation does not care for any
// more is told once, not at every sweep.
func TestFateOfAnOldQuestion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := engine(t, s)
		say(t, s, asks, text(1, "1"))
		m := claim(t, s, work)[0]
		settle(t, s, sent(m, "p1"))
		events := receive(t, s, conversation.Receipt{Carrier: "us", ProviderID: "p1", Status: conversation.Failed, Error: "30003"})
		if len(events) != 1 {
			t.Fatalf("%d events", len(events))
		}
		for range 2 { // the second time as a repeat
			if _, err := e.Submit(t.Context(), events); err != nil {
				t.Fatal(err)
			}
			if n := ask(t, s, `SELECT count(*) FROM messages WHERE untold = 1`); n != 0 {
				t.Fatalf("%d fates are told again and again", n)
			}
			if err := store.Exec(t.Context(), s, `UPDATE messages SET untold = 1 WHERE status = 'failed'`); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestManyVanishedRows: rows that were believed and are gone cost one more try,
// however many they are.
func TestManyVanishedRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var events []conversation.Event
		for i := range 20 {
			store.Believe(s, s.ConversationID(line, phone(i)))
			events = append(events, text(i, fmt.Sprint("v", i)))
		}
		begin(t, s, events...).Rollback()
	})
}

// TestRefusedEventsLeaveNoConversation, whoever shares their batch.
func TestRefusedEventsLeaveNoConversation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := engine(t, s)
		var events []conversation.Event
		for i := range 60 {
			events = append(events, text(100+i, fmt.Sprint("t", i)), conversation.Event{
				Kind: conversation.KindTrigger, Line: line, Phone: phone(i), Trigger: &conversation.Trigger{Type: "nobody.listens"}})
		}
		out, err := e.Submit(t.Context(), events)
		if err != nil || out[1].Status != conversation.Refused {
			t.Fatalf("%+v, %v", out, err)
		}
		if n := ask(t, s, `SELECT count(*) FROM conversations WHERE rev = 0`); n != 0 {
			t.Errorf("%d empty conversations are left behind", n)
		}
		again, err := e.Submit(t.Context(), []conversation.Event{text(0, "now")})
		if err != nil || again[0].Status != conversation.Applied {
			t.Errorf("%+v, %v", again, err)
		}
	})
}

// TestPeekSeesOtherLines: what a phone said to one line holds for all.
func TestPeekSeesOtherLines(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		s := storetest.Open(t, store.Options{URL: url, Ahead: func() time.Duration { return 100 * time.Hour }})
		say(t, s, nil, text(1, "1"))
		optOut(t, s, phone(1))
		l, now, err := s.Peek(t.Context(), conversation.Event{Conversation: s.ConversationID("+12025550199", phone(1)), Line: "+12025550199", Phone: phone(1)})
		if err != nil || l.Existed || l.Consent.State != conversation.OptedOut || l.Conversation.Phone != phone(1) {
			t.Errorf("%+v, %v", l, err)
		}
		if time.Until(now) < 99*time.Hour {
			t.Errorf("not the database's clock: %v", now)
		}
	})
}

// TestPoisonedFate: a question's fate that its conversation cannot apply is buried
// once, whether it came with its settlement or by the sweep, and told no more.
func TestPoisonedFate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := engine(t, choking{s})
		say(t, s, asks, text(1, "1"), text(2, "2"))
		all := claim(t, s, work)
		guard := sent(all[0], "p1")
		settle(t, s, sent(all[1], "p2"))
		for i, m := range all {
			fate := conversation.Event{Kind: conversation.KindSent, Conversation: m.Conversation, Settled: &conversation.Settled{Message: m.ID, Run: "r", Wait: m.Wait}}
			if i == 0 {
				fate.Guard = &guard
			}
			out, err := e.Submit(t.Context(), []conversation.Event{fate})
			if err != nil || out[0].Status != conversation.Buried {
				t.Fatalf("fate %d: %+v, %v", i, out, err)
			}
			settle(t, s, guard) // what the dispatcher does when the engine did not apply it
			if got := status(t, s, m.ID); got != conversation.Sent {
				t.Errorf("message %d is %s", i, got)
			}
			if n := ask(t, s, `SELECT count(*) FROM messages WHERE untold = 1 AND id = $1`, m.ID); n != 0 {
				t.Errorf("fate %d is told again and again", i)
			}
		}
		if n := ask(t, s, `SELECT count(*) FROM dead_letters`); n != 2 {
			t.Errorf("%d dead letters for two fates", n)
		}
	})
}

// choking is a store whose transactions cannot carry a question's fate.
type choking struct{ conversation.Store }

func (c choking) Begin(ctx context.Context, events []conversation.Event) (conversation.Batch, error) {
	for _, e := range events {
		if e.Kind == conversation.KindSent {
			return nil, errors.New("a fate nobody can swallow")
		}
	}
	return c.Store.Begin(ctx, events)
}
