package conversation

import (
	"strings"

	"parley/flows"
)

// handoff puts the conversation into a queue for people; the bot is silent from
// now on. What it had queued before is taken back by the takeover, not here: it
// was decided when the bot still spoke.
func (s *step) handoff(h Handing) {
	if h.Since == 0 {
		h.Since = s.env.Now
	}
	if i := s.run(h.Run); i >= 0 {
		h.Test = s.c.State.Runs[i].Test
	}
	h.Note = s.guesses(h.Note)
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

// handOver hands over a text that no flow answers, and says that somebody will: once, for
// while people have the conversation, texts are theirs.
func (s *step) handOver(h Handing) {
	which, opens := "handed", s.scope().Opens
	if opens != "" {
		which = "handed_closed"
	}
	text := strings.ReplaceAll(ownText(which, s.c.State.Language, s.env.Line), "{opens}", opens)
	s.send(draft{class: flows.Notice, text: text})
	s.handoff(h)
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
