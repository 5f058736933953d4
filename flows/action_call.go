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

// suspending is an action after which the run waits for a result. It stands last in
// a state's do: what the state says and its way on come with the result.
type suspending interface {
	action
	// unsets lists variables that the result may leave unset.
	unsets() []string
	// node is where the action stands; nil: this one does not wait.
	node() *node
}

// suspends is the action of the state that waits for a result; nil: none does.
func (s *state) suspends() suspending {
	if len(s.do) == 0 {
		return nil
	}
	if a, ok := s.do[len(s.do)-1].(suspending); ok && a.node() != nil {
		return a
	}
	return nil
}

// unsuspended refuses an action that waits for a result where no run can wait.
func (p *parser) unsuspended(list []action, why string) {
	for _, a := range list {
		if s, ok := a.(suspending); ok && s.node() != nil {
			p.failAs("an-action-that-waits", s.node(), why)
		}
	}
}

// stateActions reads a state's do, whose last action may wait for a result.
func (p *parser) stateActions(n *node) []action {
	list := p.actionList(n)
	if len(list) > 0 {
		p.unsuspended(list[:len(list)-1], "an action that waits for a result stands last in do: move it there, or make two states")
	}
	return list
}

// goOn carries out the rest of the state whose action has brought its result.
func (c *call) goOn() error {
	s, err := c.state()
	if err != nil {
		return err
	}
	c.move.Moved = true
	next, err := c.present(s)
	if err != nil || next == nil {
		return err
	}
	return c.follow(next)
}
