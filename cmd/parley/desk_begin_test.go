package main

import (
	"net/http"
	"strings"
	"testing"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

const visiting = `flow: visiting
title: A technician comes
trigger: {events: [visit.planned]}
input:
  name: {type: string, max: 30, foreign: true}
  day: date
  hours: {type: integer, default: 2}
  pin: {type: string, max: 9, secret: true, required: false}
  place: {type: string, values: [home, office]}
  parking: {type: boolean, default: false}
start: ask
states:
  ask:
    say: "{{ brand }}: Hello {{ name }}, our technician comes to your {{ place }} on {{ day }} for {{ hours }} hours{{ parking ? ', and parks there' : '' }}. Is that right? YES or NO"
    replies: [{intent: yes, goto: fine}, {intent: no, goto: fine}]
    silence: {after: 24h, goto: fine}
  fine: {say: "Thank you.", end: fine}
`

// TestBeginning: somebody at work starts a flow by its inputs, or writes to a customer and
// has the conversation; never to whom has opted out, and once for one command.
func TestBeginning(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c, folder := testConfig(url), t.TempDir()
		write(t, folder, "visiting.yaml", visiting)
		c.PublicURL, c.Flows = "", []string{folder}
		s := serveTest(t, c)
		ann, bob, eve := s.seat("ann", agentui.RoleAgent), s.seat("bob", agentui.RoleAgent), s.seat("eve", agentui.RoleAuditor)
		list := ann.wants("GET", "starts", nil, http.StatusOK)
		if raw := list["raw"].(string); !strings.Contains(raw, `{"flow":"visiting","title":"A technician comes","inputs":[{"name":"day","type":"date","required":true},{"name":"hours","type":"integer","default":"2"},{"name":"name","type":"string","required":true},{"name":"parking","type":"boolean","default":"false"},{"name":"pin","type":"string","secret":true},{"name":"place","type":"string","required":true,"values":["home","office"]}]}`) {
			t.Errorf("%s", raw)
		}
		typed := map[string]string{"name": "Zoë", "day": "2030-05-01", "hours": "3", "pin": "", "place": "home", "parking": "true"}
		visit := func(id string, inputs map[string]string) map[string]any {
			return map[string]any{"id": id, "to": testPhone, "flow": "visiting", "inputs": inputs}
		}
		eve.wants("POST", "begin", visit("b0", typed), http.StatusForbidden)
		s.desk().wants("POST", "begin", visit("b0", typed), http.StatusUnauthorized)
		for _, c := range []struct {
			body        map[string]any
			code, field string
		}{
			{visit("b1", map[string]string{"name": "Zoë", "day": "2030-05-01", "hours": "many", "place": "home"}), "input", "hours"},
			{visit("b1", map[string]string{"name": "Zoë", "day": "some day", "place": "home"}), "input", "day"},
			{visit("b1", map[string]string{"name": "Zoë", "day": "2030-05-01", "place": "the moon"}), "input", "place"},
			{visit("b1", map[string]string{"day": "2030-05-01", "place": "home"}), "input", "name"},
			{visit("b1", map[string]string{"name": "Zoë", "day": "2030-05-01", "place": "home", "parking": "perhaps"}), "input", "parking"},
			{map[string]any{"id": "b1", "to": testPhone, "flow": "login_code"}, "no_flow", ""},
			{map[string]any{"id": "b1", "to": "12", "text": "hello"}, "number", ""},
			{map[string]any{"id": "b1", "to": testPhone, "flow": "visiting", "inputs": typed, "language": "e\x00n"}, "invalid", ""},
			{map[string]any{"id": "b1", "to": testPhone, "flow": "visiting", "inputs": typed, "language": strings.Repeat("x", 36)}, "invalid", ""},
			{map[string]any{"id": "b1", "to": "202 555 0123", "text": "hello"}, "number", ""},
			{map[string]any{"id": "b1", "to": testPhone, "text": "hello", "flow": "visiting"}, "invalid", ""},
			{map[string]any{"id": "b1", "to": testPhone, "text": "hello", "line": "+12025550999"}, "no_line", ""},
			{map[string]any{"id": "b1", "to": testPhone, "text": strings.Repeat("é", 1601)}, "too_long", ""},
			{map[string]any{"id": "b1", "to": testPhone}, "invalid", ""},
		} {
			out := ann.wants("POST", "begin", c.body, http.StatusUnprocessableEntity)
			if field, _ := out["field"].(string); out["code"] != c.code || field != c.field {
				t.Errorf("%v: %s", c.body, out["raw"])
			}
		}
		begun := ann.wants("POST", "begin", visit("b2", typed), http.StatusOK)
		if again := ann.wants("POST", "begin", visit("b2", typed), http.StatusOK); again["conversation"] != begun["conversation"] {
			t.Errorf("%v %v", begun, again)
		}
		if text := s.hears(1); text != "Acme: Hello Zoë, our technician comes to your home on Wed, May 1 for 3 hours, and parks there. Is that right? YES or NO" {
			t.Errorf("%q", text)
		}
		if view := ann.seen(begun["conversation"].(string)); !strings.Contains(view["raw"].(string), `"by":"agent","who":"ann","note":"start","to":"visiting"`) {
			t.Errorf("%s", view["raw"])
		}
		s.did(`"what":"console.start","who":"agent:ann"`)

		if out := ann.wants("POST", "begin", map[string]any{"id": "b7", "to": testPhone, "text": "hello"}, http.StatusConflict); out["conversation"] != begun["conversation"] {
			t.Errorf("beside a flow that is under way: %s", out["raw"])
		}
		hello := map[string]any{"id": "b3", "to": "+12025550777", "text": "Hello, this is Ann of Acme."}
		spoken := ann.wants("POST", "begin", hello, http.StatusOK)
		ann.wants("POST", "begin", hello, http.StatusOK)
		eventually(t, "the text is out", func() bool { return len(s.carrier.Messages()) == 2 })
		if view := ann.seen(spoken["conversation"].(string)); view["owner"] != "agent" || view["agent"] != "ann" {
			t.Errorf("%v", view)
		}
		if out := bob.wants("POST", "begin", map[string]any{"id": "b4", "to": "+12025550777", "text": "me too"}, http.StatusConflict); out["conversation"] != spoken["conversation"] {
			t.Errorf("%s", out["raw"])
		}
		s.texts("STOP")
		eventually(t, "they are out", func() bool {
			status, _ := ann.asks("POST", "begin", map[string]any{"id": "b5", "to": testPhone, "text": "hello"})
			return status == http.StatusUnprocessableEntity
		})
		if out := ann.wants("POST", "begin", visit("b6", typed), http.StatusUnprocessableEntity); out["code"] != "opted_out" {
			t.Errorf("%s", out["raw"])
		}
		if n := len(s.carrier.Messages()); n > 3 { // one flow, one text, the confirmation of STOP
			t.Errorf("%d texts", n)
		}
	})
}
