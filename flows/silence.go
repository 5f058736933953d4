package flows

import (
	"strconv"
	"time"
)

// step is one step of a wait's silence.
type step struct {
	after time.Duration
	say   *texts
	next  *link
	at    *node
}

func (p *parser) silence(s *state, n *node) {
	for i, item := range p.list(n, "silence", 10, true) {
		if !p.keys(item, "a step of silence", "after say goto", "at between") {
			continue
		}
		st := step{after: p.duration(item.child("after"), "after"), at: item,
			say: p.texts(item.child("say"), "say"), next: p.link(item.child("goto"), "silence/"+strconv.Itoa(i))}
		switch {
		case item.child("after") == nil:
			p.failAt(item, "a step of silence without a time: add after: 24h")
		case st.say == nil && st.next == nil:
			p.failAt(item, "a step of silence that does nothing: add say or goto")
		case i > 0 && len(s.silence) > 0 && st.after <= s.silence[len(s.silence)-1].after:
			p.failAt(item.child("after"), "this step is not later than the one before: every after counts from the question")
		}
		s.silence = append(s.silence, st)
		s.clock = append(s.clock, Silence{After: st.after})
	}
}
