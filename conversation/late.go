package conversation

import (
	"slices"

	"parley/flows"
)

// An answer may come after its run had ended by silence: for lateFor (ms) the last
// mostLate such runs are kept as they stood, mostLateBytes of them at most.
const (
	lateFor       = 72 * 3_600_000
	mostLate      = 4
	mostLateBytes = 64 << 10
)

// rememberLate keeps a run that its silence has ended, when it waited for an answer.
func (s *step) rememberLate(run Run) {
	if run.Wait == 0 {
		return
	}
	kept := slices.DeleteFunc(slices.Clone(s.c.State.Late), func(l Late) bool { return s.env.Now-l.At >= lateFor })
	run.EndedAt = s.env.Now
	kept = append(kept, Late{Run: run, At: s.env.Now})
	kept = kept[max(0, len(kept)-mostLate):]
	for len(kept) > 0 && !within(mostLateBytes, kept) {
		kept = kept[1:]
	}
	s.c.State.Late = kept
}

// late gives a text that nothing else reads to the run that ended by silence last
// and whose question it answers. What it does is the flow's to say. Beside an open
// question only exact words count.
func (s *step) late(said flows.Said) bool {
	for i := len(s.c.State.Late) - 1; i >= 0; i-- {
		l := s.c.State.Late[i]
		f, ok := s.env.Flows.ByHash(l.Run.Hash)
		if !ok || s.env.Now-l.At >= lateFor || s.inTheWay(f, l.Run) {
			continue
		}
		reading := f.Read(s.scope(), s.env.Reader, l.Run.Run, said)
		fits := reading.Fits && (reading.Exact || s.front() < 0)
		switch {
		case f.Late == "agent" && (fits || s.front() < 0):
			s.forgetLate(i, "an agent")
			s.handOver(Handing{Reason: "late_answer", Note: "answered " + f.Name + " after it had ended", Run: l.Run.ID, Priority: f.Class})
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

// inTheWay says whether a live run of the flow keeps another from living beside it.
func (s *step) inTheWay(f *flows.Flow, run Run) bool {
	return slices.ContainsFunc(s.c.State.Runs, func(r Run) bool {
		return r.Flow == run.Flow && (f.Overlap != "parallel" || f.HasKey && r.Key == run.Key)
	})
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
	run.Wait, run.Entered, run.OpenAt, run.Number = s.c.Rev, s.c.Rev, s.env.Now, s.number(f)
	s.callback("run.started", run.ID, map[string]any{"flow": run.Flow, "key": toldKey(f, run.Key), "late": true})
	s.c.State.Runs = append(s.c.State.Runs, run)
	i := len(s.c.State.Runs) - 1
	s.take(candidate{i: i, flow: f, reading: reading}, said)
	// A question to be confirmed leaves the run waiting: it must not wait for ever. A
	// new one has its own clock.
	clock := func(t Timer) bool { return t.Kind == TimerSilence && t.Run == run.ID }
	if i = s.run(run.ID); i >= 0 && !slices.ContainsFunc(s.c.State.Timers, clock) {
		s.arm(i, 0, s.env.Now)
	}
}
