package main

import (
	"net/http"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// disownedHouse asks for many codes.
func disownedHouse(t *testing.T, run func(t *testing.T, s *server)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := testConfig(url)
		c.Codes.Limits.SubjectSendsHour = verify.Limit{Most: 100, Per: time.Hour}
		c.Codes.Limits.NumberHour = verify.Limit{Most: 100, Per: time.Hour}
		run(t, serveTest(t, c))
	})
}

// disowned expects that the number proves nothing for the customer until a number_change
// is approved there, and proves what it did for others; nor has their other number lost
// anything by it.
func (s *server) disowned() {
	s.t.Helper()
	becomes := func(want string, more ...any) {
		s.t.Helper()
		id := s.wants(login(more...))
		s.becomes(id, want)
		s.do(http.MethodDelete, "/v1/verifications/"+id, s.key, nil)
	}
	for _, purpose := range []string{"password_reset", "account_unlock", "custom", "number_change"} {
		becomes("failed number_suspended", "purpose", purpose)
	}
	becomes("sent", "purpose", "password_reset", "subject", "user-18")
	becomes("sent", "purpose", "password_reset", "to", "+12025550188")
	id, code := s.made(login("purpose", "number_change", "proof", "in_person"))
	if status, out := s.checks(id, tried(code, "purpose", "number_change")); status != http.StatusOK {
		s.t.Fatalf("%d %v", status, out)
	}
	becomes("sent", "purpose", "custom")
}

// TestWhoeverAnswersWrongNumberGetsNoReset: somebody else has the number that a customer
// gave, and says so before anything was proved there. When they are a customer themselves
// later, no reset or unlock of the other's comes to them.
func TestWhoeverAnswersWrongNumberGetsNoReset(t *testing.T) {
	t.Parallel()
	disownedHouse(t, func(t *testing.T, s *server) {
		s.asks(login())
		s.texts("Wrong number!")
		s.texts("START")
		s.disowned()
	})
}

// TestNobodysNumberGetsNoReset: the carrier said of the code's own text that nobody has
// the number.
func TestNobodysNumberGetsNoReset(t *testing.T) {
	t.Parallel()
	disownedHouse(t, func(t *testing.T, s *server) {
		s.asks(login())
		eventually(t, "it is known whose number it is", func() bool { // carriers come again after a 503
			return s.carrier.Report(t.Context(), "LB1-"+s.carrier.Messages()[0].ID, conversation.Failed, "unknown_subscriber") == nil
		})
		eventually(t, "it is noted", func() bool {
			return number(t, ledger(t, s.house.config.Database), `SELECT count(*) FROM suspensions`) > 0
		})
		s.disowned()
	})
}
