package conversation

// own changes who answers the customer. Whatever was decided under the owner
// before is of an older epoch from now on.
func (s *step) own(owner Owner, agent string) {
	st := &s.c.State
	st.Owner, st.Agent = owner, agent
	st.Epoch++
	st.Which, st.Snoozed, st.Given = nil, 0, 0
	if owner == OwnerAgent {
		st.Given = s.env.Now
	}
	s.forgetPending("texts that were held are left to the person")
	s.record(Decision{About: "owner", Choice: string(owner), Why: agent})
}

// giveBack returns the conversation to the bot: the runs that handed over go on
// where their flows say, or end when the agent closed it; one goes on with the question
// that the agent chose for it.
func (s *step) giveBack(a Agent, closed bool) {
	s.dropCalls()
	var handed []string
	for _, run := range s.c.State.Runs {
		if run.Handed && (run.ID != a.Run || a.State == "") {
			handed = append(handed, run.ID)
		}
	}
	s.own(OwnerBot, "")
	s.c.State.Owner, s.c.State.Handoff, s.c.State.Awaiting = "", nil, 0
	s.c.State.Wrote, s.c.State.Replied, s.c.State.Overdue = 0, 0, 0
	s.tell(HandoffReturned{Agent: a.Name, Closed: closed}, "")
	for _, id := range handed {
		i := s.run(id)
		switch {
		case i < 0:
		case closed:
			s.endAt(i, "by_agent")
		default:
			if f, ok := s.version(i); ok {
				s.move(i, f.Return(s.scope(), s.c.State.Runs[i].Run))
			}
		}
	}
	if i := s.run(a.Run); i >= 0 && a.State != "" && s.bot() {
		s.goOnWith(i, a)
	}
	s.goOn()
}

// mayGoOn says whether the run can ask the chosen question, with the answers put right.
// It is tried before anything is done: a question that fails on what the run knows is
// the person's to hear of, not the customer's.
func (s *step) mayGoOn(a Agent) bool {
	i := s.run(a.Run)
	if i < 0 {
		s.refuse("run: it is over")
		return false
	}
	f, ok := s.env.Flows.ByHash(s.c.State.Runs[i].Hash)
	if !ok {
		s.refuse("run: its version of the flow is gone")
		return false
	}
	values, problems := f.Correct(a.Answers)
	if len(problems) > 0 {
		s.refuse(problems...)
		return false
	}
	if m := f.Jump(s.scope(), s.c.State.Runs[i].Run, a.State, values); m.Problem != "" {
		s.refuse("state: " + m.Problem)
		return false
	}
	return true
}

// goOnWith enters the chosen question of run i.
func (s *step) goOnWith(i int, a Agent) {
	f, ok := s.version(i)
	if !ok {
		return
	}
	run := &s.c.State.Runs[i]
	run.Interrupted, run.Resumed, run.AskedBack = false, false, 0
	values, _ := f.Correct(a.Answers) // mayGoOn has seen that they will do
	s.record(Decision{About: "return", Choice: a.State, Why: "a person chose the question", Run: run.ID, Flow: run.Flow, State: run.State})
	s.move(i, f.Jump(s.scope(), run.Run, a.State, values))
}
