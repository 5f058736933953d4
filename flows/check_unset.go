package flows

import (
	"maps"
	"slices"
)

// names is a set of variables that are certainly set.
type names map[string]bool

// checkUnset finds expressions that use a variable which some path leaves unset.
func (p *parser) checkUnset() {
	entry, first := p.flow.certain()
	for _, s := range p.flow.order {
		if at, reached := entry[s.name]; reached {
			p.unsetIn(s, maps.Clone(at))
		}
	}
	p.unsetAlways(entry, first)
}

// certain holds, for each state, what is set on every path that leads into it, and what
// is set from the start.
func (f *Flow) certain() (entry map[string]names, first names) {
	first = names{}
	for _, v := range f.inputs {
		if !v.optional {
			first[v.name] = true
		}
	}
	entry = map[string]names{f.start: first}
	todo := []string{f.start}
	for _, e := range f.lookup.edges() {
		todo, entry[e.next.to] = append(todo, e.next.to), both(first, f.filledByText())
	}
	for len(todo) > 0 {
		s := f.states[todo[0]]
		todo = todo[1:]
		for _, e := range f.ways(s) {
			after := s.after(entry[s.name], e)
			old, seen := entry[e.next.to]
			merged := after
			if seen {
				merged = both(old, after)
			}
			if !seen || len(merged) < len(old) {
				entry[e.next.to] = merged
				todo = append(todo, e.next.to)
			}
		}
	}
	return entry, first
}

// after is what is set when the state is left along the edge.
func (s *state) after(at names, e edge) names {
	out := maps.Clone(at)
	if e.via == "error" {
		return out // the failed move is undone
	}
	for _, a := range s.do {
		out.add(a.sets())
	}
	if a := s.suspends(); a != nil && e.via != "refused" {
		out.drop(a.unsets())
	}
	if e.via == "choice" {
		out[s.choose.as] = true
	}
	if e.via == "capture" {
		for _, v := range s.captures {
			if v.kind != kindMedia || s.wanted() == nil {
				out[v.name] = true
			}
		}
	}
	for _, a := range e.do {
		out.add(a.sets())
	}
	return out
}

func (n names) add(more []string) {
	for _, name := range more {
		n[name] = true
	}
}

func (n names) drop(some []string) {
	for _, name := range some {
		delete(n, name)
	}
}

func both(a, b names) names {
	out := names{}
	for name := range a {
		if b[name] {
			out[name] = true
		}
	}
	return out
}

// unsetIn checks the expressions of one state, in the order in which they run.
func (p *parser) unsetIn(s *state, at names) {
	p.unsetActions(s.do, at)
	if a := s.suspends(); a != nil {
		at.drop(a.unsets())
	}
	p.unset(s.choose.exprs(), at)
	p.unset(s.say.exprs(), at)
	p.unset(s.resume.exprs(), at)
	for _, address := range s.media {
		p.unset(address.exprs(), at)
	}
	p.unset(those(s.before), at)
	for _, r := range append(slices.Clip(s.replies), s.onReplies...) {
		p.unsetActions(r.do, maps.Clone(at))
	}
	for _, st := range s.silence {
		p.unset(append(st.say.exprs(), those(st.at)...), at)
	}
	if s.otherwise != nil {
		p.unset(s.otherwise.say.exprs(), at)
	}
	for _, typ := range slices.Sorted(maps.Keys(s.events)) {
		p.unsetActions(s.events[typ].do, maps.Clone(at))
	}
	for _, b := range s.branch {
		p.unset(those(b.when), at)
	}
	if h := s.handoff; h != nil {
		p.unset(h.note.exprs(), at)
		p.unset(h.say.exprs(), at)
		p.unset(h.closedSay.exprs(), at)
	}
}

// unsetAlways checks the flow's own key, events and replies: they may run in any
// state that waits.
func (p *parser) unsetAlways(entry map[string]names, first names) {
	anywhere := names(nil)
	for name, at := range entry {
		s := p.flow.states[name]
		if !s.waits() && s.suspends() == nil {
			continue
		}
		here := s.after(at, edge{})
		if anywhere == nil {
			anywhere = here
		} else {
			anywhere = both(anywhere, here)
		}
	}
	if anywhere == nil {
		anywhere = maps.Clone(first)
	}
	if p.flow.lookup != nil {
		first = both(first, p.flow.filledByText())
		p.unset(p.flow.lookup.exprs(), first)
	}
	p.unset(p.flow.key.exprs(), first)
	for _, typ := range slices.Sorted(maps.Keys(p.flow.events)) {
		p.unsetActions(p.flow.events[typ].do, maps.Clone(anywhere))
	}
	for _, r := range p.flow.onReplies {
		p.unsetActions(r.do, maps.Clone(anywhere))
	}
}

// unsetActions checks actions and adds what they set.
func (p *parser) unsetActions(list []action, at names) {
	for _, a := range list {
		p.unset(a.exprs(), at)
		at.add(a.sets())
	}
}

func (p *parser) unset(list []*expression, at names) {
	for _, e := range list {
		for _, name := range e.bare {
			if p.flow.vars[name] != nil && !at[name] {
				p.failAt(e.at, "%s may be unset here: write {{ %s ?? \"...\" }}, or set it on every path", name, name)
			}
		}
	}
}
