package conversation

import (
	"unicode/utf8"

	"parley/flows"
)

// handoff puts the conversation into a queue for people; the bot is silent from
// now on. What it had queued before is taken back by the takeover, not here: it
// was decided when the bot still spoke.
func (s *step) handoff(h Handing) {
	if h.Since == 0 {
		h.Since = s.env.Now
	}
	switch old := s.c.State.Handoff; {
	case s.bot():
		s.c.State.Owner, s.c.State.Handoff = OwnerQueue, &h
		s.awaits()
	case s.c.State.Owner == OwnerQueue && old != nil && h.Priority == flows.Alert && old.Priority != flows.Alert:
		h.Since = old.Since
		s.c.State.Handoff = &h // the more urgent reason is what the queue shows
	}
	s.record(Decision{About: "handoff", Choice: h.Queue, Why: h.Reason, Run: h.Run})
	s.tell(HandoffRequested{Queue: h.Queue, Reason: h.Reason}, h.Run)
}

// poisoned hands a conversation to a person because one of its events could not
// be applied.
func (s *step) poisoned(p Poisoned) {
	s.forgetPending("texts that were held are left to a person")
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
		s.tell(HandoffTaken{Agent: a.Name}, "")
	case "reply":
		if st.Owner != OwnerAgent || st.Agent != a.Name {
			s.out = Outcome{Status: Conflicting, Conversation: s.c.ID, Problems: []string{"the conversation is not yours: take it first"}}
			return
		}
		switch {
		case s.env.Consent.State == OptedOut:
			s.refuse("the customer has opted out")
			return
		case a.Text == "" && len(a.Media) == 0 || utf8.RuneCountInString(a.Text) > mostReply:
			s.refuse("text: write 1 to 1600 characters")
			return
		}
		s.send(draft{class: "notice", text: a.Text, media: a.Media, agent: true})
		st.Awaiting = 0
	case "return":
		s.giveBack(a.Name, false)
	case "close":
		s.giveBack(a.Name, true)
	case "note":
		s.record(Decision{About: "note", Choice: a.Name})
	default:
		s.refuse("op: " + a.Op + " is unknown")
	}
}

// mostReply is the longest text that a person may send, in characters: what
// carriers take as one message of several segments.
const mostReply = 1600

// own changes who answers the customer. Whatever was decided under the owner
// before is of an older epoch from now on.
func (s *step) own(owner Owner, agent string) {
	st := &s.c.State
	st.Owner, st.Agent = owner, agent
	st.Epoch++
	st.Which = nil
	s.forgetPending("texts that were held are left to the person")
	s.record(Decision{About: "owner", Choice: string(owner), Why: agent})
}

// giveBack returns the conversation to the bot: the runs that handed over go on
// where their flows say, or end when the agent closed it.
func (s *step) giveBack(agent string, closed bool) {
	if s.bot() {
		s.ignore()
		return
	}
	s.dropCalls()
	var handed []string
	for _, run := range s.c.State.Runs {
		if run.Handed {
			handed = append(handed, run.ID)
		}
	}
	s.own(OwnerBot, "")
	s.c.State.Owner, s.c.State.Handoff, s.c.State.Awaiting = "", nil, 0
	s.tell(HandoffReturned{Agent: agent, Closed: closed}, "")
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
	s.goOn()
}
