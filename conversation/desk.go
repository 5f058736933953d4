package conversation

import "parley/flows"

// Desk is a conversation that a person has, or should have: what queues are made of. It
// is kept while that lasts and changes only when what it says does, so that a bot's
// conversations cost nothing by it.
type Desk struct {
	Conversation string      `json:"conversation"`
	Line         string      `json:"line"`
	Phone        string      `json:"phone"`
	Owner        Owner       `json:"owner"` // queue or agent; bot: it is over
	Agent        string      `json:"agent,omitempty"`
	Queue        string      `json:"queue,omitempty"`
	Reason       string      `json:"reason,omitempty"`
	Priority     flows.Class `json:"priority,omitempty"` // of what handed over; "" is notice
	Since        int64       `json:"since"`              // when it was handed over, Unix ms
	Awaiting     int64       `json:"awaiting,omitempty"` // since when the customer waits for a person's word, Unix ms; 0: they do not
}

// deskOf is what a conversation looks like to the people at work.
func deskOf(c Conversation) Desk {
	d := Desk{Conversation: c.ID, Line: c.Line, Phone: c.Phone, Owner: c.State.Owner, Agent: c.State.Agent, Awaiting: c.State.Awaiting}
	if d.Owner == "" {
		d.Owner = OwnerBot
	}
	if h := c.State.Handoff; h != nil {
		d.Queue, d.Reason, d.Priority, d.Since = h.Queue, h.Reason, h.Priority, h.Since
	}
	return d
}

// desk notes what changed for the people at work.
func (s *step) desk() {
	before, after := deskOf(s.was), deskOf(s.c)
	if before == after || before.Owner == OwnerBot && after.Owner == OwnerBot {
		return
	}
	s.effects = append(s.effects, Effect{Desk: &after})
}

// awaits notes that the customer waits for a person.
func (s *step) awaits() {
	if s.c.State.Awaiting == 0 {
		s.c.State.Awaiting = s.env.Now
	}
}
