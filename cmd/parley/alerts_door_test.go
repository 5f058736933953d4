package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/conversation/store/storetest"
)

// eachBank runs a test on a bank's server over each engine.
func eachBank(t *testing.T, run func(t *testing.T, s *server, bank *cardSystem)) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		run(t, s, bank)
	})
}

// suspect reports payments of an account, of a card, and waits until the customer is asked.
func (s *server) suspect(account, card string, payments string) {
	s.t.Helper()
	before := len(s.carrier.Messages())
	body := `{"type":"card.suspicious","to":"` + testPhone + `","data":{"name":"Ann","account":"` + account + `","card":"` + card + `","transactions":[` + payments + `]}}`
	if status, answer := s.do(http.MethodPost, "/v1/events", s.key, body); status != http.StatusAccepted {
		s.t.Fatalf("%d %s", status, answer["raw"])
	}
	s.hears(before + 1)
}

// told has the customer write, and expects these words in what they are told next.
func (s *server) told(text, want string) {
	s.t.Helper()
	before := len(s.carrier.Messages())
	s.texts(text)
	if told := s.hears(before + 1); !strings.Contains(told, want) {
		s.t.Errorf("told %q", told)
	}
}

// The payments that are suspected, one each.
const (
	coffee = `{"id":"t1","merchant":"Coffee","amount":"4.00 USD","at":"2026-03-02T08:50:00Z"}`
	garage = `{"id":"t2","merchant":"Garage 24","amount":"900.00 USD","at":"2026-03-02T08:51:00Z"}`
)

// TestYesUnderALockClearsNothing: the account was locked at the door while its customer
// was being asked. The YES opens nothing, and nobody reads or hears that all is well.
func TestYesUnderALockClearsNothing(t *testing.T) {
	eachBank(t, func(t *testing.T, s *server, bank *cardSystem) {
		s.suspect("acc-1", "1234", coffee)
		s.asked(http.MethodPost, "/lock", map[string]any{"scope": "all"}, http.StatusOK)
		s.told("YES", "card ..1234 stays locked")
		s.account("locked")
		if bank.heard("fraud.cleared") != nil || bank.heard("account.recognised") != nil {
			t.Error("the business hears that the payment was recognised")
		}
	})
}

// TestYesBesideANoClearsNothing: of two alerts of one account the first was denied.
func TestYesBesideANoClearsNothing(t *testing.T) {
	eachBank(t, func(t *testing.T, s *server, bank *cardSystem) {
		s.suspect("acc-1", "1234", coffee)
		s.suspect("acc-1", "1234", garage)
		s.told("1 no", "we stop purchases with card ..1234 and look into $4.00")
		s.told("2 yes", "card ..1234 stays locked")
		if s.account("locked"); bank.heard("fraud.cleared") != nil {
			t.Error("the business hears that the second payment was recognised")
		}
	})
}

// TestYesClearsWhenTheAccountHasTakenIt: then only is the business told, and the
// customer thanked.
func TestYesClearsWhenTheAccountHasTakenIt(t *testing.T) {
	eachBank(t, func(t *testing.T, s *server, bank *cardSystem) {
		s.suspect("acc-1", "1234", coffee)
		s.told("YES", "We have noted that it was you")
		s.account("active")
		eventually(t, "the business hears of it", func() bool {
			return len(bank.heard("account.recognised")) == 1 && len(bank.heard("fraud.cleared")) == 1
		})
	})
}

// TestNoLocksWhilePeopleAreAsked: the alert went to people because two texts were unclear.
// A YES is theirs alone; a NO that comes later is theirs and locks all the same.
func TestNoLocksWhilePeopleAreAsked(t *testing.T) {
	eachBank(t, func(t *testing.T, s *server, bank *cardSystem) {
		s.suspect("acc-1", "1234", coffee)
		s.texts("ok")
		s.hears(2)
		s.told("ok", "A colleague will answer here shortly")
		s.texts("YES")
		s.account("alerted")
		s.texts("NO")
		if a := s.account("locked"); a["cause"] != "reply_no" || len(a["refunds"].([]any)) != 1 {
			t.Errorf("%s", a["raw"])
		}
		if told := s.hears(4); !strings.Contains(told, "we stop purchases with card ..1234") {
			t.Errorf("told %q", told)
		}
		eventually(t, "the bank hears of the lock", func() bool { return len(bank.heard("account.locked")) == 1 })
		if bank.heard("fraud.cleared") != nil || bank.heard("account.recognised") != nil {
			t.Error("a YES cleared what people were asked about")
		}
	})
}

// TestNoAndANumberThatTwoAlertsHave: number 1 is an alert's, and a payment's that the other
// alert lists. Nothing is locked before the customer has said which, and only what was
// named gets a refund.
func TestNoAndANumberThatTwoAlertsHave(t *testing.T) {
	eachBank(t, func(t *testing.T, s *server, bank *cardSystem) {
		s.suspect("acc-2", "5678", `{"id":"t9","merchant":"Books","amount":"7.00 USD","at":"2026-03-02T08:50:00Z"}`)
		s.suspect("acc-1", "1234", coffee+","+garage)
		s.told("NO 1", "2: $4.00 Coffee")
		s.account("alerted")
		s.told("2", "we stop purchases with card ..1234 and look into $4.00.")
		if a := s.account("locked"); len(a["refunds"].([]any)) != 1 {
			t.Errorf("%s", a["raw"])
		}
		eventually(t, "the bank hears of the lock", func() bool { return len(bank.heard("account.locked")) == 1 })
		if locked := bank.heard("account.locked")[0]; locked["account"] != "acc-1" {
			t.Errorf("locked %v", locked)
		}
	})
}

// TestEveryNoLocksAllAlertedAccounts: one account was answered YES, the other is being
// asked about. A NO in other words than NO locks both, with a refund each.
func TestEveryNoLocksAllAlertedAccounts(t *testing.T) {
	eachBank(t, func(t *testing.T, s *server, _ *cardSystem) {
		s.suspect("acc-1", "1234", coffee)
		s.texts("YES")
		s.hears(2)
		s.account("active")
		s.suspect("acc-2", "5678", garage)
		s.texts("that was not me")
		s.account("locked")
		for _, account := range []string{"acc-1", "acc-2"} {
			_, body := s.do(http.MethodGet, "/v1/accounts/"+account, s.key, nil)
			if refunds, _ := body["refunds"].([]any); body["state"] != "locked" || len(refunds) != 1 {
				t.Errorf("%s: %s", account, body["raw"])
			}
		}
	})
}

// TestALateNoLocksNothing: nobody has answered, people have it, and nobody has looked. A NO
// is a case for them, also when the alert itself is forgotten.
func TestALateNoLocksNothing(t *testing.T) {
	eachClock(t, func(*Config) {}, func(t *testing.T, s *server, passes func(time.Duration)) {
		s.suspect("acc-1", "1234", coffee)
		eventually(t, "people have it", func() bool {
			passes(5 * time.Minute)
			return number(t, ledger(t, s.house.config.Database), `SELECT count(*) FROM desk`) == 1
		})
		passes(5 * 24 * time.Hour)
		s.texts("NO")
		if a := s.account("active"); !strings.Contains(a["raw"].(string), "late_no") {
			t.Errorf("%s", a["raw"])
		}
	})
}
