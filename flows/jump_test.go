package flows_test

import (
	"slices"
	"strings"
	"testing"

	"parley/flows"
)

// moving has questions, one that does something on being asked, and a way round.
const moving = `
flow: moving
title: Moves a delivery
class: notice
input: {order: string, pin: {type: string, secret: true}}
start: day
states:
  day:
    say: "Which day?"
    capture: {day: date}
    silence: {after: 24h, goto: over}
    goto: people
  people:
    say: "How many boxes on {{ day }}?"
    capture: {boxes: {type: integer, min: 1, max: 9}}
    silence: {after: 24h, goto: over}
    otherwise: {say: "A number, please", tries: 1, goto: person}
    goto: sure
  sure:
    do: [{emit: {event: delivery.moved, data: {order: order}}}]
    say: "{{ boxes }} boxes on {{ day }}. Right?"
    replies: [{match: [right], goto: over}]
    silence: {after: 24h, goto: over}
  person: {handoff: {queue: desk, note: "{{ pin }} {{ order }}"}}
  over: {end: done}
`

// TestJump: a person sends a run to a question, with answers put right, and to nothing
// that tells anybody of it.
func TestJump(t *testing.T) {
	f, err := flows.Parse("moving.yaml", []byte(moving))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Questions(); !slices.Equal(got, []string{"day", "people"}) {
		t.Errorf("questions %v", got)
	}
	if got := f.Answerable(); !slices.Equal(got, []string{"boxes", "day"}) {
		t.Errorf("answers %v", got)
	}
	run := flows.Run{ID: "r", Flow: f.Name, Hash: f.Hash, State: "person", Vars: map[string]any{"order": "A-1", "day": "2026-03-02", "pin": "1234"}}
	values, problems := f.Correct(map[string]string{"day": " 2026-03-09 ", "boxes": "3"})
	m := f.Jump(flows.Scope{}, run, "people", values)
	if len(problems) > 0 || m.Problem != "" || !m.Asks || m.Run.State != "people" || len(m.Says) != 1 || !strings.Contains(m.Says[0].Text, "Mar") || m.Run.Vars["boxes"] != 3 {
		t.Errorf("%v %+v", problems, m)
	}
	if run.Vars["day"] != "2026-03-02" || run.State != "person" {
		t.Errorf("the run that was given has changed: %+v", run)
	}
	for name, text := range map[string]string{"order": "B-2", "pin": "0000", "nobody": "x", "day": "tomorrow", "boxes": "12"} {
		if _, problems := f.Correct(map[string]string{name: text}); len(problems) != 1 || strings.Contains(problems[0], "0000") {
			t.Errorf("%s: %s was taken: %v", name, text, problems)
		}
	}
	values, _ = f.Correct(map[string]string{"day": ""})
	if m := f.Jump(flows.Scope{}, run, "people", values); m.Problem == "" {
		t.Errorf("a question without what it says went out: %+v", m)
	}
	for _, state := range []string{"sure", "person", "over", "nowhere", ""} {
		if m := f.Jump(flows.Scope{}, run, state, nil); m.Problem == "" || m.Moved || len(m.Actions)+len(m.Says) > 0 {
			t.Errorf("%q: %+v", state, m)
		}
	}
}
