package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// seat signs somebody in, at a browser of their own.
func (s *server) seat(name string, role agentui.Role) *desk {
	s.t.Helper()
	first := s.hire(name, role)
	d := s.desk()
	d.wants("POST", "session", typed{"name": name, "password": first, "new_password": sentence}, http.StatusNoContent)
	return d
}

// eachDesk runs a test on a server over each engine that is reached by plain http, as a
// test's browser needs it.
func eachDesk(t *testing.T, run func(t *testing.T, s *server)) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := testConfig(url)
		c.PublicURL = ""
		run(t, serveTest(t, c))
	})
}

// willAnswer is what a customer hears of a text that goes to people.
const willAnswer = "Acme: Thank you. Somebody will answer you here."

// escalated brings the customer's conversation to the desk, which they are told, and gives
// its id.
func (s *server) escalated() string {
	s.t.Helper()
	before := len(s.carrier.Messages())
	s.texts("my cat ate the router")
	if got := s.hears(before + 1); got != willAnswer {
		s.t.Errorf("heard %q", got)
	}
	c, found := s.stored()
	if !found || c.State.Handoff == nil {
		s.t.Fatalf("not handed over: %+v", c.State)
	}
	return c.ID
}

// seen is how somebody sees a conversation: its rev, epoch and owner.
func (d *desk) seen(id string) map[string]any {
	return d.wants("GET", "conversations/"+id, nil, http.StatusOK)
}

func do(id, op, conv string, seen map[string]any, text string) map[string]any {
	return map[string]any{"id": id, "op": op, "conversation": conv, "if_rev": seen["rev"], "owner_epoch": seen["owner_epoch"], "text": text}
}

// TestDesk is one shift: a conversation waits, is taken, answered, and given back.
func TestDesk(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, s *server) {
		ann, eve := s.seat("ann", agentui.RoleAgent), s.seat("eve", agentui.RoleAuditor)
		if got := ann.wants("GET", "desk", nil, http.StatusOK); len(got["conversations"].([]any)) != 0 {
			t.Errorf("at first: %s", got["raw"])
		}
		id := s.escalated()
		waiting := ann.wants("GET", "desk", nil, http.StatusOK)["conversations"].([]any)
		if len(waiting) != 1 {
			t.Fatalf("waiting: %v", waiting)
		}
		row := waiting[0].(map[string]any)
		if row["conversation"] != id || row["owner"] != "queue" || row["reason"] != "unclear" || row["awaiting"].(float64) == 0 {
			t.Errorf("%v", row)
		}
		view := ann.seen(id)
		if !strings.Contains(view["raw"].(string), "my cat ate the router") || view["owner"] != "queue" {
			t.Errorf("%s", view["raw"])
		}
		eve.wants("POST", "cmd", do("e1", "take", id, view, ""), http.StatusForbidden)
		ann.wants("POST", "cmd", do("a0", "reply", id, view, "hello"), http.StatusConflict) // it is not hers yet
		ann.wants("POST", "cmd", do("a1", "take", id, view, ""), http.StatusOK)
		if mine := ann.wants("GET", "desk?mine=1", nil, http.StatusOK)["conversations"].([]any); len(mine) != 1 {
			t.Errorf("hers: %v", mine)
		}

		view = ann.seen(id)
		s.texts("hello?") // she has not seen this, and nobody says again that somebody will answer
		before := len(s.carrier.Messages())
		late := ann.wants("POST", "cmd", do("a2", "reply", id, view, "try turning it off"), http.StatusConflict)
		if late["current"].(map[string]any)["rev"] == view["rev"] {
			t.Errorf("%s", late["raw"])
		}
		for range 2 { // the first answer was lost: she sends it again
			ann.wants("POST", "cmd", do("a3", "reply", id, ann.seen(id), "try turning it off"), http.StatusOK)
		}
		if got := s.hears(before + 1); got != "try turning it off" {
			t.Errorf("heard %q", got)
		}
		ann.wants("POST", "cmd", do("a4", "note", id, ann.seen(id), "the cat is fine"), http.StatusOK)
		if row := ann.wants("GET", "desk", nil, http.StatusOK)["conversations"].([]any)[0].(map[string]any); row["awaiting"] != nil {
			t.Errorf("still waiting: %v", row)
		}
		ann.wants("POST", "cmd", do("a5", "close", id, ann.seen(id), ""), http.StatusOK)
		if left := ann.wants("GET", "desk", nil, http.StatusOK)["conversations"].([]any); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
		if after := ann.seen(id); after["owner"] != "bot" || !strings.Contains(after["raw"].(string), "the cat is fine") {
			t.Errorf("%s", after["raw"])
		}
		for _, m := range s.carrier.Messages() {
			if strings.Contains(m.Text, "cat is fine") {
				t.Error("a note reached the carrier")
			}
		}
		if n := len(s.carrier.Messages()); n != before+1 {
			t.Errorf("%d texts went out", n-before)
		}
	})
}

// TestDeskRace: of many who take a conversation at once, one has it, and the others see
// who.
func TestDeskRace(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, s *server) {
		var all []*desk
		for i := range 50 {
			all = append(all, s.enters(fmt.Sprint("agent", i), agentui.RoleAgent))
		}
		id := s.escalated()
		view := all[0].seen(id)
		var mu sync.Mutex
		won, owners := 0, map[string]bool{}
		var race sync.WaitGroup
		for i, d := range all {
			race.Go(func() {
				status, out := d.asks("POST", "cmd", do(fmt.Sprint("c", i), "take", id, view, ""))
				mu.Lock()
				defer mu.Unlock()
				switch status {
				case http.StatusOK:
					won++
				case http.StatusConflict:
					owners[out["current"].(map[string]any)["agent"].(string)] = true
				default:
					t.Errorf("%d %s", status, out["raw"])
				}
			})
		}
		race.Wait()
		c, _ := s.stored()
		if won != 1 || len(owners) != 1 || !owners[c.State.Agent] {
			t.Errorf("%d won, the others saw %v, it is %s's", won, owners, c.State.Agent)
		}
	})
}

// TestDeskDoors: nothing is read or done without signing in, and nonsense is refused.
func TestDeskDoors(t *testing.T) {
	t.Parallel()
	c := testConfig(storetest.URL(t, "sqlite"))
	c.PublicURL = ""
	s := serveTest(t, c)
	id := s.escalated()
	nobody := s.desk()
	for _, path := range []string{"desk", "conversations/" + id} {
		nobody.wants("GET", path, nil, http.StatusUnauthorized)
	}
	nobody.wants("POST", "cmd", do("x", "take", id, map[string]any{}, ""), http.StatusUnauthorized)
	ann := s.seat("ann", agentui.RoleAgent)
	ann.wants("GET", "conversations/none", nil, http.StatusNotFound)
	ann.wants("GET", "conversations/%00", nil, http.StatusNotFound)
	ann.wants("GET", "conversations/"+id+"?before=x", nil, http.StatusNotFound)
	view := ann.seen(id)
	for _, bad := range []map[string]any{do("", "take", id, view, ""), do("a b", "take", id, view, ""), do("x", "unlock", id, view, ""), do("x", "take", "", view, "")} {
		ann.wants("POST", "cmd", bad, http.StatusUnprocessableEntity)
	}
	ann.wants("POST", "cmd", do("x", "take", "none", view, ""), http.StatusNotFound)
	ann.wants("POST", "cmd", do("y", "reply", id, view, strings.Repeat("x", 40_000)), http.StatusBadRequest)
	ann.wants("POST", "cmd", do("t", "take", id, view, ""), http.StatusOK)
	ann.wants("POST", "cmd", do("r", "reply", id, ann.seen(id), strings.Repeat("x", 1601)), http.StatusUnprocessableEntity)
	s.texts("STOP")
	ann.wants("POST", "cmd", do("s", "reply", id, ann.seen(id), "are you there"), http.StatusUnprocessableEntity)
}

// TestSomebodyWillAnswer: who writes while nothing is asked hears once that it has come to
// people, and nothing more that does not ask for an answer of its own.
func TestSomebodyWillAnswer(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		s.texts("agent please")
		if got := s.hears(1); got != willAnswer {
			t.Errorf("heard %q", got)
		}
		s.texts("hello??")
		s.texts("HELP")
		if got := s.hears(2); !strings.HasPrefix(got, "Acme: You get texts about ") {
			t.Errorf("heard %q", got)
		}
	})
}
