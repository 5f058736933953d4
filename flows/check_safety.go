package flows

import (
	"regexp"
	"slices"
	"strings"
)

// unlocking names what gives access back. A text may lower access, never raise it
// (docs/design.md, law 5): anyone who holds the phone can send one.
var unlocking = regexp.MustCompile(`(?i)un-?lock|un-?block|un-?freeze|un-?suspend|re-?activate|reinstate|lift[._-]?lock`)

// checkUnlock refuses flows in which a customer's reply leads to an unlock, unless
// the business or a person has spoken in between.
func (p *parser) checkUnlock() {
	f := p.flow
	seen := map[string]bool{}
	var todo []string
	follow := func(e edge) {
		for _, a := range e.do {
			p.unlocks(a, e.next.at)
		}
		if !seen[e.next.to] {
			seen[e.next.to] = true
			todo = append(todo, e.next.to)
		}
	}
	for _, s := range f.order {
		for _, e := range f.ways(s) {
			if e.via == "reply" || e.via == "capture" || e.via == "choice" || e.via == "otherwise" {
				follow(e)
			}
		}
	}
	for len(todo) > 0 {
		s := f.states[todo[0]]
		todo = todo[1:]
		for _, a := range s.do {
			p.unlocks(a, s.at)
		}
		for _, e := range f.ways(s) {
			if e.via != "event" && e.via != "then" {
				follow(e)
			}
		}
	}
}

// unlocks reports an action that gives access back.
func (p *parser) unlocks(a action, at *node) {
	asked := ""
	switch a := a.(type) {
	case *emitAction:
		asked = a.event
	case *startAction:
		asked = a.flow
	case *callAction:
		if url := a.at.child("url"); url != nil {
			asked = url.text
		}
	}
	if unlocking.MatchString(asked) {
		p.failAt(at, "a customer's reply leads to %s: a text never unlocks; wait for the event account.unlocked", quote(asked))
	}
}

// checkTwice finds words that an earlier reply of the same state takes already.
func (p *parser) checkTwice() {
	for _, s := range p.flow.order {
		owner := map[string]bool{}
		for _, r := range s.replies {
			for _, w := range r.words {
				if owner[w] {
					p.warnAt(r.at, "%s is taken by an earlier reply of this state: remove it from one", quote(strings.ToUpper(w)))
				}
			}
			for _, w := range r.words {
				owner[w] = true
			}
		}
		if slices.ContainsFunc(s.replies, func(r *reply) bool { return r.any }) && s.otherwise != nil {
			p.warnAt(s.at, "the state %s takes any text: its otherwise is never reached", s.name)
		}
	}
}
