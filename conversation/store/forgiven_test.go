package store_test

import (
	"cmp"
	"fmt"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// guesser tries codes of one subject, each of a challenge of its own.
type guesser struct {
	*testing.T
	s        *store.Store
	settings verify.Settings
	client   string // "": by key
	n        int
}

func (g *guesser) tries(subject string, purpose verify.Purpose, test, right bool) verify.Spent {
	g.Helper()
	g.n++
	c := asked(fmt.Sprint("ver_forgiven_", g.n), subject, phone(4000), purpose)
	c.Test = test
	return triedOnce(g.T, g.s, g.s, c, cmp.Or(g.client, "by key"), &g.settings, right)
}

// counts are how many wrong codes are counted under a key.
func (g *guesser) counts(key string) int64 {
	g.Helper()
	return must(store.Ask(g.Context(), g.s, `SELECT CAST(COALESCE(SUM(n0 + n1 + n2), 0) AS bigint) FROM throttles WHERE key = $1`, key))(g.T)
}

// TestARightCodeForgivesWrongOnes: the subject's own of the same purpose, in the same
// mode, also those of earlier in the window; and nothing that others count under too, nor
// anything where whoever asks chooses the number. Behind the limit the right code is
// refused and forgives nothing.
func TestARightCodeForgivesWrongOnes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := &guesser{T: t, s: s, settings: verify.Defaults}
		g.settings.SubjectHour = verify.Limit{Most: 3, Per: time.Hour}
		for _, c := range []struct {
			subject string
			purpose verify.Purpose
			test    bool
		}{{"fay", verify.Login, false}, {"fay", verify.Payment, false}, {"gus", verify.Login, false}, {"test:fay", verify.Login, true}, {"fay", verify.Custom, false}, {"fay", verify.NumberChange, false}} {
			g.tries(c.subject, c.purpose, c.test, false)
			g.tries(c.subject, c.purpose, c.test, false)
		}
		if err := store.Exec(t.Context(), s, `UPDATE throttles SET n1 = n0, n0 = 0 WHERE key = 'check/hour/login/fay'`); err != nil {
			t.Fatal(err)
		}
		check(t, "refused", g.tries("fay", verify.Login, false, true).Right)
		for _, purpose := range []verify.Purpose{verify.Custom, verify.NumberChange} {
			check(t, "refused", g.tries("fay", purpose, false, true).Right)
		}
		for key, want := range map[string]int64{
			"check/hour/login/fay": 0, "check/day/login/fay": 0, "check/hour/payment/fay": 2, "check/day/payment/fay": 2, "check/hour/login/gus": 2,
			"test:check/hour/login/test:fay": 2, "check/hour/custom/fay": 2, "check/day/custom/fay": 2, "check/hour/number_change/fay": 2,
			"check/number/" + phone(4000): 10, "check/block/" + phone(4000)[:len(phone(4000))-3]: 10, "check/net/by key": 10, "test:check/net/by key": 2,
		} {
			if got := g.counts(key); got != want {
				t.Errorf("%s: %d are counted, want %d", key, got, want)
			}
		}
		check(t, "refused", g.tries("test:fay", verify.Login, true, true).Right)
		check(t, "a test key's are not forgiven", g.counts("test:check/hour/login/test:fay") == 0)
		check(t, "gus's count changed by it", g.counts("check/hour/login/gus") == 2)
		g.tries("gus", verify.Login, false, false)
		got := g.tries("gus", verify.Login, false, true)
		check(t, "taken behind the limit", !got.Right && len(got.Over) == 1)
		check(t, "forgiven behind the limit", g.counts("check/hour/login/gus") == 3)
	})
}

// TestWrongCodesAroundARightOne: in one transaction, what comes before the right code is
// forgiven, what comes after counts.
func TestWrongCodesAroundARightOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const id = "ver_around"
		c := asked(id, "hal", phone(4100), verify.Login)
		c.MostAttempts = 5
		check(t, "not opened", must(s.Open(t.Context(), c, time.Minute, nil, verify.Entry{What: "verification.asked"}))(t).Challenge.Open)
		check(t, "not made", alter(t, s, phone(4100), conversation.Change{Challenge: id, Made: made(1)}, nil))
		try := func(right bool) verify.Spend {
			return verify.Spend{ID: id, Purpose: verify.Login, Subject: "hal", Client: "192.0.2.2"}.With(&verify.Defaults, never, func(verify.Challenge) bool { return right })
		}
		must(s.Spend(t.Context(), try(false)))(t) // its row is there before
		check(t, "not compared as they came", store.SpendAll(t.Context(), s, try(false), try(true), try(false)) == nil)
		g := &guesser{T: t, s: s}
		if n := g.counts("check/hour/login/hal"); n != 1 {
			t.Errorf("%d are counted, want the one after it", n)
		}
		if n := g.counts("check/net/192.0.2.2"); n != 3 {
			t.Errorf("%d are counted of the network, want all wrong ones", n)
		}
	})
}
