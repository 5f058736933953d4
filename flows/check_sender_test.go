package flows_test

import (
	"strings"
	"testing"

	"parley/flows"
)

func TestOneWaySenders(t *testing.T) {
	flow := func(states string) string {
		return "flow: x\ntrigger: {events: [e]}\ninput: {ask: {type: boolean, default: true}}\nstart: a\nstates:\n" + states +
			"  q: {say: \"{{ brand }}: well?\", replies: [{any: true, goto: z}], silence: {after: 1h, goto: z}}\n  t: {say: \"{{ brand }}: so.\", goto: z}\n  z: {end: done}\n"
	}
	for states, want := range map[string]string{
		"  a: {goto: q}\n": "x.yaml:7:3: warning: the state q asks a question, and the sender ACME receives no answers",
		"  a: {branch: [{when: ask, goto: q}, {goto: t}]}\n":              "the state q asks",
		"  a: {branch: [{when: can_reply, goto: q}, {goto: t}]}\n":        "",
		"  a: {branch: [{when: ask && can_reply, goto: q}, {goto: t}]}\n": "",
		"  a: {branch: [{when: '!can_reply', goto: t}, {goto: q}]}\n":     "",
		"  a: {branch: [{when: not can_reply, goto: t}, {goto: q}]}\n":    "",
		"  a: {branch: [{when: can_reply || ask, goto: q}, {goto: t}]}\n": "the state q asks",
		"  a: {goto: t}\n  b: {goto: q}\n":                                "",
	} {
		dir := t.TempDir()
		put(t, dir, "x.yaml", flow(states))
		l, err := flows.Load([]string{dir})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for _, p := range l.CheckOneWay("ACME", "acme") {
			got += p.Error()
		}
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%sgot %q, want %q", states, got, want)
		}
	}
	l, err := flows.Load([]string{"library"})
	if err != nil {
		t.Fatal(err)
	}
	asks := map[string]bool{}
	for _, p := range l.CheckOneWay("ACME", "acme") {
		asks[p.File] = true
	}
	if asks["library/notification.yaml"] || !asks["library/booking.yaml"] {
		t.Errorf("found in %v", asks)
	}
}
