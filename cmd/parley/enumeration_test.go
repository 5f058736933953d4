package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/outbound/provider"
)

// variable parts of answers: ids and times.
var (
	someID   = regexp.MustCompile(`ver_[a-z2-7]{26}`)
	someTime = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`)
	someWait = regexp.MustCompile(`wait [0-9hms.]+`)
)

// TestNobodyIsTold: whoever asks for codes cannot tell a customer's number from one
// that opted out, is refused, cannot be texted, has had its codes, or belongs to nobody.
func TestNobodyIsTold(t *testing.T) {
	eachClock(t, func(c *Config) {
		c.Codes.Limits.NetworkSends.Most, c.Codes.Limits.NetworkSends.Per = 1000, time.Hour
	}, func(t *testing.T, s *server, passes func(time.Duration)) {
		const optedOut, full = "+12025551111", "+12025554444"
		if err := s.carrier.Text(t.Context(), provider.Text{From: optedOut, To: testLine, Text: "STOP"}); err != nil {
			t.Fatal(err)
		}
		s.hears(1)
		for n := range 5 {
			s.becomes(s.wants(login("to", full, "subject", fmt.Sprint("other-", n))), "sent")
		}
		fates := []struct{ name, to, becomes string }{
			{"a customer", "+12025552222", "sent"}, {"nobody", "", "pending no_number"}, {"opted out", optedOut, "failed opted_out"},
			{"abroad", "+31612345678", "failed country"}, {"a landline", "+442079460958", "failed number_type"}, {"another customer", "+12025553333", "sent"},
			{"had its codes", full, "failed number_limit"},
		}
		lives := make([]strings.Builder, len(fates))
		note := func(i int, what string, status int, out map[string]any) {
			raw := fmt.Sprint(out["raw"])
			raw = someWait.ReplaceAllString(someTime.ReplaceAllString(someID.ReplaceAllString(raw, "ID"), "TIME"), "wait")
			fmt.Fprintf(&lives[i], "%s: %d %s\n%s", what, status, strings.TrimSpace(raw), out["headers"])
		}
		ids := make([]string, len(fates))
		body := func(i int, more ...any) map[string]any {
			b := login(append([]any{"subject", fmt.Sprint("enum-", i), "ip", fmt.Sprintf("198.51.100.%d", i)}, more...)...)
			if delete(b, "to"); fates[i].to != "" {
				b["to"] = fates[i].to
			}
			return b
		}
		create := func(i int, what string) {
			status, out := s.do(http.MethodPost, "/v1/verifications", s.key, body(i))
			note(i, what, status, out)
			if id, ok := out["id"].(string); ok {
				ids[i] = id
			}
		}
		each := func(do func(i int)) {
			for i := range fates {
				do(i)
			}
		}
		check := func(i int) {
			b := body(i, "code", "000000")
			delete(b, "to")
			status, out := s.do(http.MethodPost, "/v1/verifications/"+ids[i]+"/check", s.key, b)
			note(i, "check", status, out)
		}
		resend := func(i int) {
			status, out := s.do(http.MethodPost, "/v1/verifications/"+ids[i]+"/resend", s.key, nil)
			note(i, "resend", status, out)
		}
		each(func(i int) { create(i, "create") })
		each(func(i int) { s.becomes(ids[i], fates[i].becomes) })
		each(func(i int) { create(i, "create again") })
		each(check)
		passes(time.Minute)
		each(resend)
		each(resend)
		for range 5 {
			each(check)
		}
		passes(3 * time.Second)
		each(func(i int) { s.closes(ids[i]) })
		each(resend)
		each(func(i int) { create(i, "create after five") })
		each(func(i int) {
			status, out := s.do(http.MethodDelete, "/v1/verifications/"+ids[i], s.key, nil)
			note(i, "cancel", status, out)
		})
		each(resend)
		each(check)
		each(func(i int) { create(i, "create after cancel") })
		for i := range fates {
			if lives[i].String() != lives[0].String() {
				t.Errorf("%s can be told from %s:\n%s\n%s", fates[i].name, fates[0].name, lives[i].String(), lives[0].String())
			}
		}
		if strings.Count(lives[0].String(), " 201 ") != 3 {
			t.Errorf("the test tests little:\n%s", lives[0].String())
		}
	})
}

// TestNobodyIsToldByWhatOthersAsked: whoever asks too often is refused at the same
// request for nobody, for a customer who has logged in lately, and for one whose number
// can have no more codes.
func TestNobodyIsToldByWhatOthersAsked(t *testing.T) {
	t.Parallel()
	gateHouse(t, func(*Config) {}, func(t *testing.T, s *server) {
		const owner, full = "+12025552222", "+12025553333"
		for n := range 3 {
			ip := fmt.Sprint("192.0.2.", n%2)
			id, code := s.asks(login("to", owner, "subject", "owner", "ip", ip))
			if status, _ := s.checks(id, tried(code, "subject", "owner", "ip", ip)); status != http.StatusOK {
				t.Fatal("the owner is not let in")
			}
		}
		for n := range 5 {
			s.becomes(s.wants(login("to", full, "subject", fmt.Sprint("other-", n))), "sent")
		}
		fates := []struct{ subject, to, ip string }{
			{"nobody", "", "198.51.100.1"}, {"owner", owner, "198.51.100.2"}, {"full", full, "198.51.100.3"},
			{"nobody without an address", "", ""}, {"full without an address", full, ""},
		}
		first := map[bool]int{true: 0, false: 3} // by whether there is an address, which the asker knows
		lives := make([]string, len(fates))
		for i, f := range fates {
			lives[i] = s.untilRefused(f.subject, f.to, f.ip)
			if other := first[f.ip != ""]; lives[i] != lives[other] {
				t.Errorf("%s can be told from %s:\n%s\n%s", f.subject, fates[other].subject, lives[i], lives[other])
			}
		}
		for _, i := range first {
			if strings.Count(lives[i], "create: 201 ") != 5 || !strings.HasSuffix(lives[i], "retry after 1800\n") {
				t.Errorf("not five an hour:\n%s", lives[i])
			}
		}
	})
}

// untilRefused asks for codes of one subject seven times, cancels each, and says what was
// answered, byte for byte but for ids and times of the clock.
func (s *server) untilRefused(subject, to, ip string) string {
	var life strings.Builder
	note := func(what string, status int, out map[string]any) {
		raw := someTime.ReplaceAllString(someID.ReplaceAllString(fmt.Sprint(out["raw"]), "ID"), "TIME")
		fmt.Fprintf(&life, "%s: %d %s\n%sretry after %v\n", what, status, strings.TrimSpace(raw), out["headers"], out["retry-after"])
	}
	body := login("to", to, "subject", subject, "ip", ip)
	for _, name := range []string{"to", "ip"} {
		if body[name] == "" {
			delete(body, name)
		}
	}
	for range 7 {
		status, out := s.do(http.MethodPost, "/v1/verifications", s.key, body)
		note("create", status, out)
		if id, ok := out["id"].(string); ok {
			status, out = s.do(http.MethodDelete, "/v1/verifications/"+id, s.key, nil)
			note("cancel", status, out)
		}
	}
	return life.String()
}
