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
// action_NAME.go, a row here, and testdata/actions/NAME.yaml with its dialogue.
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
