package main

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"parley/conversation/store/storetest"
)

// sprayed are codes of so many customers, each asked for from an address of their own.
func (s *server) sprayed(from, n int) []string {
	s.t.Helper()
	ids := make([]string, n)
	sideBySide(n, func(i int) {
		k := from + i
		status, out := s.do(http.MethodPost, "/v1/verifications", s.key, login("to", fmt.Sprintf("+1202%03d0111", 200+k), "subject", fmt.Sprint("s-", k), "ip", fmt.Sprintf("10.1.%d.%d", k/200, k%200)))
		if status != http.StatusCreated {
			s.t.Errorf("%d %v", status, out["raw"])
		}
		ids[i], _ = out["id"].(string)
	})
	return ids
}

// sideBySide does something n times, some at a time.
func sideBySide(n int, do func(i int)) {
	var all sync.WaitGroup
	for first := range 8 {
		all.Go(func() {
			for i := first; i < n; i += 8 {
				do(i)
			}
		})
	}
	all.Wait()
}

// TestASprayOfGuesses: one guess at each of many customers is within every limit of
// theirs. From one network the sixtieth is the last; from as many networks as customers
// the hundredth has all new codes made longer, by the next count.
func TestASprayOfGuesses(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		config := testConfig(url)
		config.Codes.Budgets = BudgetsConfig{HomeHour: 1000, HomeDay: 1000}
		s := serveTest(t, config)
		var mu sync.Mutex
		said := map[int]int{}
		guess := func(id string, k int, ip string) {
			status, _ := s.checks(id, tried("000000", "subject", fmt.Sprint("s-", k), "ip", ip))
			mu.Lock()
			said[status]++
			mu.Unlock()
		}
		ids := s.sprayed(0, 130)
		sideBySide(64, func(i int) { guess(ids[i], i, "203.0.113.9") })
		if said[http.StatusUnprocessableEntity] != 60 || said[http.StatusTooManyRequests] != 4 {
			t.Errorf("64 guesses from one network: %v", said)
		}
		sideBySide(60, func(i int) { guess(ids[70+i], 70+i, fmt.Sprint("203.0.114.", i)) })
		if said[http.StatusUnprocessableEntity] != 120 {
			t.Errorf("and 60 from 60 networks: %v", said)
		}
		n := 0
		eventually(t, "new codes are longer", func() bool {
			n++
			_, code := s.made(login("to", fmt.Sprintf("+1202%03d0111", 500+n), "subject", fmt.Sprint("later-", n)))
			return len(code) == 8
		})
	})
}
