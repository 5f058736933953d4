package flows

// action is one compiled entry of do. It may set variables and add to the move's
// Actions; the outside world acts later.
type action interface {
	// run carries the action out within the call.
	run(c *call) error
	// exprs lists its expressions, and sets the variables it gives values to.
	exprs() []*expression
	sets() []string
}

// actions are the kinds of actions, each in a file of its own. To add one, write
// action_NAME.go, its keys in grammar_actions.go, a row here, and
// testdata/actions/NAME.yaml with its dialogue.
var actions = map[string]func(p *parser, n *node) action{
	"set":               (*parser).set,
	"emit":              (*parser).emit,
	"call":              (*parser).call,
	"tag":               (*parser).tag,
	"start":             (*parser).startFlow,
	"schedule":          (*parser).schedule,
	"cancel":            (*parser).cancel,
	"issue_code":        (*parser).issueCode,
	"lock_account":      (*parser).lockAccount,
	"alert_account":     (*parser).alertAccount,
	"verify_account":    (*parser).verifyAccount,
	"recognise_payment": (*parser).recognisePayment,
}

const maxActions = 20

// actions reads a do in which no action may wait for a result: that of a reply or
// an event.
func (p *parser) actions(n *node) []action {
	list := p.actionList(n)
	p.unsuspended(list, "an action that waits for a result stands in a state's do: go to a state that has it")
	return list
}

func (p *parser) actionList(n *node) []action {
	var out []action
	for _, item := range p.list(n, "do", maxActions, false) {
		if !p.keys(item, "an action", keysOf[actionKeys]()) {
			continue
		}
		if len(item.keys) != 1 {
			p.failAt(item, "an action with %d keys: write one action a list item", len(item.keys))
			continue
		}
		if read := actions[item.keys[0].name]; read != nil {
			out = append(out, read(p, item.keys[0].value))
		}
	}
	return out
}

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

// want notes what the outside world shall do.
func (c *call) want(a Action) { c.move.Actions = append(c.move.Actions, a) }

// fields reads an object of values; nil when there is none.
func (p *parser) fields(n *node, what string) *data {
	switch {
	case n == nil:
		return nil
	case n.shape != isObject:
		p.failAt(n, "%s is %s: write NAME: VALUE", what, n.shape)
		return nil
	}
	return p.data(n)
}

// params reads the texts under some keys of an action.
func (p *parser) params(n *node, names ...string) *data {
	d := &data{items: []*data{}, object: true}
	for _, name := range names {
		if v := n.child(name); v != nil {
			p.text(v, name)
			d.names, d.items = append(d.names, name), append(d.items, p.data(v))
		}
	}
	return d
}

// put adds a fixed text to an object.
func (d *data) put(name, text string) {
	d.names, d.items = append(d.names, name), append(d.items, &data{literal: text})
}

// fields gives the object's values, at most as long as a run's variables.
func (d *data) fields(c *call) (map[string]any, error) {
	if d == nil {
		return nil, nil
	}
	v, err := d.value(c)
	if err != nil {
		return nil, err
	}
	if sizeOf(v) > maxVars {
		return nil, errTooMuch
	}
	fields, _ := v.(map[string]any)
	return fields, nil
}

func (c *call) carryOut(list []action) error {
	for _, a := range list {
		if err := a.run(c); err != nil {
			return err
		}
	}
	return nil
}
