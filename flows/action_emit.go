package flows

// emitAction tells the business that something happened.
type emitAction struct {
	event string
	data  *data // nil: nothing to say but that
}

func (p *parser) emit(n *node) action {
	a := &emitAction{}
	if !p.keys(n, "emit", keysOf[emitKeys]()) {
		return a
	}
	if n.child("event") == nil {
		p.failAt(n, "emit without an event: add event: TYPE")
	}
	a.event = p.word(n.child("event"), "event")
	a.data = p.fields(n.child("data"), "data")
	return a
}

func (a *emitAction) run(c *call) error {
	fields, err := a.data.fields(c)
	c.want(Action{Kind: "emit", Name: a.event, Data: fields})
	return err
}

func (a *emitAction) exprs() []*expression { return a.data.exprs() }

func (a *emitAction) sets() []string { return nil }
