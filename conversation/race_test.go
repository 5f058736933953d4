package conversation_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// twice asks two questions and ends by an answer or by silence.
const twice = `
flow: twice
title: Asks twice
class: notice
late: ignore
trigger: {events: [count.me]}
start: first
states:
  first:
    say: "Acme: one?"
    replies: [{match: [yes], goto: second}]
    silence: {after: 24h, goto: unanswered}
    otherwise: {say: "yes please", tries: 9, goto: unanswered}
  second:
    say: "Acme: two?"
    replies: [{match: [yes please], goto: done}]
    silence: {after: 24h, goto: unanswered}
    otherwise: {say: "yes please", tries: 9, goto: unanswered}
  done: {say: "done", end: done}
  unanswered: {say: "too late", end: unanswered}
`

// TestTimerAgainstText has a deadline pass at the moment at which the answer comes
// in, on another node: whichever is first wins, and the other finds it so. An
// answer begins a new wait, of which the old deadline means nothing.
func TestTimerAgainstText(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		var ahead atomic.Int64
		open := func() *store.Store {
			return storetest.Open(t, store.Options{URL: url, Ahead: func() time.Duration { return time.Duration(ahead.Load()) }})
		}
		s := open()
		answering, firing := engineOn(t, s, twice, nil), engineOn(t, open(), twice, nil)
		const phones = 60
		phone := func(i int) string { return fmt.Sprintf("+120255502%02d", i) }
		for i := range phones {
			submit(t, answering, start(phone(i)))
		}
		ahead.Store(int64(49 * time.Hour))
		var wg sync.WaitGroup
		for i := range phones {
			wg.Go(func() {
				submit(t, firing, conversation.Event{Kind: conversation.KindTimer, Conversation: s.ConversationID(line, phone(i))})
			})
			wg.Go(func() { submit(t, answering, text(phone(i), "yes", fmt.Sprint("r", i))) })
		}
		wg.Wait()
		answered := 0
		for i := range phones {
			// Once more: what the race left to fire has fired, what it answered has not.
			submit(t, firing, conversation.Event{Kind: conversation.KindTimer, Conversation: s.ConversationID(line, phone(i))})
			c, _, err := s.Conversation(t.Context(), s.ConversationID(line, phone(i)))
			if err != nil {
				t.Fatal(err)
			}
			switch said := saidIn(t, s, c.ID); {
			case len(c.State.Runs) == 1 && c.State.Runs[0].State == "second" && said == "Acme: one?|Acme: two?|":
				answered++
			case len(c.State.Runs) == 0 && said == "Acme: one?|too late|":
			default:
				t.Errorf("phone %d: runs %v, said %s", i, c.State.Runs, said)
			}
		}
		t.Logf("%d of %d were answered in time", answered, phones)
	})
}

// saidIn joins what the business said in a conversation, oldest first.
func saidIn(t *testing.T, s *store.Store, conversation string) string {
	t.Helper()
	_, messages, err := s.Thread(t.Context(), conversation, 0, 20)
	if err != nil {
		t.Fatal(err)
	}
	var said string
	for _, m := range messages {
		said = m.Text + "|" + said
	}
	return said
}
