package conversation

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/flows"
)

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
	Flow         string      `json:"flow,omitempty"`     // that handed over, or else the last that lives
	Priority     flows.Class `json:"priority,omitempty"` // of what handed over; "" is notice
	Since        int64       `json:"since"`              // when it was handed over, Unix ms
	Awaiting     int64       `json:"awaiting,omitempty"` // since when the customer waits for a person's word, Unix ms; 0: they do not
	Snoozed      int64       `json:"snoozed,omitempty"`  // until when it is put aside, Unix ms; 0: it is not
	Wrote        int64       `json:"wrote,omitempty"`    // when the customer last texted, Unix ms; 0: not since people have it
	Replied      int64       `json:"replied,omitempty"`  // when a person last answered, Unix ms; 0: nobody has
	Given        int64       `json:"given,omitempty"`    // since when the agent has it before them, Unix ms; 0: nobody does
	Overdue      int64       `json:"-"`                  // the Awaiting whose answer is known to be overdue; 0: of none
	Labels       []string    `json:"labels,omitempty"`
	Test         bool        `json:"-"` // a test key's run asked: it is in no number
	// Customer is their name, where it is known, and Text what they wrote last, cut short;
	// only what reads the desk fills them in.
	Customer string `json:"customer,omitempty"`
	Text     string `json:"text,omitempty"`
	// Due is when an answer is due by the queue's clock, Unix ms, 0: no clock runs; whoever
	// shows the desk fills it in.
	Due int64 `json:"due,omitempty"`
}

// Active is when somebody last texted in the conversation, or got it before them, Unix ms.
func (d Desk) Active() int64 { return max(d.Since, d.Wrote, d.Replied, d.Given) }

// deskOf is what a conversation looks like to the people at work.
func deskOf(c Conversation) Desk {
	d := Desk{Conversation: c.ID, Line: c.Line, Phone: c.Phone, Owner: c.State.Owner, Agent: c.State.Agent, Awaiting: c.State.Awaiting, Snoozed: c.State.Snoozed,
		Wrote: c.State.Wrote, Replied: c.State.Replied, Given: c.State.Given, Overdue: c.State.Overdue, Labels: c.State.Labels}
	if d.Owner == "" {
		d.Owner = OwnerBot
	}
	d.Flow = flowOf(c)
	if h := c.State.Handoff; h != nil {
		d.Queue, d.Reason, d.Priority, d.Since, d.Test = h.Queue, h.Reason, h.Priority, h.Since, h.Test
	}
	return d
}

// flowOf names the flow that handed the conversation over, or else the last that lives.
func flowOf(c Conversation) (name string) {
	for _, r := range c.State.Runs {
		if name = r.Flow; c.State.Handoff != nil && c.State.Handoff.Run == r.ID {
			return name
		}
	}
	return name
}

// desk notes what changed for the people at work.
func (s *step) desk() {
	before, after := deskOf(s.was), deskOf(s.c)
	if before.same(after) || before.Owner == OwnerBot && after.Owner == OwnerBot {
		return
	}
	s.effects = append(s.effects, Effect{Desk: &after})
}

func (d Desk) same(o Desk) bool {
	return d.Owner == o.Owner && d.Agent == o.Agent && d.Queue == o.Queue && d.Reason == o.Reason && d.Flow == o.Flow && d.Priority == o.Priority &&
		d.Since == o.Since && d.Awaiting == o.Awaiting && d.Snoozed == o.Snoozed &&
		d.Wrote == o.Wrote && d.Replied == o.Replied && d.Given == o.Given && d.Overdue == o.Overdue && slices.Equal(d.Labels, o.Labels)
}

// awaits notes that the customer waits for a person.
func (s *step) awaits() {
	if s.c.State.Awaiting == 0 {
		s.c.State.Awaiting = s.env.Now
	}
}

// wakeUp ends a snooze: whoever has the conversation has it before them from now on.
func (s *step) wakeUp(why string) {
	s.c.State.Snoozed = 0
	if s.c.State.Owner == OwnerAgent {
		s.c.State.Given = s.env.Now
	}
	s.record(Decision{About: "snooze", Choice: "over", Why: why})
}

// mostSnooze is how long a conversation may be put aside.
const mostSnooze = 366 * 24 * time.Hour

// snoozed puts the conversation aside until a moment, or (0) back on the desk.
func (s *step) snoozed(a Agent) string {
	switch {
	case !s.holds(a):
	case a.Until == 0 && s.c.State.Snoozed == 0:
		s.ignore()
	case a.Until == 0:
		s.wakeUp(a.Name)
	case a.Until <= s.env.Now || a.Until > s.env.Now+mostSnooze.Milliseconds():
		s.refuse("until: name a moment within a year")
	default:
		s.c.State.Snoozed = a.Until
		return "until " + strconv.FormatInt(a.Until, 10)
	}
	return ""
}

// prioritised says how urgent the conversation is to the people at work.
func (s *step) prioritised(a Agent) string {
	h := s.c.State.Handoff
	switch {
	case !slices.Contains([]flows.Class{flows.Alert, flows.Notice, flows.Bulk}, a.Priority):
		s.refuse("priority: want alert, notice or bulk")
	case h == nil:
		s.conflict("the bot has this conversation")
	default:
		more := *h
		more.Priority = a.Priority
		s.c.State.Handoff = &more
	}
	return string(a.Priority)
}

// The bounds of labels: a word or two each, which a list can show.
const (
	mostLabels     = 10
	longestLabel   = 32
	problemOfLabel = "labels: at most 10, of 1 to 32 letters, digits, spaces and -_"
)

// labelled says what the conversation is called from now on. The trail hears how many
// there are: people may type there what it must not hold.
func (s *step) labelled(a Agent) string {
	labels := make([]string, 0, len(a.Labels))
	for _, l := range a.Labels {
		if l = strings.ToLower(strings.Join(strings.Fields(l), " ")); !goodLabel(l) {
			s.refuse(problemOfLabel)
			return ""
		}
		labels = append(labels, l)
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	if len(labels) > mostLabels {
		s.refuse(problemOfLabel)
		return ""
	}
	s.c.State.Labels = labels
	if len(labels) == 0 {
		s.c.State.Labels = nil
	}
	return strconv.Itoa(len(labels)) + " labels"
}

func goodLabel(l string) bool {
	n := utf8.RuneCountInString(l)
	return n > 0 && n <= longestLabel && !strings.ContainsFunc(l, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(" -_", r)
	})
}

// Mention is a colleague whom somebody calls to a conversation.
type Mention struct {
	Conversation string `json:"conversation"`
	Agent        string `json:"agent"` // who is called
	By           string `json:"by"`
	At           int64  `json:"at"` // Unix ms
}

// mention calls those whom a note names.
func (s *step) mention(a Agent) {
	for _, name := range a.Mentions {
		if name != a.Name {
			s.effects = append(s.effects, Effect{Mention: &Mention{Conversation: s.c.ID, Agent: name, By: a.Name, At: s.env.Now}})
		}
	}
}
