package conversation

// migrate moves waiting runs of earlier versions to where the loaded file says that
// they go on. What they were asked stands; their silence is the new state's, from
// the moment the old one counted from.
func (s *step) migrate() {
	for i := range s.c.State.Runs {
		run := &s.c.State.Runs[i]
		f, state, ok := s.env.Flows.Successor(run.Run)
		if !ok {
			continue
		}
		s.record(Decision{About: "migrate", Choice: state, Why: "the loaded version of the flow says so", Run: run.ID, Flow: run.Flow, State: run.State})
		run.Hash, run.State, run.Tries, run.Choices, run.Before = f.Hash, state, 0, nil, ""
		from := s.env.Now
		for _, t := range s.c.State.Timers {
			if t.Kind == TimerSilence && t.Run == run.ID {
				from = t.From
			}
		}
		s.dropTimers(run.ID, TimerSilence)
		s.arm(i, 0, from)
	}
}
