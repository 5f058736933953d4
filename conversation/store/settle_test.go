package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

func receive(t testing.TB, s *store.Store, all ...conversation.Receipt) []conversation.Event {
	t.Helper()
	events, err := s.Receive(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func status(t testing.TB, s *store.Store, id string) conversation.Status {
	t.Helper()
	m, found, err := s.Message(t.Context(), id)
	if err != nil || !found {
		t.Fatalf("message %s: %v, %v", id, found, err)
	}
	return m.Status
}

// asks makes the reply a question.
func asks(c *conversation.Conversation, m *conversation.Message) { m.Wait, m.Run = c.Rev, "r" }

func sent(m conversation.Message, provider ...string) conversation.Settlement {
	return conversation.Settlement{Message: m.ID, Node: "n1", Attempt: 1, Status: conversation.Sent, Carrier: "us", Provider: provider}
}

// TestReceiptIsNeverLost lets settlements and receipts of the same messages meet
// in any order, 300 times.
func TestReceiptIsNeverLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const n = 300
		for i := range n {
			say(t, s, nil, text(i, fmt.Sprint(i)))
		}
		c := work
		c.Limit = n
		all := claim(t, s, c)
		if len(all) != n {
			t.Fatalf("%d claimed", len(all))
		}
		var meet []func() error
		for i, m := range all {
			id := fmt.Sprint("SM", i)
			settle := func() error {
				_, err := s.Settle(context.Background(), []conversation.Settlement{sent(m, id)})
				return err
			}
			receive := func() error {
				_, err := s.Receive(context.Background(), []conversation.Receipt{{Carrier: "us", ProviderID: id, Status: conversation.Delivered}})
				return err
			}
			if i%2 == 0 {
				settle, receive = receive, settle
			}
			meet = append(meet, settle, receive)
		}
		atOnce(t, 8, meet)
		for _, m := range all {
			if got := status(t, s, m.ID); got != conversation.Delivered {
				t.Errorf("%s is %s", m.ID, got)
			}
		}
	})
}

// atOnce runs everything, so many at a time.
func atOnce(t *testing.T, most int, all []func() error) {
	t.Helper()
	var wg sync.WaitGroup
	limit := make(chan struct{}, most)
	for _, f := range all {
		limit <- struct{}{}
		wg.Go(func() {
			defer func() { <-limit }()
			if err := f(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestStatusMovesForward: whatever comes late changes nothing.
func TestStatusMovesForward(t *testing.T) {
	for _, c := range []struct {
		receipts []conversation.Status
		want     conversation.Status
	}{
		{[]conversation.Status{conversation.Delivered, conversation.Sent}, conversation.Delivered},
		{[]conversation.Status{conversation.Failed, conversation.Sent}, conversation.Failed},
		{[]conversation.Status{conversation.Failed, conversation.Delivered}, conversation.Delivered},
		{[]conversation.Status{conversation.Delivered, conversation.Failed}, conversation.Delivered},
		{[]conversation.Status{"", conversation.Queued}, conversation.Sent},
	} {
		for _, early := range []bool{false, true} {
			t.Run(fmt.Sprint(c.receipts, early), func(t *testing.T) {
				storetest.Each(t, func(t *testing.T, s *store.Store) {
					say(t, s, nil, text(1, "1"))
					m := claim(t, s, work)[0]
					if !early {
						settle(t, s, sent(m, "p"))
					}
					for _, st := range c.receipts {
						receive(t, s, conversation.Receipt{Carrier: "us", ProviderID: "p", Status: st, Raw: "x"})
					}
					if early {
						settle(t, s, sent(m, "p"))
					}
					if got := status(t, s, m.ID); got != c.want {
						t.Errorf("the message is %s, want %s", got, c.want)
					}
				})
			})
		}
	}
}

// TestTwoAttempts: a message that went out twice has two provider ids, and the
// better news counts.
func TestTwoAttempts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		say(t, s, nil, text(1, "1"))
		m := claim(t, s, work)[0]
		settle(t, s, sent(m, "first"))
		receive(t, s, conversation.Receipt{Carrier: "us", ProviderID: "second", Message: m.ID, Status: conversation.Delivered})
		receive(t, s, conversation.Receipt{Carrier: "us", ProviderID: "first", Status: conversation.Failed, Error: "30008"})
		if got := status(t, s, m.ID); got != conversation.Delivered {
			t.Errorf("the message is %s", got)
		}
	})
}

// TestParts: a message is delivered when all of its parts are, even when the last
// two arrive together.
func TestParts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for round := range 20 {
			say(t, s, nil, text(round, fmt.Sprint(round)))
			m := claim(t, s, work)[0]
			part := func(i int) conversation.Receipt {
				return conversation.Receipt{Carrier: "us", ProviderID: fmt.Sprintf("%d-%d", round, i), Status: conversation.Delivered}
			}
			settle(t, s, sent(m, part(0).ProviderID, part(1).ProviderID, part(2).ProviderID))
			receive(t, s, part(0))
			if got := status(t, s, m.ID); got != conversation.Sent {
				t.Fatalf("with one part of three it is %s", got)
			}
			var wg sync.WaitGroup
			for i := range 2 {
				wg.Go(func() {
					if _, err := s.Receive(context.Background(), []conversation.Receipt{part(i + 1)}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if got := status(t, s, m.ID); got != conversation.Delivered {
				t.Fatalf("with all parts it is %s", got)
			}
		}
	})
}

// One transaction may hear of an id several times, more of them than one statement
// takes rows.
func TestRepeatedIDs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		say(t, s, nil, text(1, "1"))
		m := claim(t, s, work)[0]
		var receipts []conversation.Receipt
		var ids []string
		for i := range 40 {
			r := conversation.Receipt{Carrier: "us", ProviderID: "p", Status: conversation.Sent}
			if i == 20 {
				r.Status = conversation.Delivered
			}
			receipts, ids = append(receipts, r), append(ids, "p")
		}
		receive(t, s, receipts...)
		settle(t, s, sent(m, ids...))
		if got := status(t, s, m.ID); got != conversation.Delivered {
			t.Errorf("it is %s", got)
		}
	})
}

// TestQuestionsAreTold: whoever waits hears of the fate of its question, also when
// the process that knew died.
func TestQuestionsAreTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		say(t, s, asks, text(1, "1"), text(2, "2"), text(3, "3"))
		all := claim(t, s, work)
		lost := receive(t, s, conversation.Receipt{Carrier: "us", ProviderID: "p0", Message: all[0].ID, Status: conversation.Sent})
		if len(lost) != 1 || lost[0].Kind != conversation.KindSent || lost[0].Settled.Wait != 1 || lost[0].Settled.Run != "r" || lost[0].Conversation != all[0].Conversation {
			t.Errorf("a settlement was lost, and the events are %+v", lost)
		}
		settle(t, s, sent(all[1], "p1"))
		failed := receive(t, s, conversation.Receipt{Carrier: "us", ProviderID: "p1", Status: conversation.Failed, Error: "30003"})
		if len(failed) != 1 || failed[0].Kind != conversation.KindFailed || failed[0].Settled.Error != "30003" || failed[0].Dedupe != "failed/"+all[1].ID {
			t.Errorf("a question failed, and the events are %+v", failed)
		}
		receive(t, s, conversation.Receipt{Carrier: "us", ProviderID: "p2", Status: conversation.Failed, Error: "early"})
		settle(t, s, sent(all[2], "p2"))
		if due, _ := s.Due(t.Context(), 10); len(due) != 0 {
			t.Errorf("they are told again at once: %v", due)
		}
		if err := store.Exec(t.Context(), s, `UPDATE messages SET sent_at = sent_at - 9000, finished_at = finished_at - 9000`); err != nil {
			t.Fatal(err)
		}
		due, err := s.Due(t.Context(), 10)
		if err != nil || len(due) != 3 {
			t.Fatalf("nobody told them: %+v, %v", due, err)
		}
		b := begin(t, s, due...)
		if err := b.Commit(t.Context(), conversation.Writes{}); err != nil {
			t.Fatal(err)
		}
		if due, _ := s.Due(t.Context(), 10); len(due) != 0 {
			t.Errorf("they are told forever: %v", due)
		}
	})
}

// TestParkedQuestion: of a question whose fate nobody knows, its conversation hears
// nothing: it may well be answered. A receipt that comes after all opens it.
func TestParkedQuestion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		say(t, s, asks, text(1, "1"))
		m := claim(t, s, work)[0]
		parked := conversation.Settlement{Message: m.ID, Node: "n1", Attempt: 1, Status: conversation.Failed, Parked: true, Error: "unknown_fate"}
		if !settle(t, s, parked)[0] {
			t.Fatal("it cannot be parked")
		}
		if err := store.Exec(t.Context(), s, `UPDATE messages SET sent_at = sent_at - 9000, finished_at = finished_at - 9000`); err != nil {
			t.Fatal(err)
		}
		if due, err := s.Due(t.Context(), 10); err != nil || len(due) != 0 {
			t.Errorf("it is told as %+v, %v", due, err)
		}
		late := receive(t, s, conversation.Receipt{Carrier: "us", ProviderID: "p", Message: m.ID, Status: conversation.Delivered})
		if len(late) != 1 || late[0].Kind != conversation.KindSent || status(t, s, m.ID) != conversation.Delivered {
			t.Errorf("the receipt leads to %+v", late)
		}
	})
}

func TestCarriersOptOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		say(t, s, nil, text(1, "1"))
		m := claim(t, s, work)[0]
		settle(t, s, sent(m, "p"))
		for range 2 { // also when it is repeated: the first one may not have been heard
			events := receive(t, s, conversation.Receipt{Carrier: "us", ProviderID: "p", Status: conversation.Failed, OptedOut: true})
			if len(events) != 1 || events[0].Kind != conversation.KindOptOut || events[0].Phone != phone(1) || events[0].Dedupe != "optout/us/p" {
				t.Errorf("events: %+v", events)
			}
		}
	})
}

// TestTooEarlyToKnowWhose: what a carrier says of a phone before its message was settled
// is not lost: the receipt has to come again.
func TestTooEarlyToKnowWhose(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		say(t, s, nil, text(1, "1"))
		m := claim(t, s, work)[0]
		for _, r := range []conversation.Receipt{{Carrier: "us", ProviderID: "p", Status: conversation.Failed, OptedOut: true}, {Carrier: "us", ProviderID: "p", Status: conversation.Failed, Unknown: true}} {
			if events, err := s.Receive(t.Context(), []conversation.Receipt{r}); !errors.Is(err, conversation.ErrBusy) || len(events) > 0 {
				t.Errorf("%+v, %v", events, err)
			}
		}
		settle(t, s, sent(m, "p"))
		if events := receive(t, s, conversation.Receipt{Carrier: "us", ProviderID: "p", Status: conversation.Failed, OptedOut: true}); len(events) != 1 || events[0].Kind != conversation.KindOptOut {
			t.Errorf("events: %+v", events)
		}
	})
}

// TestUnknownSubscriber: a carrier that knows nobody of a number says so of the
// conversation, whatever the text was.
func TestUnknownSubscriber(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		say(t, s, nil, text(1, "1"))
		m := claim(t, s, work)[0]
		settle(t, s, sent(m, "p"))
		for range 2 {
			events := receive(t, s, conversation.Receipt{Carrier: "us", ProviderID: "p", Status: conversation.Failed, Error: "30005", Unknown: true})
			if len(events) != 1 || events[0].Kind != conversation.KindUnknown || events[0].Phone != phone(1) || events[0].Dedupe != "unknown/us/p" {
				t.Errorf("events: %+v", events)
			}
		}
	})
}

// TestGuard: an event whose settlement no longer holds is refused; one whose does
// is settled with its batch, and its conversation need not be told again.
func TestGuard(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		say(t, s, asks, text(1, "1"), text(2, "2"))
		all := claim(t, s, work)
		guarded := func(i int, node string) conversation.Event {
			g := sent(all[i], fmt.Sprint("p", i))
			g.Node = node
			return conversation.Event{Kind: conversation.KindSent, Conversation: all[i].Conversation, Guard: &g,
				Settled: &conversation.Settled{Message: all[i].ID, Wait: 1}}
		}
		b := begin(t, s, guarded(0, "n1"), guarded(1, "another"))
		if b.Refused(0) || !b.Refused(1) {
			t.Errorf("refused: %v, %v", b.Refused(0), b.Refused(1))
		}
		if err := b.Commit(t.Context(), conversation.Writes{}); err != nil {
			t.Fatal(err)
		}
		if status(t, s, all[0].ID) != conversation.Sent || status(t, s, all[1].ID) != conversation.Sending {
			t.Error("the wrong message was settled")
		}
		if n, _ := store.Ask(t.Context(), s, `SELECT count(*) FROM messages WHERE untold = 1`); n != 0 {
			t.Error("a conversation that heard will be told again")
		}
	})
}
