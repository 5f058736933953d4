package flows

import (
	"errors"
	"regexp"
)

// unlocking names what gives access back. A text may lower access, never raise it
// (docs/design.md, law 5): anyone who holds the phone can send one.
var unlocking = regexp.MustCompile(`(?i)un-?lock|un-?block|un-?freeze|un-?suspend|re-?activate|reinstate|lift[._-]?lock`)

// checkUnlock refuses flows in which a customer's text leads to an unlock, unless the
// business or a person has spoken in between.
func (p *parser) checkUnlock() {
	f := p.flow
	if len(f.keywords) > 0 && f.lookup != nil {
		p.unlocks(wordOf(f.lookup.at.child("url"), ""), f.lookup.at)
	}
	f.underText(len(f.keywords) > 0, func(a action, at *node) { p.unlocks(asked(a), at) })
}

// unlocksOfOthers refuses unlocks in flows that a customer's text reaches only by way
// of the flows that start them.
func (l *Library) unlocksOfOthers() error {
	var errs []error
	reached := map[string]bool{}
	var todo []*Flow
	begins := func(a action, _ *node) {
		name := ""
		switch a := a.(type) {
		case *startAction:
			name = a.flow
		case *scheduleAction:
			name = a.flow
		}
		if to := l.byName[name]; to != nil && !reached[name] && len(to.keywords) == 0 { // those with keywords are looked at anyway
			reached[name] = true
			todo = append(todo, to)
		}
	}
	for _, f := range l.flows {
		f.underText(len(f.keywords) > 0, begins)
	}
	for len(todo) > 0 {
		f := todo[0]
		todo = todo[1:]
		known, p := &parser{origin: f.origin, flow: f}, &parser{origin: f.origin, flow: f}
		known.checkUnlock()
		f.underText(true, func(a action, at *node) { p.unlocks(asked(a), at) })
		if len(known.problems) == 0 {
			errs = append(errs, join(p.problems))
		}
		f.underText(true, begins)
	}
	return errors.Join(errs...)
}

// underText hands over every action that a customer's text leads to before the
// business or a person has spoken. started: a text starts the flow.
func (f *Flow) underText(started bool, each func(a action, at *node)) {
	var from []string
	follow := func(e edge) string {
		for _, a := range e.do {
			each(a, e.next.at)
		}
		return e.next.to
	}
	if started {
		from = f.entrances()
	}
	for _, s := range f.order {
		for _, e := range f.ways(s) {
			if e.said() {
				from = append(from, follow(e))
			}
		}
	}
	f.walk(from, func(s *state) (onwards []string) {
		for _, a := range s.do {
			each(a, s.at)
		}
		for _, e := range f.ways(s) {
			if e.via != "event" && e.via != "then" {
				onwards = append(onwards, follow(e))
			}
		}
		return onwards
	})
}

// asked is what an action asks of others, in words: an event, a flow, an address.
func asked(a action) string {
	switch a := a.(type) {
	case *emitAction:
		return a.event
	case *startAction:
		return a.flow
	case *scheduleAction:
		return a.flow
	case *callAction:
		return wordOf(a.at.child("url"), "")
	}
	return ""
}

// unlocks reports what gives access back.
func (p *parser) unlocks(asked string, at *node) {
	if unlocking.MatchString(asked) {
		p.failAt(at, "a customer's reply leads to %s: a text never unlocks; wait for the event account.unlocked", quote(asked))
	}
}
