package flows

// emitAction tells the business that something happened.
type emitAction struct {
	event string
	data  *data // nil: nothing to say but that
}

func (p *parser) emit(n *node) *emitAction {
	a := &emitAction{}
	if !p.keys(n, "emit", "event data", "") {
		return a
	}
	if n.child("event") == nil {
		p.failAt(n, "emit without an event: add event: TYPE")
	}
	a.event = p.word(n.child("event"), "event")
	if d := n.child("data"); d != nil {
		if d.shape != isObject {
			p.failAt(d, "data is %s: write NAME: VALUE", d.shape)
			return a
		}
		a.data = p.data(d)
	}
	return a
}

func (a *emitAction) run(c *call) error {
	out := Action{Kind: "emit", Name: a.event}
	if a.data != nil {
		v, err := a.data.value(c)
		if err != nil {
			return err
		}
		out.Data, _ = v.(map[string]any)
		if sizeOf(v) > maxVars {
			return errTooMuch
		}
	}
	c.move.Actions = append(c.move.Actions, out)
	return nil
}

func (a *emitAction) exprs() []*expression {
	if a.data == nil {
		return nil
	}
	return a.data.exprs()
}

func (a *emitAction) sets() []string { return nil }
