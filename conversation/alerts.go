package conversation

import (
	"slices"

	"parley/flows"
)

// alerts deals with a NO to alerts, and with a plain YES while several are open that it
// fits. NO is the safe answer and is taken for all of them; YES clears none before the
// customer has said which is meant.
func (s *step) alerts(front candidate, e Event, said flows.Said) bool {
	return s.saidNo(e, said) || s.yesToSeveral(front, e, said)
}

// takeBehind carries out what a text means for a question behind the front one.
func (s *step) takeBehind(c candidate, e Event, said flows.Said) {
	if !s.yesToSeveral(c, e, said) {
		s.take(c, said)
	}
}

// yesToSeveral asks which alert a YES is for, when it fits one and others besides. False:
// it is for that one, or is none.
func (s *step) yesToSeveral(one candidate, e Event, said flows.Said) bool {
	if !s.isYes(one) {
		return false
	}
	var open []candidate // oldest first
	for i := range s.c.State.Runs {
		if c, ok := s.alerted(i, e, said); ok && c.reading.Intent == "yes" && s.c.State.Runs[i].Wait > 0 {
			open = append(open, c)
		}
	}
	switch {
	case len(open) < 2:
		return false
	case s.c.State.Runs[open[0].i].Number > 0:
		s.askNumber(s.c.State.Runs[open[0].i], said)
	case len(open) == 2:
		s.askWhich(open[0], open[1], said)
	default:
		s.handOver(Handing{Reason: "unclear", Note: "said yes while several alerts are open", Run: s.c.State.Runs[open[0].i].ID, Priority: flows.Alert})
	}
	return true
}

// alerted is how the alert of run i reads a text, if it fits: one that asks and can have
// been seen, or is the only question, or one that only listens. Once a person has written,
// the text answers that person, and no alert of before.
func (s *step) alerted(i int, e Event, said flows.Said) (candidate, bool) {
	run := s.c.State.Runs[i]
	unseen := run.Wait > 0 && (run.OpenAt == 0 || s.written(e) < run.OpenAt)
	only := s.bot() && i == s.front() && s.openBefore(i) < 0
	if !run.Alert || unseen && !only {
		return candidate{}, false
	}
	if replied := s.c.State.Replied; replied > 0 && max(run.BeganAt, run.OpenAt) <= replied {
		return candidate{}, false
	}
	c, ok := s.consider(i, said)
	return c, ok && c.reading.Fits
}

// saidNo carries out a NO to alerts, in whatever words, for all that it fits: those that
// ask, and those that were answered YES or handed over and listen on. False: read it as
// usual.
func (s *step) saidNo(e Event, said flows.Said) bool {
	if !slices.ContainsFunc(s.c.State.Runs, func(r Run) bool { return r.Alert }) {
		return false
	}
	front, open := s.consider(s.front(), said)
	if open && front.reading.Fits && !s.isNo(front) {
		return false
	}
	all := s.noTo(e, said, open && !front.reading.Fits)
	listens := false
	for _, c := range all {
		listens = listens || s.c.State.Runs[c.i].Wait == 0
	}
	if len(all) == 0 || s.bot() && open && front.reading.Fits && len(all) == 1 && !listens { // one question: it may have come too early for it
		return false
	}
	var ids []string
	for _, c := range all {
		ids = append(ids, s.c.State.Runs[c.i].ID)
	}
	for n, c := range all { // each may move the others
		c.reading.Confirm = false // a second question each would drown the first
		if c.i = s.run(ids[n]); c.i >= 0 {
			s.take(c, said)
		}
	}
	return true
}

// noBesidePeople carries out a NO to alerts, also to one by its number, while people have
// the conversation: it locks all the same, since nobody may have looked yet. What would
// have to be asked about is left to them.
func (s *step) noBesidePeople(e Event, said flows.Said) {
	c, rest, ok := s.numbered(said)
	if !ok {
		if !s.saidNo(e, said) {
			s.saidNoToPart(e, said)
		}
		return
	}
	lines, _ := s.listing(s.c.State.Runs[c.i].Number, e, said)
	if _, heard := s.alerted(c.i, e, rest); heard && s.isNo(c) && len(lines) == 0 {
		c.reading.Confirm = false
		s.take(c, rest)
	}
}

// saidNoToPart carries out a NO to some of what one alert asks about.
func (s *step) saidNoToPart(e Event, said flows.Said) {
	if front, open := s.consider(s.front(), said); open && front.reading.Fits && !s.c.State.Runs[front.i].Alert {
		return
	}
	var all []candidate
	for i, run := range s.c.State.Runs {
		if c, ok := s.alerted(i, e, said); ok && c.flow.DeniesPart(run.Run, c.reading) {
			all = append(all, c)
		}
	}
	if len(all) == 1 {
		all[0].reading.Confirm = false
		s.take(all[0], said)
	}
}

// isNo says whether the text is a NO to the alert.
func (s *step) isNo(c candidate) bool {
	denies, _ := c.flow.Denies(s.c.State.Runs[c.i].Run, c.reading)
	return denies && s.c.State.Runs[c.i].Alert
}

// isYes says whether the text is a YES to an alert.
func (s *step) isYes(c candidate) bool {
	return c.reading.Fits && c.reading.Intent == "yes" && s.c.State.Runs[c.i].Alert
}

// noTo lists the alerts that the text says NO to, oldest first. certain: another question
// is in front, and only exact and emergency words count. One that listens on and whose NO
// was carried out before is meant only when no other is.
func (s *step) noTo(e Event, said flows.Said, certain bool) []candidate {
	var fresh, again []candidate
	for i := range s.c.State.Runs {
		c, ok := s.alerted(i, e, said)
		if !ok || !s.isNo(c) || certain && !c.reading.Exact && !c.reading.On {
			continue
		}
		if _, been := c.flow.Denies(s.c.State.Runs[i].Run, c.reading); been && s.c.State.Runs[i].Wait == 0 {
			again = append(again, c)
		} else {
			fresh = append(fresh, c)
		}
	}
	if len(fresh) > 0 {
		return fresh
	}
	return again
}
