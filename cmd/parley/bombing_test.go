package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"parley/conversation/store/storetest"
)

// TestOneNumberIsNotBombed: of twelve codes that are asked for under twelve subjects and
// two purposes, one number gets five. Of the others nothing is written for the carrier,
// whoever asked cannot tell, and callbacks say refused. Test keys use up nothing of it,
// and have a limit of their own.
func TestOneNumberIsNotBombed(t *testing.T) {
	t.Parallel()
	endpoint, told := heard(t)
	storetest.EachURL(t, func(t *testing.T, url string) {
		config := testConfig(url)
		config.Callbacks = []CallbackConfig{endpoint}
		s := serveTest(t, config)
		before := len(told())
		test := s.newKey("test", "verifications")
		tests := s.bombs(test, 6)
		eventually(t, "one of six tests is refused", func() bool { // they are decided in any order
			return slices.ContainsFunc(tests, func(id string) bool {
				_, out := s.do(http.MethodGet, "/v1/verifications/"+id, test, nil)
				return out["reason"] == "number_limit"
			})
		})
		ids := s.bombs(s.key, 12)
		if sent := sentOf(t, s, ids); sent != 5 {
			t.Errorf("%d of 12 were sent", sent)
		}
		if got := codesIn(t, url); got != 5 {
			t.Errorf("%d messages with codes are stored", got)
		}
		s.becomes(s.wants(login("to", "+12025550124", "subject", "neighbour")), "sent")
		refused := func() (n int) {
			for _, one := range told()[before:] {
				data, _ := one["data"].(map[string]any)
				if one["type"] != "verification.failed" || one["test"] == true {
					continue
				}
				if n++; data["reason"] != "refused" {
					t.Errorf("told %v", one)
				}
			}
			return n
		}
		eventually(t, "the business hears of seven", func() bool { return refused() >= 7 })
	})
}

// bombs has codes for one number asked for, each under a subject of its own, one after
// another, and returns their ids.
func (s *server) bombs(key string, n int) (ids []string) {
	s.t.Helper()
	for i := range n {
		body := login("subject", fmt.Sprint("bomb-", i), "purpose", []string{"login", "custom"}[i%2])
		status, out := s.do(http.MethodPost, "/v1/verifications", key, body)
		if status != http.StatusCreated {
			s.t.Fatalf("%d: %d %v", i, status, out["raw"])
		}
		ids = append(ids, out["id"].(string))
	}
	return ids
}

// codesIn counts the messages with codes of live keys that a database holds.
func codesIn(t *testing.T, url string) int {
	t.Helper()
	return len(column(t, ledger(t, url), `SELECT id FROM messages WHERE challenge IN (SELECT id FROM challenges WHERE test = 0)`))
}
