package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

func api(key, body string) conversation.Event {
	return conversation.Event{Kind: conversation.KindTrigger, Line: line, Phone: phone(1), Dedupe: "api/" + key, BodyHash: body}
}

func TestStoredResult(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s, api("1", "a"), api("2", "a"), text(1, "t"))
		o := conversation.Outcome{Status: conversation.Refused, ID: "e", Problems: []string{"no such flow"}}
		err := b.Commit(t.Context(), conversation.Writes{Outcomes: map[int]conversation.Outcome{0: o, 1: {Status: conversation.Applied}, 2: o}})
		if err != nil {
			t.Fatal(err)
		}
		b = begin(t, s, api("1", "a"), api("1", "b"), api("2", "a"), text(1, "t"))
		for i, want := range []conversation.OutcomeStatus{conversation.Refused, conversation.Conflicting, conversation.Applied, conversation.Applied} {
			got, seen := b.Seen(i)
			if !seen || !got.Repeated || got.Status != want {
				t.Errorf("event %d: %+v, %v; want %s", i, got, seen, want)
			}
		}
		if got, _ := b.Seen(0); got.ID != "e" || len(got.Problems) != 1 {
			t.Errorf("the stored result is %+v", got)
		}
	})
}

// TestManyTryOneKey: of many transactions with the same key, one applies it.
func TestManyTryOneKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		applied := 0
		for range 12 {
			wg.Go(func() {
				b, err := s.Begin(context.Background(), []conversation.Event{text(1, "same")})
				if err != nil {
					t.Error(err)
					return
				}
				defer b.Rollback()
				_, seen := b.Seen(0)
				if err := b.Commit(context.Background(), conversation.Writes{}); err != nil {
					t.Error(err)
				}
				if !seen {
					mu.Lock()
					applied++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if applied != 1 {
			t.Errorf("applied %d times", applied)
		}
	})
}

// TestNewPhonesInOppositeOrder: two batches create the same conversations in
// opposite orders, with old ones in between, partly under the same dedupe keys. None
// deadlocks.
func TestNewPhonesInOppositeOrder(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		one, two := storetest.Open(t, store.Options{URL: url}), storetest.Open(t, store.Options{URL: url})
		before := deadlocks(t, url)
		const many = 40 // of new phones in a batch: an unsorted pair of batches hardly misses a deadlock
		for round := range 30 {
			var wg sync.WaitGroup
			for k, s := range []*store.Store{one, two, one, two} {
				events := []conversation.Event{text(9000, fmt.Sprint("o", round))}
				for i := range many {
					events = append(events, text(round*many+i, "a"))
				}
				if k%2 == 1 {
					slices.Reverse(events)
				}
				for i := range events {
					events[i].Dedupe = fmt.Sprint(events[i].Dedupe, round, k/2) // two batches share their keys
				}
				wg.Go(func() {
					batch, err := s.Begin(context.Background(), events)
					if err != nil {
						t.Error(err)
						return
					}
					defer batch.Rollback()
					if err := batch.Commit(context.Background(), conversation.Writes{}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		if after := deadlocks(t, url); after != before {
			t.Errorf("%d deadlocks", after-before)
		}
	})
}

// deadlocks counts them in the server's log.
func deadlocks(t *testing.T, url string) int {
	t.Helper()
	if strings.HasPrefix(url, "sqlite:") || storetest.Shared(t).Log == "" {
		return 0
	}
	log, err := os.ReadFile(storetest.Shared(t).Log)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(log), "deadlock detected")
}

// TestBelievedRow: a conversation that this process takes for granted, but that is
// gone, is made anew.
func TestBelievedRow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		store.Believe(s, s.ConversationID(line, phone(1)))
		if l := begin(t, s, text(1, "1")).Load(0); l.Existed || l.Conversation.Phone != phone(1) {
			t.Errorf("loaded %+v", l)
		}
	})
}

// TestOnlyAnID: a timer for a conversation that is not there creates none.
func TestOnlyAnID(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s, conversation.Event{Kind: conversation.KindTimer, Conversation: "nobody"})
		if b.Load(0).Existed {
			t.Error("it exists")
		}
		err := b.Commit(t.Context(), conversation.Writes{Conversations: []conversation.Saved{{Conversation: conversation.Conversation{ID: "nobody"}}}})
		if err == nil || errors.Is(err, conversation.ErrUnavailable) {
			t.Errorf("saving it gives %v", err)
		}
	})
}

// TestConsentAfterTheWait: who waits for a conversation's lock reads the consent
// as the holder left it.
func TestConsentAfterTheWait(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		say(t, s, nil, text(1, "0"))
		b := begin(t, s, text(1, "stop"))
		second := make(chan conversation.ConsentState)
		go func() {
			b, err := s.Begin(context.Background(), []conversation.Event{text(1, "next")})
			if err != nil {
				t.Error(err)
				close(second)
				return
			}
			state := b.Load(0).Consent.State
			b.Rollback()
			second <- state
		}()
		time.Sleep(50 * time.Millisecond) // it waits for the lock: there is nothing to observe
		k := conversation.Consent{Phone: phone(1), State: conversation.OptedOut}
		if err := b.Commit(t.Context(), conversation.Writes{Effects: []conversation.Effect{{Consent: &k}}}); err != nil {
			t.Fatal(err)
		}
		if got := <-second; got != conversation.OptedOut {
			t.Errorf("the consent after the wait is %q", got)
		}
	})
}

func TestConversationID(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		a, b := storetest.Open(t, store.Options{URL: url}), storetest.Open(t, store.Options{URL: url})
		id := a.ConversationID(line, phone(1))
		if len(id) != 26 || id != b.ConversationID(line, phone(1)) || id == a.ConversationID(line, phone(2)) {
			t.Errorf("id %q", id)
		}
	})
}
