package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store/storetest"
	"parley/inbound"
	"parley/outbound/provider"
)

// cardSystem is the bank on the other side of the callbacks.
type cardSystem struct {
	mu   sync.Mutex
	told []map[string]any
}

func (b *cardSystem) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var notice map[string]any
	if json.NewDecoder(r.Body).Decode(&notice) == nil {
		b.mu.Lock()
		b.told = append(b.told, notice)
		b.mu.Unlock()
	}
	w.WriteHeader(http.StatusNoContent)
}

// heard gives the data of the callbacks of a type.
func (b *cardSystem) heard(typ string) (all []map[string]any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, notice := range b.told {
		if notice["type"] == typ {
			data, _ := notice["data"].(map[string]any)
			all = append(all, data)
		}
	}
	return all
}

func bankHouse(t *testing.T, url string) (*server, *cardSystem) {
	t.Helper()
	bank := &cardSystem{}
	end := httptest.NewServer(bank)
	t.Cleanup(end.Close)
	c := testConfig(url)
	none := time.Duration(0)
	c.Accounts.Cooling = &none
	c.Callbacks = []CallbackConfig{{Name: "bank", URL: end.URL, Secret: testSecret, Private: true}}
	return serveTest(t, c), bank
}

const suspicious = `{"type":"card.suspicious","to":"` + testPhone + `","data":{"name":"Ann","account":"acc-1","card":"1234","transactions":[
	{"id":"t1","merchant":"Coffee","amount":"4.00 USD","at":"2026-03-02T08:50:00Z"},{"id":"t2","merchant":"Garage 24","amount":"900.00 USD","at":"2026-03-02T08:51:00Z"}]}}`

// approved is what a right code, given where it was asked for, comes to.
func (s *server) approved(purpose, subject string) {
	s.t.Helper()
	e := conversation.Event{Kind: conversation.KindVerified, Line: testLine, Phone: testPhone,
		Verified: &conversation.Verified{Challenge: "ver_1", Purpose: purpose, Subject: subject, Outcome: "approved"}}
	if out, err := s.house.engine.Submit(s.t.Context(), []conversation.Event{e}); err != nil || out[0].Status != conversation.Applied {
		s.t.Fatalf("%+v, %v", out, err)
	}
}

func (s *server) account(want string) map[string]any {
	s.t.Helper()
	status, body := s.do(http.MethodGet, "/v1/accounts/acc-1", s.key, nil)
	if status != http.StatusOK || body["state"] != want {
		s.t.Fatalf("%d %s, want %s", status, body["raw"], want)
	}
	return body
}

// asked sends one request about the account and wants a status.
func (s *server) asked(method, path string, body any, want int) map[string]any {
	s.t.Helper()
	status, answer := s.do(method, "/v1/accounts/acc-1"+path, s.key, body)
	if status != want {
		s.t.Fatalf("%s %s: %d %s, want %d", method, path, status, answer["raw"], want)
	}
	return answer
}

// TestAccountThroughTheDoors is the whole way: suspicious payments, a NO, a lock that
// the business hears of and acknowledges, a refund, and an unlock by two proofs.
func TestAccountThroughTheDoors(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		s.account("active")
		if status, body := s.do(http.MethodPost, "/v1/events", s.key, suspicious); status != http.StatusAccepted {
			t.Fatalf("%d %s", status, body["raw"])
		}
		if asked := s.hears(1); !strings.Contains(asked, "2 $900.00 Garage 24") {
			t.Fatalf("asked %q", asked)
		}
		s.account("alerted")
		s.texts("NO 2")
		a := s.account("locked") // committed before the webhook was answered
		if fmt.Sprint(a["scopes"]) != "[purchases]" || len(a["refunds"].([]any)) != 1 || a["cause"] != "reply_no" {
			t.Errorf("%s", a["raw"])
		}
		if locked := s.hears(2); !strings.Contains(locked, "we stop purchases with card ..1234 and look into $900.00") {
			t.Errorf("said %q", locked)
		}
		eventually(t, "the bank hears of the lock", func() bool { return len(bank.heard("account.locked")) == 1 })
		s.asked(http.MethodPut, "/lock", map[string]any{"applied_at": time.Now().UTC().Format(time.RFC3339Nano)}, http.StatusOK)

		s.asked(http.MethodPut, "/refunds/t2", map[string]any{"status": "final"}, http.StatusConflict)
		s.asked(http.MethodPut, "/refunds/t9", map[string]any{"status": "pending"}, http.StatusNotFound)
		if moved := s.asked(http.MethodPut, "/refunds/t2", map[string]any{"status": "pending"}, http.StatusOK); moved["texted"] != true {
			t.Errorf("%s", moved["raw"])
		}
		if told := s.hears(3); !strings.Contains(told, "we look into the payment you denied, $900.00 Garage 24") {
			t.Errorf("told %q", told)
		}
		s.texts("YES")
		s.account("locked")
		s.texts("UNLOCK")
		if a := s.account("verifying"); fmt.Sprint(a["scopes"]) != "[purchases]" || len(a["needs"].([]any)) != 2 {
			t.Errorf("a text proved something: %s", a["raw"])
		}

		s.asked(http.MethodPost, "/unlock", map[string]any{"proof": "sms_code"}, http.StatusUnprocessableEntity)
		if one := s.asked(http.MethodPost, "/unlock", map[string]any{"proof": "passkey"}, http.StatusAccepted); one["state"] != "verifying" {
			t.Errorf("one proof: %s", one["raw"])
		}
		s.asked(http.MethodPost, "/unlock", map[string]any{"proof": "app"}, http.StatusAccepted)
		s.approved("account_unlock", "acc-2") // somebody else's
		s.approved("login", "acc-1")          // of another purpose
		s.account("verifying")
		id, digits := s.asks(login("purpose", "account_unlock", "subject", "acc-1"))
		if status, out := s.checks(id, tried(digits, "purpose", "account_unlock", "subject", "acc-1")); status != http.StatusOK || out["grant"] != nil {
			t.Errorf("the code: %d %v", status, out)
		}
		s.account("active")
		eventually(t, "the bank hears of the unlock", func() bool { return len(bank.heard("account.unlocked")) == 1 })
		eventually(t, "the customer hears of the unlock", func() bool {
			return slices.ContainsFunc(s.carrier.Messages(), func(m provider.Outgoing) bool { return strings.Contains(m.Text, "can be used again") })
		})
		s.trail()
	})
}

// trail checks that the audit trail holds together, and tells who did what.
func (s *server) trail() {
	s.t.Helper()
	if strings.Contains(s.did("account.alert", "account.lock", "refund.opened", "refund.pending", "account.proof", "account.unlocked", "key_"), testPhone[1:]) {
		s.t.Error("the trail holds a whole number")
	}
}

// TestTwoAgentsUnlock: one agent's word is nothing, also said twice.
func TestTwoAgentsUnlock(t *testing.T) {
	eachBank(t, func(t *testing.T, s *server, bank *cardSystem) {
		s.asked(http.MethodPost, "/lock", map[string]any{"reason": "stolen", "cause": "agent"}, http.StatusUnprocessableEntity)
		s.asked(http.MethodPost, "/lock", map[string]any{"scope": "transfers", "cause": "agent", "agent": "Eve"}, http.StatusOK)
		program, ann, ann2, ben := s.key, s.agentKey("ann"), s.agentKey("ann"), s.agentKey("ben")
		word := func(key, agent, reason string, want int) map[string]any {
			s.key = key
			return s.asked(http.MethodPost, "/unlock", map[string]any{"agent": agent, "reason": reason}, want)
		}
		word(program, "ann", "passport seen", http.StatusForbidden) // a program is nobody
		word(ben, "ann", "passport seen", http.StatusForbidden)     // nor is another
		word(ann, "ann", "", http.StatusUnprocessableEntity)
		if one := word(ann, "ann", "passport seen", http.StatusAccepted); one["state"] != "locked" || one["proposed_by"] != "ann" {
			t.Errorf("%s", one["raw"])
		}
		for _, key := range []string{ann, ann2} { // two keys of one person are one person
			if again := word(key, "ANN", "passport seen", http.StatusConflict); !strings.Contains(again["raw"].(string), "same_agent") {
				t.Errorf("%s", again["raw"])
			}
		}
		word(ben, "ben", "called back", http.StatusOK)
		s.key = program
		s.account("active")
		eventually(t, "the bank hears of the refusals", func() bool { return len(bank.heard("account.unlock_refused")) == 2 })
	})
}

// agentKey makes a key that one person has.
func (s *server) agentKey(agent string) string {
	s.t.Helper()
	key, secret, err := inbound.NewKey("desk", "live", []string{"accounts"})
	if err != nil {
		s.t.Fatal(err)
	}
	key.Agent = agent
	if err := s.house.store.CreateKey(s.t.Context(), key, inbound.HashKey(secret)); err != nil {
		s.t.Fatal(err)
	}
	return secret
}

// TestUnlockByText: the text UNLOCK opens nothing; it lets the business know that its
// customer asks, three times a day at most.
func TestUnlockByText(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		if status, body := s.do(http.MethodPost, "/v1/events", s.key, suspicious); status != http.StatusAccepted {
			t.Fatalf("%d %s", status, body["raw"])
		}
		s.hears(1)
		s.texts("NO")
		s.hears(2)
		for n := range 4 {
			s.texts("unlock")
			if told := s.hears(3 + n); !strings.Contains(told, "to unlock card ..1234, open our app") {
				t.Errorf("told %q", told)
			}
			s.account("verifying")
		}
		eventually(t, "the bank hears of it", func() bool { return len(bank.heard("account.verification_asked")) == 3 })
	})
}

// TestLockedAccountGetsNoReset: whoever asks for a new password of a locked account sees
// what they always see; the customer reads why no code comes, once.
func TestLockedAccountGetsNoReset(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		s.asked(http.MethodPost, "/lock", map[string]any{}, http.StatusOK)
		for range 2 {
			id := s.wants(login("purpose", "password_reset", "subject", "acc-1"))
			s.becomes(id, "failed account_locked")
			if status, _ := s.do(http.MethodDelete, "/v1/verifications/"+id, s.key, nil); status != http.StatusNoContent {
				t.Errorf("canceling: %d", status)
			}
		}
		if told := s.hears(1); !strings.Contains(told, "your account is locked, so we sent no code") {
			t.Errorf("told %q", told)
		}
		s.texts("HELP") // what else was to come has come by then
		if text := s.hears(2); !strings.Contains(text, "You get texts") {
			t.Errorf("told again: %q", text)
		}
	})
}

// TestReviewedAtTheDoor: what an account is marked for goes when somebody says what
// they found.
func TestReviewedAtTheDoor(t *testing.T) {
	s, _ := bankHouse(t, storetest.URL(t, "sqlite"))
	s.asked(http.MethodPost, "/reviewed", map[string]any{"reason": "x"}, http.StatusConflict)
	s.asked(http.MethodPost, "/lock", map[string]any{}, http.StatusOK)
	for range 3 {
		s.asked(http.MethodPost, "/unlock", map[string]any{"proof": "totp", "failed": true}, http.StatusAccepted)
	}
	if marked := s.account("locked"); !strings.Contains(marked["raw"].(string), "unlock_failures") {
		t.Errorf("%s", marked["raw"])
	}
	s.asked(http.MethodPost, "/reviewed", map[string]any{}, http.StatusUnprocessableEntity)
	if seen := s.asked(http.MethodPost, "/reviewed", map[string]any{"reason": "called her: hers"}, http.StatusOK); strings.Contains(seen["raw"].(string), "unlock_failures") {
		t.Errorf("%s", seen["raw"])
	}
}

// TestRefundsOfThoseNobodyTexted: where no number of a customer is known, the answer says
// that they hear nothing of their refund. As soon as one is, they do.
func TestRefundsOfThoseNobodyTexted(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		lock := map[string]any{"transactions": []any{map[string]any{"id": "t9", "merchant": "Garage 24", "amount": "9.00 USD"}}}
		if a := s.asked(http.MethodPost, "/lock", lock, http.StatusOK); a["texted"] != nil {
			t.Errorf("%s", a["raw"])
		}
		if moved := s.asked(http.MethodPut, "/refunds/t9", map[string]any{"status": "pending"}, http.StatusOK); moved["texted"] != false || moved["state"] != "locked" {
			t.Errorf("%s", moved["raw"])
		}
		if status, body := s.do(http.MethodPost, "/v1/events", s.key, suspicious); status != http.StatusAccepted {
			t.Fatalf("%d %s", status, body["raw"])
		}
		if first := s.hears(1); !strings.Contains(first, "2 $900.00 Garage 24") {
			t.Errorf("heard %q", first)
		}
		if moved := s.asked(http.MethodPut, "/refunds/t9", map[string]any{"status": "provisional"}, http.StatusOK); moved["texted"] != true {
			t.Errorf("%s", moved["raw"])
		}
		if told := s.hears(2); !strings.Contains(told, "we have credited $9.00 Garage 24") {
			t.Errorf("heard %q", told)
		}
	})
}

// TestAccountsScope: no other scope, and not all others together, reads or locks.
func TestAccountsScope(t *testing.T) {
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	key := s.newKey("live", "events", "verifications", "contacts", "read", "admin")
	for _, c := range [][2]string{{"GET", ""}, {"POST", "/lock"}, {"PUT", "/lock"}, {"POST", "/unlock"}, {"POST", "/reviewed"}, {"PUT", "/password"}, {"PUT", "/refunds/t1"}} {
		if status, body := s.do(c[0], "/v1/accounts/acc-1"+c[1], key, map[string]any{}); status != http.StatusForbidden {
			t.Errorf("%s %s: %d %s", c[0], c[1], status, body["raw"])
		}
	}
	test := s.newKey("test", "accounts")
	if status, body := s.do(http.MethodPost, "/v1/accounts/acc-1/lock", test, map[string]any{}); status != http.StatusOK || body["state"] != "locked" {
		t.Errorf("%d %s", status, body["raw"])
	}
	s.account("active")
}

// TestAccountRequestsOnce: the same request under the same key is carried out once,
// also when it comes many times at once.
func TestAccountRequestsOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, s *server) {
		ask := func(body any) (int, map[string]any) {
			return s.do(http.MethodPost, "/v1/accounts/acc-1/lock", s.key, body, "Idempotency-Key", "k1")
		}
		lock := map[string]any{"transactions": []any{map[string]any{"id": "t1", "amount": "9.00 USD"}}}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if status, body := ask(lock); status != http.StatusOK || body["state"] != "locked" {
					t.Errorf("%d %s", status, body["raw"])
				}
			})
		}
		all.Wait()
		if status, _ := ask(map[string]any{}); status != http.StatusUnprocessableEntity {
			t.Errorf("another body under the key: %d", status)
		}
		a, err := s.house.store.Account(t.Context(), "acc-1", false)
		if err != nil || a.Version != 1 || len(a.Refunds) != 1 {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

// TestUnacknowledgedLock: nobody saying that a lock is in force is an alarm, told and
// logged, and the log holds no whole name.
func TestUnacknowledgedLock(t *testing.T) {
	eachBank(t, func(t *testing.T, s *server, bank *cardSystem) {
		s.asked(http.MethodPost, "/lock", map[string]any{}, http.StatusOK)
		if _, err := ledger(t, s.house.config.Database).ExecContext(t.Context(), `UPDATE accounts SET check_at = 1, data = REPLACE(data, '"asked_at":', '"asked_at":1,"was":')`); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the bank is alarmed", func() bool { return len(bank.heard("account.lock_unacknowledged")) == 1 })
		eventually(t, "it is logged", func() bool { return strings.Contains(s.logs.String(), "nobody has said for a minute") })
		if strings.Contains(s.logs.String(), "acc-1") {
			t.Error("the log names the account")
		}
	})
}
