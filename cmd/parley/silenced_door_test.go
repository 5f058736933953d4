package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"parley/agentui"
	"parley/conversation"
	"parley/conversation/store/storetest"
)

// marked is why people are to look at an account.
func (s *server) marked(account string) (state string, why []string) {
	s.t.Helper()
	_, body := s.do(http.MethodGet, "/v1/accounts/"+account, s.key, nil)
	state, _ = body["state"].(string)
	reviews, _ := body["reviews"].([]any)
	for _, r := range reviews {
		why = append(why, r.(map[string]any)["reason"].(string))
	}
	return state, why
}

// waiting is where the only conversation waits for people.
func (s *server) waiting() map[string]any {
	s.t.Helper()
	ann := s.seat("ann", agentui.RoleAgent)
	var row map[string]any
	eventually(s.t, "it waits for people", func() bool {
		all := ann.wants("GET", "desk", nil, http.StatusOK)["conversations"].([]any)
		if len(all) == 1 {
			row = all[0].(map[string]any)
		}
		return len(all) == 1
	})
	return row
}

// TestStopToAlertsIsNeitherYesNorNo: the opt-out is honoured, the payments of each account
// stay held, the business hears of it, and the people who look at fraud have it.
func TestStopToAlertsIsNeitherYesNorNo(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		s.suspect("acc-1", "1234", coffee)
		s.hears(1)
		s.suspect("acc-2", "5678", garage)
		s.hears(2)
		s.texts("STOP")
		for _, account := range []string{"acc-1", "acc-2"} { // committed before the webhook was answered
			if state, why := s.marked(account); state != "alerted" || fmt.Sprint(why) != "[stopped]" {
				t.Errorf("%s: %s, %v", account, state, why)
			}
		}
		if a := s.account("alerted"); a["alerts"].([]any)[0].(map[string]any)["status"] != "open" || len(a["refunds"].([]any)) != 0 {
			t.Errorf("%s", a["raw"])
		}
		eventually(t, "the bank hears of both", func() bool {
			var told []string
			for _, r := range bank.heard("account.review") {
				told = append(told, fmt.Sprint(r["account"], r["reason"], r["transactions"]))
			}
			slices.Sort(told)
			return fmt.Sprint(told) == "[acc-1stopped[t1] acc-2stopped[t2]]"
		})
		if bank.heard("account.recognised") != nil || bank.heard("account.locked") != nil || bank.heard("fraud.cleared") != nil {
			t.Error("STOP was an answer")
		}
		if row := s.waiting(); row["queue"] != "fraud" || row["priority"] != "alert" || row["reason"] != "opt_out_while_open" {
			t.Errorf("%v", row)
		}
		s.hears(3)             // the confirmation
		s.texts("that's fine") // nothing is read or answered any more
		if n := len(s.carrier.Messages()); n != 3 {
			t.Errorf("%d texts", n)
		}
		s.asked(http.MethodPost, "/reviewed", map[string]any{"reason": "called her: hers"}, http.StatusOK)
	})
}

// TestAnAlertThatDoesNotArrive marks the account as well: nobody was asked.
func TestAnAlertThatDoesNotArrive(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		s.suspect("acc-1", "1234", coffee)
		s.hears(1)
		eventually(t, "it is known whose text it was", func() bool { // carriers come again after a 503
			return s.carrier.Report(t.Context(), "LB1-"+s.carrier.Messages()[0].ID, conversation.Failed, "30003") == nil
		})
		eventually(t, "the bank hears of it", func() bool { return len(bank.heard("account.review")) == 1 })
		if told := bank.heard("account.review")[0]; told["reason"] != "undeliverable" || told["account"] != "acc-1" {
			t.Errorf("%v", told)
		}
		if row := s.waiting(); row["queue"] != "fraud" || row["reason"] != "undeliverable" {
			t.Errorf("%v", row)
		}
		s.account("alerted")
	})
}

// TestStopWhileNothingIsAsked marks nobody and brings nobody.
func TestStopWhileNothingIsAsked(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, bank := bankHouse(t, url)
		s.texts("STOP")
		s.hears(1)
		if status, body := s.do(http.MethodPost, "/v1/events", s.key, suspicious); status != http.StatusUnprocessableEntity { // the business learns at once
			t.Errorf("%d %s", status, body["raw"])
		}
		if a := s.account("active"); len(a["reviews"].([]any)) != 0 {
			t.Errorf("%s", a["raw"])
		}
		eventually(t, "the bank hears of the opt-out", func() bool { return len(bank.heard("consent.changed")) == 1 })
		ann := s.seat("ann", agentui.RoleAgent)
		if all := ann.wants("GET", "desk", nil, http.StatusOK)["conversations"].([]any); len(all) != 0 || bank.heard("handoff.requested") != nil {
			t.Errorf("somebody is to look: %v", all)
		}
	})
}
