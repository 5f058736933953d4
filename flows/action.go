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
	"set":  func(p *parser, n *node) action { return p.set(n) },
	"emit": func(p *parser, n *node) action { return p.emit(n) },
}

const (
	actionKeys  = "set emit"
	actionLater = "call tag start schedule cancel issue_code lock_account"
	maxActions  = 20
)

func (p *parser) actions(n *node) []action {
	var out []action
	for _, item := range p.list(n, "do", maxActions, false) {
		if !p.keys(item, "an action", actionKeys, actionLater) {
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

func (c *call) carryOut(list []action) error {
	for _, a := range list {
		if err := a.run(c); err != nil {
			return err
		}
	}
	return nil
}
