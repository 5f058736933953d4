package store_test

import (
	"fmt"
	"testing"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// finish commits the results of n runs that ended at the given moment.
func finish(t *testing.T, s *store.Store, at int64, runs ...string) {
	t.Helper()
	b := begin(t, s, text(70, runs[0]))
	var w conversation.Writes
	step(b, 0, &w, nil)
	for _, run := range runs {
		w.Effects = append(w.Effects, conversation.Effect{Ended: &conversation.Ended{Run: run, Flow: "f", Outcome: "done", EndedAt: at, BeganAt: 1,
			AnswerIn: 7, Texts: 2, Test: true, Phone: phone(70), Details: conversation.Details{Answers: map[string]any{"day": "2026-03-05"}, Photos: []string{"a.jpg"}}}})
	}
	if err := b.Commit(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}

func resultLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	finish(t, s, 100, "r1", "r2", "r3")
	finish(t, s, 200, "r0")
	b := begin(t, s, text(70, "late"))
	var w conversation.Writes
	step(b, 0, &w, nil)
	w.Effects = append(w.Effects, conversation.Effect{Ended: &conversation.Ended{Run: "r0", Flow: "f", Outcome: "late", EndedAt: 300, Instead: 200}})
	check(t, "instead", b.Commit(ctx, w) == nil)
	late := must(s.Results(ctx, conversation.ResultQuery{Flow: "f", Since: 150, Until: 400}, 9))(t)
	check(t, "the late result stands beside the first", len(late) == 1 && late[0].Outcome == "late")
	b = begin(t, s, text(70, "twice"))
	w = conversation.Writes{}
	step(b, 0, &w, nil)
	for i, outcome := range []string{"unanswered", "late"} { // in one event: a held text was the late answer
		w.Effects = append(w.Effects, conversation.Effect{Ended: &conversation.Ended{Run: "r4", Flow: "f", Outcome: outcome, EndedAt: 300, Instead: int64(300 * i)}})
	}
	check(t, "a run that ends twice in one batch", b.Commit(ctx, w) == nil)
	late = must(s.Results(ctx, conversation.ResultQuery{Flow: "f", Since: 250, Until: 400}, 9))(t)
	check(t, "the first end of two stands", len(late) == 2 && late[1].Outcome == "late")
	finish(t, s, 200, "r0")
	q := conversation.ResultQuery{Flow: "f", Since: 100, Until: 201}
	var got []string
	for range 5 {
		page := must(s.Results(ctx, q, 2))(t)
		for _, e := range page {
			got = append(got, e.Run)
			q.AfterAt, q.AfterRun = e.EndedAt, e.Run
			check(t, "the row", e.Outcome == "done" && e.AnswerIn == 7 && e.Texts == 2 && e.Test && e.Phone == phone(70) &&
				e.Details.Answers["day"] == "2026-03-05" && e.Details.Photos[0] == "a.jpg")
		}
	}
	check(t, fmt.Sprint("pages: ", got), fmt.Sprint(got) == "[r1 r2 r3 r0]")
	none := must(s.Results(ctx, conversation.ResultQuery{Flow: "f", Since: 101, Until: 200}, 2))(t)
	check(t, "outside of the time", len(none) == 0)
	_, _, found, err := s.FlowVersion(ctx, "h")
	check(t, "the flow version", err == nil && found)
	walked := 0
	check(t, "walk", s.Walk(ctx, func(n int) { walked = n }, func(conversation.Conversation) error { return nil }) == nil && walked > 1)
}

// TestWalk reads every conversation with live runs once, beyond one page.
func TestWalk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if err := store.Exec(t.Context(), s, `INSERT INTO conversations (id, line, phone, state, created_at, updated_at)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
			SELECT 'c' || CAST(i AS text), '+1', CAST(i AS text), CASE WHEN i % 2 = 0 THEN '{"r":[{"id":"r","f":"f","v":"h","s":"ask"}]}' WHEN i = 7 THEN 'broken' ELSE '' END, 0, 0 FROM n`); err != nil {
			t.Fatal(err)
		}
		seen, looked := map[string]int{}, []int{}
		if err := s.Walk(t.Context(), func(n int) { looked = append(looked, n) }, func(c conversation.Conversation) error {
			seen[c.ID]++
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(seen) != 1250 || fmt.Sprint(looked) != "[1000 2000 2500]" {
			t.Errorf("%d conversations, looked %v", len(seen), looked)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s was given %d times", id, n)
			}
		}
	})
}
