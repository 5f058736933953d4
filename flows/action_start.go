package flows

// startAction starts another flow for the same customer. With wait, the run goes on
// when that one has ended.
type startAction struct {
	other
	waits bool
}

// other names another flow and what it is given.
type other struct {
	flow  string
	input *data
	at    *node
}

func (p *parser) startFlow(n *node) action {
	a := &startAction{other: other{at: n}}
	if p.keys(n, "start", keysOf[startKeys]()) {
		a.other = p.other(n, "start")
		a.waits = p.flag(n.child("wait"), "wait", false)
	}
	return a
}

func (p *parser) other(n *node, what string) other {
	if n.child("flow") == nil {
		p.failAt(n, "%s without a flow: add flow: NAME", what)
	}
	o := other{at: n, flow: p.word(n.child("flow"), "flow"), input: p.fields(n.child("input"), "input")}
	p.flow.others = append(p.flow.others, o)
	return o
}

func (a *startAction) run(c *call) error {
	input, err := a.input.fields(c)
	out := Action{Kind: "start", Flow: a.flow, Data: input}
	if a.waits {
		c.move.Awaits = &out
	} else {
		c.want(out)
	}
	return err
}

func (a *startAction) exprs() []*expression { return a.input.exprs() }

func (a *startAction) sets() []string { return nil }

func (a *startAction) unsets() []string { return nil }

func (a *startAction) node() *node {
	if !a.waits {
		return nil
	}
	return a.at
}

// Ended goes on with a run that waited for the end of another: event.type and
// event.data are those of that run's end.
func (f *Flow) Ended(sc Scope, run Run, data map[string]any) Move {
	return f.do(&sc, run, func(c *call) error {
		c.sc.Event = Event{"run.ended", data}
		return c.goOn()
	})
}
