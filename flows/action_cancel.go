package flows

// cancelAction takes a scheduled start back.
type cancelAction struct{ name *template }

func (p *parser) cancel(n *node) action {
	a := &cancelAction{}
	if !p.keys(n, "cancel", keysOf[cancelKeys]()) {
		return a
	}
	if n.child("name") == nil {
		p.failAt(n, "cancel without a name: add name: NAME, as schedule gave it")
		return a
	}
	a.name = p.template(n.child("name"), "name", false)
	return a
}

func (a *cancelAction) run(c *call) error {
	name, err := c.named(a.name)
	c.want(Action{Kind: "cancel", Name: name})
	return err
}

func (a *cancelAction) exprs() []*expression { return a.name.exprs() }

func (a *cancelAction) sets() []string { return nil }
