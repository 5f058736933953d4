package flows

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// edge is one way out of a state, with what it does on the way.
type edge struct {
	next *link
	do   []action
	// via is what leads along it: reply, choice, capture or otherwise, which the customer
	// says; silence, event, error; then, when a person hands back; branch, goto, or none,
	// when there is nothing to choose from; answered and refused, by a call.
	via string
}

// said says whether a text of the customer's leads along the way.
func (e edge) said() bool {
	return e.via == "reply" || e.via == "choice" || e.via == "capture" || e.via == "otherwise"
}

// edges are ways out of a state under way.
type edges []edge

// add adds the way of a link; nil adds none.
func (e *edges) add(l *link, do []action, via string) {
	if l != nil {
		*e = append(*e, edge{l, do, via})
	}
}

// edges lists the state's own ways out.
func (s *state) edges() edges {
	out := s.answers()
	for _, st := range s.silence {
		out.add(st.next, nil, "silence")
	}
	for _, typ := range slices.Sorted(maps.Keys(s.events)) {
		out.add(s.events[typ].next, s.events[typ].do, "event")
	}
	for _, r := range s.onReplies {
		out.add(r.next, r.do, "reply")
	}
	out.add(s.onError, nil, "error")
	for _, b := range s.branch {
		out.add(b.next, nil, "branch")
	}
	if s.handoff != nil {
		out.add(s.handoff.then, nil, "then")
	}
	if a, ok := s.suspends().(*callAction); ok {
		out = append(out, a.edges()...)
	}
	if !s.asks() {
		out.add(s.next, nil, "goto")
	}
	return out
}

// answers lists the ways that an answer to the state's question leads, or its lack.
func (s *state) answers() edges {
	var out edges
	for _, r := range s.replies {
		out.add(cmp.Or(r.next, s.next), r.do, "reply")
	}
	if s.otherwise != nil {
		out.add(s.otherwise.next, nil, "otherwise")
	}
	switch {
	case s.choose != nil:
		out.add(s.choose.none, nil, "none")
		out.add(cmp.Or(s.choose.next, s.next), nil, "choice")
	case len(s.captures) > 0:
		out.add(s.next, nil, "capture")
	}
	return out
}

// always lists the flow's own ways, which lead out of every state that waits.
func (f *Flow) always() edges {
	var out edges
	for _, typ := range slices.Sorted(maps.Keys(f.events)) {
		out.add(f.events[typ].next, f.events[typ].do, "event")
	}
	for _, r := range f.onReplies {
		out.add(r.next, r.do, "reply")
	}
	out.add(f.onError, nil, "error")
	return out
}

// ways are all ways out of the state.
func (f *Flow) ways(s *state) edges {
	out := s.edges()
	if s.waits() {
		out = append(out, f.always()...)
	} else if s.suspends() != nil { // texts are held meanwhile
		out = append(out, slices.DeleteFunc(f.always(), func(e edge) bool { return e.via == "reply" })...)
	} else {
		out.add(f.onError, nil, "error")
	}
	return out
}

// to lists where the ways lead.
func (e edges) to() []string {
	var names []string
	for _, one := range e {
		names = append(names, one.next.to)
	}
	return names
}

// entrances are the states in which a run may begin: the first, and those that an answer
// to the lookup leads to.
func (f *Flow) entrances() []string { return append([]string{f.start}, f.lookup.edges().to()...) }

// walk visits states, each once: those it begins with, and those that visit names.
func (f *Flow) walk(from []string, visit func(*state) (onwards []string)) {
	seen := map[string]bool{}
	for todo := from; len(todo) > 0; todo = todo[1:] {
		if name := todo[0]; !seen[name] {
			seen[name] = true
			todo = append(todo, visit(f.states[name])...)
		}
	}
}

// checkReach finds states that no run comes to.
func (p *parser) checkReach() {
	reached := map[string]bool{}
	p.flow.walk(p.flow.entrances(), func(s *state) []string {
		reached[s.name] = true
		return p.flow.ways(s).to()
	})
	for _, s := range p.flow.order {
		if !reached[s.name] {
			p.warnAt(s.at, "nothing leads to the state %s: remove it, or give it a way in", s.name)
		}
	}
}

// checkLoops finds circles of states none of which waits: a run would turn in them
// until the bound of moves stops it.
func (p *parser) checkLoops() {
	l := &loops{parser: p, seen: map[string]bool{}}
	for _, s := range p.flow.order {
		l.visit(s)
	}
}

// loops walks in depth through states that go on by themselves.
type loops struct {
	*parser
	seen map[string]bool
	path []string // from the first state to the present one
}

func (l *loops) visit(s *state) {
	if _, other := s.suspends().(*startAction); other || l.seen[s.name] || s.waits() || s.end != "" {
		return
	}
	l.seen[s.name] = true
	l.path = append(l.path, s.name)
	for _, e := range s.edges() {
		if from := slices.Index(l.path, e.next.to); from >= 0 {
			circle := strings.Join(l.path[from:], " > ") + " > " + e.next.to
			l.failAt(e.next.at, "a loop without a wait (%s): let one of these states ask or wait", circle)
			continue
		}
		l.visit(l.flow.states[e.next.to])
	}
	l.path = l.path[:len(l.path)-1]
}
