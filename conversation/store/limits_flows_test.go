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

// TestACodeThatIsOutOutlivesAnotherSend: where a budget stands against another
// send, the customer who asked for it hears so, and the code that they have is as good as
// before.
func TestACodeThatIsOutOutlivesAnotherSend(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		l := newLastTry(t, url)
		l.full.Store(true)
		to := phone(4310)
		last := l.asks(to)
		check(t, "not again", store.Exec(t.Context(), l.s, `UPDATE challenges SET next_send_at = 0`) == nil)
		_, told, err := l.Again(t.Context(), last.ID)
		check(t, "not sent again", !told && err == nil)
		const judged = `SELECT count(*) FROM challenges WHERE id = $1 AND (status NOT IN ('pending', 'sent') OR work_at >= expires_at)`
		for end := time.Now().Add(10 * time.Second); must(store.Ask(t.Context(), l.s, judged, last.ID))(t) == 0; time.Sleep(2 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("nobody looks at it")
			}
		}
		check(t, fmt.Sprint("the customer was told so often: ", l.unsent.Load()), l.unsent.Load() == 1)
		_, err = l.Check(t.Context(), last)
		check(t, fmt.Sprint("the right code is refused: ", err), err == nil)
	})
}
