package flows

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Graph is a flow as a diagram shows it: states, and the ways between them.
type Graph struct {
	Name  string      `json:"name"`
	Title string      `json:"title"`
	Nodes []GraphNode `json:"nodes"` // in the order of the file; the flow's own ways last
	Edges []GraphEdge `json:"edges"`
}

// GraphNode is a state, or one of the two points that are none: where the flow
// starts, and where the ways that lead out of every state begin.
type GraphNode struct {
	ID    string   `json:"id"` // n0, n1 …
	Label string   `json:"label"`
	Kind  NodeKind `json:"kind"`
	State string   `json:"state,omitempty"` // its name; "" : it is none
	Says  string   `json:"says,omitempty"`  // what the customer hears there, cut short, with {names} for values
}

// NodeKind decides a node's shape.
type NodeKind string

// The kinds of nodes.
const (
	NodeStart    NodeKind = "start"    // where the flow begins
	NodeAny      NodeKind = "any"      // every state that waits
	NodeQuestion NodeKind = "question" // waits for an answer
	NodeParked   NodeKind = "parked"   // waits without having asked
	NodeHandoff  NodeKind = "handoff"  // a person has the conversation
	NodeEnd      NodeKind = "end"      // the run is over
	NodePlain    NodeKind = "plain"    // goes on at once
)

// NodeKinds lists every kind, for what gives each a shape.
var NodeKinds = []NodeKind{NodeStart, NodeAny, NodeQuestion, NodeParked, NodeHandoff, NodeEnd, NodePlain}

// GraphEdge is a way from one node to another, with what leads along it.
type GraphEdge struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Label string `json:"label"` // one thing a line
}

// Graph draws the flow. It is the same for the same flow: states in the order of
// the file, ways in the order in which they are tried, events by name.
func (f *Flow) Graph() Graph {
	d := &drawing{ids: map[string]string{}, g: Graph{Name: f.Name, Title: f.Title}}
	d.node("\x00start", "start", NodeStart)
	for _, s := range f.order {
		d.node(s.name, s.name+s.caption(), s.kind())
		n := &d.g.Nodes[len(d.g.Nodes)-1]
		n.State, n.Says = s.name, s.glance()
	}
	d.edge("\x00start", f.start, f.startsBy())
	for _, s := range f.order {
		for _, w := range f.shown(s) {
			d.edge(s.name, w.to, w.label)
		}
	}
	if always := labelled(f.events, f.onReplies, f.onError); len(always) > 0 {
		d.node("\x00any", "in every state", NodeAny)
		for _, w := range always {
			d.edge("\x00any", w.to, w.label)
		}
	}
	return d.g
}

// drawing is a Graph under way.
type drawing struct {
	g   Graph
	ids map[string]string // by state
}

func (d *drawing) node(name, label string, kind NodeKind) {
	d.ids[name] = fmt.Sprintf("n%d", len(d.ids))
	d.g.Nodes = append(d.g.Nodes, GraphNode{ID: d.ids[name], Label: label, Kind: kind})
}

// edge adds a way; those between the same two states share one line.
func (d *drawing) edge(from, to, label string) {
	e := GraphEdge{d.ids[from], d.ids[to], label}
	for i, old := range d.g.Edges {
		if old.From == e.From && old.To == e.To {
			if label != "" && old.Label != label {
				d.g.Edges[i].Label = strings.TrimPrefix(old.Label+"\n"+label, "\n")
			}
			return
		}
	}
	d.g.Edges = append(d.g.Edges, e)
}

// mostGlance is how many characters of a text stand in a diagram.
const mostGlance = 140

// glance is what the state says, in the flow's first language. Of expressions only names
// stand there: what else is in one may compare with a secret.
func (s *state) glance() string {
	t := s.say
	if t == nil && s.handoff != nil {
		t = s.handoff.say
	}
	if t == nil {
		return ""
	}
	var b strings.Builder
	for _, p := range t.in(0).parts {
		switch {
		case p.expr == nil:
			b.WriteString(p.text)
		case len(p.expr.path) > 0:
			b.WriteString("{" + strings.Join(p.expr.path, ".") + "}")
		default:
			b.WriteString("{…}")
		}
	}
	all := []rune(strings.Join(strings.Fields(b.String()), " "))
	if len(all) > mostGlance {
		all = append(all[:mostGlance-1], '…')
	}
	return string(all)
}

// kind is the state's kind for its shape.
func (s *state) kind() NodeKind {
	switch {
	case s.asks():
		return NodeQuestion
	case s.handoff != nil:
		return NodeHandoff
	case s.end != "":
		return NodeEnd
	case s.parked():
		return NodeParked
	}
	return NodePlain
}

// caption is what stands under the state's name.
func (s *state) caption() string {
	switch {
	case s.handoff != nil && s.handoff.queue != "":
		return "\nqueue: " + s.handoff.queue
	case s.end != "" && s.end != s.name:
		return "\nend: " + s.end
	}
	return ""
}

// startsBy says what starts the flow.
func (f *Flow) startsBy() string {
	out := slices.Clone(f.Events)
	for _, k := range f.keywords {
		out = append(out, "“"+k.source+"”")
	}
	return strings.Join(out, "\n")
}

// way is one labelled way to a state.
type way struct{ label, to string }

// shown lists the state's own ways out with their labels. A condition on something secret
// may name its value, and is not shown.
func (f *Flow) shown(s *state) []way {
	var out []way
	for _, r := range s.replies {
		if next := cmp.Or(r.next, s.next); next != nil {
			out = append(out, way{r.says(), next.to})
		}
	}
	out = append(out, s.stepWays()...)
	out = append(out, labelled(s.events, s.onReplies, s.onError)...)
	for i, b := range s.branch {
		label := "else"
		if b.when != nil && f.usesSecret(b.when) {
			label = "if …"
		} else if b.when != nil {
			label = "if " + strings.TrimSpace(b.when.source)
		} else if i == 0 {
			label = ""
		}
		out = append(out, way{label, b.next.to})
	}
	for _, e := range s.edges() {
		switch e.via {
		case "reply", "silence", "event", "error", "branch": // drawn above
		case "capture":
			out = append(out, way{s.captured(), e.next.to})
		case "goto":
			out = append(out, way{"", e.next.to})
		case "then":
			out = append(out, way{"handed back", e.next.to})
		case "choice":
			out = append(out, way{"a choice", e.next.to})
		case "none":
			out = append(out, way{"nothing to choose", e.next.to})
		default: // otherwise, and what actions lead to
			out = append(out, way{strings.TrimSpace(e.via + " " + lastPart(e.next.event)), e.next.to})
		}
	}
	return out
}

// lastPart is the last part of a way's name: 404 in call/0/404.
func lastPart(event string) string {
	_, name, _ := strings.Cut(event, "/")
	return name[strings.LastIndexByte(name, '/')+1:]
}

// stepWays are the steps of silence that lead somewhere.
func (s *state) stepWays() []way {
	var out []way
	for _, st := range s.silence {
		switch {
		case st.next == nil:
		case st.at != nil:
			out = append(out, way{"at " + st.when(), st.next.to})
		default:
			out = append(out, way{"after " + st.when(), st.next.to})
		}
	}
	return out
}

// labelled are the ways of on, of a state or of the flow.
func labelled(events map[string]*happening, replies []*reply, onError *link) []way {
	var out []way
	for _, typ := range slices.Sorted(maps.Keys(events)) {
		if next := events[typ].next; next != nil {
			out = append(out, way{"event " + typ, next.to})
		}
	}
	for _, r := range replies {
		out = append(out, way{r.says(), r.next.to})
	}
	if onError != nil {
		out = append(out, way{"on error", onError.to})
	}
	return out
}

// says is a reply as a reader of the diagram knows it: an intent, or its first word.
func (r *reply) says() string {
	label := r.label()
	if r.intent == "" && len(r.words) > 0 {
		label = "“" + r.words[0] + "”"
		if r.as != "" && r.as != r.words[0] {
			label += " " + r.as
		}
	}
	if r.confirm {
		label += " (confirmed)"
	}
	return label
}

func (s *state) captured() string {
	var names []string
	for _, v := range s.captures {
		names = append(names, v.name)
	}
	return strings.Join(names, ", ")
}
