package store_test

import (
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
	"parley/outbound"
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

// TestALateFateErasesNoCode: what is sealed is kept as long as a text with it is to go.
func TestALateFateErasesNoCode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		c := asked("ver_r", "ur", phone(96), verify.Login)
		c.Rotate, c.Conversation = true, s.ConversationID(line, phone(96))
		check(t, "not opened", open(t, s, c).Challenge.Open)
		check(t, "not made", alter(t, s, phone(96), conversation.Change{Challenge: "ver_r", Made: made(1)}, codeOf("ver_r")))
		claim := func() conversation.Message {
			all := must(s.Claim(ctx, outbound.Claim{Line: line, Node: "n", Limit: 50, Lease: time.Minute}))(t)
			if len(all) != 1 {
				t.Fatalf("%d claimed", len(all))
			}
			return all[0]
		}
		sealed := func() bool {
			return must(store.AskText(ctx, s, `SELECT sealed FROM challenges WHERE id = 'ver_r'`))(t) != ""
		}
		taken := func(m conversation.Message) {
			_ = must(s.Settle(ctx, []conversation.Settlement{{Message: m.ID, Node: "n", Attempt: m.Attempt, Status: conversation.Sent, Carrier: "us", Provider: []string{"p" + m.ID}, Challenge: m.Challenge}}))(t)
		}
		first := claim()
		check(t, "not made again", alter(t, s, phone(96), conversation.Change{Challenge: "ver_r", Made: made(2)}, codeOf("ver_r")))
		taken(first)
		check(t, "the second text has no code", sealed())
		taken(claim())
		check(t, "it stays sealed", !sealed())
	})
}
