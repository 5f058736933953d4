package conversation

import (
	"time"
	"unicode/utf8"
)

// Deed is what a person did to a conversation, as the audit trail keeps it: never a text.
type Deed struct {
	Conversation string `json:"conversation"`
	Agent        string `json:"agent"`
	Queue        string `json:"queue,omitempty"` // whose rule did it; Agent is empty then
	Op           string `json:"op"`
	Detail       string `json:"detail,omitempty"` // to whom, with which question …
}

// commands are what people do in the console. Each refuses what cannot be done, conflicts
// when somebody else has the conversation, and returns what else the trail should say.
var commands = map[string]func(s *step, a Agent) (detail string){
	"begin":    (*step).approached,
	"take":     (*step).taken,
	"reply":    (*step).replied,
	"resend":   (*step).resent,
	"return":   (*step).returned,
	"close":    (*step).closed,
	"release":  (*step).released,
	"transfer": (*step).transferred,
	"note":     (*step).noted,
	"snooze":   (*step).snoozed,
	"label":    (*step).labelled,
	"priority": (*step).prioritised,
}

// Commands lists their names.
func Commands() (names []string) {
	for name := range commands {
		names = append(names, name)
	}
	return names
}

// agent carries out what a person does in the console. A command that was given
// on a stale view is refused as a conflict.
func (s *step) agent(a Agent) {
	st := &s.c.State
	if a.IfRev != 0 && a.IfRev != s.was.Rev || a.Epoch != 0 && a.Epoch != st.Epoch {
		s.conflict("the conversation has moved on")
		return
	}
	do, deed := commands[a.Op], Deed{Conversation: s.c.ID, Agent: a.Name, Op: a.Op}
	if a.Rule != nil {
		do, deed.Queue = rules[a.Op], a.Rule.Queue
	}
	switch {
	case do == nil:
		s.refuse("op: " + a.Op + " is unknown")
		return
	case utf8.RuneCountInString(a.Text) > MostReply:
		s.refuse("text: write 1 to 1600 characters")
		return
	}
	deed.Detail = do(s, a)
	if s.out.Status == Applied {
		s.mention(a)
		s.effects = append(s.effects, Effect{Deed: &deed})
	}
}

// MostReply is the longest text that a person may send, in characters: what
// carriers take as one message of several segments.
const MostReply = 1600

// conflict ends the step: the conversation is not as the person believes.
func (s *step) conflict(why string) {
	s.out = Outcome{Status: Conflicting, Conversation: s.c.ID, Problems: []string{why}}
}

// holds says whether the person may do what only the owner does. A lead may, unless the
// bot has the conversation.
func (s *step) holds(a Agent) bool {
	st := &s.c.State
	switch {
	case st.Owner == OwnerAgent && st.Agent == a.Name, a.Lead && !s.bot():
		return true
	case st.Owner == OwnerAgent:
		s.conflict(st.Agent + " has this conversation")
	default:
		s.conflict("the conversation is not yours: take it first")
	}
	return false
}

// taken makes the conversation somebody's own. What a colleague has, only a lead takes.
func (s *step) taken(a Agent) string {
	st := &s.c.State
	switch {
	case st.Owner == OwnerAgent && st.Agent == a.Name:
		s.ignore()
	case st.Owner == OwnerAgent && !a.Lead:
		s.conflict(st.Agent + " has this conversation")
	default:
		from := st.Agent
		s.give(a.Name)
		return from
	}
	return ""
}

// give makes the conversation a person's, and takes back what the bot still wanted to say.
func (s *step) give(name string) {
	before := s.c.State.Epoch
	if s.c.State.Handoff == nil {
		s.c.State.Handoff = &Handing{Reason: "taken", Since: s.env.Now}
	}
	s.own(OwnerAgent, name)
	s.effects = append(s.effects, Effect{Cancel: &Cancel{Conversation: s.c.ID, As: Superseded, Reason: "agent_took_over", Before: before + 1, Spare: true}})
	s.tell(HandoffTaken{Agent: name}, "")
}

// approached writes to somebody whom nobody talks to: the conversation is theirs who wrote,
// and what the customer answers comes to them. Not while a flow is under way: the NO to an
// alert would wait for a person, and lock nothing.
func (s *step) approached(a Agent) string {
	if !s.bot() && !(s.c.State.Owner == OwnerAgent && s.c.State.Agent == a.Name) {
		s.conflict("somebody has this conversation, or it waits for one: take it there")
		return ""
	}
	if len(s.c.State.Runs) > 0 {
		s.conflict("the bot is in a flow with them: take the conversation if that can wait")
		return ""
	}
	s.c.State.Handoff = &Handing{Reason: "begun", Since: s.env.Now}
	s.give(a.Name)
	s.replied(a)
	return ""
}

// replied texts the customer. Only who has the conversation does, a lead too: two who
// answer are worse than one who is late.
func (s *step) replied(a Agent) string {
	st := &s.c.State
	switch {
	case st.Owner != OwnerAgent || st.Agent != a.Name:
		s.conflict("the conversation is not yours: take it first")
	case s.env.Consent.State == OptedOut:
		s.refuse(HasOptedOut)
	case s.barred() != "":
		s.refuse(s.barred())
	case a.Text == "" && len(a.Media) == 0:
		s.refuse("text: write 1 to 1600 characters")
	case !a.Anyway && st.Awaiting == 0 && s.asleep():
		s.refuse(InQuietHours)
	default:
		s.send(draft{class: "notice", text: a.Text, media: a.Media, agent: true})
		st.Awaiting, st.Replied = 0, s.env.Now
	}
	return ""
}

// resent sends a text again that did not arrive, as a message of its own. Nobody knows
// whether one of unknown fate did: the customer may get it twice, and that is for the
// person to decide.
func (s *step) resent(a Agent) string {
	switch {
	case a.Message == "":
		s.refuse("message: say which")
	case a.Unsure && !a.Anyway:
		s.refuse(MayHaveArrived)
	default:
		s.replied(a)
		s.record(Decision{About: "send", Choice: "resent", Message: a.Message, Why: "a person sends it again"})
		return a.Message
	}
	return ""
}

// What speaks against a text; the last two a person may answer with Anyway.
const (
	HasOptedOut    = "the customer has opted out of texts"
	InQuietHours   = "it is night where the customer is, and they are not waiting for a word"
	MayHaveArrived = "nobody knows whether this text arrived: sent again, it may arrive twice"
)

// asleep says whether the line's quiet hours hold back what nobody waits for.
func (s *step) asleep() bool {
	return s.env.Line.Quiet.Covers(time.UnixMilli(s.env.Now), s.env.Line.Zone)
}

// UnknownFate is the error of a message that failed without anybody knowing whether it
// arrived.
const UnknownFate = "unknown_fate"

// noted keeps a note for colleagues: it stands in the event, and no effect carries it.
func (s *step) noted(a Agent) string {
	if a.Text == "" {
		s.refuse("text: write 1 to 1600 characters")
	}
	s.record(Decision{About: "note", Choice: a.Name})
	return ""
}

// released puts the conversation back into its queue, for whoever comes next.
func (s *step) released(a Agent) string {
	if !s.holds(a) {
		return ""
	}
	return s.putBack("released")
}

// putBack lets the conversation wait in its queue again, and returns who had it.
func (s *step) putBack(reason string) (from string) {
	h := Handing{Since: s.env.Now}
	if s.c.State.Handoff != nil {
		h = *s.c.State.Handoff
	}
	h.Reason = reason
	s.c.State.Handoff = &h
	from = s.c.State.Agent
	s.own(OwnerQueue, "")
	s.tell(HandoffRequested{Queue: h.Queue, Reason: h.Reason}, "")
	return from
}

// transferred gives the conversation to a colleague, who the console has seen to be one.
func (s *step) transferred(a Agent) string {
	st := &s.c.State
	switch {
	case a.To == "":
		s.refuse("to: name a colleague")
	case !s.holds(a):
	case st.Owner == OwnerAgent && st.Agent == a.To:
		s.ignore()
	default:
		s.give(a.To)
		return a.To
	}
	return ""
}

// closed ends what handed over, and gives the conversation to the bot.
func (s *step) closed(a Agent) string {
	if s.bot() {
		s.ignore()
	} else if s.c.State.Owner == OwnerQueue || s.holds(a) {
		s.giveBack(a, true)
	}
	return ""
}

// returned gives the conversation to the bot, which goes on where the flow says or with
// the question that the person chose.
func (s *step) returned(a Agent) string {
	switch {
	case s.bot():
		s.ignore()
		return ""
	case s.c.State.Owner != OwnerQueue && !s.holds(a):
		return ""
	case a.State == "" && (a.Run != "" || len(a.Answers) > 0):
		s.refuse("state: say with which question the bot goes on")
		return ""
	case a.State != "" && !s.mayGoOn(a):
		return ""
	}
	s.giveBack(a, false)
	return a.State
}
