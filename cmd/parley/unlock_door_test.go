package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/conversation/store/storetest"
	"parley/outbound/provider"
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

// byNameFlow locks, and asks for, what account a text names.
const byNameFlow = `
flow: by_name
title: Locks an account by its name, and asks for one to be opened
class: alert
trigger: {keywords: ["LOCK {account}", "OPEN {account}", "LOOK {account}"]}
overlap: parallel
input: {account: {type: string, max: 20, default: ""}}
start: which
states:
  which:
    branch: [{when: "lower(last_text) startsWith 'lock'", goto: lock}, {when: "lower(last_text) startsWith 'look'", goto: look}, {goto: open}]
  lock: {do: [{lock_account: {account: "{{ account }}", scope: purchases}}], end: locked}
  look: {do: [{alert_account: {account: "{{ account }}", transactions: [t7]}}], end: looked}
  open: {do: [{verify_account: {account: "{{ account }}"}}], end: asked}
`

// TestATextGivesNobodyANumber: whoever names somebody's account in a text can have it locked,
// and ask for it. Codes that help to unlock it go where they went before.
func TestATextGivesNobodyANumber(t *testing.T) {
	t.Parallel()
	const foreign = "+12025559876"
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := testConfig(url)
		flows := t.TempDir()
		write(t, flows, "by_name.yaml", byNameFlow)
		c.Flows = append(c.Flows, flows)
		s := serveTest(t, c)
		s.deniesPayment(0)
		for _, text := range []string{"LOCK acc-1", "LOOK acc-1", "OPEN acc-1"} {
			s.textsFrom(foreign, text)
		}
		s.account("verifying")
		unlock := []any{"purpose", "account_unlock", "subject", "acc-1"}
		theirs := s.wants(login(append(unlock, "to", foreign)...))
		s.becomes(theirs, "failed number_changed")
		s.do(http.MethodDelete, "/v1/verifications/"+theirs, s.key, nil)
		id, digits := s.asks(login(unlock...))
		if status, out := s.checks(id, tried(digits, unlock...)); status != http.StatusOK {
			t.Errorf("%d %v", status, out)
		}
	})
}

// TestANoToAUsedCode: whoever was asked for their code by somebody else, and gave it, can
// still say NO: no password is chosen by it.
func TestANoToAUsedCode(t *testing.T) {
	eachBank(t, func(t *testing.T, s *server, bank *cardSystem) {
		id, code := s.asks(login("purpose", "password_reset", "subject", "acc-1"))
		_, out := s.checks(id, tried(code, "purpose", "password_reset", "subject", "acc-1"))
		s.texts("NO")
		if said := s.hears(2); !strings.Contains(said, "Somebody had used that code") {
			t.Errorf("heard %q", said)
		}
		if a := s.account("locked"); a["change_password"] != true {
			t.Errorf("%s", a["raw"])
		}
		if status, again := s.do(http.MethodPost, "/v1/grants/redeem", s.key, map[string]any{"grant": out["grant"]}); status != http.StatusUnprocessableEntity {
			t.Errorf("the grant: %d %v", status, again["raw"])
		}
		eventually(t, "the bank hears of it", func() bool { return len(bank.heard("account.locked")) == 1 })
		if told := bank.heard("account.locked")[0]; told["cause"] != "unexpected_code" {
			t.Errorf("%v", told)
		}
	})
}

// TestTheNumberBeforeKeepsNobodyOut: the customer of a locked account has lost their phone,
// and another number since. Whoever has the old one can say NO, and asks for the account in
// vain: a week later it is unlocked by way of the new one, where its refunds are told.
func TestTheNumberBeforeKeepsNobodyOut(t *testing.T) {
	const other = "+12025558888"
	eachBank(t, func(t *testing.T, s *server, _ *cardSystem) {
		s.deniesPayment(0)
		s.hears(2)
		id, code := s.asks(login("to", other, "purpose", "number_change", "subject", "acc-1", "proof", "in_person"))
		if status, out := s.checks(id, tried(code, "purpose", "number_change", "subject", "acc-1")); status != http.StatusOK {
			t.Fatalf("%d %v", status, out)
		}
		s.texts("UNLOCK")
		s.account("verifying")
		s.texts("NO")
		s.account("locked")
		sets("changed_at = changed_at - 700000000")(s, "acc-1", other)
		unlock := []any{"purpose", "account_unlock", "subject", "acc-1"}
		id, code = s.asks(login(append(unlock, "to", other)...))
		if status, out := s.checks(id, tried(code, unlock...)); status != http.StatusOK {
			t.Errorf("%d %v", status, out)
		}
		s.asked(http.MethodPut, "/refunds/t2", map[string]any{"status": "pending"}, http.StatusOK)
		eventually(t, "the refund is told", func() bool {
			return slices.ContainsFunc(s.carrier.Messages(), func(m provider.Outgoing) bool {
				return m.To == other && strings.Contains(m.Text, "we look into the payment you denied")
			})
		})
		s.asked(http.MethodPost, "/unlock", map[string]any{"proof": "app"}, http.StatusOK)
		s.account("active")
	})
}
