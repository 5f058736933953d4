package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/conversation/store/storetest"
)

// recordable has an answer of every kind that a recording must hide or keep.
const recordable = `flow: rec
title: Asks many things
class: notice
trigger: {events: [rec.begin]}
input:
  name: {type: string, max: 12, foreign: true}
  order: {type: string, max: 12}
  pin: {type: string, max: 8, secret: true}
  kind: {type: string, values: [parcel, letter]}
start: ask
states:
  ask:
    say: "{{ brand }}: {{ name }}, did order {{ order }} arrive? YES or NO."
    replies:
      - {intent: no, goto: agent}
      - {match: [/arrived/], as: arrived, goto: mail}
    silence: {after: 30h, goto: done}
    otherwise: {say: "YES or NO please.", tries: 2, goto: agent}
  mail:
    say: "Which email shall we write to?"
    capture: {mail: email}
    goto: when
    silence: {after: 30h, goto: done}
  when:
    say: "{{ name }}, we write to {{ mail }}. Which day suits you?"
    capture: {day: date}
    goto: tell
    silence: {after: 30h, goto: done}
  tell:
    do: [{emit: {event: rec.told, data: {mail: "{{ mail }}", kind: "{{ kind }}", order: "{{ order }}"}}}]
    say: "Anything else, {{ name }}?"
    replies: [{any: true, as: more, goto: agent}]
    silence: {after: 30h, goto: done}
  agent: {handoff: {queue: desk, note: "{{ last_text }}", say: "A colleague answers here."}}
  done: {end: over}
`

// A real conversation becomes a dialogue that holds, and shows nothing of the
// customer.
func TestFlowsTestRecord(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write(t, folder, "rec.yaml", recordable)
	database := storetest.URL(t, "sqlite")
	config := testConfig(database)
	config.Flows = []string{folder}
	s := serveTest(t, config)
	status, body := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "rec.begin", "to": testPhone,
		"data": map[string]any{"name": "Annabel", "order": "A-10045", "pin": "x9k2q", "kind": "parcel", "note": "call 0202 555 01 99"}})
	if status != http.StatusAccepted {
		t.Fatalf("%d %v", status, body)
	}
	s.hears(1)
	for i, text := range []string{"my number is +1 202 555 0147", "it arrived, Annabel here, order A-10045, call 2025550147", "annabel.smith@mail.example", "March 9", "my street is Elm Road 7"} {
		s.texts(text)
		s.hears(i + 2)
	}
	c, found := s.stored()
	if !found {
		t.Fatal("nothing was stored")
	}
	code, out, errs := invoke(t, "", "flows", "test", "--record", c.ID, "--database", database)
	if code != 0 {
		t.Fatalf("%d %s%s", code, out, errs)
	}
	for _, private := range []string{"Annabel", "annabel", "A-10045", "10045", "x9k2q", "0147", "0199", "01 99", "202555", "202 555", "smith", "Elm", strings.TrimPrefix(testPhone, "+")} {
		if strings.Contains(out, private) {
			t.Errorf("it shows %q", private)
		}
	}
	says(t, out, "# recorded: rec", "# Replaced: ", "name (", `"kind":"parcel"`, "NAME1, did order X-", "> it arrived, NAME1 here, order X-", "> March 9", "name1@example.com", "! rec.told", "= handoff desk")
	if strings.Contains(out, "otherwise than it went") {
		t.Error("it does not go as it went")
	}
	if t.Failed() {
		t.Log(out)
	}
	write(t, folder, "rec.chat", out)
	if code, played, errs := invoke(t, "", "flows", "test", folder); code != 0 {
		t.Errorf("the dialogue does not hold: %d\n%s%s\n%s", code, played, errs, out)
	}
	if code, _, errs := invoke(t, "", "flows", "test", "--record", "nobody", "--database", database); code != 1 || !strings.Contains(errs, "no conversation") {
		t.Errorf("%d %s", code, errs)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*.db")); len(left) > 0 {
		t.Error(left)
	}
	_ = os.Remove(filepath.Join(folder, "rec.chat"))
}
