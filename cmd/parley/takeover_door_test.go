package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/conversation/store/storetest"
)

// unlocks unlocks the account as two agents do.
func (s *server) unlocks() {
	s.t.Helper()
	program := s.key
	for _, agent := range []string{"ann", "ben"} {
		s.key = s.agentKey(agent)
		if status, out := s.do(http.MethodPost, "/v1/accounts/acc-1/unlock", s.key, map[string]any{"agent": agent, "reason": "passport seen"}); status > http.StatusAccepted {
			s.t.Fatalf("%d %s", status, out["raw"])
		}
	}
	s.key = program
	s.account("active")
}

// TestAnotherPasswordAfterATakeover: the customer denies a changed password. The business
// reads that another one is needed while the account is locked, when it is unlocked and
// afterwards, until it says that there is one.
func TestAnotherPasswordAfterATakeover(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		if status, out := s.do(http.MethodPost, "/v1/events", s.key, `{"type":"password.changed","to":"`+testPhone+`","data":{"subject":"acc-1"}}`); status != http.StatusAccepted {
			t.Fatalf("%d %s", status, out["raw"])
		}
		if told := s.hears(1); !strings.Contains(told, "your password was changed") {
			t.Fatalf("told %q", told)
		}
		before := time.Now()
		s.texts("NO")
		if a := s.account("locked"); a["change_password"] != true {
			t.Errorf("locked: %s", a["raw"])
		}
		s.unlocks()
		eventually(t, "the bank hears of the unlock", func() bool { return len(bank.heard("account.unlocked")) == 1 })
		if told := bank.heard("account.unlocked")[0]; told["change_password"] != true {
			t.Errorf("told %v", told)
		}
		changed := func(at time.Time, want int) map[string]any {
			return s.asked(http.MethodPut, "/password", map[string]any{"changed_at": at.UTC().Format(time.RFC3339Nano)}, want)
		}
		changed(before.Add(-time.Minute), http.StatusUnprocessableEntity) // that one was denied
		if a := s.account("active"); a["change_password"] != true {
			t.Errorf("unlocked: %s", a["raw"])
		}
		if a := changed(time.Now().Add(time.Second), http.StatusOK); a["change_password"] != false {
			t.Errorf("changed: %s", a["raw"])
		}
		s.did("account.password_changed", "key_")
	})
}

// TestNoToAPaymentIsNoTakeover: whoever has a card's number needs no password.
func TestNoToAPaymentIsNoTakeover(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		s.suspect("acc-1", "1234", coffee)
		s.hears(1)
		s.texts("NO")
		if a := s.account("locked"); a["change_password"] != false {
			t.Errorf("locked: %s", a["raw"])
		}
		s.unlocks()
		eventually(t, "the bank hears of the unlock", func() bool { return len(bank.heard("account.unlocked")) == 1 })
		if told := bank.heard("account.unlocked")[0]; told["change_password"] != false {
			t.Errorf("told %v", told)
		}
	})
}
