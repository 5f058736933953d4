package store_test

import (
	"fmt"
	"os"
	"testing"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/flows"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const line = "+12025550100"

func phone(i int) string { return fmt.Sprintf("+1202556%04d", i) }

func text(i int, key string) conversation.Event {
	return conversation.Event{
		Kind: conversation.KindText, Line: line, Phone: phone(i), Carrier: "us", Dedupe: "text/" + key,
		Text: &conversation.Text{Text: "hi"},
	}
}

// begin opens a batch that ends with the test.
func begin(t testing.TB, s *store.Store, events ...conversation.Event) conversation.Batch {
	t.Helper()
	b, err := s.Begin(t.Context(), events)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Rollback)
	return b
}

// step plays the engine: every event grows the rev by one and sends what reply
// makes of it.
func step(b conversation.Batch, i int, w *conversation.Writes, change func(c *conversation.Conversation, m *conversation.Message)) conversation.Message {
	l := b.Load(i)
	c := l.Conversation
	for _, v := range w.Conversations {
		if v.Conversation.ID == c.ID {
			c = v.Conversation
		}
	}
	c.Rev++
	now := b.Now().UnixMilli()
	m := conversation.Message{
		ID: fmt.Sprintf("m-%s-%04d", c.ID, c.Rev), Conversation: c.ID, Position: c.Rev << 8, Line: c.Line, To: c.Phone,
		Class: flows.Notice, Priority: conversation.PriorityReply, Text: "hello", Segments: 1, Epoch: c.State.Epoch,
		CreatedAt: now, DueAt: now, ExpiresAt: now + 3_600_000,
	}
	if change != nil {
		change(&c, &m)
	}
	encoded, _ := c.State.Encode()
	w.Conversations = append(w.Conversations, conversation.Saved{Conversation: c, Encoded: encoded})
	w.Events = append(w.Events, conversation.Logged{Conversation: c.ID, Rev: c.Rev, At: now, Kind: conversation.KindText, Data: `{"e": {"text": {"text": "hi"}}}`})
	w.Effects = append(w.Effects, conversation.Effect{Send: &m})
	return m
}

// say runs a whole batch of texts that are each answered, and returns the answers.
func say(t testing.TB, s *store.Store, change func(c *conversation.Conversation, m *conversation.Message), events ...conversation.Event) []conversation.Message {
	t.Helper()
	b := begin(t, s, events...)
	var w conversation.Writes
	var sent []conversation.Message
	for i := range events {
		if _, seen := b.Seen(i); !seen {
			sent = append(sent, step(b, i, &w, change))
		}
	}
	if err := b.Commit(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	return sent
}

func TestBatchIsRemembered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s, text(1, "a"), text(2, "b"))
		if b.Load(0).Existed || b.Load(0).Conversation.Phone != phone(1) {
			t.Fatalf("a new conversation loads as %+v", b.Load(0))
		}
		var w conversation.Writes
		for i := range 2 {
			step(b, i, &w, func(c *conversation.Conversation, _ *conversation.Message) { c.State.Language = "fr" })
		}
		w.Effects = append(w.Effects,
			conversation.Effect{Consent: &conversation.Consent{Phone: phone(2), State: conversation.OptedOut, At: 7, Word: "stop"}},
			conversation.Effect{Job: &conversation.Job{ID: "j1", Kind: conversation.JobCallback, Conversation: b.Load(0).Conversation.ID}})
		if err := b.Commit(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		b = begin(t, s, text(1, "a"), text(2, "c"), text(2, "c"))
		if o, seen := b.Seen(0); !seen || o.Status != conversation.Applied || !o.Repeated {
			t.Errorf("a repeated key gives %+v, %v", o, seen)
		}
		if _, seen := b.Seen(1); seen {
			t.Error("a new key counts as seen")
		}
		if o, seen := b.Seen(2); !seen || !o.Repeated {
			t.Error("a key that comes twice in one batch is not seen the second time")
		}
		l := b.Load(1)
		if !l.Existed || l.Conversation.Rev != 1 || l.Conversation.State.Language != "fr" || l.Consent.State != conversation.OptedOut || l.Consent.Word != "stop" {
			t.Errorf("loaded %+v", l)
		}
		if b.Load(0).Consent.State != "" {
			t.Error("the other phone has a consent")
		}
	})
}
