package conversation

import (
	"slices"

	"parley/flows"
)

// An answer may come after its run had ended by silence: for lateFor (ms) the last
// mostLate such runs are kept as they stood.
const (
	lateFor  = 72 * 3_600_000
	mostLate = 4
)

// rememberLate keeps a run that its silence has ended, when it waited for an answer.
func (s *step) rememberLate(run Run) {
	if run.Wait == 0 {
		return
	}
	kept := slices.DeleteFunc(slices.Clone(s.c.State.Late), func(l Late) bool { return s.env.Now-l.At >= lateFor })
	run.EndedAt = s.env.Now
	kept = append(kept, Late{Run: run, At: s.env.Now})
	s.c.State.Late = kept[max(0, len(kept)-mostLate):]
}

// late gives a text that nothing else reads to the run that ended by silence last
// and whose question it answers. What it does is the flow's to say. Beside an open
// question only exact words count.
func (s *step) late(said flows.Said) bool {
	for i := len(s.c.State.Late) - 1; i >= 0; i-- {
		l := s.c.State.Late[i]
		f, ok := s.env.Flows.ByHash(l.Run.Hash)
		if !ok || s.env.Now-l.At >= lateFor || f.Overlap != "parallel" && s.runOf(f.Name) >= 0 {
			continue
		}
		reading := f.Read(s.scope(), s.env.Reader, l.Run.Run, said)
		fits := reading.Fits && (reading.Exact || s.front() < 0)
		switch {
		case f.Late == "agent" && (fits || s.front() < 0):
			s.forgetLate(i, "an agent")
			s.handoff(Handing{Reason: "late_answer", Note: "answered " + f.Name + " after it had ended", Run: l.Run.ID, Priority: f.Class})
		case !fits:
			continue
		case f.Late == "ignore":
			s.forgetLate(i, "ignored")
		default:
			s.forgetLate(i, "read")
			s.revive(l.Run, f, reading, said)
		}
		return true
	}
	return false
}

// runOf finds a live run of the flow; -1: there is none.
func (s *step) runOf(flow string) int {
	return slices.IndexFunc(s.c.State.Runs, func(r Run) bool { return r.Flow == flow })
}

// forgetLate takes a run out of those that may be answered late.
func (s *step) forgetLate(i int, choice string) {
	run := s.c.State.Late[i].Run
	s.c.State.Late = slices.Delete(slices.Clone(s.c.State.Late), i, i+1)
	s.record(Decision{About: "late", Choice: choice, Run: run.ID, Flow: run.Flow, State: run.State})
}

// revive takes a run up where it waited and gives it the answer.
func (s *step) revive(run Run, f *flows.Flow, reading flows.Reading, said flows.Said) {
	if len(s.c.State.Runs) >= mostRuns {
		s.handoff(Handing{Reason: "late_answer", Note: "too many runs are live", Run: run.ID})
		return
	}
	run.Wait, run.Entered, run.OpenAt = s.c.Rev, s.c.Rev, s.env.Now
	s.callback("run.started", run.ID, map[string]any{"flow": run.Flow, "key": run.Key, "late": true})
	s.c.State.Runs = append(s.c.State.Runs, run)
	i := len(s.c.State.Runs) - 1
	s.take(candidate{i, f, reading}, said)
	// A question to be confirmed leaves the run waiting: it must not wait for ever.
	if i = s.run(run.ID); i >= 0 && s.c.State.Runs[i].Entered == run.Entered {
		s.arm(i, 0, s.env.Now)
	}
}
