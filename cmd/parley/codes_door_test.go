package main

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

var shownCode = regexp.MustCompile(`[0-9]{4} [0-9]{4}|[0-9]{6}`)

// asks has a code texted to a customer and returns the verification's id and the code.
func (s *server) asks(body map[string]any) (id, code string) {
	s.t.Helper()
	n := len(s.carrier.Messages())
	status, out := s.do(http.MethodPost, "/v1/verifications", s.key, body)
	if status != http.StatusCreated || out["status"] != "pending" {
		s.t.Fatalf("%d %v", status, out)
	}
	eventually(s.t, "the code comes", func() bool { // another text may come before it
		for _, m := range s.carrier.Messages()[n:] {
			code = cmp.Or(code, strings.ReplaceAll(shownCode.FindString(m.Text), " ", ""))
		}
		return code != ""
	})
	return out["id"].(string), code
}

func (s *server) checks(id string, body map[string]any) (int, map[string]any) {
	s.t.Helper()
	return s.do(http.MethodPost, "/v1/verifications/"+id+"/check", s.key, body)
}

func (s *server) status(id string) string { return s.statusBy(s.key, id) }

// statusBy is where a verification stands, and why, as a key sees it.
func (s *server) statusBy(key, id string) string {
	s.t.Helper()
	_, out := s.do(http.MethodGet, "/v1/verifications/"+id, key, nil)
	text, _ := out["status"].(string)
	if reason, ok := out["reason"].(string); ok {
		text += " " + reason
	}
	return text
}

func login(more ...any) map[string]any {
	body := map[string]any{"to": testPhone, "purpose": "login", "subject": "user-17"}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return body
}

func tried(code string, more ...any) map[string]any {
	body := login(more...)
	delete(body, "to")
	body["code"] = code
	return body
}

// TestACodeFromAskingToApproval is the life of a code through real doors.
func TestACodeFromAskingToApproval(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		id, code := s.asks(login())
		if text := s.hears(1); text != "Acme: "+code+" is your code to log in. Never share it, even with us. Not you? Reply NO." {
			t.Errorf("%q", text)
		}
		eventually(t, "sent", func() bool { return s.status(id) == "sent" })
		if status, out := s.do(http.MethodPost, "/v1/verifications", s.key, login()); status != http.StatusConflict || out["retry-after"] == "" {
			t.Errorf("a second live code: %d %v", status, out)
		}
		wrong := "000000"
		if code == wrong {
			wrong = "000001"
		}
		_, first := s.checks(id, tried(wrong))
		for name, body := range map[string]map[string]any{"purpose": tried(code, "purpose", "custom"), "subject": tried(code, "subject", "user-18"), "transaction": tried(code, "transaction", map[string]any{"a": "1"})} {
			if status, out := s.checks(id, body); status != http.StatusUnprocessableEntity || out["raw"] != first["raw"] {
				t.Errorf("another %s: %d %v", name, status, out)
			}
		}
		if status, out := s.checks("ver_aaaaaaaaaaaaaaaaaaaaaaaaaa", tried(code)); status != http.StatusUnprocessableEntity || out["raw"] != first["raw"] {
			t.Errorf("unknown: %d %v", status, out)
		}
		if status, out := s.checks(id, tried(" "+code[:3]+"-"+code[3:])); status != http.StatusOK || out["status"] != "approved" || out["grant"] != nil {
			t.Errorf("right: %d %v", status, out)
		}
		if status, out := s.checks(id, tried(code)); status != http.StatusUnprocessableEntity || out["raw"] != first["raw"] {
			t.Errorf("used: %d %v", status, out)
		}
		if got := s.status(id); got != "approved" {
			t.Errorf("status %q", got)
		}
		c, _, err := s.house.store.Challenge(t.Context(), id)
		if err != nil || c.Sealed != "" || c.Attempts != 2 {
			t.Errorf("sealed %q, %d attempts, %v", c.Sealed, c.Attempts, err)
		}
		if status, _ := s.checks(id, tried("12345")); status != http.StatusBadRequest {
			t.Errorf("malformed: %d", status)
		}
	})
}

// TestGuessesAreSpentFirst: of two hundred wrong codes, thirty at a time, five are compared,
// and the right one afterwards is refused; a hundred right ones are one approval.
func TestGuessesAreSpentFirst(t *testing.T) {
	eachClock(t, func(*Config) {}, func(t *testing.T, s *server, passes func(time.Duration)) {
		id, code := s.asks(login())
		wrong := func(i int) string { return []string{"000001", "000002", "000003"}[i%3] }
		all(200, func(i int) { s.checks(id, tried(wrong(i), "ip", "198.51.100."+string(rune('0'+i%10)))) })
		c, _, err := s.house.store.Challenge(t.Context(), id)
		if err != nil || c.Attempts != 5 {
			t.Errorf("%d attempts, %v", c.Attempts, err)
		}
		if status, _ := s.checks(id, tried(code)); status != http.StatusUnprocessableEntity {
			t.Errorf("right, too late: %d", status)
		}
		passes(3 * time.Second)
		eventually(t, "ended", func() bool { return strings.HasPrefix(s.status(id), "max_attempts") })

		id, code = s.asks(login("subject", "user-99"))
		var mu sync.Mutex
		approved := 0
		all(100, func(int) {
			if status, _ := s.checks(id, tried(code, "subject", "user-99")); status == http.StatusOK {
				mu.Lock()
				approved++
				mu.Unlock()
			}
		})
		if approved != 1 {
			t.Errorf("%d approvals", approved)
		}
	})
}

// all does something n times, thirty at once.
func all(n int, do func(i int)) {
	var group sync.WaitGroup
	room := make(chan struct{}, 30)
	for i := range n {
		room <- struct{}{}
		group.Go(func() {
			defer func() { <-room }()
			do(i)
		})
	}
	group.Wait()
}

// TestAPasswordReset: eight digits, a grant that is good once, and a receipt.
func TestAPasswordReset(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		id, code := s.asks(login("purpose", "password_reset"))
		if len(code) != 8 || !strings.Contains(s.hears(1), code[:4]+" "+code[4:]+" is your code to RESET YOUR PASSWORD") {
			t.Errorf("%q", s.hears(1))
		}
		for _, other := range []string{"00000001", "00000002"} {
			if status, _ := s.checks(id, tried(other, "purpose", "password_reset")); status != http.StatusUnprocessableEntity {
				t.Errorf("wrong: %d", status)
			}
		}
		status, out := s.checks(id, tried(code, "purpose", "password_reset"))
		grant, _ := out["grant"].(string)
		if status != http.StatusOK || len(grant) < 43 {
			t.Fatalf("%d %v", status, out)
		}
		redeem := func(g string) (int, map[string]any) {
			return s.do(http.MethodPost, "/v1/grants/redeem", s.key, map[string]any{"grant": g})
		}
		if status, _ := redeem(grant + "x"); status != http.StatusUnprocessableEntity {
			t.Errorf("another grant: %d", status)
		}
		if status, out := redeem(grant); status != http.StatusOK || out["scope"] != "set-password" || out["subject"] != "user-17" {
			t.Errorf("redeem: %d %v", status, out)
		}
		if status, _ := redeem(grant); status != http.StatusUnprocessableEntity {
			t.Errorf("redeemed twice: %d", status)
		}
		want := "asked, made, wrong, wrong, right, approved, redeemed"
		eventually(t, "all of it stands in the trail of the subject: "+want, func() bool { return s.trailOf("user-17") == want })
	})
}

// trailOf is what the audit trail has of a subject's codes, in a word each.
func (s *server) trailOf(subject string) string {
	s.t.Helper()
	var words []string
	err := verify.Entries(s.t.Context(), s.house.store, subject, time.Time{}, func(_ int64, e verify.Entry) {
		_, word, _ := strings.Cut(e.What, ".")
		if word == "check" {
			word = e.Reason
		}
		words = append(words, word)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Join(words, ", ")
}

// TestNotYou: NO cancels the code and pauses its purpose, and nothing else.
func TestNotYou(t *testing.T) {
	eachHouse(t, func(t *testing.T, s *server) {
		id, code := s.asks(login())
		eventually(t, "sent", func() bool { return s.status(id) == "sent" })
		s.texts("No!")
		if text := s.hears(2); !strings.HasPrefix(text, "Acme: Thank you. That code no longer works") {
			t.Errorf("%q", text)
		}
		if got := s.status(id); got != "canceled denied" {
			t.Errorf("status %q", got)
		}
		if status, _ := s.checks(id, tried(code)); status != http.StatusUnprocessableEntity {
			t.Errorf("the denied code: %d", status)
		}
	})
}

// TestACodeThatIsTextedIsBurned: it is stored nowhere, and good for nothing.
func TestACodeThatIsTextedIsBurned(t *testing.T) {
	eachHouse(t, func(t *testing.T, s *server) {
		id, code := s.asks(login())
		eventually(t, "sent", func() bool { return s.status(id) == "sent" })
		s.texts("they want " + code[:3] + " " + code[3:] + " from me")
		if text := s.hears(2); !strings.HasPrefix(text, "Acme: Never text a code to anyone") {
			t.Errorf("%q", text)
		}
		if got := s.status(id); got != "canceled texted" {
			t.Errorf("status %q", got)
		}
		if status, _ := s.checks(id, tried(code)); status != http.StatusUnprocessableEntity {
			t.Errorf("the burned code: %d", status)
		}
		c, _ := s.stored()
		events, _, err := s.house.store.Thread(t.Context(), c.ID, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(events, func(l conversation.Logged) bool { return strings.Contains(l.Data, "they want [code") }) {
			t.Error("the masked text is not there")
		}
		for _, l := range events {
			if strings.Contains(l.Data, code) || strings.Contains(l.Data, code[:3]+" "+code[3:]) {
				t.Errorf("stored: %s", l.Data)
			}
		}
	})
}

// TestSendingAgain: the same code, after a pause, three times in all.
func TestSendingAgain(t *testing.T) {
	eachClock(t, func(*Config) {}, sendsAgain)
}

func sendsAgain(t *testing.T, s *server, passes func(time.Duration)) {
	id, code := s.asks(login())
	again := func() (int, map[string]any) {
		return s.do(http.MethodPost, "/v1/verifications/"+id+"/resend", s.key, nil)
	}
	for n := 2; n <= 3; n++ {
		if status, out := again(); status != http.StatusTooManyRequests {
			t.Errorf("at once: %d %v", status, out)
		}
		passes(time.Minute)
		if status, out := again(); status != http.StatusOK {
			t.Errorf("send %d: %d %v", n, status, out)
		}
		if text := s.hears(n); !strings.Contains(text, code) {
			t.Errorf("send %d: %q", n, text)
		}
	}
	passes(2 * time.Minute)
	if status, _ := again(); status != http.StatusUnprocessableEntity {
		t.Errorf("a fourth: %d", status)
	}
	eventually(t, "nothing stays sealed", func() bool {
		c, _, err := s.house.store.Challenge(t.Context(), id)
		return err == nil && c.Sealed == "" && c.Status == "sent"
	})
	if status, _ := s.checks(id, tried(code)); status != http.StatusOK {
		t.Errorf("the code of three texts: %d", status)
	}
}

// TestNothingTellsWhatBecameOfACode: whoever asks for codes learns neither that a
// subject is unknown, nor that the customer said no, opted out, or cannot be reached.
func TestNothingTellsWhatBecameOfACode(t *testing.T) {
	eachClock(t, func(*Config) {}, tellsNothing)
}

func tellsNothing(t *testing.T, s *server, passes func(time.Duration)) {
	id := regexp.MustCompile(`ver_[a-z2-7]+`)
	moments := regexp.MustCompile(`[0-9]{4}-[0-9-]+T[0-9:.]+Z|wait [0-9ms]+`)
	probe := func(body map[string]any, before func(verification string)) (all []string) {
		note := func(status int, out map[string]any) {
			raw, _ := out["raw"].(string)
			all = append(all, http.StatusText(status)+" "+moments.ReplaceAllString(id.ReplaceAllString(raw, "ID"), "T"))
		}
		status, out := s.do(http.MethodPost, "/v1/verifications", s.key, body)
		note(status, out)
		verification := out["id"].(string)
		before(verification)
		note(s.do(http.MethodPost, "/v1/verifications", s.key, body))
		passes(time.Minute)
		note(s.do(http.MethodPost, "/v1/verifications/"+verification+"/resend", s.key, nil))
		for range 6 {
			note(s.checks(verification, tried("000000", "subject", body["subject"])))
		}
		note(s.do(http.MethodDelete, "/v1/verifications/"+verification, s.key, nil))
		note(s.do(http.MethodPost, "/v1/verifications/"+verification+"/resend", s.key, nil))
		return all
	}
	gone := func(reason string) func(string) {
		return func(verification string) {
			eventually(t, reason, func() bool { return strings.HasSuffix(s.status(verification), reason) })
		}
	}
	unknown := login("subject", "nobody")
	delete(unknown, "to")
	want := probe(unknown, func(string) {})
	for name, got := range map[string][]string{
		"denied": probe(login("subject", "a"), func(verification string) {
			gone("sent")(verification)
			s.texts("NO")
			gone("canceled denied")(verification)
		}),
		"texted and not denied": probe(login("subject", "b"), gone("sent")),
		"opted out": probe(login("subject", "c"), func(verification string) {
			gone("sent")(verification)
			s.texts("STOP")
			gone("canceled opted_out")(verification)
		}),
		"was out before": probe(login("subject", "d"), gone("failed opted_out")),
	} {
		if !slices.Equal(got, want) {
			t.Errorf("%s is told:\n%s\nunknown:\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestSlowCodes: with codes kept by a password hash as well, everything goes as before.
func TestSlowCodes(t *testing.T) {
	c := testConfig(storetest.URL(t, "sqlite"))
	c.Codes.Hash = "hmac+argon2id"
	s := serveTest(t, c)
	id, digits := s.asks(login())
	if status, _ := s.checks(id, tried("000000")); status != http.StatusUnprocessableEntity && digits != "000000" {
		t.Errorf("a wrong code: %d", status)
	}
	if status, out := s.checks(id, tried(digits)); status != http.StatusOK {
		t.Errorf("the right code: %d %v", status, out)
	}
}
