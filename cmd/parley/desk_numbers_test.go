package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/agentui"
	"parley/outbound/provider"
)

// textsFrom has any customer text.
func (s *server) textsFrom(phone, text string) {
	s.t.Helper()
	if err := s.carrier.Text(s.t.Context(), provider.Text{From: phone, To: testLine, Text: text}); err != nil {
		s.t.Fatal(err)
	}
}

// moves begins the flow for a customer, and waits until it has asked.
func (s *server) moves(key, phone string) {
	s.t.Helper()
	if status, out := s.do(http.MethodPost, "/v1/events", key, map[string]any{"type": "delivery.due", "to": phone, "data": map[string]any{"order": "B-" + phone, "pin": "94-71-x"}}); status != http.StatusAccepted {
		s.t.Fatalf("%d %v", status, out)
	}
	eventually(s.t, phone+" is asked", func() bool {
		c, _, _ := s.house.store.Conversation(s.t.Context(), s.house.store.ConversationID(testLine, phone))
		return len(c.State.Runs) == 1 && c.State.Runs[0].OpenAt > 0 || c.State.Handoff != nil
	})
}

// story is a small world: one is handed over and answered, one waits, one is through, one
// never asked for it, and what a test key does.
func (s *server) story() (id string) {
	s.t.Helper()
	id = s.handedOver()
	s.moves(s.key, "+12025550124")
	s.textsFrom("+12025550124", "2026-12-24")
	s.hears(4)
	s.textsFrom("+12025550124", "3")
	s.moves(s.key, "+12025550125")
	s.textsFrom("+12025550125", "whenever")
	s.moves(s.key, "+12025550126")
	s.textsFrom("+12025550126", "STOP")
	s.moves(s.newKey("test", "events"), "+15005550004") // answers YES, which is no day
	eventually(s.t, "the test is handed over", func() bool {
		c, _, _ := s.house.store.Conversation(s.t.Context(), s.house.store.ConversationID(testLine, "+15005550004"))
		return c.State.Handoff != nil
	})
	return id
}

// hoursAt is a range of two hours.
func hoursAt(at time.Time) string {
	return fmt.Sprintf("from=%d&to=%d", at.Add(-time.Hour).UnixMilli(), at.Add(time.Hour).UnixMilli())
}

// TestNumbers: what leads see is what happened, and in the range that they ask for.
func TestNumbers(t *testing.T) {
	t.Parallel()
	eachMoving(t, func(t *testing.T, s *server) {
		ann, bob := s.seat("ann", agentui.RoleAgent), s.seat("bob", agentui.RoleLead)
		id, now := s.story(), time.Now()
		ann.wants("POST", "cmd", do("n1", "take", id, ann.seen(id), ""), http.StatusOK)
		ann.wants("POST", "cmd", do("n2", "note", id, ann.seen(id), "a moment"), http.StatusOK)
		eventually(t, "time has passed", func() bool { return time.Since(now) > 20*time.Millisecond })
		ann.wants("POST", "cmd", do("n3", "reply", id, ann.seen(id), "Two, then?"), http.StatusOK)
		n := bob.wants("GET", "numbers?"+hoursAt(now), nil, http.StatusOK)
		for what, want := range map[string]string{
			"waiting":   "[map[count:1 queue:deliveries since:",
			"handovers": "[map[answered:1 count:2 reason:flow]]",
			"outcomes":  "[map[count:1 flow:moving outcome:completed] map[count:1 flow:moving outcome:opted_out]]",
			"opt_outs":  "[map[at:", "codes": "[]",
		} {
			if got := fmt.Sprint(n[what]); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s", what, got)
			}
		}
		took := n["response"].(map[string]any)
		if took["answered"] != 1.0 || took["median"].(float64) < 20 || took["median"] != took["p90"] {
			t.Errorf("response: %v", took)
		}
		again := bob.wants("GET", "numbers?"+hoursAt(now), nil, http.StatusOK)
		if again["at"] != n["at"] {
			t.Error("counted again within five seconds")
		}
		before := bob.wants("GET", "numbers?"+hoursAt(now.Add(-48*time.Hour)), nil, http.StatusOK)
		for _, what := range []string{"handovers", "outcomes", "opt_outs", "days"} {
			if got := before[what].([]any); len(got) != 0 {
				t.Errorf("two days ago: %s %v", what, got)
			}
		}
		flow := bob.wants("GET", "flows/moving?"+hoursAt(now), nil, http.StatusOK)
		reached := map[string]string{}
		for _, v := range flow["states"].([]any) {
			state := v.(map[string]any)
			reached[state["state"].(string)] = fmt.Sprint(state["reached"], " ", state["last"])
		}
		if flow["runs"] != 2.0 || fmt.Sprint(reached) != "map[boxes:1 1 day:2 1 over:0 0 person:0 0 thanks:1 0]" {
			t.Errorf("%v of %v", reached, flow["runs"])
		}
		if list := bob.wants("GET", "flows", nil, http.StatusOK); fmt.Sprint(list["flows"]) != "[map[name:moving title:Moves a delivery]]" {
			t.Errorf("flows: %v", list["flows"])
		}
	})
}

// TestNumbersAreForLeads: agents see their conversation's flow, and no more; whoever may
// see the rest cannot ask for more than is counted at a time.
func TestNumbersAreForLeads(t *testing.T) {
	t.Parallel()
	eachMoving(t, func(t *testing.T, s *server) {
		id, today := s.handedOver(), hoursAt(time.Now())
		s.desk().wants("GET", "numbers?"+today, nil, http.StatusUnauthorized)
		ann, lead := s.seat("ann", agentui.RoleAgent), s.seat("bob", agentui.RoleLead)
		see := []*desk{lead, s.seat("fay", agentui.RoleAdmin), s.seat("eve", agentui.RoleAuditor)}
		for _, path := range []string{"numbers?" + today, "flows", "flows/moving?" + today} {
			ann.wants("GET", path, nil, http.StatusForbidden)
			for _, d := range see {
				d.wants("GET", path, nil, http.StatusOK)
			}
		}
		for _, bad := range []string{"", "from=1", "from=5&to=5", "from=0&to=99999999999999999", "from=-9223372036854775808&to=9223372036854775807", "from=x&to=y", "from=0&to=2764800001"} {
			lead.wants("GET", "numbers?"+bad, nil, http.StatusBadRequest)
			lead.wants("GET", "flows/moving?"+bad, nil, http.StatusBadRequest)
		}
		lead.wants("GET", "flows/nothing?"+today, nil, http.StatusNotFound)
		view := ann.wants("GET", "conversations/"+id+"/flows", nil, http.StatusOK)
		run := view["runs"].([]any)[0].(map[string]any)
		if run["at"] != "person" || fmt.Sprint(run["been"]) != "[day boxes person]" || strings.Contains(view["raw"].(string), "94-71") || strings.Contains(view["raw"].(string), "A-17") {
			t.Errorf("%s", view["raw"])
		}
		ann.wants("GET", "conversations/c_nobody/flows", nil, http.StatusNotFound)
	})
}
