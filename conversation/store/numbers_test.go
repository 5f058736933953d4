package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// numberSend is the first send of a challenge, and what its number counts under.
func numberSend(challenge string) verify.Send {
	return verify.Send{Challenge: challenge, N: 1, Country: "country/US", Block: "block/1",
		Hits: []verify.Hit{{Key: "send/hour/n", Most: 5, Per: time.Hour}, {Key: "send/day/n", Most: 10, Per: 24 * time.Hour}}}
}

// unlessFull lets a send pass unless its number is full.
func unlessFull(n verify.Counts) verify.Verdict {
	if n.NumberFull {
		return verify.Verdict{Reason: "number_limit"}
	}
	return verify.Verdict{}
}

// countedAs sums what is counted under keys of a beginning.
func countedAs(t *testing.T, s *store.Store, prefix string) int64 {
	t.Helper()
	return must(store.Ask(t.Context(), s, `SELECT CAST(COALESCE(sum(n0 + n1 + n2), 0) AS bigint) FROM throttles WHERE key LIKE '`+prefix+`%'`))(t)
}

// TestANumberHasFiveCodes: of twelve codes for one number, each weighed twice at the
// same time as after a crash, five go, and each of them counts once.
func TestANumberHasFiveCodes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var ids []string
		for n := range 12 {
			c := asked(fmt.Sprint("ver_n", n), fmt.Sprint("n", n), phone(70+n), verify.Login)
			ids = append(ids, open(t, s, c).Challenge.ID)
		}
		var all sync.WaitGroup
		reasons := make([]string, 2*len(ids))
		for i := range reasons {
			all.Go(func() {
				v, err := s.Weigh(t.Context(), numberSend(ids[i/2]), unlessFull)
				if err != nil {
					t.Error(err)
				}
				reasons[i] = v.Reason
			})
		}
		all.Wait()
		passed := 0
		for i, id := range ids {
			if reasons[2*i] != reasons[2*i+1] {
				t.Errorf("%s: %q, then %q", id, reasons[2*i], reasons[2*i+1])
			}
			if reasons[2*i] == "" {
				passed++
			}
		}
		if passed != 5 || countedAs(t, s, "send/hour/n") != 5 || countedAs(t, s, "send/day/n") != 5 {
			t.Errorf("%d of 12 pass; %d and %d are counted", passed, countedAs(t, s, "send/hour/n"), countedAs(t, s, "send/day/n"))
		}
		sent := must(store.Ask(t.Context(), s, `SELECT sent FROM tallies WHERE key = 'country/US'`))(t)
		if sent != 5 {
			t.Errorf("budgets count %d", sent)
		}
	})
}

// TestARefusedCodeUsesUpNothing: what budgets refuse takes no place of the number's, and
// their marks stay.
func TestARefusedCodeUsesUpNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		open(t, s, asked("ver_r", "r", phone(90), verify.Login))
		mark := verify.Mark{Key: "blocked/block/1", For: time.Hour, Reason: "pumping", Told: conversation.VerificationAlarm{What: "pumping"}}
		for range 7 {
			v := must(s.Weigh(t.Context(), numberSend("ver_r"), func(n verify.Counts) verify.Verdict {
				if n.NumberFull {
					t.Error("the number is full")
				}
				return verify.Verdict{Reason: "block_budget", Marks: []verify.Mark{mark}}
			}))(t)
			check(t, "not refused", v.Reason == "block_budget")
		}
		check(t, "counted", countedAs(t, s, "send/hour/n") == 0)
		marks := must(store.Ask(t.Context(), s, `SELECT count(*) FROM pauses WHERE key = 'blocked/block/1'`))(t)
		check(t, "no mark", marks == 1)
	})
}

// TestATestsSendHasNoBudgets: it counts for its number alone.
func TestATestsSendHasNoBudgets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		open(t, s, asked("ver_t", "t", phone(91), verify.Login))
		send := verify.Send{Challenge: "ver_t", N: 1, Hits: numberSend("").Hits}
		for range 2 {
			check(t, "refused", must(s.Weigh(t.Context(), send, unlessFull))(t).Reason == "")
		}
		check(t, "not counted once", countedAs(t, s, "send/hour/n") == 1)
		tallies := must(store.Ask(t.Context(), s, `SELECT count(*) FROM tallies`))(t)
		check(t, "tallied", tallies == 0)
	})
}
