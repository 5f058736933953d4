package flows

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// everyShape has a state of every kind, and labels that would break a diagram.
const everyShape = `flow: shapes
title: 'Every kind of state, "quoted" & <odd>'
trigger: {events: [x.y], keywords: ["GO"]}
input: {slots: list, n: {type: integer, default: 1}}
start: plain
on:
  events: {x.over: {goto: done}, x.set: {set: {n: 2}}}
  replies: [{match: [emergency], goto: agent}]
  error: {goto: agent}
states:
  plain:
    branch:
      - {when: "n > 1 && brand in [\"A|B\", ` + "`c`" + `]", goto: ask}
      - {goto: pick}
  ask:
    say: "{{ brand }}: well?"
    replies:
      - {match: ['say "hi"', "/a|b;#]/"], as: odd, goto: parked}
      - {intent: yes, confirm: true, goto: parked}
      - {any: true, goto: free}
    silence: [{after: 1h, say: "{{ brand }}: still there?"}, {after: 1d, goto: done}]
    otherwise: {say: "What?", goto: agent}
  free:
    say: "Which day?"
    capture: {day: date}
    goto: done
    silence: {after: 1h, goto: done}
  pick:
    say: "Which?"
    choose: {from: slots, as: slot, none: agent, goto: done}
    silence: {after: 1h, goto: done}
  parked:
    silence: {at: "now + duration('1h')", goto: done}
    on: {events: {x.go: {goto: done}}}
  agent: {handoff: {queue: desk, then: done}}
  done: {end: over}
`

func shapes(t *testing.T) *Flow {
	t.Helper()
	f, err := Parse("shapes.yaml", []byte(everyShape))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// golden compares with a file of testdata; UPDATE=1 writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "graph", name)
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (%v); UPDATE=1 writes it\n%s", path, err, got)
	}
}

func TestGraphs(t *testing.T) {
	g := shapes(t).Graph()
	golden(t, "shapes.mmd", g.Mermaid())
	golden(t, "shapes.dot", g.DOT())
	for range 20 {
		if again := shapes(t).Graph(); again.Mermaid() != g.Mermaid() {
			t.Fatal("the same flow is drawn in two ways")
		}
	}
	seen := map[NodeKind]bool{}
	for _, n := range g.Nodes {
		seen[n.Kind] = true
	}
	for _, kind := range NodeKinds {
		if _, mermaid := mermaidShapes[kind]; !mermaid || dotShapes[kind] == "" || !seen[kind] {
			t.Errorf("the kind %s has no shape, or no test", kind)
		}
	}
}

// Every state stands in the graph, and every way between states.
func TestGraphIsWhole(t *testing.T) {
	f := shapes(t)
	g := f.Graph()
	drawn := map[[2]string]bool{}
	id := map[string]string{}
	for i, n := range g.Nodes[1:] {
		if i < len(f.order) {
			id[f.order[i].name] = n.ID
		}
	}
	for _, e := range g.Edges {
		drawn[[2]string{e.From, e.To}] = true
	}
	for _, s := range f.order {
		for _, e := range s.edges() {
			if !drawn[[2]string{id[s.name], id[e.next.to]}] {
				t.Errorf("%s from %s to %s is not drawn", e.via, s.name, e.next.to)
			}
		}
	}
}

// A label never ends its quotes, whatever an author wrote.
func TestGraphLabelsAreSafe(t *testing.T) {
	line := regexp.MustCompile("^  n\\d+(?:[({\\[>/]+\"[^\"`]*\"[)}\\]/]+| -->(?:\\|\"[^\"`]*\"\\|)? n\\d+)$")
	for _, text := range strings.Split(strings.TrimSpace(shapes(t).Graph().Mermaid()), "\n")[4:] {
		if !line.MatchString(text) {
			t.Errorf("not a line of Mermaid: %s", text)
		}
	}
	dot := regexp.MustCompile(`^  n\d+(?: -> n\d+)?(?: \[(?:shape=\w+, )?label="(?:[^"\\]|\\.)*"\])?$`)
	lines := strings.Split(strings.TrimSpace(shapes(t).Graph().DOT()), "\n")
	for _, text := range lines[5 : len(lines)-1] {
		if !dot.MatchString(text) {
			t.Errorf("not a line of DOT: %s", text)
		}
	}
}
