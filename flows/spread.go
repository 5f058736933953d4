package flows

import "slices"

// spread marks variables that are made of a secret as secret too, and those made of a
// stranger's words as a stranger's, however many steps lie between: set gives them a
// value, or they are chosen from a list.
func (p *parser) spread() {
	for changed := true; changed; {
		changed = false
		made := func(name string, from []*expression) {
			v := p.flow.vars[name]
			if v == nil {
				return
			}
			secret := v.secret || slices.ContainsFunc(from, p.flow.usesSecret)
			foreign := v.foreign || slices.ContainsFunc(from, p.flow.usesForeign)
			changed = changed || secret != v.secret || foreign != v.foreign
			v.secret, v.foreign = secret, foreign
		}
		for _, a := range p.assigns {
			for i, d := range a.values {
				made(a.names[i], d.exprs())
			}
		}
		for _, s := range p.flow.order {
			if s.choose != nil && s.choose.from != nil {
				made(s.choose.as, []*expression{s.choose.from})
			}
		}
	}
}

// Secret says whether the variable holds what no log, prompt or screen may show.
func (f *Flow) Secret(name string) bool {
	v := f.vars[name]
	return v != nil && v.secret
}

// isForeign says whether a stranger may have chosen what the variable holds.
func (f *Flow) isForeign(name string) bool {
	v := f.vars[name]
	return v != nil && v.foreign || name == "contact"
}

func (f *Flow) usesSecret(e *expression) bool { return slices.ContainsFunc(e.uses, f.Secret) }

func (f *Flow) usesForeign(e *expression) bool { return slices.ContainsFunc(e.uses, f.isForeign) }
