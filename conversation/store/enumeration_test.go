package store_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// TestWhatIsAskedOfTheDatabase: for whoever asks for codes, checks them, asks again
// and cancels, a number that gets texts, one that gets none, an account that is locked,
// and a subject that nobody knows run the same statements and have the same answers,
// whatever the code is for.
func TestWhatIsAskedOfTheDatabase(t *testing.T) {
	for _, purpose := range []verify.Purpose{verify.Login, verify.PasswordReset, verify.AccountUnlock, verify.NumberChange} {
		t.Run(string(purpose), func(t *testing.T) { asksTheSame(t, purpose) })
	}
}

func asksTheSame(t *testing.T, purpose verify.Purpose) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var mu sync.Mutex
		var seen []string
		store.Trace(s, func(template string) {
			mu.Lock()
			seen = append(seen, template)
			mu.Unlock()
		})
		ring, err := verify.NewKeyring(verify.Key{ID: "k", Secret: make([]byte, 32)})
		if err != nil {
			t.Fatal(err)
		}
		v := &verify.Service{Store: s, Keys: ring, Tenant: "t", Log: slog.New(slog.DiscardHandler), Settings: verify.Settings{Cooldowns: []time.Duration{time.Millisecond}}}
		v.Prepare()
		// What became of the challenge, behind the asker's back.
		n := 0
		withheld := func(reason string) func(id, to string) {
			return func(id, _ string) { _ = must(s.Finish(t.Context(), id, verify.Failed, reason))(t) }
		}
		fates := map[string]func(id, to string){
			"known":   func(id, to string) { alter(t, s, to, conversation.Change{Challenge: id, Made: made(1)}, nil) },
			"unmade":  func(string, string) {},
			"refused": withheld("country"),
			"denied": func(id, to string) {
				alter(t, s, to, conversation.Change{Challenge: id, Made: made(1)}, nil)
				_ = must(s.Finish(t.Context(), id, verify.Canceled, "denied"))(t)
			},
			"unknown": func(string, string) {},
			"paused": func(id, to string) {
				check(t, "not paused", must(s.Pause(t.Context(), verify.PauseKey(purpose, fmt.Sprint("u", n)), time.Hour, "guessing"))(t))
				withheld("paused")(id, to)
			},
			"locked": func(id, to string) {
				alter(t, s, to, conversation.Change{Challenge: id, Made: made(1)}, nil)
				locks := wants("lock", 60+n)
				locks.Account.Account, locks.Account.Cause = fmt.Sprint("u", n), "flow"
				commit(t, s, 60+n, fmt.Sprint("lock-", n), locks)
			},
			"locked before": withheld("account_locked"),
			"another number": func(id, to string) {
				alter(t, s, to, conversation.Change{Challenge: id, Made: made(1)}, nil)
				other := asked(id+"-other", fmt.Sprint("u", n), phone(160+n), verify.Custom)
				open(t, s, other)
				check(t, "not changed", alter(t, s, other.Phone, conversation.Change{Challenge: other.ID, To: "approved", Grant: &conversation.Grant{Rebind: true}}, nil))
			},
			"suspended":   withheld("number_suspended"),
			"another SIM": withheld("sim_swap"),
		}
		var first, firstFate string
		for _, fate := range []string{"unknown", "known", "unmade", "refused", "denied", "paused", "locked", "locked before", "another number", "suspended", "another SIM"} {
			n++
			to := phone(60 + n)
			if fate == "unknown" {
				to = ""
			}
			var life strings.Builder
			did := func(what string, err error) {
				var limited *verify.LimitedError
				said := fmt.Sprint(err)
				if errors.As(err, &limited) {
					said = fmt.Sprint("limited, live ", limited.Live)
				}
				mu.Lock()
				fmt.Fprintf(&life, "%s: %s\n%s\n", what, said, strings.Join(seen, "\n"))
				seen = nil
				mu.Unlock()
			}
			subject := fmt.Sprint("u", n)
			r := verify.Request{To: to, Line: line, Purpose: purpose, Subject: subject, IP: fmt.Sprintf("198.51.100.%d", n)}
			c, err := v.Create(t.Context(), r)
			did("create", err)
			fates[fate](c.ID, to)
			mu.Lock()
			seen = nil
			mu.Unlock()
			time.Sleep(5 * time.Millisecond) // the pause between two sends, by the database's clock
			check := func(code string) error {
				_, err := v.Check(t.Context(), verify.Check{ID: c.ID, Code: code, Purpose: purpose, Subject: subject, IP: r.IP})
				return err
			}
			did("check", check("00000000"))
			again, err := v.Resend(t.Context(), c.ID, r.IP, "k", false)
			did(fmt.Sprint("resend, left ", again.SendsLeft()), err)
			_, err = v.Create(t.Context(), r)
			did("create again", err)
			for i := range 4 {
				did("check", check(fmt.Sprint("0000000", i)))
			}
			_, err = v.Resend(t.Context(), c.ID, r.IP, "k", false)
			did("resend after five", err)
			did("cancel", v.Cancel(t.Context(), c.ID, "k", false))
			did("cancel again", v.Cancel(t.Context(), c.ID, "k", false))
			_, err = v.Create(t.Context(), r)
			did("create anew", err)
			if first == "" {
				first, firstFate = life.String(), fate
			}
			if life.String() != first {
				t.Errorf("%s and %s can be told apart:\n%s", firstFate, fate, difference(first, life.String()))
			}
		}
	})
}

// difference is where two texts part.
func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("after %q:\n%s\n%s", x[max(0, i-1)], x[i], y[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(x), len(y))
}
