package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/outbound/provider"
)

// TestACodeBehindOthers: what was asked for and never texted pushes no code out of sight.
func TestACodeBehindOthers(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		id, code := s.asks(login("purpose", "password_reset"))
		for i := range 24 { // five get one: the number's limit
			s.wants(login("subject", fmt.Sprint("other-", i)))
		}
		s.texts("they want " + code + " from me")
		s.burned(id, code, "password_reset")
	})
}

// TestCodesTextedElsewhere: a code is burned by whatever line it is texted to, and two in
// one text are both.
func TestCodesTextedElsewhere(t *testing.T) {
	t.Parallel()
	config := func(url string) Config {
		c := testConfig(url)
		c.Lines = append(c.Lines, LineConfig{Number: "+12025550101", Carrier: "lab", Brand: "acme"})
		return c
	}
	s := serveTest(t, config(storetest.URL(t, "sqlite")))
	reset, first := s.asks(login("purpose", "password_reset", "line", testLine))
	in, second := s.asks(login("line", testLine))
	for _, id := range []string{reset, in} {
		eventually(t, "sent", func() bool { return s.status(id) == "sent" })
	}
	text := fmt.Sprintf("here: %s,%s and %s", first[:4], first[4:], strings.Join(strings.Split(second, ""), "  "))
	if err := s.carrier.Text(t.Context(), provider.Text{From: testPhone, To: "+12025550101", Text: text}); err != nil {
		t.Fatal(err)
	}
	s.burned(reset, first, "password_reset")
	s.burned(in, second, "login")
	eventually(t, "the business hears of both", func() bool {
		return strings.Count(s.trailOf("user-17"), "burned") == 2
	})
}

// burned holds that a code is stored nowhere in clear and good for nothing.
func (s *server) burned(id, code, purpose string) {
	s.t.Helper()
	eventually(s.t, "burned", func() bool { return strings.HasPrefix(s.status(id), "canceled texted") })
	if status, _ := s.checks(id, tried(code, "purpose", purpose)); status != http.StatusUnprocessableEntity {
		s.t.Errorf("the burned code: %d", status)
	}
	for _, line := range []string{testLine, "+12025550101"} {
		events, _, err := s.house.store.Thread(s.t.Context(), s.house.store.ConversationID(line, testPhone), 0, 500)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, l := range events {
			if strings.Contains(l.Data, code) || strings.Contains(l.Data, code[:4]+","+code[4:]) {
				s.t.Errorf("stored: %s", l.Data)
			}
		}
	}
}

// TestResendKeepsModesApart: neither kind of key has the other's codes sent again.
func TestResendKeepsModesApart(t *testing.T) {
	t.Parallel()
	config := testConfig(storetest.URL(t, "sqlite"))
	config.Codes.Cooldowns = []time.Duration{time.Second}
	s := serveTest(t, config)
	live, _ := s.asks(login())
	key := s.newKey("test", "verifications")
	_, out := s.do(http.MethodPost, "/v1/verifications", key, login("subject", "toy"))
	toy, _ := out["id"].(string)
	time.Sleep(1100 * time.Millisecond) // the pause, by the database's clock
	for id, with := range map[string]string{live: key, toy: s.key} {
		if status, out := s.do(http.MethodPost, "/v1/verifications/"+id+"/resend", with, nil); status != http.StatusUnprocessableEntity {
			t.Errorf("%d %v", status, out)
		}
		if c, _, err := s.house.store.Challenge(t.Context(), id); err != nil || c.Asked != 1 {
			t.Errorf("asked %d times, %v", c.Asked, err)
		}
	}
}

// TestAnotherPaymentTakesTheCodesPlace: what the customer is shown was edited, and the code
// for what they were shown before is good for nothing.
func TestAnotherPaymentTakesTheCodesPlace(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		paying := func(amount string) []any {
			return []any{"purpose", "payment", "transaction", map[string]any{"amount": amount, "currency": "EUR", "payee": "Shop"}}
		}
		first, code := s.asks(login(paying("10.00")...))
		if status, _ := s.do(http.MethodPost, "/v1/verifications", s.key, login(paying("10.00")...)); status != http.StatusConflict {
			t.Errorf("the same once more: %d", status)
		}
		second, other := s.asks(login(paying("99.00")...))
		if status, _ := s.checks(first, tried(code, paying("10.00")...)); status != http.StatusUnprocessableEntity {
			t.Errorf("the code of the payment before: %d", status)
		}
		s.becomes(first, "canceled canceled")
		if status, _ := s.checks(second, tried(other, paying("99.00")...)); status != http.StatusOK {
			t.Errorf("the code of the payment: %d", status)
		}
	})
}
