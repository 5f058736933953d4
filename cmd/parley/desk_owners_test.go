package main

import (
	"net/http"
	"strings"
	"testing"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// moving is a flow that hands over with an answer that somebody may put right, and with
// a secret, in its key too, that nobody reads.
const moving = `flow: moving
title: Moves a delivery
class: notice
trigger: {events: [delivery.due]}
input: {order: string, pin: {type: string, secret: true}}
key: "{{ pin }}-{{ order }}"
start: day
states:
  day:
    say: "Order {{ order }}: which day?"
    capture: {day: date}
    silence: {after: 24h, goto: over}
    otherwise: {goto: person}
    goto: boxes
  boxes:
    say: "How many boxes on {{ day }}?"
    capture: {boxes: integer}
    silence: {after: 24h, goto: over}
    otherwise: {goto: person}
    goto: thanks
  thanks: {say: "{{ boxes }} boxes, thank you.", end: completed}
  person: {handoff: {queue: deliveries, note: "{{ order }} wants a person"}}
  over: {end: unanswered}
`

// eachMoving runs a test on a server that has the flow, over each engine.
func eachMoving(t *testing.T, run func(t *testing.T, s *server)) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		c, folder := testConfig(url), t.TempDir()
		write(t, folder, "moving.yaml", moving)
		c.PublicURL, c.Flows = "", []string{folder}
		run(t, serveTest(t, c))
	})
}

// handedOver brings the flow to where a person is asked, and gives the conversation's id.
func (s *server) handedOver() string {
	s.t.Helper()
	if status, out := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "delivery.due", "to": testPhone, "data": map[string]any{"order": "A-17", "pin": "94-71-x"}}); status != http.StatusAccepted {
		s.t.Fatalf("%d %v", status, out)
	}
	s.isAt("day")
	s.texts("2026-12-24")
	s.isAt("boxes")
	s.texts("as many as you can carry")
	c, _ := s.stored()
	if c.State.Handoff == nil {
		s.t.Fatalf("not handed over: %+v", c.State)
	}
	return c.ID
}

// isAt waits until the flow is at a state, and what it asked there can be answered: that
// the carrier has the text is known a moment later.
func (s *server) isAt(state string) {
	s.t.Helper()
	eventually(s.t, "the flow is at "+state, func() bool {
		c, _ := s.stored()
		return len(c.State.Runs) == 1 && c.State.Runs[0].State == state && (c.State.Handoff != nil || c.State.Runs[0].OpenAt > 0)
	})
}

// with is a command with more than a text.
func with(cmd map[string]any, more ...any) map[string]any {
	for i := 0; i+1 < len(more); i += 2 {
		cmd[more[i].(string)] = more[i+1]
	}
	return cmd
}

// TestReturnToTheBot: the bot goes on with the question that somebody chose, and with
// the answer that they put right; what is secret is on no screen.
func TestReturnToTheBot(t *testing.T) {
	t.Parallel()
	eachMoving(t, func(t *testing.T, s *server) {
		ann := s.seat("ann", agentui.RoleAgent)
		id := s.handedOver()
		ann.wants("POST", "cmd", do("a1", "take", id, ann.seen(id), ""), http.StatusOK)
		view := ann.seen(id)
		if strings.Contains(view["raw"].(string), "94-71-x") || !strings.Contains(view["raw"].(string), "A-17") {
			t.Errorf("%s", view["raw"])
		}
		run := view["runs"].([]any)[0].(map[string]any)
		if q := run["questions"].([]any); len(q) != 2 || q[0] != "day" || q[1] != "boxes" || run["title"] != "Moves a delivery" {
			t.Errorf("%v", run)
		}
		back := func(cmd, state, day string, seen map[string]any) map[string]any {
			return with(do(cmd, "return", id, seen, "they mean the 27th"), "run", run["id"], "state", state, "answers", map[string]any{"day": day})
		}
		ann.wants("POST", "cmd", back("a2", "thanks", "2026-12-27", view), http.StatusUnprocessableEntity)
		ann.wants("POST", "cmd", back("a3", "boxes", "Sunday", view), http.StatusUnprocessableEntity)
		ann.wants("POST", "cmd", with(back("a4", "boxes", "2026-12-27", view), "answers", map[string]any{"pin": "1"}), http.StatusUnprocessableEntity)
		ann.wants("POST", "cmd", with(back("a5", "boxes", "2026-12-27", view), "owner_epoch", 99), http.StatusConflict)
		before := len(s.carrier.Messages())
		seat := ann.sits()
		seat.hears("hello")
		for range 2 { // the first acknowledgement was lost
			seat.says("cmd", back("a6", "boxes", "2026-12-27", view))
			seat.hears("ack")
		}
		if got := s.hears(before + 1); !strings.Contains(got, "How many boxes on") || !strings.Contains(got, "27") {
			t.Errorf("heard %q", got)
		}
		s.texts("4")
		if got := s.hears(before + 2); got != "4 boxes, thank you." {
			t.Errorf("heard %q", got)
		}
		if after := ann.seen(id); after["owner"] != "bot" || !strings.Contains(after["raw"].(string), "they mean the 27th") {
			t.Errorf("%s", after["raw"])
		}
		for _, m := range s.carrier.Messages() {
			if strings.Contains(m.Text, "they mean") {
				t.Error("a note reached the carrier")
			}
		}
		s.did("console.take", "console.return", `"who":"agent:ann"`, `"detail":"boxes"`)
	})
}

// did looks for what the audit trail should tell, and returns all of it.
func (s *server) did(wants ...string) string {
	s.t.Helper()
	eventually(s.t, "the audit trail is chained", func() bool {
		_, err := s.house.store.RelayAudit(s.t.Context(), 1000) // nothing, while the server chains itself
		waiting, asked := s.house.store.AuditWaiting(s.t.Context())
		return err == nil && asked == nil && waiting == 0
	})
	links, err := s.house.store.AuditLinks(s.t.Context(), 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	var all strings.Builder
	for _, l := range links {
		all.WriteString(l.Data + "\n")
	}
	for _, want := range wants {
		if !strings.Contains(all.String(), want) {
			s.t.Errorf("the trail lacks %s:\n%s", want, all.String())
		}
	}
	return all.String()
}

// TestOwners: what is somebody's stays theirs until they let go of it, or a lead decides
// otherwise; only colleagues are given anything.
func TestOwners(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, s *server) {
		ann, bob := s.seat("ann", agentui.RoleAgent), s.seat("bob", agentui.RoleAgent)
		boss, eve := s.seat("boss", agentui.RoleLead), s.seat("eve", agentui.RoleAuditor)
		id := s.escalated()
		ann.wants("POST", "cmd", do("a1", "take", id, ann.seen(id), ""), http.StatusOK)
		view := bob.seen(id)
		for _, op := range []string{"take", "reply", "return", "close", "release", "transfer"} {
			out := bob.wants("POST", "cmd", with(do("b-"+op, op, id, view, "hi"), "to", "bob"), http.StatusConflict)
			if out["current"].(map[string]any)["agent"] != "ann" {
				t.Errorf("%s: %s", op, out["raw"])
			}
			eve.wants("POST", "cmd", with(do("e-"+op, op, id, view, "hi"), "to", "eve"), http.StatusForbidden)
		}
		if out, err := s.house.store.DisableAgent(t.Context(), s.gone()); err != nil || !out {
			t.Fatal(out, err)
		}
		for _, nobody := range []string{"carol", "eve", "gone", ""} {
			ann.wants("POST", "cmd", with(do("a2"+nobody, "transfer", id, view, ""), "to", nobody), http.StatusUnprocessableEntity)
		}
		ann.wants("POST", "cmd", with(do("a3", "transfer", id, view, "knows about cats"), "to", "bob"), http.StatusOK)
		if mine := bob.wants("GET", "desk?mine=1", nil, http.StatusOK)["conversations"].([]any); len(mine) != 1 {
			t.Errorf("bob's: %v", mine)
		}
		if raw := bob.seen(id)["raw"].(string); !strings.Contains(raw, "knows about cats") {
			t.Errorf("%s", raw)
		}
		bob.wants("POST", "cmd", do("b1", "release", id, bob.seen(id), ""), http.StatusOK)
		row := ann.wants("GET", "desk", nil, http.StatusOK)["conversations"].([]any)[0].(map[string]any)
		if row["owner"] != "queue" || row["reason"] != "released" || row["awaiting"].(float64) == 0 {
			t.Errorf("%v", row)
		}
		ann.wants("POST", "cmd", do("a4", "take", id, ann.seen(id), ""), http.StatusOK)
		boss.wants("POST", "cmd", with(do("l1", "transfer", id, boss.seen(id), ""), "to", "boss"), http.StatusOK)
		boss.wants("POST", "cmd", do("l2", "reply", id, boss.seen(id), "I am the boss"), http.StatusOK)
		for _, m := range s.carrier.Messages() {
			if strings.Contains(m.Text, "cats") {
				t.Error("a note reached the carrier")
			}
		}
		s.did("console.transfer", `"detail":"bob"`, "console.release", "agent:boss")
	})
}

// gone is somebody who worked here.
func (s *server) gone() string {
	s.hire("gone", agentui.RoleAgent)
	return "gone"
}
