package store_test

import (
	"fmt"
	"testing"
	"time"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// TestAPauseIsToldForSure: who is to hear of a pause is written down with it, so that
// whoever ends the process behind the answer keeps nobody from hearing. Of nobody the same
// is written as of a customer.
func TestAPauseIsToldForSure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := &guesser{T: t, s: s, settings: verify.Defaults}
		g.settings.SubjectHour, g.settings.SubjectDay = verify.Limit{Most: 2, Per: time.Hour}, verify.Limit{Most: 3, Per: 24 * time.Hour}
		noted := func() [2]int64 {
			t.Helper()
			const of = `SELECT count(*) FROM river_job WHERE CAST(args AS text) LIKE $1 ESCAPE '!'`
			return [2]int64{must(store.Ask(t.Context(), s, of, `%verification.alarm%`))(t), must(store.Ask(t.Context(), s, of, `%paused!_%`))(t)}
		}
		for _, subject := range []string{"fay", "nobody"} {
			before := noted()
			for n, want := range [][2]int64{{0, 0}, {1, 0}, {2, 1}, {2, 1}} {
				if subject == "nobody" {
					g.decoy(subject)
				} else {
					g.tries(subject, verify.Login, false, false)
				}
				after := noted()
				if got := [2]int64{after[0] - before[0], after[1] - before[1]}; got != want {
					t.Errorf("%s, wrong code %d: alarms and notices %v, want %v", subject, n+1, got, want)
				}
			}
		}
	})
}

// TestAPauseOfATestSaysSo: the business is told of it as of all that test keys do.
func TestAPauseOfATestSaysSo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := &guesser{T: t, s: s, settings: verify.Defaults}
		g.settings.SubjectHour = verify.Limit{Most: 1, Per: time.Hour}
		for n, test := range []bool{false, true} {
			g.tries(fmt.Sprint("hal-", n), verify.Login, test, false)
			told, as := countJobs(t, s, "verification.alarm", "paused"), countJobs(t, s, "verification.alarm", "paused", `"test"`)
			check(t, fmt.Sprint(told, " told, ", as, " as tests"), told == int64(n+1) && as == int64(n))
		}
	})
}

// TestOneClientProlongsNoPause: who has used up their own guesses at a subject does not
// have its codes pause anew, when a pause is over and its limit is not yet.
func TestOneClientProlongsNoPause(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := &guesser{T: t, s: s, settings: verify.Defaults}
		g.settings.SubjectHour = verify.Limit{Most: 3, Per: time.Hour}
		pauses := func() int64 {
			return must(store.Ask(t.Context(), s, `SELECT count(*) FROM pauses WHERE key = $1 AND until_at > 2`, verify.PauseKey(verify.Login, "gil")))(t)
		}
		tries := func(client string, times int) {
			g.client = client
			for range times {
				g.tries("gil", verify.Login, false, false)
			}
		}
		tries("192.0.2.8", 2)
		tries("192.0.2.9", 1)
		check(t, "two clients pause nothing", pauses() == 1)
		check(t, "it does not end", store.Exec(t.Context(), s, `UPDATE pauses SET started_at = 1, until_at = 2`) == nil)
		tries("192.0.2.8", 1)
		check(t, "one client alone prolongs it", pauses() == 0)
		tries("192.0.2.9", 1)
		check(t, "another does not", pauses() == 1)
	})
}

// decoy tries a code of a subject that nobody knows.
func (g *guesser) decoy(subject string) {
	g.Helper()
	g.n++
	c := asked("ver_decoy_"+subject+string(rune('a'+g.n)), subject, "", verify.Login)
	check(g.T, "not opened", must(g.s.Open(g.Context(), c, time.Minute, nil, verify.Entry{What: "verification.asked"}))(g.T).Challenge.Open)
	v := verify.Spend{ID: c.ID, Purpose: c.Purpose, Subject: subject, Client: "by key"}
	must(g.s.Spend(g.Context(), v.With(&g.settings, never, func(verify.Challenge) bool { return false })))(g.T)
	check(g.T, "not canceled", g.s.Cancel(g.Context(), c.ID, false, verify.Entry{What: "verification.canceled"}) == nil)
}
