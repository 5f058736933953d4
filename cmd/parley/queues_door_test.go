package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/agentui"
	"parley/conversation"
	"parley/conversation/store/storetest"
	"parley/outbound/provider"
)

// eachQueue runs a test on a server over each engine whose general queue works so.
func eachQueue(t *testing.T, queue QueueConfig, run func(t *testing.T, s *server)) {
	storetest.EachURL(t, func(t *testing.T, url string) { run(t, serveTest(t, queueConfig(url, queue))) })
}

func queueConfig(url string, queue QueueConfig) Config {
	c := testConfig(url)
	c.PublicURL = ""
	c.Console = ConsoleConfig{Queues: map[string]QueueConfig{"default": queue}}
	return c
}

// waits lets the n-th of many customers ask for a person, and gives the conversation's id.
func (s *server) waits(n int) string {
	s.t.Helper()
	phone := fmt.Sprintf("+120255501%02d", n)
	if err := s.carrier.Text(s.t.Context(), provider.Text{From: phone, To: testLine, Text: "my cat ate the router"}); err != nil {
		s.t.Fatal(err)
	}
	return s.house.store.ConversationID(testLine, phone)
}

// of reads a conversation as it stands.
func (s *server) of(id string) conversation.State {
	s.t.Helper()
	c, _, err := s.house.store.Conversation(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return c.State
}

// given waits until somebody has the conversation.
func (s *server) given(id, agent string) {
	s.t.Helper()
	eventually(s.t, agent+" has "+id, func() bool { return s.of(id).Agent == agent })
}

// enters is somebody who is let in by a link: passwords are slow to hash on purpose, and
// have tests of their own.
func (s *server) enters(name string, role agentui.Role) *desk {
	s.t.Helper()
	if ok, err := s.house.store.AddAgent(s.t.Context(), agentui.Agent{Name: name, Role: role, Password: "none"}); err != nil || !ok {
		s.t.Fatal(ok, err)
	}
	auth := &agentui.Auth{Agents: s.house.store, Plain: true, Log: s.house.log}
	s.house.mux.Handle("/enter/"+name, auth.Enter(name, "key"))
	d := s.desk()
	answer, err := d.browser.Get(d.origin + "/enter/" + name + "?key=key")
	if err != nil || answer.Body.Close() != nil {
		s.t.Fatal(err)
	}
	return d
}

// sitting is somebody with the console open.
func (s *server) sitting(name string) (*desk, *line) {
	s.t.Helper()
	d := s.enters(name, agentui.RoleAgent)
	l := d.sits()
	l.hears("hello")
	return d, l
}

// TestRoundRobin: members who are there take turns, and nobody else gets anything.
func TestRoundRobin(t *testing.T) {
	t.Parallel()
	eachQueue(t, QueueConfig{Rule: "round_robin", Members: []string{"cyd", "ann", "bob"}}, func(t *testing.T, s *server) {
		for _, name := range []string{"ann", "cyd", "dan"} {
			s.sitting(name)
		}
		s.enters("bob", agentui.RoleAgent) // who has not opened the page
		var ids []string
		for i := range 4 {
			ids = append(ids, s.waits(i))
		}
		for i, id := range ids {
			s.given(id, []string{"cyd", "ann"}[i%2])
		}
		if st := s.of(ids[0]); st.Epoch != 1 || st.Owner != conversation.OwnerAgent {
			t.Errorf("%+v", st)
		}
		s.did("console.assign", `"who":"queue:default"`, `"detail":"cyd"`)
		if view := s.enters("eve", agentui.RoleAuditor).seen(ids[0]); !strings.Contains(view["raw"].(string), `"by":"queue","who":"default","note":"assign","to":"cyd"`) {
			t.Errorf("%s", view["raw"])
		}
	})
}

// TestCapacity: who has as many customers waiting as they may gets no more, until they
// have answered one; what somebody took by hand stays theirs, and counts.
func TestCapacity(t *testing.T) {
	t.Parallel()
	eachQueue(t, QueueConfig{Rule: "balanced", Capacity: 1}, func(t *testing.T, s *server) {
		early := s.waits(0) // nobody is there: it waits
		ann, _ := s.sitting("ann")
		s.given(early, "ann")
		late := s.waits(1)
		bob := s.enters("bob", agentui.RoleAgent) // not there, but he takes one
		taken := s.waits(2)
		bob.wants("POST", "cmd", do("b1", "take", taken, bob.seen(taken), ""), http.StatusOK)
		bob.sits().hears("hello")
		ann.wants("POST", "cmd", do("a1", "reply", early, ann.seen(early), "try turning it off"), http.StatusOK)
		s.given(late, "ann")
		if got, answered := s.of(late).Given, s.of(early).Replied; got < answered {
			t.Errorf("ann got more %d ms before she had answered", answered-got)
		}
		if s.of(taken).Agent != "bob" || s.of(taken).Epoch != 1 {
			t.Errorf("what bob took is %+v", s.of(taken))
		}
	})
}

// TestAway: who says that they are away, by socket or by POST, gets nothing until they are
// back; an auditor says nothing.
func TestAway(t *testing.T) {
	t.Parallel()
	eachQueue(t, QueueConfig{Rule: "balanced"}, func(t *testing.T, s *server) {
		ann, socket := s.sitting("ann")
		socket.says("presence", map[string]any{"away": true})
		if told := socket.hears("presence"); told["agent"] != "ann" || told["away"] != true {
			t.Errorf("%v", told)
		}
		eve := s.enters("eve", agentui.RoleAuditor)
		eve.wants("POST", "presence", map[string]any{"away": false}, http.StatusForbidden)
		one := ann.wants("GET", "colleagues", nil, http.StatusOK)["colleagues"].([]any)[0].(map[string]any)
		if one["name"] != "ann" || one["here"] != true || one["away"] != true {
			t.Errorf("%v", one)
		}
		id := s.waits(0)
		bob, _ := s.sitting("bob")
		s.given(id, "bob") // whom the rule would have passed over for ann, who came first
		bob.wants("POST", "presence", map[string]any{"away": true}, http.StatusNoContent)
		next := s.waits(1)
		ann.wants("POST", "presence", map[string]any{"away": false}, http.StatusNoContent)
		s.given(next, "ann")
		s.did("console.presence", `"detail":"away"`, `"detail":"present"`)
	})
}

// TestReassignReplies: a customer who answers while their agent is away (the page is
// closed) waits for another, and not before they answer.
func TestReassignReplies(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := queueConfig(url, QueueConfig{Rule: "balanced", ReassignReplies: true})
		c.Console.AwayAfter = time.Second
		s := serveTest(t, c)
		ann, socket := s.sitting("ann")
		id := s.waits(0)
		s.given(id, "ann")
		ann.wants("POST", "cmd", do("a1", "reply", id, ann.seen(id), "try turning it off"), http.StatusOK)
		socket.conn.Close()
		bob, _ := s.sitting("bob")
		eventually(t, "ann is away", func() bool {
			for _, c := range bob.wants("GET", "colleagues", nil, http.StatusOK)["colleagues"].([]any) {
				if c := c.(map[string]any); c["name"] == "ann" {
					return c["here"] == false
				}
			}
			return false
		})
		if s.of(id).Agent != "ann" {
			t.Error("taken from her before the customer wrote")
		}
		s.waits(0)
		s.given(id, "bob")
		s.did("console.reassign", `"detail":"ann"`)
	})
}

// TestReturnAfter: what nobody goes on with goes back to the bot; whoever waits for a
// person's word waits for another person.
func TestReturnAfter(t *testing.T) {
	t.Parallel()
	eachQueue(t, QueueConfig{ReturnAfter: time.Second}, func(t *testing.T, s *server) {
		ann := s.enters("ann", agentui.RoleAgent)
		answered, waiting := s.waits(0), s.waits(1)
		ann.wants("POST", "cmd", do("t0", "take", answered, ann.seen(answered), ""), http.StatusOK)
		ann.wants("POST", "cmd", do("r", "reply", answered, ann.seen(answered), "try turning it off"), http.StatusOK) // at once: it goes back in a second
		ann.wants("POST", "cmd", do("t1", "take", waiting, ann.seen(waiting), ""), http.StatusOK)
		eventually(t, "the bot has it", func() bool { return s.of(answered).Owner == "" })
		eventually(t, "it waits again", func() bool { return s.of(waiting).Owner == conversation.OwnerQueue })
		if h := s.of(waiting).Handoff; h.Reason != "abandoned" || s.of(waiting).Awaiting == 0 {
			t.Errorf("%+v", h)
		}
		s.did("console.abandon", `"who":"queue:default"`)
	})
}

// TestTwoNodesGiveOnce: two nodes with one database give each conversation once, and to
// nobody more than they may have.
func TestTwoNodesGiveOnce(t *testing.T) {
	t.Parallel()
	c := queueConfig(storetest.URL(t, "postgres"), QueueConfig{Rule: "balanced", Capacity: 4})
	one, two := serveTest(t, c), serveTest(t, c)
	one.sitting("ann")
	two.sitting("bob")
	var ids []string
	for i := range 12 {
		ids = append(ids, []*server{one, two}[i%2].waits(i))
	}
	has := func() map[string]int {
		n := map[string]int{}
		for _, id := range ids {
			n[one.of(id).Agent]++
		}
		return n
	}
	eventually(t, "eight are given", func() bool { return has()["ann"]+has()["bob"] >= 8 })
	if n := has(); n["ann"] != 4 || n["bob"] != 4 || n[""] != 4 {
		t.Errorf("%v", n)
	}
	trail := one.did("console.assign")
	for _, id := range ids {
		if n := strings.Count(trail, `"id":"`+id); n > 1 {
			t.Errorf("%s was given %d times", id, n)
		}
	}
}

// TestClocks: the list says when answers are due, what is due first stands first, and
// metrics count what is overdue.
func TestClocks(t *testing.T) {
	t.Parallel()
	eachQueue(t, QueueConfig{FirstResponse: time.Nanosecond, NextResponse: time.Hour}, func(t *testing.T, s *server) {
		ann := s.enters("ann", agentui.RoleAgent)
		calm, late := s.waits(0), s.waits(1)
		for _, id := range []string{calm, late} { // and moves no more
			eventually(t, "it stands in the thread", func() bool {
				return strings.Contains(ann.seen(id)["raw"].(string), `"by":"queue","who":"default","note":"overdue","since":`)
			})
		}
		ann.wants("POST", "cmd", do("t", "take", calm, ann.seen(calm), ""), http.StatusOK)
		ann.wants("POST", "cmd", do("r", "reply", calm, ann.seen(calm), "try turning it off"), http.StatusOK)
		s.waits(0) // answers
		rows := ann.wants("GET", "desk", nil, http.StatusOK)["conversations"].([]any)
		order := []any{rows[0].(map[string]any)["conversation"], rows[1].(map[string]any)["conversation"]}
		if !slices.Equal(order, []any{late, calm}) {
			t.Errorf("%v", rows)
		}
		if got := rows[1].(map[string]any)["due"].(float64) - rows[1].(map[string]any)["awaiting"].(float64); got != 3_600_000 {
			t.Errorf("the next answer is due after %v ms", got)
		}
		s.did(`"what":"console.overdue","who":"queue:default","id":"`+late, `"detail":"first answer, due `)
		if n := s.gauge(`parley_console_overdue{queue="default"}`); n != "1" {
			t.Errorf("%s are overdue", n)
		}
	})
}
