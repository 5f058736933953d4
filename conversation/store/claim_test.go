package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/flows"
	"parley/outbound"
)

var work = outbound.Claim{Line: line, Node: "n1", Limit: 100, Lease: time.Minute}

func claim(t testing.TB, s *store.Store, c outbound.Claim) []conversation.Message {
	t.Helper()
	all, err := s.Claim(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

type change = func(c *conversation.Conversation, m *conversation.Message)

// TestClaimTakes tells, case by case, which of a conversation's messages go.
func TestClaimTakes(t *testing.T) {
	later := func(_ *conversation.Conversation, m *conversation.Message) {
		m.DueAt += 3_600_000
		m.ExpiresAt += 7_200_000
	}
	code := func(_ *conversation.Conversation, m *conversation.Message) {
		m.Class, m.Priority = flows.Code, conversation.PriorityCode
	}
	expired := func(_ *conversation.Conversation, m *conversation.Message) { m.ExpiresAt = m.CreatedAt - 1 }
	exempt := func(_ *conversation.Conversation, m *conversation.Message) { m.Exempt = true }
	agent := func(_ *conversation.Conversation, m *conversation.Message) { m.ByAgent = true }
	takeover := func(c *conversation.Conversation, m *conversation.Message) { c.State.Epoch++; m.Epoch = c.State.Epoch }
	for _, c := range []struct {
		name   string
		says   []change
		optOut bool
		want   []int
	}{
		{"the oldest of two", []change{nil, nil}, false, []int{0}},
		{"a reply before tomorrow's reminder", []change{later, nil}, false, []int{1}},
		{"a code overtakes", []change{nil, code}, false, []int{1}},
		{"the older of two codes", []change{code, code}, false, []int{0}},
		{"nothing expired", []change{expired, nil}, false, []int{1}},
		{"nothing due later", []change{later}, false, nil},
		{"no opted-out phone", []change{nil}, true, nil},
		{"no opted-out phone, not even a code", []change{code}, true, nil},
		{"an exempt message", []change{exempt}, true, []int{0}},
		{"nothing of an older owner", []change{nil, takeover}, false, nil},
		{"codes of an older owner", []change{code, takeover}, false, []int{0}},
		{"an agent's of an older owner", []change{agent, takeover}, false, []int{0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				var said []conversation.Message
				for i, change := range c.says {
					said = append(said, say(t, s, change, text(1, fmt.Sprint(i)))...)
				}
				if c.optOut {
					optOut(t, s, phone(1))
				}
				var want []conversation.Message
				for _, i := range c.want {
					want = append(want, said[i])
				}
				claims(t, s, want)
			})
		})
	}
}

// claims checks that one claim takes exactly these messages.
func claims(t *testing.T, s *store.Store, want []conversation.Message) {
	t.Helper()
	got := claim(t, s, work)
	if len(got) != len(want) {
		t.Fatalf("%d messages claimed, want %d", len(got), len(want))
	}
	for i, m := range got {
		if m.ID != want[i].ID || m.Status != conversation.Sending || m.Attempt != 1 || m.Text != "hello" {
			t.Errorf("claimed %+v", m)
		}
	}
}

// optOut opts a phone out without touching its queued messages.
func optOut(t testing.TB, s *store.Store, phone string) {
	t.Helper()
	b := begin(t, s)
	k := conversation.Consent{Phone: phone, State: conversation.OptedOut}
	if err := b.Commit(t.Context(), conversation.Writes{Effects: []conversation.Effect{{Consent: &k}}}); err != nil {
		t.Fatal(err)
	}
}

func TestClaimGoesByPriority(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		n := 0
		say(t, s, func(_ *conversation.Conversation, m *conversation.Message) {
			m.Priority = conversation.Priority(5 - n)
			n++
		}, text(1, "1"), text(2, "2"), text(3, "3"), text(4, "4"))
		c := work
		c.Limit, c.Least = 3, conversation.PriorityNotice
		got := claim(t, s, c)
		if len(got) != 3 || got[0].Priority != 2 || got[2].Priority != 4 {
			t.Errorf("claimed %v", got)
		}
		if more := claim(t, s, c); len(more) != 0 {
			t.Error("bulk was claimed though only notices may go")
		}
	})
}

// TestOneAfterTheOther: the second message of a conversation waits until the
// first is settled, and behind its retry.
func TestOneAfterTheOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		first := say(t, s, nil, text(1, "1"))[0]
		say(t, s, nil, text(1, "2"))
		claim(t, s, work)
		if got := claim(t, s, work); len(got) != 0 {
			t.Fatalf("the second one passed the first: %v", got)
		}
		again := conversation.Settlement{Message: first.ID, Node: "n1", Attempt: 1, Status: conversation.Queued, DueAt: first.DueAt + 3_600_000, Uncounted: true}
		settle(t, s, again)
		if got := claim(t, s, work); len(got) != 0 {
			t.Fatalf("the second one passed the first's retry: %v", got)
		}
	})
}

func settle(t testing.TB, s *store.Store, all ...conversation.Settlement) []bool {
	t.Helper()
	held, err := s.Settle(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// TestTwoClaimers: no message is claimed twice, none is left.
func TestTwoClaimers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const n = 300
		for i := range n {
			say(t, s, nil, text(i, fmt.Sprint(i)))
		}
		var mu sync.Mutex
		taken := make(map[string]string)
		var wg sync.WaitGroup
		for node := range 4 {
			wg.Go(func() {
				c := work
				c.Node, c.Limit = fmt.Sprint(node), 7
				for range n {
					all, err := s.Claim(t.Context(), c)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					for _, m := range all {
						if other, twice := taken[m.ID]; twice {
							t.Errorf("%s was claimed by %s and %s", m.ID, other, c.Node)
						}
						taken[m.ID] = c.Node
					}
					done := len(taken) == n
					mu.Unlock()
					if done {
						return
					}
				}
			})
		}
		wg.Wait()
		if len(taken) != n {
			t.Errorf("%d of %d claimed", len(taken), n)
		}
	})
}

// TestClaimDecidesRaces: of STOP or a takeover against a claim, exactly one has
// each message.
func TestClaimDecidesRaces(t *testing.T) {
	stop := func(id string) conversation.Cancel {
		return conversation.Cancel{Conversation: id, As: conversation.Cancelled, Reason: "stop"}
	}
	takeover := func(id string) conversation.Cancel {
		return conversation.Cancel{Conversation: id, As: conversation.Superseded, Reason: "takeover", Before: 1}
	}
	for name, cancel := range map[string]func(string) conversation.Cancel{"stop": stop, "takeover": takeover} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				for round := range 60 {
					m := say(t, s, nil, text(round, fmt.Sprint(round)))[0]
					var got []conversation.Message
					var wg sync.WaitGroup
					wg.Go(func() { got = claim(t, s, work) })
					wg.Go(func() { end(t, s, m, cancel(m.Conversation), round, "race") })
					wg.Wait()
					end(t, s, m, cancel(m.Conversation), round, "once more") // what was claimed is on its way
					after, _, err := s.Message(t.Context(), m.ID)
					if err != nil {
						t.Fatal(err)
					}
					claimed := len(got) == 1 && after.Status == conversation.Sending
					ended := len(got) == 0 && after.Status == cancel("").As
					if claimed == ended {
						t.Fatalf("round %d: %d claimed, and the message is %s", round, len(got), after.Status)
					}
				}
			})
		})
	}
}

func end(t *testing.T, s *store.Store, m conversation.Message, c conversation.Cancel, round int, id string) {
	b, err := s.Begin(context.Background(), []conversation.Event{text(round, fmt.Sprint("stop", round, id))})
	if err != nil {
		t.Error(err)
		return
	}
	defer b.Rollback()
	now := b.Load(0).Conversation
	now.Rev++
	now.State.Epoch++
	encoded, _ := now.State.Encode()
	w := conversation.Writes{
		Conversations: []conversation.Saved{{Conversation: now, Encoded: encoded}},
		Effects:       []conversation.Effect{{Cancel: &c}},
	}
	if c.As == conversation.Cancelled {
		w.Effects = append(w.Effects, conversation.Effect{Consent: &conversation.Consent{Phone: m.To, State: conversation.OptedOut}})
	}
	if err := b.Commit(context.Background(), w); err != nil {
		t.Error(err)
	}
}

// TestCancelOrder: a cancellation ends what came before it in the same batch, and
// spares what it should.
func TestCancelOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		old := say(t, s, nil, text(1, "0"))[0]
		oldCode := say(t, s, func(_ *conversation.Conversation, m *conversation.Message) { m.Class = flows.Code }, text(1, "00"))[0]
		b := begin(t, s, text(1, "1"), text(1, "2"))
		var w conversation.Writes
		before := step(b, 0, &w, nil)
		w.Effects = append(w.Effects, conversation.Effect{Cancel: &conversation.Cancel{
			Conversation: before.Conversation, As: conversation.Superseded, Reason: "takeover", Spare: true}})
		after := step(b, 1, &w, nil)
		w.Conversations = w.Conversations[1:]
		if err := b.Commit(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]conversation.Status{
			old.ID: conversation.Superseded, oldCode.ID: conversation.Queued,
			before.ID: conversation.Superseded, after.ID: conversation.Queued,
		} {
			if m, _, _ := s.Message(t.Context(), id); m.Status != want {
				t.Errorf("%s is %s, want %s", id, m.Status, want)
			}
		}
	})
}

func TestOverdue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		expired := say(t, s, func(_ *conversation.Conversation, m *conversation.Message) { m.ExpiresAt = m.DueAt - 1 }, text(1, "1"))[0]
		out := say(t, s, nil, text(2, "2"))[0]
		optOut(t, s, phone(2))
		retried := say(t, s, nil, text(3, "3"))[0]
		say(t, s, func(c *conversation.Conversation, m *conversation.Message) { c.State.Epoch++; m.ByAgent = true }, text(3, "4"))
		say(t, s, nil, text(4, "5"))
		all, err := s.Overdue(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]conversation.Status{expired.ID: conversation.Expired, out.ID: conversation.Cancelled, retried.ID: conversation.Superseded}
		for _, m := range all {
			if want[m.ID] != m.Status || m.Error == "" {
				t.Errorf("%s should become %q, not %s", m.ID, want[m.ID], m.Status)
			}
			if held := settle(t, s, conversation.Settlement{Message: m.ID, Status: m.Status, Error: m.Error}); !held[0] {
				t.Errorf("%s was not settled", m.ID)
			}
		}
		if len(all) != len(want) {
			t.Errorf("%d overdue, want %d", len(all), len(want))
		}
		if all, _ := s.Overdue(t.Context(), 10); len(all) != 0 {
			t.Errorf("%d are still overdue", len(all))
		}
	})
}

func TestStranded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		say(t, s, nil, text(1, "1"))
		c := work
		c.Lease = -time.Second
		m := claim(t, s, c)[0]
		lost, err := s.Stranded(t.Context(), "n2", time.Minute, 10)
		if err != nil || len(lost) != 1 || lost[0].Attempt != 1 {
			t.Fatalf("stranded: %v, %v", lost, err)
		}
		if again, _ := s.Stranded(t.Context(), "n3", time.Minute, 10); len(again) != 0 {
			t.Error("a message was taken over twice")
		}
		sent := conversation.Settlement{Message: m.ID, Node: "n1", Attempt: 1, Status: conversation.Sent, Carrier: "us"}
		if settle(t, s, sent)[0] {
			t.Error("the first sender still settles")
		}
		sent.Node = "n2"
		if !settle(t, s, sent)[0] {
			t.Error("the second sender cannot settle")
		}
	})
}

// TestStrandedAfterStop: a stranded message whose phone has opted out meanwhile comes
// marked, so that it is not sent again; one that is exempt does not.
func TestStrandedAfterStop(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		say(t, s, nil, text(1, "1"), text(2, "2"))
		say(t, s, func(_ *conversation.Conversation, m *conversation.Message) { m.Exempt = true }, text(3, "3"))
		c := work
		c.Lease = -time.Second
		if n := len(claim(t, s, c)); n != 3 {
			t.Fatalf("%d claimed", n)
		}
		optOut(t, s, phone(1))
		optOut(t, s, phone(3))
		lost, err := s.Stranded(t.Context(), "n2", time.Minute, 10)
		if err != nil || len(lost) != 3 {
			t.Fatalf("stranded: %v, %v", lost, err)
		}
		want := map[string]conversation.Status{phone(1): conversation.Cancelled, phone(2): conversation.Sending, phone(3): conversation.Sending}
		for _, m := range lost {
			if m.Status != want[m.To] {
				t.Errorf("%s comes as %s, want %s", m.To, m.Status, want[m.To])
			}
		}
	})
}

func TestLines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		lines, next, err := s.Lines(t.Context())
		if err != nil || len(lines) != 0 || next != 0 {
			t.Fatalf("an empty queue: %v, %v, %v", lines, next, err)
		}
		say(t, s, func(_ *conversation.Conversation, m *conversation.Message) { m.DueAt += 60_000 }, text(1, "1"))
		lines, next, err = s.Lines(t.Context())
		if err != nil || len(lines) != 0 || next <= 50*time.Second || next > time.Minute {
			t.Errorf("due in a minute: %v, %v, %v", lines, next, err)
		}
		for i, other := range []string{"22222", "33333", line} {
			e := text(2+i, other)
			e.Line = other
			say(t, s, nil, e)
		}
		if lines, _, _ = s.Lines(t.Context()); len(lines) != 3 {
			t.Errorf("lines with work: %v", lines)
		}
	})
}
