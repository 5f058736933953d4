package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"parley/conversation/store/storetest"
)

// loop has codes asked for by turns at several servers, all for one number: the door
// grants them all. It says how many texts the number gets.
func loop(t *testing.T, all []*server, n int, label string) int {
	t.Helper()
	ids := make([]string, n)
	group(n, func(i int) {
		s := all[i%len(all)]
		_, out := s.do(http.MethodPost, "/v1/verifications", s.key, login("subject", fmt.Sprint(label, i)))
		ids[i], _ = out["id"].(string)
	})
	return sentOf(t, all[0], ids)
}

// sentOf waits until verifications are decided, and says how many were sent. The others
// came to the limit of their number.
func sentOf(t *testing.T, s *server, ids []string) (sent int) {
	t.Helper()
	eventually(t, "all are decided", func() bool {
		sent = 0
		decided := 0
		for _, id := range ids {
			switch s.status(id) {
			case "sent":
				sent++
				decided++
			case "failed number_limit":
				decided++
			}
		}
		return decided == len(ids)
	})
	return sent
}

var group = all

// guessing tries codes of one subject by turns at several servers, with as many
// challenges as it gets, and says how many tries were compared.
func guessing(t *testing.T, all []*server, subject string, challenges int) int {
	before := len(checksOf(t, all[0], subject))
	for n := range challenges {
		s := all[n%len(all)]
		status, out := s.do(http.MethodPost, "/v1/verifications", s.key, login("subject", subject))
		if status != http.StatusCreated {
			t.Fatalf("%d %v", status, out["raw"])
		}
		id := out["id"].(string)
		eventually(t, "sent", func() bool { return s.status(id) == "sent" || s.status(id) == "failed paused" })
		group(8, func(i int) { all[i%len(all)].checks(id, tried("000000", "subject", subject)) })
		s.do(http.MethodDelete, "/v1/verifications/"+id, s.key, nil)
	}
	return len(checksOf(t, all[0], subject)) - before
}

// checksOf are the attempts that a subject's challenges have spent.
func checksOf(t *testing.T, s *server, subject string) (spent []string) {
	t.Helper()
	list, err := s.house.store.Recent(t.Context(), testPhone)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		for range c.Attempts {
			if c.Subject == subject {
				spent = append(spent, c.ID)
			}
		}
	}
	return spent
}

// TestLimitsHoldOnTwoNodes: loops of creates and of guesses stop at the limit, whichever
// node takes them.
func TestLimitsHoldOnTwoNodes(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t, "postgres")
	config := testConfig(url)
	t.Run("creates", func(t *testing.T) { // these two are gone when others come, with limits of their own
		if got := loop(t, []*server{serveTest(t, config), serveTest(t, config)}, 60, "many-"); got != 5 {
			t.Errorf("%d codes for a number in an hour", got)
		}
	})
	config.Codes.Limits.NumberHour.Most, config.Codes.Limits.NumberHour.Per = 1000, time.Hour
	config.Codes.Limits.NumberDay.Most, config.Codes.Limits.NumberDay.Per = 1000, 24*time.Hour
	config.Codes.Limits.SubjectHour.Most, config.Codes.Limits.SubjectHour.Per = 8, time.Hour
	guessed(t, []*server{serveTest(t, config), serveTest(t, config)})
}

// guessed has one subject's codes guessed: beyond eight an hour the right one is refused
// as well, by either node, and the purpose is paused.
func guessed(t *testing.T, nodes []*server) {
	t.Helper()
	if got := guessing(t, nodes, "victim", 1); got != 5 {
		t.Errorf("%d of 8 tries spent an attempt: a code has 5", got)
	}
	id, code := nodes[0].made(login("subject", "victim"))
	for i := range 3 {
		nodes[i%len(nodes)].checks(id, tried("000000", "subject", "victim"))
	}
	for _, s := range nodes {
		if status, _ := s.checks(id, tried(code, "subject", "victim")); status != http.StatusUnprocessableEntity {
			t.Errorf("the right code behind eight wrong ones: %d", status)
		}
	}
	nodes[0].do(http.MethodDelete, "/v1/verifications/"+id, nodes[0].key, nil)
	s := nodes[len(nodes)-1]
	eventually(t, "paused", func() bool {
		status, out := s.do(http.MethodPost, "/v1/verifications", s.key, login("subject", "victim"))
		if status != http.StatusCreated {
			return false
		}
		id := out["id"].(string)
		s.becomes(id, "failed paused")
		return true
	})
}

// TestLimitsHoldAcrossRestarts: what was counted is counted still.
func TestLimitsHoldAcrossRestarts(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		granted := 0
		for n := range 3 {
			t.Run(fmt.Sprint("start ", n), func(t *testing.T) {
				granted += loop(t, []*server{serveTest(t, testConfig(url))}, 3, fmt.Sprint("run-", n, "-"))
			})
		}
		if granted != 5 {
			t.Errorf("%d codes for a number in an hour", granted)
		}
		config := testConfig(url)
		config.Codes.Limits.NumberHour.Most, config.Codes.Limits.NumberHour.Per = 1000, time.Hour
		config.Codes.Limits.NumberDay.Most, config.Codes.Limits.NumberDay.Per = 1000, 24*time.Hour
		t.Run("guesses", func(t *testing.T) { guessing(t, []*server{serveTest(t, config)}, "victim", 3) })
		t.Run("guesses, restarted", func(t *testing.T) {
			s := serveTest(t, config)
			_, code := s.asks(login("subject", "another"))
			if code == "" {
				t.Error("another subject is paused as well")
			}
			s.becomes(s.wants(login("subject", "victim")), "failed paused")
		})
	})
}
