package flows

import (
	"strings"
	"testing"
)

// secretive has a secret in every place from which a diagram could show it.
const secretive = `flow: hidden
title: Keeps a secret
trigger: {events: [x.y]}
input: {pin: {type: string, secret: true}, name: string}
start: weigh
states:
  weigh:
    do: [{set: {copy: "{{ pin }}"}}]
    branch:
      - {when: "pin == '94-71-x'", goto: ask}
      - {when: "copy == '94-71-x'", goto: done}
      - {when: "name == 'Ann'", goto: done}
      - {goto: ask}
  ask:
    say: "{{ name }}, {{ pin == '94-71-x' ? 'well' : 'now' }}, {{ pin }}?"
    replies: [{match: [yes], goto: weigh}]
    otherwise: {goto: done}
    silence: {after: 1h, goto: done}
  done: {end: over}
`

func TestGraphKeepsSecrets(t *testing.T) {
	f, err := Parse("hidden.yaml", []byte(secretive))
	if err != nil {
		t.Fatal(err)
	}
	g := f.Graph()
	if strings.Contains(g.Mermaid()+g.DOT(), "94-71") {
		t.Errorf("the secret is in the diagram:\n%s", g.Mermaid())
	}
	for _, n := range g.Nodes {
		if n.State == "ask" && n.Says != "{name}, {…}, {pin}?" {
			t.Errorf("it says %q", n.Says)
		}
	}
	if !strings.Contains(g.DOT(), "Ann") {
		t.Error("what is no secret is not shown")
	}
}

// TestPath: a run knows where it has been, once each, and no more than a bounded length.
func TestPath(t *testing.T) {
	f, err := Parse("hidden.yaml", []byte(secretive))
	if err != nil {
		t.Fatal(err)
	}
	m := f.Start(Scope{}, Run{Flow: f.Name, Hash: f.Hash, Vars: map[string]any{"pin": "1", "name": "Bo"}})
	if m.Run.Path != "weigh ask" {
		t.Errorf("after the start: %q, %s", m.Run.Path, m.Problem)
	}
	var long Run
	for i := range 400 {
		long.been(strings.Repeat("s", 1+i%40))
	}
	if len(long.Path) > mostPath || len(Visited(long.Path)) < 20 {
		t.Errorf("%d bytes, %d states", len(long.Path), len(Visited(long.Path)))
	}
}
