package conversation

import (
	"slices"
	"time"

	"parley/flows"
	"parley/outbound/quiet"
	"parley/outbound/segment"
	"parley/outbound/senders"
)

// draft is a text on its way to becoming a message.
type draft struct {
	run    *Run
	flow   *flows.Flow // nil: of none, or of a version that is gone
	class  flows.Class
	text   string
	media  []flows.Media
	asks   bool
	exempt bool
	agent  bool
	before time.Time // of no use after it; zero: the class says
	code   *Code     // the code that it brings; nil: none
}

// mostSaid is how many texts one event may make. A message's position has eight
// bits for them, of which the consent texts keep some.
const mostSaid = 200

// send turns a draft into a message and records why it goes when. It returns the
// message; nil when one event has said too much already, or when the text would go
// out later than is of use.
func (s *step) send(d draft) *Message {
	if s.said >= mostSaid && !d.exempt {
		s.record(Decision{About: "send", Choice: "refused", Why: "one event made too many texts"})
		s.handoff(Handing{Reason: "problem", Note: "one event made too many texts"})
		return nil
	}
	if !d.exempt && s.byItself() {
		s.record(Decision{About: "send", Choice: "refused", Why: tooManyUnasked, Class: d.class})
		s.handoff(Handing{Reason: "problem", Note: tooManyUnasked})
		return nil
	}
	if why := s.barred(); why != "" {
		s.record(Decision{About: "send", Choice: "refused", Why: why, Class: d.class})
		return nil
	}
	if !s.wanted(d) {
		s.record(Decision{About: "send", Choice: "dropped", Why: notOptedIn, Class: d.class})
		return nil
	}
	due := s.due(d)
	if !d.before.IsZero() && due >= d.before.UnixMilli() {
		s.record(Decision{About: "send", Choice: "dropped", Why: "it would go out after send_before", Class: d.class, DueAt: due})
		return nil
	}
	m := s.message(d)
	m.DueAt = due
	m.ExpiresAt = m.DueAt + expiries[m.Priority].Milliseconds()
	if !d.before.IsZero() {
		m.ExpiresAt = min(m.ExpiresAt, d.before.UnixMilli())
	}
	if s.lineSleeps(m) { // the flow's own hours let it go; the dispatcher knows only the line's
		m.Priority = PriorityReply
	}
	s.said++
	if d.run != nil {
		d.run.Texts++
	}
	s.effects = append(s.effects, Effect{Send: m})
	s.record(m.decision(s.env.Now))
	s.out.Messages = append(s.out.Messages, m.ID)
	return m
}

// mostUnasked is how many texts may go out by themselves (reminders, scheduled starts,
// and what comes of the answers to calls) within unaskedFor (ms), unless the customer
// writes meanwhile. Each of the runs that may be live has room for one; a flow that
// goes round by itself must not text a customer for ever.
const (
	mostUnasked = mostRuns + 8
	unaskedFor  = 3_600_000

	tooManyUnasked = "more texts within an hour than anybody had asked for: a flow goes round by itself"
)

// byItself counts a text that no event of anybody's brings about; true: it is one too
// many.
func (s *step) byItself() bool {
	if !slices.Contains([]Kind{KindTimer, KindResult, KindSent, KindFailed}, s.e.Kind) {
		return false
	}
	u := Hourly{Since: s.env.Now}
	if old := s.c.State.Unasked; old != nil && s.env.Now-old.Since < unaskedFor {
		u = *old
	}
	if u.Texts >= mostUnasked {
		return true
	}
	u.Texts++
	s.c.State.Unasked = &u
	return false
}

// message makes the row, but for when it goes.
func (s *step) message(d draft) *Message {
	m := &Message{
		ID: s.messageID(s.said), Conversation: s.c.ID, Position: s.c.Rev<<8 | int64(s.said),
		Line: s.c.Line, To: s.c.Phone, Class: d.class, Text: d.text, Media: d.media,
		Priority: s.priority(d), Epoch: s.c.State.Epoch,
		ByAgent: d.agent, Exempt: d.exempt, Test: s.e.Test, CreatedAt: s.env.Now, Status: Queued,
	}
	if d.run != nil {
		m.Run, m.Test = d.run.ID, m.Test || d.run.Test
	}
	if d.asks {
		m.Wait = s.c.Rev
	}
	m.Segments = max(1, segment.Count(d.text).Segments)
	if d.code != nil {
		m.Challenge, m.Segments = d.code.Challenge, d.code.Segments
	}
	return m
}

// priority ranks a draft: what answers the customer's own text goes before notices.
func (s *step) priority(d draft) Priority {
	return priorityOf(d.class, s.answering())
}

// answering says whether what goes out now answers the customer, or is a person's.
func (s *step) answering() bool {
	return s.reads || s.e.Kind == KindText || s.e.Kind == KindResult || s.e.Kind == KindAgent
}

// notOptedIn is why a text that sells does not go out. 47 CFR 64.1200(a)(2) wants the
// prior express written consent of whoever gets one; who asks for it by a text of
// their own is answered.
const notOptedIn = "the customer has not opted in to texts that sell"

// Why nothing of the business's own goes to a customer.
const (
	OutOfReach = "to: the customer has opted out of texts from this business"
	NotOptedIn = "to: " + notOptedIn
)

// NotCarried begins why nothing goes out under the line's name.
const NotCarried = "to: the sender's name is not let through: "

// Barred says why the customer's country does not let the line's name through at that time;
// "": it does, or the line has a number. What is not let through is billed all the same.
func (l Line) Barred(phone string, at time.Time) string {
	if !l.OneWay {
		return ""
	}
	if why := senders.Refusal(senders.Sender{ID: l.Number, Registered: l.Registered}, phone, at); why != "" {
		return NotCarried + why
	}
	return ""
}

func (s *step) barred() string { return s.env.Line.Barred(s.c.Phone, time.UnixMilli(s.env.Now)) }

// wanted says whether the draft may go to this customer by what it is.
func (s *step) wanted(d draft) bool {
	return d.class != flows.Bulk || s.optedIn(d.run != nil && d.run.Test) || s.answering()
}

// optedIn says whether texts that sell may go to this customer unasked. Those of test
// keys go nowhere.
func (s *step) optedIn(test bool) bool {
	return test || s.e.Test || s.env.Consent.State == OptedIn
}

// decision is the record of why m goes when.
func (m *Message) decision(now int64) Decision {
	d := Decision{About: "send", Choice: "queued", Run: m.Run, Message: m.ID, Class: m.Class, Priority: m.Priority, Segments: m.Segments}
	if m.DueAt > now {
		d.Choice, d.Why, d.DueAt = "held", "quiet hours", m.DueAt
	}
	return d
}

// due is when a draft may go out: notices and bulk texts wait for the end of the
// quiet hours, the flow's own or the line's.
func (s *step) due(d draft) int64 {
	if s.priority(d) < PriorityNotice {
		return s.env.Now
	}
	zone, window := s.env.Line.Zone, s.env.Line.Quiet
	if d.flow != nil {
		zone = d.flow.Zone(s.env.Line.Brand)
		if d.flow.Quiet != nil {
			window = *d.flow.Quiet
		}
	}
	return quiet.Until(time.UnixMilli(s.env.Now), string(d.class), zone, window).UnixMilli()
}

// lineSleeps says whether a message that its flow's hours held back, or let go, is due
// in the quiet hours of the line.
func (s *step) lineSleeps(m *Message) bool {
	return m.Priority > PriorityReply && s.env.Line.Quiet.Covers(time.UnixMilli(m.DueAt), s.env.Line.Zone)
}

// outgoing sends one text of the business outside any flow.
func (s *step) outgoing(o Outgoing) {
	if s.env.Consent.State == OptedOut {
		s.refuse(OutOfReach)
		return
	}
	if o.Class == flows.Bulk && !s.optedIn(false) {
		s.refuse(NotOptedIn)
		return
	}
	if why := s.barred(); why != "" {
		s.refuse(why)
		return
	}
	s.send(draft{class: o.Class, text: o.Text, media: o.Media})
}
