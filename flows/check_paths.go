package flows

import (
	"slices"
	"strings"
)

// edge is one way out of a state, with what it does on the way.
type edge struct {
	next *link
	do   []action
	via  string // reply, capture, event, silence, otherwise, then, goto, branch, answered, refused
}

// edges lists the state's own ways out.
func (s *state) edges() []edge {
	var out []edge
	add := func(l *link, do []action, via string) {
		if l != nil {
			out = append(out, edge{l, do, via})
		}
	}
	for _, r := range s.replies {
		next := r.next
		if next == nil {
			next = s.next
		}
		add(next, r.do, "reply")
	}
	for _, st := range s.silence {
		add(st.next, nil, "silence")
	}
	for _, h := range s.events {
		add(h.next, h.do, "event")
	}
	for _, r := range s.onReplies {
		add(r.next, r.do, "reply")
	}
	add(s.onError, nil, "error")
	for _, b := range s.branch {
		add(b.next, nil, "branch")
	}
	if s.otherwise != nil {
		add(s.otherwise.next, nil, "otherwise")
	}
	if s.handoff != nil {
		add(s.handoff.then, nil, "then")
	}
	if a, ok := s.suspends().(*callAction); ok {
		out = append(out, a.edges()...)
	}
	if s.choose != nil {
		add(s.choose.none, nil, "none")
		next := s.choose.next
		if next == nil {
			next = s.next
		}
		add(next, nil, "choice")
	}
	switch {
	case s.choose != nil:
	case len(s.captures) > 0:
		add(s.next, nil, "capture")
	case len(s.replies) == 0:
		add(s.next, nil, "goto")
	}
	return out
}

// always lists the flow's own ways, which lead out of every state that waits.
func (f *Flow) always() []edge {
	var out []edge
	for _, h := range f.events {
		if h.next != nil {
			out = append(out, edge{h.next, h.do, "event"})
		}
	}
	for _, r := range f.onReplies {
		if r.next != nil {
			out = append(out, edge{r.next, r.do, "reply"})
		}
	}
	if f.onError != nil {
		out = append(out, edge{f.onError, nil, "error"})
	}
	return out
}

// ways are all ways out of the state.
func (f *Flow) ways(s *state) []edge {
	out := s.edges()
	if s.waits() {
		out = append(out, f.always()...)
	} else if s.suspends() != nil { // texts are held meanwhile
		out = append(out, slices.DeleteFunc(f.always(), func(e edge) bool { return e.via == "reply" })...)
	} else if f.onError != nil {
		out = append(out, edge{f.onError, nil, "error"})
	}
	return out
}

func (p *parser) checkReach() {
	f := p.flow
	todo := []string{f.start}
	for _, e := range f.lookup.edges() {
		todo = append(todo, e.next.to)
	}
	reached := map[string]bool{}
	for _, name := range todo {
		reached[name] = true
	}
	for len(todo) > 0 {
		s := f.states[todo[0]]
		todo = todo[1:]
		if s == nil {
			continue
		}
		for _, e := range f.ways(s) {
			if !reached[e.next.to] {
				reached[e.next.to] = true
				todo = append(todo, e.next.to)
			}
		}
	}
	for _, s := range f.order {
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
