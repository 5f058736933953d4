package flows

import (
	"strconv"
	"time"

	"parley/outbound/quiet"
)

// step is one step of a wait's silence.
type step struct {
	after   time.Duration // since the question was taken; with at: 0
	at      *expression   // nil: after
	between quiet.Window  // outside of which the step waits; zero: at any hour
	say     *texts
	next    *link
	node    *node
}

func (p *parser) silence(s *state, n *node) {
	for i, item := range p.list(n, "silence", maxSilence, true) {
		if !p.keys(item, "a step of silence", keysOf[silenceKeys]()) {
			continue
		}
		st := step{after: p.duration(item.child("after"), "after"), between: p.between(item.child("between")), node: item,
			say: p.texts(item.child("say"), "say"), next: p.link(item.child("goto"), "silence/"+strconv.Itoa(i))}
		if at := item.child("at"); at != nil {
			st.at = p.moment(at, "at")
		}
		switch {
		case (item.child("after") == nil) == (item.child("at") == nil):
			p.failAt(item, "a step of silence has one time: add after: 24h, or at: EXPRESSION")
		case st.say == nil && st.next == nil:
			p.failAt(item, "a step of silence that does nothing: add say or goto")
		case item.child("at") == nil && st.after <= s.lastAfter():
			p.failAt(item.child("after"), "this step is not later than the one before: every after counts from the question")
		}
		s.silence = append(s.silence, st)
	}
}

// lastAfter is the latest step so far that counts from the question.
func (s *state) lastAfter() time.Duration {
	var last time.Duration
	for _, st := range s.silence {
		last = max(last, st.after)
	}
	return last
}

// between reads the hours of the day in which a step may be taken, and returns the
// rest of the day.
func (p *parser) between(n *node) quiet.Window {
	if n == nil {
		return quiet.Window{}
	}
	hours := p.list(n, "between", 2, false)
	if len(hours) == 2 {
		w, err := quiet.Parse(hours[1].text + "-" + hours[0].text)
		if err == nil && w.From != w.To {
			return w
		}
	}
	p.failAt(n, `between is no span of the day: write it like ["09:00", "20:00"]`)
	return quiet.Window{}
}

// Reminded is the first step of the wait's silence that is left when it has counted
// since from, until then: steps before it only speak, and their time is over.
func (f *Flow) Reminded(run Run, from, until time.Time) int {
	s := f.states[run.State]
	if s == nil {
		return 0
	}
	for i, st := range s.silence {
		if st.at != nil || st.next != nil || !from.Add(st.after).Before(until) {
			return i
		}
	}
	return len(s.silence)
}

// Alarm is the next step of a wait's silence and its moment.
type Alarm struct {
	Step int
	At   time.Time
}

// Alarm finds the next step of the wait's silence, beginning with the given one.
// from is when the carrier took the question or, in a parked state, when the state
// was entered. A step that only speaks and whose moment is over is passed by. ok is
// false when no step is left. A moment that cannot be worked out is an error; it
// holds none of the customer's data.
func (f *Flow) Alarm(sc Scope, run Run, step int, from time.Time) (a Alarm, ok bool, err error) {
	s := f.states[run.State]
	if s == nil || step >= len(s.silence) {
		return Alarm{}, false, nil
	}
	c := f.call(&sc, &run)
	defer f.giveBack(c)
	for i := max(step, 0); i < len(s.silence); i++ {
		st := s.silence[i]
		at := from.Add(st.after)
		if st.at != nil {
			v, err := st.at.value(c)
			moment, isMoment := c.readTime(v)
			if err != nil || !isMoment {
				return Alarm{}, false, st.at.broken()
			}
			if moment.Before(sc.Now) && st.next == nil {
				continue
			}
			at = moment
		}
		if st.between != (quiet.Window{}) {
			at = st.between.After(at, c.zone())
		}
		return Alarm{i, at}, true, nil
	}
	return Alarm{}, false, nil
}
