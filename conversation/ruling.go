package conversation

import "time"

// rules are what a queue does by itself, as commands are what people do. Each is a
// compare-and-set under the conversation's lock: where it is no longer as the rule saw it,
// the rule has come too late and changes nothing.
var rules = map[string]func(s *step, a Agent) (detail string){
	"assign":   (*step).assigned,
	"reassign": (*step).reassigned,
	"abandon":  (*step).abandoned,
	"overdue":  (*step).overdue,
}

// Given is to whom a queue's rule gave a conversation: the next choice goes by it.
type Given struct {
	Queue string `json:"queue"`
	Agent string `json:"agent"`
	Turn  int64  `json:"turn"` // its place among all assignments
}

// assigned gives what waits to somebody. Who took it first has it: a rule takes nothing
// from anybody.
func (s *step) assigned(a Agent) string {
	switch st := &s.c.State; {
	case a.To == "":
		s.refuse("to: name a colleague")
	case st.Owner != OwnerQueue || st.Snoozed != 0:
		s.conflict("the conversation does not wait in its queue")
	default:
		s.give(a.To)
		s.effects = append(s.effects, Effect{Given: &Given{Queue: a.Rule.Queue, Agent: a.To, Turn: a.Rule.Turn}})
	}
	return a.To
}

// reassigned puts the conversation back into its queue: the customer answered while who
// has it (To) was away.
func (s *step) reassigned(a Agent) string {
	if !s.stands(a) {
		return ""
	}
	return s.putBack("reassigned")
}

// abandoned ends what nobody goes on with. Whoever waits for a person's word waits for
// another person; where nobody does, the bot goes on as after a return.
func (s *step) abandoned(a Agent) string {
	switch {
	case !s.stands(a):
		return ""
	case s.c.State.Awaiting != 0:
		return s.putBack("abandoned")
	}
	from := s.c.State.Agent
	s.giveBack(Agent{}, false)
	return from
}

// overdue notes that the customer waits longer for their answer than they should: once for
// each wait, whichever node noticed, and however often.
func (s *step) overdue(a Agent) string {
	st := &s.c.State
	if st.Awaiting == 0 || st.Awaiting != a.Rule.Awaiting || st.Overdue == st.Awaiting {
		s.conflict("the customer was answered, or it is known")
		return ""
	}
	st.Overdue = st.Awaiting
	which := "first answer"
	if a.Rule.Next {
		which = "next answer"
	}
	return which + ", due " + time.UnixMilli(a.Rule.Due).UTC().Format(time.RFC3339)
}

// stands says whether To still has the conversation and nothing has happened in it since
// the rule looked.
func (s *step) stands(a Agent) bool {
	st := &s.c.State
	if st.Owner != OwnerAgent || st.Agent != a.To || st.Snoozed != 0 || deskOf(s.c).Active() != a.Rule.Active {
		s.conflict("the conversation has moved on")
		return false
	}
	return true
}
