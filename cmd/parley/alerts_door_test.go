package main

import (
	"net/http"
	"strings"
	"testing"

	"parley/conversation/store/storetest"
)

// suspect reports one payment of an account, of a card.
func (s *server) suspect(account, card string, payments string) {
	s.t.Helper()
	body := `{"type":"card.suspicious","to":"` + testPhone + `","data":{"name":"Ann","account":"` + account + `","card":"` + card + `","transactions":[` + payments + `]}}`
	if status, answer := s.do(http.MethodPost, "/v1/events", s.key, body); status != http.StatusAccepted {
		s.t.Fatalf("%d %s", status, answer["raw"])
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
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		s.suspect("acc-1", "1234", coffee)
		s.hears(1)
		s.asked(http.MethodPost, "/lock", map[string]any{"scope": "all"}, http.StatusOK)
		s.texts("YES")
		if told := s.hears(2); !strings.Contains(told, "card ..1234 stays locked") {
			t.Errorf("told %q", told)
		}
		s.account("locked")
		if bank.heard("fraud.cleared") != nil || bank.heard("account.recognised") != nil {
			t.Error("the business hears that the payment was recognised")
		}
	})
}

// TestYesBesideANoClearsNothing: of two alerts of one account the first was denied.
func TestYesBesideANoClearsNothing(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		s.suspect("acc-1", "1234", coffee)
		s.hears(1)
		s.suspect("acc-1", "1234", garage)
		s.hears(2)
		s.texts("1 no")
		if told := s.hears(3); !strings.Contains(told, "we stop purchases with card ..1234 and look into $4.00") {
			t.Errorf("told %q", told)
		}
		s.texts("2 yes")
		if told := s.hears(4); !strings.Contains(told, "card ..1234 stays locked") {
			t.Errorf("told %q", told)
		}
		if s.account("locked"); bank.heard("fraud.cleared") != nil {
			t.Error("the business hears that the second payment was recognised")
		}
	})
}

// TestYesClearsWhenTheAccountHasTakenIt: then only is the business told, and the
// customer thanked.
func TestYesClearsWhenTheAccountHasTakenIt(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		s.suspect("acc-1", "1234", coffee)
		s.hears(1)
		s.texts("YES")
		if told := s.hears(2); !strings.Contains(told, "We have noted that it was you") {
			t.Errorf("told %q", told)
		}
		s.account("active")
		eventually(t, "the business hears of it", func() bool {
			return len(bank.heard("account.recognised")) == 1 && len(bank.heard("fraud.cleared")) == 1
		})
	})
}

// TestNoLocksWhilePeopleAreAsked: the alert went to people because two texts were unclear.
// A YES is theirs alone; a NO that comes later is theirs and locks all the same.
func TestNoLocksWhilePeopleAreAsked(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		s.suspect("acc-1", "1234", coffee)
		s.hears(1)
		s.texts("ok")
		s.hears(2)
		s.texts("ok")
		if told := s.hears(3); !strings.Contains(told, "A colleague will answer here shortly") {
			t.Errorf("told %q", told)
		}
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
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		s.suspect("acc-2", "5678", `{"id":"t9","merchant":"Books","amount":"7.00 USD","at":"2026-03-02T08:50:00Z"}`)
		s.hears(1)
		s.suspect("acc-1", "1234", coffee+","+garage)
		s.hears(2)
		s.texts("NO 1")
		if told := s.hears(3); !strings.Contains(told, "2: $4.00 Coffee") {
			t.Errorf("told %q", told)
		}
		s.account("alerted")
		s.texts("2")
		if told := s.hears(4); !strings.Contains(told, "we stop purchases with card ..1234 and look into $4.00.") {
			t.Errorf("told %q", told)
		}
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
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, _ := bankHouse(t, url)
		s.suspect("acc-1", "1234", coffee)
		s.hears(1)
		s.texts("YES")
		s.hears(2)
		s.account("active")
		s.suspect("acc-2", "5678", garage)
		s.hears(3)
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
