package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// gateHouse runs a test on a server over each engine, with a configuration of its own.
func gateHouse(t *testing.T, change func(*Config), run func(t *testing.T, s *server)) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := testConfig(url)
		change(&c)
		run(t, serveTest(t, c))
	})
}

// wants asks for a code and returns its verification's id.
func (s *server) wants(body map[string]any) string {
	s.t.Helper()
	status, out := s.do(http.MethodPost, "/v1/verifications", s.key, body)
	if status != http.StatusCreated {
		s.t.Fatalf("%d %v", status, out["raw"])
	}
	return out["id"].(string)
}

// becomes waits until a verification stands as said.
func (s *server) becomes(id, want string) {
	s.t.Helper()
	eventually(s.t, "it becomes "+want, func() bool { return s.status(id) == want })
}

// heard collects what an endpoint of the business is told.
func heard(t *testing.T) (endpoint CallbackConfig, all func() []map[string]any) {
	t.Helper()
	var told = make(chan map[string]any, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var one map[string]any
		if text, err := io.ReadAll(r.Body); err == nil && json.Unmarshal(text, &one) == nil {
			told <- one
		}
	}))
	t.Cleanup(server.Close)
	var got []map[string]any
	return CallbackConfig{Name: "shop", URL: server.URL, Secret: testSecret, Private: true, Events: []string{"*"}}, func() []map[string]any {
		for {
			select {
			case one := <-told:
				got = append(got, one)
			default:
				return got
			}
		}
	}
}

// alarms are what the endpoint was warned of.
func alarms(all []map[string]any) (list []string) {
	for _, one := range all {
		if one["type"] == "verification.alarm" {
			data, _ := one["data"].(map[string]any)
			list = append(list, fmt.Sprint(data["what"], " ", data["country"]))
		}
	}
	return list
}

// TestPumpingEndsAtTheTenth: fifty numbers in a row of which none is verified get ten
// texts; the eleventh is denied, and the business is told once.
func TestPumpingEndsAtTheTenth(t *testing.T) {
	t.Parallel()
	endpoint, told := heard(t)
	gateHouse(t, func(c *Config) { c.Callbacks = []CallbackConfig{endpoint} }, func(t *testing.T, s *server) {
		before := len(told())
		var ids []string
		for n := range 50 {
			ids = append(ids, s.wants(login("to", fmt.Sprintf("+120255577%02d", n), "subject", fmt.Sprint("pump-", n))))
		}
		sent, denied := 0, 0
		eventually(t, "all are decided", func() bool {
			sent, denied = 0, 0
			for _, id := range ids {
				switch s.status(id) {
				case "sent":
					sent++
				case "failed block_budget":
					denied++
				}
			}
			return sent+denied == len(ids)
		})
		if sent != 10 || denied != 40 {
			t.Errorf("%d sent, %d denied", sent, denied)
		}
		if id := s.wants(login("to", "+12025551234", "subject", "elsewhere")); true {
			s.becomes(id, "sent") // another block is not touched
		}
		eventually(t, "told", func() bool { return len(alarms(told()[before:])) > 0 })
		if got := alarms(told()[before:]); len(got) != 1 || got[0] != "pumping US" {
			t.Errorf("told %v", got)
		}
		for _, one := range told()[before:] {
			if data, _ := one["data"].(map[string]any); one["type"] == "verification.failed" && data["reason"] != "refused" {
				t.Errorf("told %v", one)
			}
		}
	})
}

// TestApprovalsKeepABlockOpen: customers who type their codes in are not pumping.
func TestApprovalsKeepABlockOpen(t *testing.T) {
	t.Parallel()
	gateHouse(t, func(*Config) {}, func(t *testing.T, s *server) {
		for n := range 14 {
			to, subject := fmt.Sprintf("+120255577%02d", n), fmt.Sprint("u-", n)
			id, code := s.asks(login("to", to, "subject", subject))
			if n%2 == 0 {
				if status, out := s.checks(id, tried(code, "subject", subject)); status != http.StatusOK {
					t.Fatalf("%d: %d %v", n, status, out)
				}
			}
		}
	})
}

func TestSpendingEnds(t *testing.T) {
	t.Parallel()
	endpoint, told := heard(t)
	gateHouse(t, func(c *Config) {
		c.Callbacks = []CallbackConfig{endpoint}
		c.Codes.Spend = SpendConfig{Currency: "EUR", PerCode: map[string]float64{"default": 0.05}, PerDay: map[string]float64{"US": 0.15}}
	}, func(t *testing.T, s *server) {
		before := len(told())
		for n := range 5 {
			id := s.wants(login("to", fmt.Sprintf("+1202555%d123", n+1), "subject", fmt.Sprint("u-", n)))
			want := "sent"
			if n >= 3 {
				want = "failed spend"
			}
			s.becomes(id, want)
		}
		eventually(t, "told", func() bool { return len(alarms(told()[before:])) > 0 })
		time.Sleep(200 * time.Millisecond) // for another that must not come
		if got := alarms(told()[before:]); len(got) != 1 || got[0] != "spend US" {
			t.Errorf("told %v", got)
		}
	})
}

func TestCountriesAndLines(t *testing.T) {
	t.Parallel()
	gateHouse(t, func(*Config) {}, func(t *testing.T, s *server) {
		for to, want := range map[string]string{
			"+31612345678": "failed country", "+19005550123": "failed number_type", "+881612345678": "failed number_type", "+12025550177": "sent",
		} {
			s.becomes(s.wants(login("to", to, "subject", to)), want)
		}
	})
}

// TestANewNumber: the number before is told, and the new one resets nothing for a while.
func TestANewNumber(t *testing.T) {
	t.Parallel()
	const other = "+12025558888"
	gateHouse(t, func(c *Config) {
		c.Codes.Limits.SubjectSendsHour = verify.Limit{Most: 20, Per: time.Hour} // all of it is one customer's
	}, func(t *testing.T, s *server) {
		id, code := s.asks(login())
		if status, _ := s.checks(id, tried(code)); status != http.StatusOK {
			t.Fatal("not bound")
		}
		s.becomes(s.wants(login("to", other, "purpose", "password_reset")), "failed number_changed")
		id, code = s.asks(login("to", other, "purpose", "custom"))
		if status, _ := s.checks(id, tried(code, "purpose", "custom")); status != http.StatusOK {
			t.Fatal("another number may be verified")
		}
		s.becomes(s.wants(login("to", other, "purpose", "account_unlock")), "failed number_changed") // which binds nothing
		pending := s.wants(login())
		s.becomes(pending, "sent")
		s.fails(login("to", other, "purpose", "number_change"), "unproven")
		id, code = s.asks(login("purpose", "number_change"))
		if status, _ := s.checks(id, tried(code, "purpose", "number_change")); status != http.StatusOK {
			t.Fatal("the number does not agree")
		}
		n := len(s.carrier.Messages())
		id, code = s.asks(login("to", other, "purpose", "number_change"))
		if status, _ := s.checks(id, tried(code, "purpose", "number_change")); status != http.StatusOK {
			t.Fatal("not changed")
		}
		text := s.hears(n + 2)
		last := s.carrier.Messages()[n+1]
		if last.To != testPhone || !strings.HasPrefix(text, "Acme: This is no longer the phone number of your account") {
			t.Errorf("%s heard %q", last.To, text)
		}
		if got := s.status(pending); got != "canceled number_changed" {
			t.Errorf("the code under way to the number before: %s", got)
		}
		s.fails(login("purpose", "number_change"), "unproven") // its agreement was good once
		for _, to := range []string{testPhone, other} {
			body := login("to", to, "purpose", "account_unlock", "subject", "user-17")
			if status, out := s.do(http.MethodPost, "/v1/verifications", s.key, body); status == http.StatusCreated {
				s.becomes(out["id"].(string), "failed number_changed")
				s.do(http.MethodDelete, "/v1/verifications/"+out["id"].(string), s.key, nil)
			}
		}
	})
}

// fails expects nothing to be sent, and why, and takes the request back.
func (s *server) fails(body map[string]any, reason string) {
	s.t.Helper()
	id := s.wants(body)
	s.becomes(id, "failed "+reason)
	s.do(http.MethodDelete, "/v1/verifications/"+id, s.key, nil)
}

// TestAnotherFactorChangesTheNumber: whose number is lost, or proves nothing any more, is
// known by what the business says that they have shown. It says so of no other purpose.
func TestAnotherFactorChangesTheNumber(t *testing.T) {
	t.Parallel()
	const other = "+12025558888"
	eachHouse(t, func(t *testing.T, s *server) {
		bound(s, "user-17", testPhone)
		sets("suspended = 'wrong_number'")(s, "user-17", testPhone)
		change := login("to", other, "purpose", "number_change")
		s.fails(login("purpose", "number_change"), "number_suspended")
		s.fails(change, "unproven")
		change["proof"] = "passkey"
		id, code := s.asks(change)
		if status, _ := s.checks(id, tried(code, "purpose", "number_change")); status != http.StatusOK {
			t.Fatal("not changed")
		}
		s.fails(login("to", other, "purpose", "password_reset"), "number_changed")
		for _, wrong := range []map[string]any{login("proof", "passkey"), login("purpose", "number_change", "proof", "sms_code"), login("purpose", "number_change", "proof", "mother")} {
			if status, out := s.do(http.MethodPost, "/v1/verifications", s.key, wrong); status != http.StatusUnprocessableEntity || !strings.Contains(fmt.Sprint(out["raw"]), "proof") {
				t.Errorf("%v: %d %v", wrong, status, out["raw"])
			}
		}
	})
}

// TestAFirstNumberThatIsChanged: a number that replaces one which only the business knows
// has to wait as any other.
func TestAFirstNumberThatIsChanged(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		id, code := s.asks(login("purpose", "number_change"))
		if status, _ := s.checks(id, tried(code, "purpose", "number_change")); status != http.StatusOK {
			t.Fatal("not changed")
		}
		s.becomes(s.wants(login("purpose", "password_reset")), "failed number_changed")
		if moved := s.house.gate.NumberMoved(t.Context(), "user-17", testPhone); moved != verify.NumberChanged {
			t.Errorf("for an unlock: %q", moved)
		}
	})
}

// TestSwappedSIM: guarded purposes need an answer, others do not ask.
func TestSwappedSIM(t *testing.T) {
	t.Parallel()
	var mode atomic.Int64  // 0: not swapped, 1: swapped, 2: broken
	var asked atomic.Value // the number that was asked about last
	operator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var of struct {
			PhoneNumber string `json:"phoneNumber"`
		}
		if err := json.NewDecoder(r.Body).Decode(&of); err != nil {
			t.Error(err)
		}
		asked.Store(of.PhoneNumber)
		switch mode.Load() {
		case 2:
			w.WriteHeader(http.StatusBadGateway)
		default:
			fmt.Fprintf(w, `{"swapped": %v}`, mode.Load() == 1)
		}
	}))
	defer operator.Close()
	gateHouse(t, func(c *Config) {
		c.Codes.TTL = 4 * time.Second
		c.Codes.SIMSwap = SIMSwapConfig{URL: operator.URL, Token: "tok", Private: true}
	}, func(t *testing.T, s *server) {
		mode.Store(0)
		s.becomes(s.wants(login("purpose", "password_reset", "subject", "a")), "sent")
		mode.Store(1)
		s.becomes(s.wants(login("purpose", "password_reset", "subject", "b")), "failed sim_swap")
		s.becomes(s.wants(login("subject", "b")), "sent")
		mode.Store(2)
		s.becomes(s.wants(login("purpose", "account_unlock", "subject", "c")), "failed sim_swap_unknown")

		const other = "+12025558888"
		bound(s, "d", testPhone)
		change := login("to", other, "purpose", "number_change", "subject", "d")
		s.fails(login("purpose", "number_change", "subject", "d"), "sim_swap_unknown")
		mode.Store(1)
		s.fails(login("purpose", "number_change", "subject", "d"), "sim_swap")
		sets("confirmed_at = 1")(s, "e", testPhone)
		s.fails(login("subject", "e"), "sim_swap") // for half a year nobody gave a code there
		sets("agreed_at = confirmed_at")(s, "d", testPhone)
		asked.Store("")
		s.fails(change, "sim_swap")
		if asked.Load() != testPhone {
			t.Errorf("asked about %s, which is not the number that is to be replaced", asked.Load())
		}
		change["proof"] = "in_person"
		s.becomes(s.wants(change), "sent")
	})
}

// TestNobodysNumber: a number of which the carrier knows nobody proves nothing any more;
// whoever gets it next is somebody else.
func TestNobodysNumber(t *testing.T) {
	t.Parallel()
	end, told := heard(t)
	gateHouse(t, func(c *Config) { c.Callbacks = []CallbackConfig{end} }, func(t *testing.T, s *server) {
		id, code := s.asks(login())
		if status, _ := s.checks(id, tried(code)); status != http.StatusOK {
			t.Fatal("not bound")
		}
		if status, out := s.do(http.MethodPost, "/v1/messages", s.key, map[string]any{"to": testPhone, "text": "Your order."}); status != http.StatusAccepted {
			t.Fatal(out["raw"])
		}
		s.hears(2)
		eventually(t, "it is known whose number it is", func() bool { // carriers come again after a 503
			return s.carrier.Report(t.Context(), "LB2-"+s.carrier.Messages()[1].ID, conversation.Failed, "unknown_subscriber") == nil
		})
		s.becomes(s.wants(login("purpose", "custom")), "failed number_suspended")
		eventually(t, "the business hears of it", func() bool {
			return slices.ContainsFunc(told(), func(one map[string]any) bool {
				data, _ := one["data"].(map[string]any)
				return one["type"] == "number.wrong" && data["word"] == "unknown_subscriber"
			})
		})
	})
}

// TestALostNumberIsNoDeadEnd: an account whose number was called wrong is unlocked by
// nobody, not even by agents, until its customer was seen in person; and then not before a
// week has passed.
func TestALostNumberIsNoDeadEnd(t *testing.T) {
	t.Parallel()
	const other = "+12025558888"
	eachHouse(t, func(t *testing.T, s *server) {
		db := ledger(t, s.house.config.Database)
		s.key = s.newKey("live", "verifications", "accounts", "read", "events")
		if status, out := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "card.suspicious", "to": testPhone, "data": map[string]any{"name": "Ann", "account": "user-17", "card": "1234",
			"transactions": []map[string]any{{"id": "t1", "merchant": "Shoes", "amount": "80.00 USD"}}}}); status != http.StatusAccepted {
			t.Fatal(status, out["raw"])
		}
		s.hears(1)
		sets("suspended = 'wrong_number'")(s, "user-17", testPhone)
		locks(s, "user-17", testPhone)
		moved := func(want string) {
			t.Helper()
			account, err := s.house.store.Account(t.Context(), "user-17", false)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.house.gate.NumberMoved(t.Context(), "user-17", account.Phone()); got != want {
				t.Errorf("the number is %q, want %q", got, want)
			}
		}
		moved(verify.NumberChanged)
		s.fails(login("to", other, "purpose", "number_change", "proof", "passkey"), "account_locked")
		id, code := s.made(login("to", other, "purpose", "number_change", "proof", "in_person"))
		if status, out := s.checks(id, tried(code, "purpose", "number_change")); status != http.StatusOK {
			t.Fatalf("%d %v", status, out)
		}
		moved(verify.NumberChanged)
		if _, err := db.ExecContext(t.Context(), `UPDATE bindings SET changed_at = changed_at - 7 * 86400000 WHERE subject = 'user-17'`); err != nil {
			t.Fatal(err)
		}
		moved(verify.NumberKept)
		s.becomes(s.wants(login("to", other, "purpose", "account_unlock")), "sent")
	})
}
