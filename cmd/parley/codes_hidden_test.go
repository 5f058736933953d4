package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// TestACodeBehindNumbers: a code that is texted among many numbers, or at the end of a
// long text, is not stored either.
func TestACodeBehindNumbers(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		for i, before := range []string{strings.Repeat("+12025550100 ", 30), strings.Repeat("7", 300) + " ", strings.Repeat("so it goes ", 500)} {
			_, code := s.asks(login("subject", fmt.Sprint("hidden-", i)))
			s.texts(before + "and number " + fmt.Sprint(i) + " is " + code)
			var stored string
			eventually(t, "the text is there", func() bool {
				c, _ := s.stored()
				events, _, err := s.house.store.Thread(t.Context(), c.ID, 0, 100)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range events {
					if stored = e.Data; strings.Contains(stored, fmt.Sprint("number ", i, " is ")) {
						return true
					}
				}
				return false
			})
			if strings.Contains(stored, code) {
				t.Errorf("%d: stored: …%s", i, stored[strings.Index(stored, "number "):][:40])
			}
		}
	})
}

// TestTestKeysCountApart: what a test key does uses up nothing of a customer's, and
// widens no budget.
func TestTestKeysCountApart(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		key := s.newKey("test", "verifications")
		ids := make([]string, 6)
		for i := range ids {
			status, out := s.do(http.MethodPost, "/v1/verifications", key, login("subject", fmt.Sprint("try-", i), "ip", "198.51.100.9"))
			if status != http.StatusCreated && i < 5 {
				t.Fatalf("%d: %d %v", i, status, out)
			}
			ids[i], _ = out["id"].(string)
		}
		check := func(i int, code string) int {
			status, _ := s.do(http.MethodPost, "/v1/verifications/"+ids[i]+"/check", key, tried(code, "subject", fmt.Sprint("try-", i), "ip", "198.51.100.9"))
			return status
		}
		eventually(t, "a test code is right", func() bool { return check(0, "123456") == http.StatusOK })
		for i := range 25 {
			check(1+i%4, "000000")
		}
		if status, out := s.do(http.MethodPost, "/v1/verifications", s.key, login("ip", "198.51.100.9")); status != http.StatusCreated {
			t.Errorf("the customer's own: %d %v", status, out)
		}
		p := s.house.store
		counts, err := countsOf(t, p)
		if err != nil || counts.Country.DayApproved != 0 || counts.Block.DayApproved != 0 {
			t.Errorf("budgets: %+v, %v", counts, err)
		}
	})
}

// countsOf reads what budgets would weigh for the test's phone.
func countsOf(t *testing.T, p *store.Store) (counts verify.Counts, err error) {
	send := verify.Send{Challenge: "ver_none", N: 1, Country: "country/US", Block: "block/" + testPhone[:len(testPhone)-3]}
	_, err = p.Weigh(t.Context(), send, func(n verify.Counts) verify.Verdict {
		counts = n
		return verify.Verdict{Reason: "only looking"}
	})
	return counts, err
}

// TestNobodyIsCalledATest: a customer who is called test:admin is not mistaken for
// admin, by whom a grant would be redeemed.
func TestNobodyIsCalledATest(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		for _, key := range []string{s.key, s.newKey("test", "verifications")} {
			status, out := s.do(http.MethodPost, "/v1/verifications", key, login("subject", "test:admin", "purpose", "password_reset"))
			if status != http.StatusUnprocessableEntity || !strings.Contains(fmt.Sprint(out["raw"]), "subject") {
				t.Errorf("%d %v", status, out)
			}
		}
		_, out := s.do(http.MethodPost, "/v1/verifications", s.newKey("test", "verifications"), login("subject", "admin"))
		id, _ := out["id"].(string)
		eventually(t, "the test code is made", func() bool {
			c, _, err := s.house.store.Challenge(t.Context(), id)
			return err == nil && c.MAC != ""
		})
		if status, out := s.checks(id, tried("123456", "subject", "test:admin")); status != http.StatusUnprocessableEntity {
			t.Errorf("a test code, checked by a live key: %d %v", status, out)
		}
	})
}

// TestARepeatIsNoSecondRequest: at a limit too, the same request under the same key has
// the first answer again.
func TestARepeatIsNoSecondRequest(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		config := testConfig(url)
		config.Codes.Limits.NumberHour = verify.Limit{Most: 1, Per: time.Hour}
		s := serveTest(t, config)
		for _, to := range []string{testPhone, ""} {
			body := login("subject", "u"+to)
			if to == "" {
				delete(body, "to")
			}
			_, first := s.do(http.MethodPost, "/v1/verifications", s.key, body, "Idempotency-Key", "k"+to)
			status, again := s.do(http.MethodPost, "/v1/verifications", s.key, body, "Idempotency-Key", "k"+to)
			if status != http.StatusCreated || first["id"] == nil || again["id"] != first["id"] {
				t.Errorf("to %q: %d %v", to, status, again)
			}
		}
	})
}

// TestTestKeysLetNoCustomerIn: the codes of test keys are known to everybody, so that no
// number of a customer gets one, by the API or by a flow; and none of theirs is good for a
// live key, nor a live one for theirs.
func TestTestKeysLetNoCustomerIn(t *testing.T) {
	t.Parallel()
	gateHouse(t, func(c *Config) { c.Codes.Countries = []string{"*"} }, func(t *testing.T, s *server) {
		key := s.newKey("test", "verifications", "events", "read")
		const customer = "+12025557788"
		status, out := s.do(http.MethodPost, "/v1/verifications", key, login("to", customer))
		if detail, _ := out["detail"].(string); status != http.StatusUnprocessableEntity || !strings.Contains(detail, "reserved") {
			t.Errorf("a customer's number by a test key: %d %v", status, out["raw"])
		}
		status, out = s.do(http.MethodPost, "/v1/events", key, map[string]any{"type": "login.requested", "to": customer, "data": map[string]any{"subject": "user-18"}})
		if status != http.StatusAccepted {
			t.Fatal(status, out["raw"])
		}
		db := ledger(t, s.house.config.Database)
		eventually(t, "the flow hears that no code was made", func() bool {
			var outcome string
			err := db.QueryRowContext(t.Context(), `SELECT outcome FROM results WHERE flow = 'login_code'`).Scan(&outcome)
			return err == nil && outcome == "failed"
		})

		status, out = s.do(http.MethodPost, "/v1/verifications", key, login("to", testPhone))
		if status != http.StatusCreated {
			t.Fatal(status, out["raw"])
		}
		id, _ := out["id"].(string)
		eventually(t, "the test code is made", func() bool { return s.statusBy(key, id) == "sent" })
		if status, _ := s.checks(id, tried("123456")); status != http.StatusUnprocessableEntity {
			t.Errorf("a test code by a live key: %d", status)
		}
		mine, code := s.asks(login())
		if status, _ := s.do(http.MethodPost, "/v1/verifications/"+mine+"/check", key, tried(code)); status != http.StatusUnprocessableEntity {
			t.Errorf("a customer's code by a test key: %d", status)
		}
	})
}
