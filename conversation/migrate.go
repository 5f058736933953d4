package conversation

import "time"

// migrate moves waiting runs of earlier versions to where the loaded file says that
// they go on. What they were asked stands, with the options that they were offered.
// Their silence is the new state's, from the moment the old one counted from; a
// reminder that is over by now is passed by.
func (s *step) migrate() {
	for i := range s.c.State.Runs {
		run := &s.c.State.Runs[i]
		if run.Calling != nil { // it goes on in the state that asked
			continue
		}
		f, state, ok := s.env.Flows.Successor(run.Run)
		if !ok {
			continue
		}
		s.record(Decision{About: "migrate", Choice: state, Why: "the loaded version of the flow says so", Run: run.ID, Flow: run.Flow, State: run.State})
		s.moved = true
		run.Hash, run.State, run.Tries, run.Before = f.Hash, state, 0, ""
		from, until := s.env.Now, s.env.Now
		for _, t := range s.c.State.Timers {
			if t.Kind == TimerSilence && t.Run == run.ID {
				from, until = t.From, min(t.At, until)
			}
		}
		s.dropTimers(run.ID, TimerSilence)
		s.arm(i, f.Reminded(run.Run, time.UnixMilli(from), time.UnixMilli(until)), from)
	}
}
