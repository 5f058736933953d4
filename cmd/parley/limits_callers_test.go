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
