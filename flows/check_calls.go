package flows

import (
	"maps"
	"slices"
)

// edges lists the ways that the answers of a call lead.
func (q *request) edges() edges {
	if q == nil {
		return nil
	}
	var out edges
	for _, name := range slices.Sorted(maps.Keys(q.ways)) {
		via := "refused" // nothing of the answer is kept
		if name == "ok" || name[0] == '2' {
			via = "answered"
		}
		out.add(q.ways[name], nil, via)
	}
	return out
}

// fills says whether the answer may hold the variable.
func (q *request) fills(name string) bool {
	return q != nil && slices.ContainsFunc(q.results, func(r result) bool { return r.name == name })
}

// leavesByCall says whether every answer leads out of the state: ok does, and what
// is not ok never goes on here.
func (s *state) leavesByCall() bool {
	a, ok := s.suspends().(*callAction)
	return ok && a.ways["ok"] != nil
}

// checkCalls finds what a state would do after an answer that always leads
// elsewhere, and a lookup that no text brings about.
func (p *parser) checkCalls() {
	for _, s := range p.flow.order {
		if s.leavesByCall() && (s.say != nil || len(s.media) > 0 || s.asks() || s.leaves() || s.handoff != nil || s.end != "") {
			p.warnAt(s.at, "after its call this state does nothing: on.ok leads elsewhere")
		}
	}
	if q := p.flow.lookup; q != nil && len(p.flow.keywords) == 0 {
		p.warnAt(q.at, "no text starts this flow, so that nothing is looked up: add keywords, or remove lookup")
	}
}

// filledByText are the inputs that every keyword fills, and those with a default.
func (f *Flow) filledByText() names {
	filled := names{}
	for _, v := range f.inputs {
		filled[v.name] = v.def != nil || len(f.keywords) > 0
		for _, k := range f.keywords {
			if !slices.ContainsFunc(k.tokens, func(t piece) bool { return t.arg == v.name }) && v.def == nil {
				filled[v.name] = false
			}
		}
		if !filled[v.name] {
			delete(filled, v.name)
		}
	}
	return filled
}
