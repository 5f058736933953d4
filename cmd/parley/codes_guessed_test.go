package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/conversation/verify"
)

// wrongly checks a verification so often with codes that are wrong.
func (s *server) wrongly(id, code string, times int) {
	s.t.Helper()
	other := "000000"
	if code == other {
		other = "000001"
	}
	for range times {
		if status, out := s.checks(id, tried(other)); status != http.StatusUnprocessableEntity {
			s.t.Fatalf("%d %v", status, out)
		}
	}
}

// pausedFor is how long the purpose pauses for the customer, from now.
func (s *server) pausedFor() time.Duration {
	s.t.Helper()
	is, err := s.house.store.Person(s.t.Context(), "user-17", "", verify.Login)
	if err != nil {
		s.t.Fatal(err)
	}
	return time.Duration(is.PausedUntil-is.Now) * time.Millisecond
}

// TestTheTenthWrongCodePauses: for half an hour, and nothing before it.
func TestTheTenthWrongCodePauses(t *testing.T) {
	eachClock(t, func(*Config) {}, func(t *testing.T, s *server, passes func(time.Duration)) {
		for n := range 2 {
			id, code := s.asks(login())
			s.wrongly(id, code, 4)
			if s.pausedFor() > 0 {
				t.Errorf("paused after %d", 5*n+4)
			}
			s.wrongly(id, code, 1)
			passes(3 * time.Second)
			eventually(t, "ended", func() bool { return strings.HasPrefix(s.status(id), "max_attempts") })
		}
		if d := s.pausedFor(); d < 29*time.Minute || d > 30*time.Minute {
			t.Errorf("paused for %s", d)
		}
		s.becomes(s.wants(login()), "failed paused")
	})
}

// TestAPauseEnds: with it goes what it was for, so that a code that is sent again is
// accepted again, and the day's are counted on.
func TestAPauseEnds(t *testing.T) {
	lots := verify.Limit{Most: 100, Per: 24 * time.Hour}
	config := func(c *Config) {
		c.Codes.Limits.NumberHour, c.Codes.Limits.NumberDay, c.Codes.Limits.SubjectSendsHour, c.Codes.Limits.SubjectSendsDay, c.Codes.Limits.NumberChecks = lots, lots, lots, lots, lots
	}
	eachClock(t, config, func(t *testing.T, s *server, passes func(time.Duration)) {
		for _, last := range []time.Duration{30 * time.Minute, 24 * time.Hour} {
			for range 2 {
				id, code := s.asks(login())
				s.wrongly(id, code, 5)
				passes(3 * time.Second)
				eventually(t, "ended", func() bool { return strings.HasPrefix(s.status(id), "max_attempts") })
			}
			if d := s.pausedFor(); d < last-time.Minute || d > last {
				t.Errorf("paused for %s", d)
			}
			passes(last + time.Second)
		}
		id, code := s.asks(login())
		if status, out := s.checks(id, tried(code)); status != http.StatusOK || s.pausedFor() > 0 {
			t.Errorf("the right code when the pause is over: %d %v, and paused for %s", status, out, s.pausedFor())
		}
	})
}

// TestARightCodeBeginsAnew: only wrong codes without a right one between them pause the
// purpose. Those of the number go on counting, whoever is right meanwhile.
func TestARightCodeBeginsAnew(t *testing.T) {
	t.Parallel()
	lots := verify.Limit{Most: 100, Per: time.Hour}
	config := func(c *Config) {
		c.Codes.Limits.SubjectHour, c.Codes.Limits.SubjectDay = verify.Limit{Most: 5, Per: time.Hour}, verify.Limit{Most: 6, Per: 24 * time.Hour}
		c.Codes.Limits.NumberHour, c.Codes.Limits.SubjectSendsHour, c.Codes.Limits.NumberChecks = lots, lots, verify.Limit{Most: 13, Per: 24 * time.Hour}
	}
	gateHouse(t, config, func(t *testing.T, s *server) {
		for n := range 3 {
			id, code := s.asks(login())
			s.wrongly(id, code, 4)
			if status, out := s.checks(id, tried(code)); status != http.StatusOK {
				t.Fatalf("the right code, round %d: %d %v", n, status, out)
			}
		}
		if d := s.pausedFor(); d > 0 {
			t.Errorf("paused for %s", d)
		}
		id, code := s.asks(login())
		s.wrongly(id, code, 1) // the number's thirteenth
		if status, _ := s.checks(id, tried(code)); status != http.StatusUnprocessableEntity {
			t.Errorf("behind the number's limit: %d", status)
		}
	})
}

// TestGuessingForADay: the longer pause wins, also over one that runs; the customer hears
// of it, and a person is to look.
func TestGuessingForADay(t *testing.T) {
	t.Parallel()
	config := func(c *Config) {
		c.Codes.Limits.SubjectHour = verify.Limit{Most: 4, Per: time.Hour}
		c.Codes.Limits.SubjectDay = verify.Limit{Most: 5, Per: 24 * time.Hour}
	}
	gateHouse(t, config, func(t *testing.T, s *server) {
		id, code := s.asks(login())
		s.wrongly(id, code, 4)
		if d := s.pausedFor(); d < 29*time.Minute || d > 30*time.Minute {
			t.Errorf("paused for %s", d)
		}
		s.wrongly(id, code, 1) // over the hour's limit, and the day's fifth
		if d := s.pausedFor(); d < 23*time.Hour {
			t.Errorf("then for %s", d)
		}
		if text := s.hears(2); !strings.HasPrefix(text, "Acme: Somebody entered wrong codes for your account") {
			t.Errorf("%q", text)
		}
		_, account := s.do(http.MethodGet, "/v1/accounts/user-17", s.newKey("live", "read", "accounts"), nil)
		if raw, _ := account["raw"].(string); !strings.Contains(raw, "codes_guessed") {
			t.Errorf("%s", raw)
		}
	})
}

// TestMalformedChecksCount: what cannot be a code, or names no verification, spends no
// attempt, and counts for the client.
func TestMalformedChecksCount(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		id, code := s.asks(login())
		for i := range 60 {
			of, typed, want := id, "12345a", http.StatusBadRequest
			if i%2 == 1 {
				of, typed, want = "ver_"+code, code, http.StatusUnprocessableEntity
			}
			if status, out := s.checks(of, tried(typed, "ip", "198.51.100.7")); status != want {
				t.Fatalf("%d %v", status, out)
			}
		}
		if status, _ := s.checks(id, tried("12345a", "ip", "198.51.100.7")); status != http.StatusTooManyRequests {
			t.Errorf("the sixty-first: %d", status)
		}
		if status, _ := s.checks(id, tried(code, "ip", "198.51.100.8")); status != http.StatusOK {
			t.Errorf("the right code, from elsewhere: %d", status)
		}
	})
}
