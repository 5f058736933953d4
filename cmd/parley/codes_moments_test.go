package main

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
	"parley/inbound"
)

// eachClock runs a test on servers whose clock it puts forward.
func eachClock(t *testing.T, change func(*Config), run func(t *testing.T, s *server, passes func(time.Duration))) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		var passed atomic.Int64
		c := testConfig(url)
		c.ahead = func() time.Duration { return time.Duration(passed.Load()) }
		change(&c)
		run(t, serveTest(t, c), func(d time.Duration) { passed.Add(int64(d)) })
	})
}

// granted has a password reset approved by a key, and returns its grant.
func (s *server) granted(key, subject string) string {
	s.t.Helper()
	body := login("subject", subject, "purpose", "password_reset")
	_, out := s.do(http.MethodPost, "/v1/verifications", key, body)
	id, code := out["id"].(string), ""
	eventually(s.t, "the code is made", func() bool {
		text, err := s.house.codes.Fill(s.t.Context(), id, conversation.CodeBlank)
		code = text
		return err == nil
	})
	_, out = s.do(http.MethodPost, "/v1/verifications/"+id+"/check", key, tried(code, "subject", subject, "purpose", "password_reset"))
	grant, _ := out["grant"].(string)
	if grant == "" {
		s.t.Fatalf("%v", out["raw"])
	}
	return grant
}

// TestAGrantIsGoodForTenMinutes, and for keys of its own mode.
func TestAGrantIsGoodForTenMinutes(t *testing.T) {
	eachClock(t, func(*Config) {}, func(t *testing.T, s *server, passes func(time.Duration)) {
		redeem := func(what, key, grant string, want int) {
			t.Helper()
			if status, out := s.do(http.MethodPost, "/v1/grants/redeem", key, map[string]any{"grant": grant}); status != want {
				t.Errorf("%s: %d %v, want %d", what, status, out["raw"], want)
			}
		}
		tests := s.newKey("test", inbound.Scopes...)
		soon, late, played := s.granted(s.key, "soon"), s.granted(s.key, "late"), s.granted(tests, "played")
		redeem("a customer's, by a test key", tests, soon, http.StatusUnprocessableEntity)
		redeem("a test's, by a live key", s.key, played, http.StatusUnprocessableEntity)
		redeem("a test's, by a test key", tests, played, http.StatusOK)
		passes(9 * time.Minute)
		redeem("after nine minutes", s.key, soon, http.StatusOK)
		passes(time.Minute)
		redeem("after ten", s.key, late, http.StatusUnprocessableEntity)
	})
}

// TestPausesBetweenSends: half a minute, one, and two; whoever asks before is told how long
// to wait.
func TestPausesBetweenSends(t *testing.T) {
	eachClock(t, func(c *Config) { c.Codes.Sends = 4 }, func(t *testing.T, s *server, passes func(time.Duration)) {
		id := s.wants(login())
		again := func() (status, after int) {
			status, out := s.do(http.MethodPost, "/v1/verifications/"+id+"/resend", s.key, nil)
			after, _ = strconv.Atoi(fmt.Sprint(out["retry-after"]))
			return status, after
		}
		for _, pause := range []int{30, 60, 120} {
			if status, after := again(); status != http.StatusTooManyRequests || after > pause || after <= pause-10 {
				t.Errorf("at once: %d, Retry-After %d, want %d", status, after, pause)
			}
			passes(time.Duration(pause-10) * time.Second)
			if status, after := again(); status != http.StatusTooManyRequests || after > 10 || after < 1 {
				t.Errorf("ten seconds before %d are over: %d, Retry-After %d", pause, status, after)
			}
			passes(10 * time.Second)
			if status, _ := again(); status != http.StatusOK {
				t.Errorf("when %d seconds are over: %d", pause, status)
			}
		}
	})
}

// TestOneCodeIsLive: of codes for one subject and purpose that are asked for at the same
// moment, on two nodes where there may be two, one is made.
func TestOneCodeIsLive(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		nodes := nodesOf(t, url)
		for n := range 12 {
			var mu sync.Mutex
			got := map[int]int{}
			var both sync.WaitGroup
			for i := range 2 {
				both.Go(func() { // from a network of its own: nothing but the code is shared
					status, _ := nodes[i%len(nodes)].do(http.MethodPost, "/v1/verifications", nodes[0].key, login("subject", fmt.Sprint("one-", n), "ip", fmt.Sprintf("192.0.2.%d", 100*i+n)))
					mu.Lock()
					got[status]++
					mu.Unlock()
				})
			}
			both.Wait()
			if got[http.StatusCreated] != 1 || got[http.StatusConflict] != 1 {
				t.Errorf("%v", got)
			}
		}
	})
}

// TestANetworkOfIPv6: the addresses of one /64 are one client, those of its neighbour
// another.
func TestANetworkOfIPv6(t *testing.T) {
	t.Parallel()
	gateHouse(t, func(c *Config) {
		c.Codes.Limits.NetworkChecks = verify.Limit{Most: 4, Per: time.Hour}
	}, func(t *testing.T, s *server) {
		from := func(ip string, want int) {
			t.Helper()
			if status, out := s.checks("ver_aaaaaaaaaaaaaaaaaaaaaaaaaa", tried("000000", "ip", ip)); status != want {
				t.Errorf("%s: %d %v, want %d", ip, status, out["raw"], want)
			}
		}
		for i := range 4 {
			from(fmt.Sprintf("2001:db8:0:7:%x::%x", i*0x1111, i), http.StatusUnprocessableEntity)
		}
		from("2001:db8:0:7:ffff:ffff:ffff:ffff", http.StatusTooManyRequests)
		from("2001:db8:0:8::1", http.StatusUnprocessableEntity)
		from("2001:db8:0:6:ffff::1", http.StatusUnprocessableEntity)
	})
}
