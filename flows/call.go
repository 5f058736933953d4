package flows

import (
	"errors"
	"maps"
	"math"
	"slices"
)

// call is one input being applied to a run: what expressions see, and the move
// that comes of it. (The action of that name is a callAction.)
type call struct {
	flow   *Flow
	sc     Scope
	engine *engine
	run    Run
	own    bool // run.Vars is this call's own copy
	lang   int  // index of run.Language among the flow's

	said    Said
	reading Reading
	item    any // the element whose label is being worked out

	move Move
}

// call borrows an engine and begins a call in it; giveBack ends it.
func (f *Flow) call(sc *Scope, run *Run) *call {
	e := f.engines.Get().(*engine)
	c := &e.call
	c.flow, c.engine, c.sc, c.run = f, e, *sc, *run
	if c.lang = slices.Index(f.Languages, run.Language); c.lang < 0 {
		c.run.Language = f.Speaks(run.Language)
		c.lang = slices.Index(f.Languages, c.run.Language)
	}
	return c
}

// set gives a variable a value in this call's own copy of the variables.
func (c *call) set(name string, value any) {
	if !c.own {
		c.run.Vars = maps.Clone(c.run.Vars)
		if c.run.Vars == nil {
			c.run.Vars = map[string]any{}
		}
		c.own = true
	}
	if value == nil {
		delete(c.run.Vars, name)
		return
	}
	c.run.Vars[name] = value
}

var errTooMuch = errors.New("the variables grew beyond 64 KiB")

// fits checks the size of variables that this call changed.
func (c *call) fits() error {
	if c.own && sizeOf(c.run.Vars) > maxVars {
		return errTooMuch
	}
	return nil
}

// variable returns what an expression sees under the name, of the declared type
// even when the run came back from storage as JSON; nil when unset.
func (c *call) variable(name string) any {
	switch name {
	case "brand":
		return c.sc.Brand.Name
	case "line":
		return c.sc.Line
	case "language":
		return c.run.Language
	case "now":
		return c.sc.Now.In(c.zone())
	case "can_reply":
		return c.sc.CanReply
	case "last_text":
		return c.run.LastText
	case "opens":
		return c.sc.Opens
	case "choices":
		return c.choices()
	case "item":
		if c.item != nil {
			return c.item
		}
	case "contact", "reply", "event":
		return c.object(name)
	case "money":
		return c.moneyOf
	case "date":
		return c.dateOf
	case "time":
		return c.timeOf
	}
	return c.typed(name)
}

// typed is the run's variable, as its declaration says.
func (c *call) typed(name string) any {
	value, ok := c.run.Vars[name]
	v := c.flow.vars[name]
	if !ok || value == nil || v == nil {
		return nil
	}
	switch v.kind {
	case kindAny, kindInteger:
		// JSON knows one kind of number; whole ones count and index.
		if f, ok := value.(float64); ok && f == math.Trunc(f) && math.Abs(f) <= maxInteger {
			return int(f)
		}
	case kindNumber:
		if i, ok := value.(int); ok {
			return float64(i)
		}
	case kindDate, kindDatetime:
		if t, ok := c.readTime(value); ok {
			return t
		}
	}
	return value
}

func (c *call) object(name string) map[string]any {
	switch name {
	case "contact":
		p := c.sc.Contact
		tags, _ := storable(p.Tags)
		return map[string]any{"name": p.Name, "language": p.Language, "timezone": p.Timezone, "tags": tags, "fields": p.Fields}
	case "event":
		return map[string]any{"type": c.sc.Event.Type, "data": c.sc.Event.Data}
	}
	return map[string]any{"text": c.said.Text, "as": c.reading.As, "intent": c.reading.Intent, "media": mediaValues(c.said.Media)}
}

// lookup follows a path without building objects that are not needed. ok is false
// when the path leads through something that has no members.
func (c *call) lookup(path []string) (value any, ok bool) {
	if len(path) == 1 {
		return c.variable(path[0]), true
	}
	rest := path[1:]
	switch path[0] {
	case "reply":
		value, rest = c.replyMember(path[1]), path[2:]
	case "contact":
		value, rest = c.contactMember(path[1]), path[2:]
	default:
		value = c.variable(path[0])
	}
	for _, name := range rest {
		m, isObject := value.(map[string]any)
		if !isObject {
			return nil, false
		}
		value = m[name]
	}
	return value, true
}

func (c *call) replyMember(name string) any {
	switch name {
	case "text":
		return c.said.Text
	case "as":
		return c.reading.As
	case "intent":
		return c.reading.Intent
	}
	return c.object("reply")[name]
}

func (c *call) contactMember(name string) any {
	if name == "name" {
		return c.sc.Contact.Name
	}
	return c.object("contact")[name]
}

// stored evaluates an expression as data: a plain variable as it is kept, anything
// else as JSON can hold it.
func (c *call) stored(e *expression) (any, error) {
	if len(e.path) == 1 {
		if raw, ok := c.run.Vars[e.path[0]]; ok && raw != nil {
			return raw, nil
		}
	}
	v, err := e.value(c)
	if err != nil {
		return nil, err
	}
	out, ok := storable(v)
	if !ok {
		return nil, e.broken()
	}
	return out, nil
}

func mediaValues(media []Media) []any {
	out := make([]any, 0, len(media))
	for _, m := range media {
		out = append(out, map[string]any{"url": m.URL, "type": m.Type})
	}
	return out
}
