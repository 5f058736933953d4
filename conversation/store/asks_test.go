package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

func askLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	one, most := conversation.Expense{Tokens: 100, Micros: 10}, conversation.Expense{Tokens: 250, Micros: 25}
	check(t, "not reserved", must(s.Reserve(ctx, "a", one, most))(t).OK)
	again := must(s.Reserve(ctx, "a", one, most))(t)
	check(t, "the same job is not let through", again.OK && again.Answer == "")
	check(t, "not reserved", must(s.Reserve(ctx, "b", one, most))(t).OK)
	check(t, "beyond the ceiling", !must(s.Reserve(ctx, "c", one, most))(t).OK)
	spent(t, s, 200, 20, 2)
	check(t, "not settled", s.SpendLLM(ctx, "a", conversation.Expense{Tokens: 40, Micros: 4}, `{"intent":"x"}`) == nil)
	check(t, "settled twice", s.SpendLLM(ctx, "a", conversation.Expense{Tokens: 1000, Micros: 4}, "") == nil)
	check(t, "what was never reserved", s.SpendLLM(ctx, "z", one, "") == nil)
	spent(t, s, 140, 14, 2)
	check(t, "the answer is lost", must(s.Reserve(ctx, "a", one, most))(t).Answer == `{"intent":"x"}`)
	done := must(s.Reserve(ctx, "a", one, most))(t)
	check(t, "it is not known as settled", done.Settled && !again.Settled)
	check(t, "a doubt about what is settled", s.DoubtLLM(ctx, "a") == nil && must(s.Reserve(ctx, "a", one, most))(t).Settled)
	check(t, "no doubt", s.DoubtLLM(ctx, "b") == nil && s.DoubtLLM(ctx, "z") == nil && !must(s.Reserve(ctx, "b", one, most))(t).Settled)
	spent(t, s, 140, 14, 2)
	check(t, "not settled", s.SpendLLM(ctx, "b", conversation.Expense{Tokens: 40, Micros: 11}, "") == nil)
	spent(t, s, 140, 15, 2) // no less than what may have been taken, in either
	check(t, "settled twice", s.SpendLLM(ctx, "b", conversation.Expense{Tokens: 1000}, "") == nil)
	spent(t, s, 140, 15, 2)
	check(t, "there is room again", must(s.Reserve(ctx, "c", one, most))(t).OK)
	check(t, "too much at once", !must(s.Reserve(ctx, "d", conversation.Expense{Micros: 26}, most))(t).OK)
	check(t, "money alone", !must(s.Reserve(ctx, "d", conversation.Expense{Micros: 2}, most))(t).OK)
	check(t, "no limit", must(s.Reserve(ctx, "d", conversation.Expense{Micros: 26}, conversation.Expense{}))(t).OK)
	if err := store.Exec(ctx, s, `UPDATE llm_calls SET at = 1 WHERE id <> 'a'`); err != nil {
		t.Fatal(err)
	}
	check(t, "three old calls are swept", must(s.Sweep(ctx))(t) == 3)

	l := conversation.Label{Conversation: "c", Event: "7", Text: "it broke", Language: "en", Flow: "parcel", State: "ask", Intent: "late", Agent: "ann"}
	check(t, "no label", s.Label(ctx, l) == nil)
	l.Intent, l.Agent = "broken", "bo"
	check(t, "no second label", s.Label(ctx, l) == nil)
	all := must(s.Labels(ctx, "parcel", time.Now().Add(-time.Hour)))(t)
	if len(all) != 1 || all[0].At == 0 {
		t.Fatalf("%+v", all)
	}
	all[0].At = 0
	check(t, "another label", all[0] == l)
	l.Agent = "cy"
	for range 2 {
		check(t, "not noted", s.NoteLabel(ctx, l) == nil)
	}
	of := must(s.LabelsOf(ctx, "c", 7, 7))(t)
	check(t, "not hers", len(of) == 1 && of[0].Event == "7" && of[0].Intent == "broken" && of[0].Agent == "cy")
	check(t, "other events", len(must(s.LabelsOf(ctx, "c", 8, 70))(t))+len(must(s.LabelsOf(ctx, "d", 1, 70))(t)) == 0)
	check(t, "other flows, other times", len(must(s.Labels(ctx, "other", time.Time{}))(t))+len(must(s.Labels(ctx, "parcel", time.Now().Add(time.Hour)))(t)) == 0)
	check(t, "not taken back", must(s.DropLabel(ctx, "c", "7", "ann"))(t) && !must(s.DropLabel(ctx, "c", "7", "ann"))(t))
	check(t, "it is there", len(must(s.Labels(ctx, "parcel", time.Time{}))(t)) == 0)
	check(t, "the trail", len(entries(t, s, "console.mean", "agent:cy")) == 1 && len(entries(t, s, "console.unmean", "agent:ann")) == 1)
}

func spent(t *testing.T, s *store.Store, tokens, micros, calls int64) {
	t.Helper()
	e, n, err := s.SpentLLM(t.Context())
	if err != nil || e.Tokens != tokens || e.Micros != micros || n != calls {
		t.Errorf("spent %+v in %d calls (%v), want %d, %d in %d", e, n, err, tokens, micros, calls)
	}
}

// However many ask at once, the day never holds more than it may.
func TestTheDaysBudgetHolds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		passed := 0
		for n := range 32 {
			wg.Go(func() {
				for range 2 { // every job runs twice
					r, err := s.Reserve(t.Context(), fmt.Sprint("j", n), conversation.Expense{Tokens: 10}, conversation.Expense{Tokens: 105})
					if err != nil {
						t.Error(err)
					}
					if r.OK {
						mu.Lock()
						passed++
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		if passed != 20 {
			t.Errorf("%d tries passed, want ten jobs twice", passed)
		}
		spent(t, s, 100, 0, 10)
	})
}
