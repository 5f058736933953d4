package flows

import "slices"

// setAction gives variables values. All values are worked out before the first is
// given, so that the order of the keys does not matter.
type setAction struct {
	names  []string
	values []*data
}

func (p *parser) set(n *node) action {
	a := &setAction{}
	p.assigns = append(p.assigns, a)
	if n.shape != isObject {
		p.failAt(n, "set is %s: write NAME: VALUE", n.shape)
		return a
	}
	for _, e := range n.keys {
		if !p.nameable(e) {
			continue
		}
		a.names = append(a.names, e.name)
		a.values = append(a.values, p.data(e.value))
		if p.flow.vars[e.name] == nil {
			p.flow.vars[e.name] = &variable{name: e.name, kind: kindAny, at: e.at}
		}
	}
	return a
}

func (a *setAction) run(c *call) error {
	values := make([]any, len(a.values))
	for i, d := range a.values {
		v, err := d.value(c)
		if err != nil {
			return err
		}
		if declared := c.flow.vars[a.names[i]]; declared != nil && v != nil {
			if v, err = declared.accept(v); err != nil {
				return err
			}
		}
		values[i] = v
	}
	for i, name := range a.names {
		c.set(name, values[i])
	}
	return c.fits()
}

func (a *setAction) exprs() []*expression {
	var out []*expression
	for _, d := range a.values {
		out = append(out, d.exprs()...)
	}
	return out
}

func (a *setAction) sets() []string { return slices.Clone(a.names) }
