package conversation

import (
	"strings"
	"testing"

	"parley/flows"
)

const chatty = `flow: chatty
title: Says three things
start: a
states:
  a: {say: "one", goto: b}
  b: {say: "two\ntoo", goto: c}
  c: {say: "three", replies: [{intent: yes, goto: d}], silence: {after: 1h, goto: d}}
  d: {do: [{emit: {event: x.y, data: {n: 1, s: "a"}}}], end: over}
`

// As many lines as possible match; only what differs is said.
func TestCompare(t *testing.T) {
	f, err := flows.Parse("chatty.yaml", []byte(chatty))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		lines string
		want  []Difference
	}{
		"good":           {"start\n< one\n< two\\ntoo\n< three\n> yes\n! x.y {\"n\": 1}\n= ended over", nil},
		"another":        {"start\n< one\n< zwei\n< three", []Difference{{Line: 3, Got: `< two\ntoo`}}},
		"one missing":    {"start\n< one\n< three", []Difference{{Line: 2, Added: true, Got: `< two\ntoo`}}},
		"one too many":   {"start\n< zero\n< one\n< two\\ntoo\n< three", []Difference{{Line: 2}}},
		"all missing":    {"start", []Difference{{Line: 1, Added: true, Got: "< one"}, {Line: 1, Added: true, Got: `< two\ntoo`}, {Line: 1, Added: true, Got: "< three"}}},
		"data":           {"start\n< one\n< two\\ntoo\n< three\n> yes\n! x.y {\"n\": 2}\n! z.z", []Difference{{Line: 6, Got: `! x.y {"n":1}`}, {Line: 7}}},
		"where":          {"start\n< one\n< two\\ntoo\n< three\n= d\n> yes\n= c", []Difference{{Line: 5, Got: "= c"}, {Line: 7, Got: "= ended over"}}},
		"another, twice": {"start\n< 1\n< two\\ntoo\n< 3", []Difference{{Line: 2, Got: "< one"}, {Line: 4, Got: "< three"}}},
	} {
		dialogues, err := flows.ParseDialogues("x.chat", []byte(c.lines))
		if err != nil {
			t.Fatal(name, err)
		}
		got := NewRehearsal(shelf{f}, ear{}, "chatty").Compare(dialogues[0])
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %+v, want %+v", name, got[i], c.want[i])
			}
		}
		performed := NewRehearsal(shelf{f}, ear{}, "chatty").Perform(dialogues[0])
		if (performed == nil) != (len(c.want) == 0) {
			t.Errorf("%s: Perform says %v", name, performed)
		}
	}
}

func TestCompareStopsAtARefusal(t *testing.T) {
	f, err := flows.Parse("chatty.yaml", []byte(chatty))
	if err != nil {
		t.Fatal(err)
	}
	d, err := flows.ParseDialogues("x.chat", []byte("event no.such\n< one"))
	if err != nil {
		t.Fatal(err)
	}
	got := NewRehearsal(shelf{f}, ear{}, "chatty").Compare(d[0])
	if len(got) != 1 || got[0].Line != 1 || got[0].Err == nil || !strings.Contains(got[0].Err.Error(), "no.such") {
		t.Errorf("%+v", got)
	}
}
