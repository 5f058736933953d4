package conversation

// handoff puts the conversation into a queue for people; the bot is silent from
// now on. What it had queued before is taken back by the takeover, not here: it
// was decided when the bot still spoke.
func (s *step) handoff(h Handing) {
	if !s.bot() {
		return
	}
	if h.Since == 0 {
		h.Since = s.env.Now
	}
	s.c.State.Owner, s.c.State.Handoff = OwnerQueue, &h
	s.record(Decision{About: "handoff", Choice: h.Queue, Why: h.Reason, Run: h.Run})
	s.callback("handoff.requested", h.Run, map[string]any{"queue": h.Queue, "reason": h.Reason})
}

// poisoned hands a conversation to a person because one of its events could not
// be applied.
func (s *step) poisoned(p Poisoned) {
	s.c.State.Pending = nil
	if !s.bot() {
		s.record(Decision{About: "handoff", Choice: "poisoned", Why: p.Reason})
		return
	}
	s.handoff(Handing{Reason: "poisoned", Note: p.Reason})
}

// agent carries out what a person does in the console. A command that was given
// on a stale view is refused as a conflict.
func (s *step) agent(a Agent) {
	st := &s.c.State
	if a.IfRev != 0 && a.IfRev != s.was.Rev || a.Epoch != 0 && a.Epoch != st.Epoch {
		s.out = Outcome{Status: Conflicting, Conversation: s.c.ID, Problems: []string{"the conversation has moved on"}}
		return
	}
	switch a.Op {
	case "take":
		s.own(OwnerAgent, a.Name)
		s.effects = append(s.effects, Effect{Cancel: &Cancel{Conversation: s.c.ID, As: Superseded, Reason: "agent_took_over", Before: st.Epoch, Spare: true}})
	case "reply":
		if st.Owner != OwnerAgent || st.Agent != a.Name {
			s.out = Outcome{Status: Conflicting, Conversation: s.c.ID, Problems: []string{"the conversation is not yours: take it first"}}
			return
		}
		if s.env.Consent.State == OptedOut {
			s.refuse("the customer has opted out")
			return
		}
		s.send(draft{class: "notice", text: a.Text, media: a.Media, agent: true})
	case "return":
		s.giveBack(false)
	case "close":
		s.giveBack(true)
	case "note":
		s.record(Decision{About: "note", Choice: a.Name})
	default:
		s.refuse("op: " + a.Op + " is unknown")
	}
}

// own changes who answers the customer. Whatever was decided under the owner
// before is of an older epoch from now on.
func (s *step) own(owner Owner, agent string) {
	st := &s.c.State
	st.Owner, st.Agent = owner, agent
	st.Epoch++
	st.Pending = nil
	held := st.Held
	st.Held = nil
	if len(held) > 0 {
		s.record(Decision{About: "reading", Choice: string(owner), Why: "texts that were held are left to the person"})
	}
	s.record(Decision{About: "owner", Choice: string(owner), Why: agent})
}

// giveBack returns the conversation to the bot: the run that handed over goes on
// where its flow says, or ends when the agent closed it.
func (s *step) giveBack(closed bool) {
	if s.bot() {
		s.ignore()
		return
	}
	run := ""
	if s.c.State.Handoff != nil {
		run = s.c.State.Handoff.Run
	}
	s.own(OwnerBot, "")
	s.c.State.Owner, s.c.State.Handoff = "", nil
	i := s.run(run)
	if i < 0 {
		s.resume()
		return
	}
	if closed {
		s.endAt(i, "by_agent")
		return
	}
	if f, ok := s.version(i); ok {
		s.move(i, f.Return(s.scope(), s.c.State.Runs[i].Run))
	}
}
