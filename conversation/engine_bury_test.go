package conversation_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// gravedigger lets the next burials fail, as a database does that is away for a
// moment.
type gravedigger struct {
	conversation.Store
	away int
}

func (g *gravedigger) Begin(ctx context.Context, events []conversation.Event) (conversation.Batch, error) {
	if events[0].Kind == conversation.KindPoisoned && g.away > 0 {
		g.away--
		return nil, fmt.Errorf("no connection: %w", conversation.ErrUnavailable)
	}
	return g.Store.Begin(ctx, events)
}

// notes is a log that can be read.
type notes struct {
	mu   sync.Mutex
	text strings.Builder
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// TestBurialIsWhole: an event that cannot be applied is kept, handed to a person and
// logged together, or not at all: then it comes again.
func TestBurialIsWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		log := &notes{}
		e := engineOn(t, &gravedigger{Store: s, away: 1}, counting, func(c *conversation.Settings) {
			c.Reader, c.Log = bomb{}, slog.New(slog.NewTextHandler(log, nil))
		})
		submit(t, e, start("+12025550123"))
		ev := text("+12025550123", "boom", "1")
		if out, err := e.Submit(t.Context(), []conversation.Event{ev}); !errors.Is(err, conversation.ErrUnavailable) {
			t.Errorf("while the database is away: %+v, %v", out, err)
		}
		if dead, err := s.DeadLetters(t.Context(), 10); err != nil || len(dead) != 0 || strings.Contains(log.String(), "dead letter") {
			t.Errorf("%d dead letters, %v; the log says %s", len(dead), err, log)
		}
		if out := submit(t, e, ev)[0]; out.Status != conversation.Buried || out.Repeated {
			t.Errorf("the second time: %+v", out)
		}
		c, _, err := s.Conversation(t.Context(), s.ConversationID(line, "+12025550123"))
		if err != nil || c.State.Handoff == nil || c.State.Handoff.Reason != "poisoned" {
			t.Errorf("nobody is asked: %+v, %v", c.State, err)
		}
		if n := strings.Count(log.String(), "kept as a dead letter"); n != 1 || strings.Contains(log.String(), "boom") {
			t.Errorf("the log says %d times that it is kept: %s", n, log)
		}
	})
}

// TestBurialOfATest: what a test key led to is told as a test, also by its end.
func TestBurialOfATest(t *testing.T) {
	s := storetest.Open(t, store.Options{URL: storetest.URL(t, "sqlite")})
	e := engineOn(t, s, counting, func(c *conversation.Settings) { c.Reader = bomb{} })
	submit(t, e, start("+12025550123"))
	ev := text("+12025550123", "boom", "1")
	ev.Test = true
	submit(t, e, ev)
	events, _, err := s.Thread(t.Context(), s.ConversationID(line, "+12025550123"), 0, 10)
	if err != nil || len(events) != 2 || !strings.Contains(events[0].Data, `"test":true`) {
		t.Errorf("%+v, %v", events, err)
	}
}
