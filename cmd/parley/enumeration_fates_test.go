package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/conversation/verify"
)

// fate is a subject of whom something is known that whoever asks for a code of a purpose
// must not learn.
type fate struct {
	purpose, name string
	becomes       string // what the business reads of its first code
	befall        func(s *server, subject, to string)

	subject, to, ip, id string
	amount              string // of a payment
	life                strings.Builder
	waits               []int // seconds that it was told to wait
}

// bound lets a subject prove itself under a number.
func bound(s *server, subject, to string) {
	s.t.Helper()
	id, code := s.made(login("to", to, "subject", subject, "ip", "192.0.2.200"))
	if status, _ := s.checks(id, tried(code, "subject", subject, "ip", "192.0.2.200")); status != http.StatusOK {
		s.t.Fatalf("%s: %d", subject, status)
	}
}

// sets binds a subject to a number, and changes what is kept of that.
func sets(change string) func(s *server, subject, to string) {
	return func(s *server, subject, to string) {
		s.t.Helper()
		bound(s, subject, to)
		done, err := ledger(s.t, s.house.config.Database).ExecContext(s.t.Context(), `UPDATE bindings SET `+change+` WHERE subject = $1`, subject)
		if err != nil {
			s.t.Fatal(err)
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			s.t.Fatalf("%d bindings, %v", n, err)
		}
	}
}

func locks(s *server, subject, _ string) {
	s.t.Helper()
	if status, out := s.do(http.MethodPost, "/v1/accounts/"+subject+"/lock", s.key, `{"scope":"all"}`); status != http.StatusOK {
		s.t.Fatalf("%d %v", status, out)
	}
}

func pauses(purpose string) func(s *server, subject, to string) {
	return func(s *server, subject, _ string) {
		s.t.Helper()
		if fresh, err := s.house.store.Pause(s.t.Context(), verify.PauseKey(verify.Purpose(purpose), subject), time.Hour, "guessing"); err != nil || !fresh {
			s.t.Fatal(fresh, err)
		}
	}
}

func nothing(*server, string, string) {}

// fatesOf are all fates of a purpose, a customer's first.
func fatesOf(purpose string) []*fate {
	change := purpose == "number_change"
	guarded := purpose == "password_reset" || purpose == "account_unlock"
	now := func(of bool, reason string) string {
		if of {
			return "failed " + reason
		}
		return "sent"
	}
	another := now(guarded, "number_changed")
	if change {
		another = now(true, "unproven")
	}
	all := []*fate{
		{name: "a customer", becomes: "sent", befall: bound},
		{name: "a new customer", becomes: "sent", befall: nothing},
		{name: "nobody", becomes: "pending no_number", befall: nothing},
		{name: "a locked account", becomes: now(purpose == "password_reset" || change, "account_locked"), befall: func(s *server, subject, to string) {
			bound(s, subject, to)
			locks(s, subject, to)
		}},
		{name: "a paused purpose", becomes: "failed paused", befall: pauses(purpose)},
		{name: "another number", becomes: another, befall: sets("phone = '+12025550666'")},
		{name: "a new number", becomes: now(guarded || change, "number_changed"), befall: sets("changed_at = confirmed_at")},
		{name: "a number that is no proof", becomes: "failed number_suspended", befall: sets("suspended = 'wrong_number'")},
		{name: "an old number", becomes: now(guarded || change, "number_stale"), befall: sets("confirmed_at = 1")},
		{name: "another SIM", becomes: now(guarded || change, "sim_swap"), befall: nothing},
		{name: "a SIM nobody knows of", becomes: map[bool]string{true: "pending", false: "sent"}[guarded], befall: nothing},
	}
	for _, f := range all {
		f.purpose = purpose
	}
	return all
}

// asks makes a request and notes all of its answer that anybody could compare.
func (f *fate) asks(s *server, what, method, path string, body any) map[string]any {
	s.t.Helper()
	text := ""
	if body != nil {
		text = encoded(body)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.house.address+path, strings.NewReader(text))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.key)
	answer, raw := exchanged(s.t, r)
	if text := answer.Header.Get("Retry-After"); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil {
			s.t.Error(err)
		}
		f.waits = append(f.waits, seconds)
	}
	fmt.Fprintf(&f.life, "%s: %s %s\n%s", what, answer.Proto, answer.Status, headersOf(answer.Header, raw))
	said := someWait.ReplaceAllString(someTime.ReplaceAllString(someID.ReplaceAllString(string(raw), "ID"), "TIME"), "wait")
	fmt.Fprintf(&f.life, "  %q\n", said)
	var out map[string]any
	_ = json.Unmarshal(raw, &out) // not every answer has a body
	return out
}

// headersOf are the headers of an answer that anybody could compare: all but the clock's.
// How long to wait is compared as a number, where it matters; the length is the body's.
func headersOf(h http.Header, body []byte) string {
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		value := strings.Join(h[name], ", ")
		switch {
		case name == "Date":
			continue
		case name == "Retry-After":
			value = "some seconds"
		case name == "Content-Length" && value == strconv.Itoa(len(body)):
			value = "its length"
		}
		fmt.Fprintf(&all, "  %s: %s\n", name, someID.ReplaceAllString(value, "ID"))
	}
	return all.String()
}

// about is what a request for a code and a check of it have in common.
func (f *fate) about() map[string]any {
	body := map[string]any{"purpose": f.purpose, "subject": f.subject, "ip": f.ip}
	if f.purpose == "payment" {
		body["transaction"] = map[string]any{"amount": f.amount, "currency": "EUR", "payee": "Shop"}
	}
	return body
}

func (f *fate) creates(s *server, what string) {
	s.t.Helper()
	body := f.about()
	if f.to != "" {
		body["to"] = f.to
	}
	if id, ok := f.asks(s, what, http.MethodPost, "/v1/verifications", body)["id"].(string); ok {
		f.id = id
	}
}

func (f *fate) checks(s *server) {
	s.t.Helper()
	body := f.about()
	body["code"] = "00000000"
	f.asks(s, "check", http.MethodPost, "/v1/verifications/"+f.id+"/check", body)
}

func (f *fate) resends(s *server) {
	s.t.Helper()
	f.asks(s, "resend", http.MethodPost, "/v1/verifications/"+f.id+"/resend", map[string]any{"ip": f.ip})
}

func (f *fate) cancels(s *server) {
	s.t.Helper()
	f.asks(s, "cancel", http.MethodDelete, "/v1/verifications/"+f.id, nil)
}

// TestNobodyIsToldOfAccounts: whoever asks for codes of a purpose cannot tell a customer
// from one whose account is locked, whose purpose is paused, whose number has changed, is
// no proof any more or has another SIM, or from nobody: not by the answer, nor by its
// headers.
func TestNobodyIsToldOfAccounts(t *testing.T) {
	operator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "+1202556") {
			w.WriteHeader(http.StatusBadGateway)
		}
		fmt.Fprintf(w, `{"swapped": %v}`, strings.Contains(string(body), "+1202557"))
	}))
	t.Cleanup(operator.Close)
	eachClock(t, func(c *Config) {
		c.Codes.Limits.NetworkSends.Most, c.Codes.Limits.NetworkSends.Per = 1000, time.Hour
		c.Codes.SIMSwap = SIMSwapConfig{URL: operator.URL, Token: "tok", Private: true, Purposes: []string{"password_reset", "account_unlock", "number_change"}}
		c.Codes.Budgets = BudgetsConfig{BlockHour: 1e6, HomeDay: 1e6, HomeHour: 1e6}
	}, func(t *testing.T, s *server, passes func(time.Duration)) {
		var all []*fate
		for _, purpose := range []string{"login", "password_reset", "account_unlock", "number_change", "payment"} {
			all = append(all, fatesOf(purpose)...)
		}
		for i, f := range all {
			f.amount, f.subject, f.to, f.ip = "39.99", fmt.Sprint("fate-", i), fmt.Sprintf("+1202558%02d01", i), fmt.Sprintf("198.51.100.%d", i+1)
			switch f.name {
			case "nobody":
				f.to = ""
			case "another SIM":
				f.to = fmt.Sprintf("+1202557%02d01", i)
			case "a SIM nobody knows of":
				f.to = fmt.Sprintf("+1202556%02d01", i)
			}
			f.befall(s, f.subject, f.to)
		}
		s.live(all, passes)
		first := map[string]*fate{}
		for _, f := range all {
			one := first[f.purpose]
			if one == nil {
				first[f.purpose] = f
				continue
			}
			if f.life.String() != one.life.String() {
				t.Errorf("%s: %s can be told from %s:\n%s", f.purpose, f.name, one.name, told(one.life.String(), f.life.String()))
			}
			for i := range f.waits {
				if d := f.waits[i] - one.waits[i]; d < -10 || d > 10 {
					t.Errorf("%s: %s waits %d seconds, %s %d", f.purpose, f.name, f.waits[i], one.name, one.waits[i])
				}
			}
		}
		if strings.Count(all[0].life.String(), " 201 ") != 3 || len(all[0].waits) < 2 || !strings.Contains(all[0].life.String(), "Content-Type: ") {
			t.Errorf("the test tests little:\n%s", all[0].life.String())
		}
	})
}

// live has every fate do what somebody does who wants to know of it.
func (s *server) live(fates []*fate, passes func(time.Duration)) {
	s.t.Helper()
	each := func(do func(f *fate)) { all(len(fates), func(i int) { do(fates[i]) }) }
	each(func(f *fate) { f.creates(s, "create") })
	each(func(f *fate) {
		eventually(s.t, fmt.Sprintf("%s of %s becomes %s", f.name, f.purpose, f.becomes), func() bool { return s.status(f.id) == f.becomes })
	})
	each(func(f *fate) { f.creates(s, "create again") })
	each(func(f *fate) {
		if f.purpose == "payment" { // another takes its place
			f.amount = "49.99"
			f.creates(s, "create for another amount")
			s.becomes(f.id, f.becomes)
		}
	})
	each(func(f *fate) { f.checks(s) })
	passes(time.Minute)
	each(func(f *fate) { f.resends(s) })
	each(func(f *fate) { f.resends(s) })
	for range 5 {
		each(func(f *fate) { f.checks(s) })
	}
	passes(3 * time.Second)
	each(func(f *fate) { s.closes(f.id) })
	each(func(f *fate) { f.resends(s) })
	each(func(f *fate) { f.creates(s, "create after five") })
	each(func(f *fate) { f.cancels(s) })
	each(func(f *fate) { f.resends(s) })
	each(func(f *fate) { f.checks(s) })
	each(func(f *fate) { f.creates(s, "create after cancel") })
}

// closes waits until a verification that was tried too often is over for whoever asked.
func (s *server) closes(id string) {
	s.t.Helper()
	eventually(s.t, "tried too often, it ends", func() bool {
		c, _, err := s.house.store.Challenge(s.t.Context(), id)
		return err == nil && !c.Open
	})
}

// told is the first line in which two lives differ, with the one before.
func told(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return strings.Join(x[max(0, i-6):i+1], "\n") + "\n— and —\n" + y[i]
		}
	}
	return fmt.Sprintf("%d and %d lines", len(x), len(y))
}
