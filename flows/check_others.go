package flows

import (
	"errors"
	"slices"
)

// othersKnown checks that the flows which others start are there and are given what
// they need.
func (l *Library) othersKnown() error {
	var errs []error
	var names []string
	for _, f := range l.flows {
		names = append(names, f.Name)
	}
	for _, f := range l.flows {
		p := &parser{origin: f.origin}
		for _, o := range f.others {
			p.startable(l, o, names)
		}
		errs = append(errs, join(p.problems))
	}
	return errors.Join(errs...)
}

// startable checks one start of another flow.
func (p *parser) startable(l *Library, o other, names []string) {
	to := l.byName[o.flow]
	if to == nil {
		p.failAt(o.at, "there is no flow %s: %s", quote(o.flow), suggest(o.flow, names))
		return
	}
	var given, known []string
	if o.input != nil {
		given = o.input.names
	}
	for _, v := range to.inputs {
		known = append(known, v.name)
		if v.required && v.def == nil && !slices.Contains(given, v.name) {
			p.failAt(o.at, "the flow %s needs the input %s: add it under input", o.flow, v.name)
		}
	}
	for _, name := range given {
		if !slices.Contains(known, name) {
			p.failAt(o.at, "the flow %s has no input %s: %s", o.flow, quote(name), suggest(name, known))
		}
	}
}

// CheckBrands finds flows of brands that the configuration does not have.
func (l *Library) CheckBrands(known []string) error {
	var errs []error
	for _, f := range l.flows {
		if f.Brand != "" && !slices.Contains(known, f.Brand) {
			p := &parser{origin: f.origin}
			p.failAt(f.at.child("brand"), "the configuration has no brand %s: %s", quote(f.Brand), suggest(f.Brand, known))
			errs = append(errs, join(p.problems))
		}
	}
	return errors.Join(errs...)
}
