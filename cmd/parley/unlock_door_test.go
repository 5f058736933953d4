package main

import (
	"net/http"
	"strings"
	"testing"

	"parley/conversation/store/storetest"
)

// TestACodeToAnotherNumber: the code that helps to unlock an account goes to the number
// that its customer has. One that another number got before the account had any is no
// proof, whether it comes before the business's or after it.
func TestACodeToAnotherNumber(t *testing.T) {
	t.Parallel()
	const foreign = "+12025559876"
	for name, codeFirst := range map[string]bool{"the code first": true, "the code last": false} {
		t.Run(name, func(t *testing.T) {
			storetest.EachURL(t, func(t *testing.T, url string) {
				s, bank := bankHouse(t, url)
				unlock := []any{"purpose", "account_unlock", "subject", "acc-1"}
				early, digits := s.asks(login(append(unlock, "to", foreign)...))
				s.deniesPayment(1)
				code := func() {
					if status, out := s.checks(early, tried(digits, unlock...)); status != http.StatusOK {
						t.Fatalf("%d %v", status, out)
					}
				}
				stands := "verifying"
				if codeFirst {
					stands = "locked"
					code()
					s.asked(http.MethodPost, "/unlock", map[string]any{"proof": "app"}, http.StatusConflict)
				} else {
					s.asked(http.MethodPost, "/unlock", map[string]any{"proof": "app"}, http.StatusAccepted)
					code()
				}
				eventually(t, "the bank hears that it is refused", func() bool { return len(bank.heard("account.unlock_refused")) > 0 })
				if a := s.account(stands); !strings.Contains(a["raw"].(string), "sms_code") {
					t.Errorf("the code counts: %s", a["raw"])
				}
				s.becomes(s.wants(login(append(unlock, "to", foreign)...)), "failed number_changed")
			})
		})
	}
}

// deniesPayment lets the customer be asked about payments, after n texts, and say NO.
func (s *server) deniesPayment(n int) {
	s.t.Helper()
	if status, body := s.do(http.MethodPost, "/v1/events", s.key, suspicious); status != http.StatusAccepted {
		s.t.Fatalf("%d %s", status, body["raw"])
	}
	s.hears(n + 1)
	s.texts("NO")
	s.account("locked")
}

// TestALockEndsWhatIsOut: a code that was sent before an account was locked is good no
// more, and nobody sets a password by what they had got for one.
func TestALockEndsWhatIsOut(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		reset := []any{"purpose", "password_reset", "subject", "acc-1"}
		id, digits := s.asks(login(reset...))
		status, out := s.checks(id, tried(digits, reset...))
		grant, _ := out["grant"].(string)
		if status != http.StatusOK || grant == "" {
			t.Fatalf("%d %v", status, out)
		}
		id, digits = s.asks(login("subject", "acc-1"))
		s.asked(http.MethodPost, "/lock", map[string]any{}, http.StatusOK)
		if got := s.status(id); got != "canceled account_locked" {
			t.Errorf("the code is %s", got)
		}
		if status, out := s.checks(id, tried(digits, "subject", "acc-1")); status != http.StatusUnprocessableEntity {
			t.Errorf("the code: %d %v", status, out)
		}
		if status, out := s.do(http.MethodPost, "/v1/grants/redeem", s.key, map[string]any{"grant": grant}); status != http.StatusUnprocessableEntity {
			t.Errorf("the grant: %d %v", status, out)
		}
	})
}
