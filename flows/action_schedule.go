package flows

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// scheduleAction starts a flow later, under a name by which it can be taken back.
type scheduleAction struct {
	other
	moment *expression
	after  time.Duration
	name   *template // nil: the flow's
}

func (p *parser) schedule(n *node) action {
	a := &scheduleAction{other: other{at: n}}
	if !p.keys(n, "schedule", keysOf[scheduleKeys]()) {
		return a
	}
	a.other = p.other(n, "schedule")
	at, after := n.child("at"), n.child("after")
	switch {
	case at != nil && after != nil:
		p.failAt(after, "at and after in one schedule: keep one")
	case at != nil:
		a.moment = p.moment(at, "at")
	case after != nil:
		a.after = p.duration(after, "after")
	default:
		p.failAt(n, "schedule without a time: add at: EXPRESSION or after: 24h")
	}
	if name := n.child("name"); name != nil {
		a.name = p.template(name, "name", false)
	}
	return a
}

// latest is how far ahead a flow may be scheduled.
const latest = 366 * 24 * time.Hour

var (
	errTooLate = errors.New("a flow was scheduled for more than a year ahead")
	errNoTime  = errors.New("the time of schedule is no moment")
	errName    = errors.New("the name of schedule or cancel has not 1 to 100 characters")
)

func (a *scheduleAction) run(c *call) error {
	out := Action{Kind: "schedule", Flow: a.flow, Name: a.flow, At: c.sc.Now.Add(a.after)}
	var err error
	if out.Data, err = a.input.fields(c); err != nil {
		return err
	}
	if a.name != nil {
		if out.Name, err = c.named(a.name); err != nil {
			return err
		}
	}
	if a.moment != nil {
		v, err := a.moment.value(c)
		if err != nil {
			return err
		}
		at, ok := c.readTime(v)
		if !ok {
			return errNoTime
		}
		out.At = at
	}
	if out.At.After(c.sc.Now.Add(latest)) {
		return errTooLate
	}
	c.want(out)
	return nil
}

// named is the name under which a start is kept.
func (c *call) named(t *template) (string, error) {
	name, err := t.render(c)
	if err != nil {
		return "", err
	}
	if name = strings.TrimSpace(name); name == "" || utf8.RuneCountInString(name) > 100 {
		return "", errName
	}
	return name, nil
}

func (a *scheduleAction) exprs() []*expression {
	return append(those(a.moment), append(a.input.exprs(), a.name.exprs()...)...)
}

func (a *scheduleAction) sets() []string { return nil }
