package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// answersTo asks for a code and gives the answer's status and detail.
func (s *server) answersTo(body map[string]any) (int, string) {
	s.t.Helper()
	status, answer := s.do(http.MethodPost, "/v1/verifications", s.key, body)
	detail, _ := answer["detail"].(string)
	return status, detail
}

// TestNoAddressIsNoWayAround: clients whose address is not given are one client, their
// key, and limited as one: in the codes that they ask for and in their wrong checks.
// Others are not touched.
func TestNoAddressIsNoWayAround(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		config := testConfig(url)
		config.Codes.Limits.CallerSends = verify.Limit{Most: 3, Per: time.Hour}
		config.Codes.Limits.CallerChecks = verify.Limit{Most: 2, Per: time.Hour}
		s := serveTest(t, config)
		const one, other = "203.0.113.1", "203.0.113.2"
		id := s.wants(login("to", "+12025550141", "subject", "u-1"))
		for _, more := range []map[string]any{login("to", "+12025550142", "subject", "u-2"), login("to", "", "subject", "nobody")} {
			if status, detail := s.answersTo(more); status != http.StatusCreated {
				t.Fatalf("a code within the limit: %d %s", status, detail)
			}
		}
		if status, detail := s.answersTo(login("to", "+12025550144", "subject", "u-4")); status != http.StatusTooManyRequests || !strings.Contains(detail, "ip") {
			t.Errorf("one code too many without an address: %d %q", status, detail)
		}
		if _, err := ledger(t, url).ExecContext(t.Context(), `UPDATE challenges SET next_send_at = 0`); err != nil {
			t.Fatal(err)
		}
		if status, _ := s.do(http.MethodPost, "/v1/verifications/"+id+"/resend", s.key, nil); status != http.StatusTooManyRequests {
			t.Errorf("another send beyond the limit: %d", status)
		}
		if status, detail := s.answersTo(login("to", "+12025550144", "subject", "u-4", "ip", one)); status != http.StatusCreated {
			t.Errorf("a code of a client with an address: %d %s", status, detail)
		}
		for i, want := range []int{http.StatusUnprocessableEntity, http.StatusUnprocessableEntity, http.StatusTooManyRequests} {
			if status, _ := s.checks("ver_aaaaaaaaaaaaaaaaaaaaaaaaaa", tried("111111", "subject", "u-9")); status != want {
				t.Errorf("wrong check %d without an address: %d, want %d", i+1, status, want)
			}
		}
		if status, _ := s.checks("ver_aaaaaaaaaaaaaaaaaaaaaaaaaa", tried("111111", "subject", "u-9", "ip", other)); status != http.StatusUnprocessableEntity {
			t.Errorf("a wrong check of a client with an address: %d", status)
		}
	})
}

// TestAskingInVainCounts: who asks again and again for a code of which one is live learns
// that it is, as often as their network may ask for codes, and no more. What the subject
// may ask for is not used up by it.
func TestAskingInVainCounts(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		config := testConfig(url)
		config.Codes.Limits.NetworkSends = verify.Limit{Most: 4, Per: time.Hour}
		config.Codes.Limits.SubjectSendsHour = verify.Limit{Most: 2, Per: time.Hour}
		s := serveTest(t, config)
		wants := func(subject, ip string, want ...int) {
			t.Helper()
			for i, w := range want {
				if status, detail := s.answersTo(login("to", "+12025550141", "subject", subject, "ip", ip)); status != w {
					t.Errorf("%s from %s, request %d: %d %s, want %d", subject, ip, i+1, status, detail, w)
				}
			}
		}
		const created, live, limited = http.StatusCreated, http.StatusConflict, http.StatusTooManyRequests
		id := s.wants(login("to", "+12025550141", "subject", "u-1", "ip", "203.0.113.1"))
		wants("u-1", "203.0.113.1", live, live, live, limited)
		wants("u-2", "203.0.113.1", limited)
		wants("u-1", "203.0.113.2", live)
		wants("u-3", "203.0.113.2", created)
		s.do(http.MethodDelete, "/v1/verifications/"+id, s.key, nil)
		wants("u-1", "203.0.113.2", created)
	})
}

// TestOneClientPausesNobody: who guesses at a customer's codes from one network is refused
// there, the right code included, before the customer has to do without; the customer is
// let in from elsewhere. What is refused so counts no more against them.
func TestOneClientPausesNobody(t *testing.T) {
	t.Parallel()
	end, told := heard(t)
	gateHouse(t, func(c *Config) {
		c.Callbacks = []CallbackConfig{end}
		c.Codes.Limits.SubjectHour = verify.Limit{Most: 4, Per: time.Hour}
		c.Codes.Limits.SubjectSendsHour, c.Codes.Limits.NumberHour = verify.Limit{Most: 100, Per: time.Hour}, verify.Limit{Most: 100, Per: time.Hour}
	}, func(t *testing.T, s *server) {
		const guesser, home = "203.0.113.1", "2001:db8:1:2::7"
		alarms := func() (n int) {
			for _, one := range told() {
				if data, _ := one["data"].(map[string]any); data["what"] == "client" && data["network"] == guesser && data["subject"] == "user-17" {
					n++
				}
			}
			return n
		}
		before := alarms()
		tries := func(ip string, wrong int, right int) {
			t.Helper()
			id, code := s.made(login("ip", ip))
			for range wrong {
				if status, _ := s.checks(id, tried(another(code), "ip", ip)); status != http.StatusUnprocessableEntity {
					t.Errorf("a wrong code from %s: %d", ip, status)
				}
			}
			if right != 0 {
				if status, _ := s.checks(id, tried(code, "ip", ip)); status != right {
					t.Errorf("the right code from %s: %d, want %d", ip, status, right)
				}
			}
			s.do(http.MethodDelete, "/v1/verifications/"+id, s.key, nil)
		}
		tries(guesser, 3, http.StatusUnprocessableEntity)
		tries(guesser, 4, http.StatusUnprocessableEntity)
		if d := s.pausedFor(); d > 0 {
			t.Errorf("one network paused the customer's codes for %s", d)
		}
		eventually(t, "the business hears of the guesser, once", func() bool { return alarms() == before+1 })
		tries(home, 0, http.StatusOK)
		tries(guesser, 0, http.StatusUnprocessableEntity) // which no other's right code forgives
		tries(home, 3, 0)
		tries("2001:db8:1:2::8", 0, http.StatusUnprocessableEntity) // the same network
		tries("2001:db8:1:3::7", 1, 0)                              // not the same
		if d := s.pausedFor(); d < 29*time.Minute {
			t.Errorf("guesses of two networks paused for %s", d)
		}
	})
}
