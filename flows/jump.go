package flows

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Questions lists the states in which a person may give a run back to its flow, in the
// order of the file: those that ask the customer something, and on being entered do
// nothing that anybody else notices. A person goes past what the flow demands before it
// tells the business, locks or unlocks; such a state is reached by the flow's own ways
// alone, from the question that leads there.
func (f *Flow) Questions() []string {
	var names []string
	for _, s := range f.order {
		if s.asks() && s.quiet() {
			names = append(names, s.name)
		}
	}
	return names
}

// quiet says whether entering the state changes nothing but what the run knows and how
// the contact is labelled.
func (s *state) quiet() bool {
	return !slices.ContainsFunc(s.do, func(a action) bool {
		switch a.(type) {
		case *setAction, *tagAction:
			return false
		}
		return true
	})
}

// Answerable lists the variables that a person may put right: what the customer is asked
// for, in some state, and that is no secret. What the business said and what the flow
// worked out stand.
func (f *Flow) Answerable() []string {
	var names []string
	for name, v := range f.vars {
		if f.captured(name) && !v.secret && v.kind != kindMedia {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Correct reads what a person types for the customer's answers, by the types that the
// flow declares; "" takes an answer back. problems has a sentence for each that will not
// do.
func (f *Flow) Correct(typed map[string]string) (values map[string]any, problems []string) {
	may := f.Answerable()
	values = map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		text := strings.TrimSpace(typed[name])
		if !slices.Contains(may, name) {
			problems = append(problems, fmt.Sprintf("%s is nothing that the customer was asked for.", quote(name)))
			continue
		}
		if text == "" {
			values[name] = nil
			continue
		}
		v := f.vars[name]
		value, problem := v.read(text)
		if problem == "" {
			if value, problem = v.check(value); problem != "" {
				problem = name + " " + problem + "."
			}
		}
		if problem != "" {
			problems = append(problems, problem)
		}
		values[name] = value
	}
	return values, problems
}

// Jump enters one of Questions with answers that Correct gave; any other state is a
// Problem.
func (f *Flow) Jump(sc Scope, run Run, question string, values map[string]any) Move {
	if !slices.Contains(f.Questions(), question) {
		return Move{Run: run, Problem: quote(question) + " is no question that the flow can go on with"}
	}
	return f.do(&sc, run, func(c *call) error {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			c.set(name, values[name])
		}
		certain, _ := f.certain()
		for _, name := range slices.Sorted(maps.Keys(certain[question])) {
			if c.run.Vars[name] == nil {
				return fmt.Errorf("the flow counts on %s there, which is not known", quote(name))
			}
		}
		c.run.State = question
		return c.enter()
	})
}
