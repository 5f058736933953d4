package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// TestOneCustomerStopsNoFlows: who texts a flow for code after code is held up in their own
// conversation; the flows of others have their codes, and those of others are sent again.
func TestOneCustomerStopsNoFlows(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		l := newLastTry(t, url)
		l.Settings.CallerSends = verify.Limit{Most: 2, Per: time.Hour}
		asks := func(to, subject string) (verify.Challenge, error) {
			return l.Create(t.Context(), verify.Request{To: to, Line: line, Purpose: verify.Payment, Subject: subject, Run: "run_" + subject, By: "flow"})
		}
		must(asks(phone(4300), "pest"))(t)
		var limited *verify.LimitedError
		for _, live := range []bool{true, false} { // the first in vain, the second too many
			_, err := asks(phone(4300), "pest")
			check(t, "not held up", errors.As(err, &limited) && limited.Live == live)
		}
		for _, to := range []string{phone(4301), phone(4302), phone(4303)} {
			c, err := asks(to, "of "+to)
			if err != nil {
				t.Fatalf("another customer's flow: %v", err)
			}
			if err := store.Exec(t.Context(), l.s, `UPDATE challenges SET next_send_at = 0`); err != nil {
				t.Fatal(err)
			}
			if _, told, err := l.Again(t.Context(), c.ID); told || err != nil {
				t.Errorf("another customer's code is not sent again: %v", err)
			}
		}
	})
}

// TestACodeThatIsOutOutlivesAnotherSend: where a budget stands against another send, or
// nobody can tell of the SIM, the customer who asked for it hears so, and the code that they
// have is as good as before. One of which something is known is not.
func TestACodeThatIsOutOutlivesAnotherSend(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		l := newLastTry(t, url)
		for i, c := range []struct {
			why    string
			unsent int64
			good   bool
		}{{"spend", 1, true}, {"sim_swap_unknown", 1, true}, {"sim_swap", 0, false}} {
			l.once.Store(c.why)
			l.unsent.Store(0)
			last := l.asks(phone(4310 + i))
			check(t, "not again", store.Exec(t.Context(), l.s, `UPDATE challenges SET next_send_at = 0`) == nil)
			_, told, err := l.Again(t.Context(), last.ID)
			check(t, "not sent again", !told && err == nil)
			l.judged(t, last.ID)
			check(t, fmt.Sprintf("%s: the customer was told %d times", c.why, l.unsent.Load()), l.unsent.Load() == c.unsent)
			_, err = l.Check(t.Context(), last)
			check(t, fmt.Sprintf("%s: the right code: %v", c.why, err), (err == nil) == c.good)
		}
	})
}

// judged waits until somebody has looked at a challenge.
func (l *lastTry) judged(t *testing.T, id string) {
	t.Helper()
	const judged = `SELECT count(*) FROM challenges WHERE id = $1 AND (status NOT IN ('pending', 'sent') OR work_at >= expires_at)`
	for end := time.Now().Add(10 * time.Second); must(store.Ask(t.Context(), l.s, judged, id))(t) == 0; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody looks at it")
		}
	}
}
