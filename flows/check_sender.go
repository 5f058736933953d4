package flows

import (
	"slices"
	"strings"
)

// CheckOneWay finds questions that a sender would ask which cannot receive answers (a
// name as sender): those that a run reaches without a branch on can_reply. The flows
// are those of the brand and those of none.
func (l *Library) CheckOneWay(sender, brand string) []*Problem {
	var found []*Problem
	for _, f := range l.flows {
		if len(f.Events) > 0 && (f.Brand == "" || f.Brand == brand) {
			p := &parser{origin: f.origin}
			for _, s := range f.asksOneWay() {
				p.warnAt(s.at, "the state %s asks a question, and the sender %s receives no answers: branch on can_reply before it", s.name, sender)
			}
			found = append(found, p.problems...)
		}
	}
	return found
}

// asksOneWay are the questions that a run reaches while can_reply is false.
func (f *Flow) asksOneWay() []*state {
	var asking []*state
	f.walk([]string{f.start}, func(s *state) []string {
		if s.asks() && s.say != nil {
			asking = append(asking, s)
		}
		return f.onwards(s)
	})
	slices.SortFunc(asking, func(a, b *state) int { return strings.Compare(a.name, b.name) })
	return asking
}

// onwards are the states that follow without an answer while can_reply is false.
func (f *Flow) onwards(s *state) []string {
	var next []string
	for _, e := range f.ways(s) {
		if !e.said() && e.via != "branch" {
			next = append(next, e.next.to)
		}
	}
	for _, b := range s.branch {
		if b.when == nil {
			return append(next, b.next.to)
		}
		switch when := strings.ReplaceAll(b.when.source, "not ", "!"); {
		case when == "!can_reply":
			return append(next, b.next.to)
		case when != "can_reply" && !strings.Contains(when, "&& can_reply") && !strings.HasPrefix(when, "can_reply &&"):
			next = append(next, b.next.to)
		}
	}
	return next
}
