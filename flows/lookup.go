package flows

import (
	"fmt"
	"slices"
)

// lookingUp is the state of a run that has entered none yet: a text has started it
// and its lookup is under way.
const lookingUp = ""

// lookup reads trigger.lookup: a request whose results are inputs.
func (p *parser) lookup(n *node) {
	if n == nil {
		return
	}
	q := p.request(n, "lookup", "lookup/")
	p.flow.lookup = q
	for i := range q.results {
		r := &q.results[i]
		switch v := p.flow.input(r.name); {
		case v == nil:
			p.failAt(r.v.at, "lookup fills %s, which is no input: declare it under input", quote(r.name))
		case v.kind != r.v.kind:
			p.failAt(r.v.at, "%s is %s here and %s under input: write the same", r.name, r.v.kind, v.kind)
		default:
			r.v = v
		}
	}
	if l := q.ways["ok"]; l != nil {
		p.failAt(l.at, "after its lookup a run enters its first state: leave ok out")
	}
}

// CheckText checks the inputs that a text has filled, as CheckInput does. lookUp
// says that the flow's lookup brings the rest before the run can Start: whatever of
// its results the text has not filled, a default aside.
func (f *Flow) CheckText(args map[string]any) (vars map[string]any, lookUp bool, problems []string) {
	vars, problems = f.CheckInput(args)
	if f.lookup == nil {
		return vars, false, problems
	}
	if len(problems) == 0 {
		lookUp = slices.ContainsFunc(f.lookup.results, func(r result) bool { return args[r.name] == nil })
		return vars, lookUp, nil
	}
	missing := 0
	for _, v := range f.inputs {
		if v.required && v.def == nil && args[v.name] == nil {
			missing++
		}
	}
	if missing < len(problems) { // what the text did fill does not fit
		return vars, false, problems
	}
	return vars, true, nil
}

// LookUp begins a run that a text started and whose inputs are not complete: it
// asks what the lookup asks, and Returned goes on.
func (f *Flow) LookUp(sc Scope, run Run) Move {
	return f.do(&sc, run, func(c *call) error {
		c.run.State = lookingUp
		asked, err := f.lookup.ask(c)
		c.move.Awaits, c.move.Moved = asked, true
		return err
	})
}

// found enters the first state of a run whose lookup has come back.
func (c *call) found(q *request) error {
	for _, v := range c.flow.inputs {
		if v.required && c.run.Vars[v.name] == nil {
			if l := q.ways["failed"]; l != nil {
				return c.follow(l)
			}
			return fmt.Errorf("the answer of %s has no %s", q.url.host, v.name)
		}
	}
	c.run.State = c.flow.start
	return c.enter()
}
