package flows

// callAction asks the business's HTTP API. The run waits for the answer in its
// state, before the state has said anything.
type callAction struct{ *request }

func (p *parser) call(n *node) action {
	a := &callAction{p.request(n, "call", "call/")}
	for i := range a.results {
		r := &a.results[i]
		old := p.flow.vars[r.name]
		switch {
		case old == nil || old.kind == kindAny:
			p.flow.vars[r.name] = r.v
		case old.kind != r.v.kind:
			p.failAt(r.v.at, "%s is %s here and %s elsewhere: use two names", r.name, r.v.kind, old.kind)
		}
	}
	return a
}

func (a *callAction) run(c *call) error {
	asked, err := a.ask(c)
	c.move.Awaits = asked
	return err
}

func (a *callAction) sets() []string { return nil }

// unsets lists the results: an answer can lack any of them.
func (a *callAction) unsets() []string {
	var names []string
	for _, r := range a.results {
		names = append(names, r.name)
	}
	return names
}

func (a *callAction) node() *node { return a.at }
