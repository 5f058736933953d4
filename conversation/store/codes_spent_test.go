package store_test

import (
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// TestSpentBeforeItIsMade: whose attempts are all spent before there is a code has the
// same place freed at the same moment, whether or not there is a customer, and whatever
// became of the code meanwhile.
func TestSpentBeforeItIsMade(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		for id, become := range map[string]func(){
			"ver_nobody": func() {},
			"ver_made": func() {
				check(t, "a code that nobody can use is made", !alter(t, s, phone(95), conversation.Change{Challenge: "ver_made", Made: made(1)}, nil))
			},
			"ver_failed": func() {
				check(t, "not failed", alter(t, s, phone(95), conversation.Change{Challenge: "ver_failed", To: "failed", Reason: "sim_swap"}, nil))
			},
			"ver_later": func() {
				if err := s.Later(ctx, "ver_later", time.Hour); err != nil {
					t.Fatal(err)
				}
			},
		} {
			c := asked(id, id, phone(95), verify.Login)
			c.Origin = ""
			check(t, "not opened", open(t, s, c).Challenge.Open)
			must(s.Work(ctx, 10, time.Minute))(t) // a node is at it
			wrong := verify.Spend{ID: id, Purpose: verify.Login, Subject: id}.With(&verify.Defaults, never, never)
			for range 2 {
				check(t, "not spent", must(s.Spend(ctx, wrong))(t).Spent)
			}
			become()
			got, _, err := s.Challenge(ctx, id)
			check(t, id+" is closed at once", err == nil && got.Open)
			due := ask(t, s, `SELECT work_at - created_at FROM challenges WHERE id = '`+id+`'`)
			check(t, id+" is closed at another time", due >= 2000 && due < 10_000)
			if err := s.CloseChallenge(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		got, _, err := s.Challenge(ctx, "ver_failed")
		check(t, "what was spent stays open", err == nil && !got.Open)
	})
}
