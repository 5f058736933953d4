package main

import (
	"net/http"
	"testing"
	"time"
)

// TestACodeIsGoodForFiveMinutes, however often it is sent. Then it is answered as a wrong one.
func TestACodeIsGoodForFiveMinutes(t *testing.T) {
	eachClock(t, func(*Config) {}, func(t *testing.T, s *server, passes func(time.Duration)) {
		soon, code := s.asks(login("subject", "soon"))
		late, other := s.asks(login("subject", "late"))
		wrong := "000000"
		if other == wrong {
			wrong = "000001"
		}
		_, refused := s.checks(late, tried(wrong, "subject", "late"))
		passes(2 * time.Minute)
		if status, out := s.do(http.MethodPost, "/v1/verifications/"+late+"/resend", s.key, nil); status != http.StatusOK {
			t.Errorf("sent again: %d %s", status, out["raw"])
		}
		passes(2*time.Minute + 45*time.Second)
		if status, out := s.checks(soon, tried(code, "subject", "soon")); status != http.StatusOK {
			t.Errorf("before five minutes are over: %d %s", status, out["raw"])
		}
		passes(20 * time.Second)
		if status, out := s.checks(late, tried(other, "subject", "late")); status != http.StatusUnprocessableEntity || out["raw"] != refused["raw"] {
			t.Errorf("after them: %d %s, a wrong one %s", status, out["raw"], refused["raw"])
		}
		s.becomes(late, "expired")
	})
}

// TestNoPausesThePurposeForADay, for that subject, and no other purpose or subject.
func TestNoPausesThePurposeForADay(t *testing.T) {
	eachClock(t, func(*Config) {}, func(t *testing.T, s *server, passes func(time.Duration)) {
		id, _ := s.asks(login("purpose", "password_reset"))
		s.becomes(id, "sent")
		s.texts("No")
		s.becomes(id, "canceled denied")
		after := func(want string, more ...any) {
			t.Helper()
			id := s.wants(login(more...))
			s.becomes(id, want)
			s.do(http.MethodDelete, "/v1/verifications/"+id, s.key, nil)
		}
		passes(time.Minute) // whoever asked sees nothing of the NO: the code is theirs to cancel
		s.do(http.MethodDelete, "/v1/verifications/"+id, s.key, nil)
		after("failed paused", "purpose", "password_reset")
		after("sent")
		after("sent", "purpose", "password_reset", "subject", "user-18")
		passes(23*time.Hour + 50*time.Minute)
		after("failed paused", "purpose", "password_reset")
		passes(10 * time.Minute)
		after("sent", "purpose", "password_reset")
	})
}
