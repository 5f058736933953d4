package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"parley/conversation/verify"
)

// TestTheBreaker: when more codes are wrong than may be, new ones are longer. What was
// compared with nothing is no wrong code.
func TestTheBreaker(t *testing.T) {
	t.Parallel()
	gateHouse(t, func(c *Config) {
		c.Codes.Limits.Global = verify.Limit{Most: 4, Per: time.Minute}
	}, func(t *testing.T, s *server) {
		n := 0
		digits := func() int {
			n++
			_, code := s.asks(login("subject", fmt.Sprint("s", n), "to", fmt.Sprintf("+120255501%02d", 30+n)))
			return len(code)
		}
		for range 9 {
			s.checks("ver_aaaaaaaaaaaaaaaaaaaaaaaaaa", tried("000000"))
		}
		time.Sleep(1200 * time.Millisecond) // they are counted every second
		if digits() != 6 {
			t.Error("opened by what was compared with nothing")
		}
		id, code := s.asks(login())
		s.wrongly(id, code, 5)
		long := false
		for range 6 {
			time.Sleep(1200 * time.Millisecond) // as above
			if long = digits() == 8; long {
				break
			}
		}
		if !long {
			t.Error("new codes are as short as before")
		}
	})
}

// TestAMinuteBeginsAnywhere: wrong codes of one minute are counted together, also where it
// begins in the middle of a half that they are counted by.
func TestAMinuteBeginsAnywhere(t *testing.T) {
	eachClock(t, func(*Config) {}, func(t *testing.T, s *server, passes func(time.Duration)) {
		is, err := s.house.store.Person(t.Context(), "user-17", "", verify.Login)
		if err != nil {
			t.Fatal(err)
		}
		const half = 30 * time.Second
		passes(half + 15*time.Second - time.Duration(is.Now)*time.Millisecond%half)
		for _, c := range []struct {
			wrong, want int64
			then        time.Duration
		}{{25, 25, 20 * time.Second}, {51, 76, 28 * time.Second}, {25, 101, 0}} {
			all, err := s.house.store.Wrong(t.Context(), c.wrong, time.Minute)
			if err != nil || all.Window != c.want {
				t.Errorf("wrong codes of a minute: %d, want %d: %v", all.Window, c.want, err)
			}
			passes(c.then)
		}
	})
}

// TestRotatedCodes: each send brings another code, and only the last one is good.
func TestRotatedCodes(t *testing.T) {
	eachClock(t, func(c *Config) { c.Codes.Resend = "rotate" }, func(t *testing.T, s *server, passes func(time.Duration)) {
		id, first := s.asks(login())
		eventually(t, "it is gone when the carrier has it", func() bool {
			c, _, err := s.house.store.Challenge(t.Context(), id)
			return err == nil && c.Status == verify.Sent && c.Sealed == ""
		})
		passes(30 * time.Second)
		if status, out := s.do(http.MethodPost, "/v1/verifications/"+id+"/resend", s.key, nil); status != http.StatusOK {
			t.Fatalf("%d %v", status, out["raw"])
		}
		second := shownCode.FindString(s.hears(2))
		if status, _ := s.checks(id, tried(first)); first != second && status != http.StatusUnprocessableEntity { // one time in a million they are the same
			t.Errorf("the first code: %d", status)
		}
		if status, _ := s.checks(id, tried(second)); status != http.StatusOK {
			t.Errorf("the second code: %d", status)
		}
	})
}
