package flows

import (
	"errors"
	"fmt"
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
		for _, o := range f.others {
			if problem := l.startable(o, names); problem != "" {
				p := &parser{origin: f.origin}
				p.failAt(o.at, "%s", problem)
				errs = append(errs, join(p.problems))
			}
		}
	}
	return errors.Join(errs...)
}

// startable says what is wrong with a start of another flow; "": nothing.
func (l *Library) startable(o other, names []string) string {
	to := l.byName[o.flow]
	if to == nil {
		return fmt.Sprintf("there is no flow %s: %s", quote(o.flow), suggest(o.flow, names))
	}
	var given, known []string
	if o.input != nil {
		given = o.input.names
	}
	for _, v := range to.inputs {
		known = append(known, v.name)
		if v.required && v.def == nil && !slices.Contains(given, v.name) {
			return fmt.Sprintf("the flow %s needs the input %s: add it under input", o.flow, v.name)
		}
	}
	for _, name := range given {
		if !slices.Contains(known, name) {
			return fmt.Sprintf("the flow %s has no input %s: %s", o.flow, quote(name), suggest(name, known))
		}
	}
	return ""
}
