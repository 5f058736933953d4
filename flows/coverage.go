package flows

import (
	"maps"
	"slices"
)

// Part is one piece of a flow that a dialogue can reach.
type Part struct {
	Kind    string // state, reply, capture, choice, silence, otherwise, event, branch …
	State   string // "" : of the whole flow
	Name    string // which one of its kind: a word, an event type, a target
	File    string
	Line    int // counts from 1; 0: not known
	Reached bool
}

// Coverage lists the parts of the flow, as written, with what the trace reached of
// them. What only a fault of ours or of the business leads to (on.error) does not
// count, and neither does a plain goto: its state says it.
func (f *Flow) Coverage(t *Trace) []Part {
	c := &covering{flow: f, trace: t}
	for _, s := range f.order {
		c.state(s)
	}
	c.events("", f.events)
	c.replies("on.reply", "", f.onReplies)
	return c.parts
}

// covering gathers the parts of one flow.
type covering struct {
	flow  *Flow
	trace *Trace
	parts []Part
}

func (c *covering) add(kind, state, name string, at *node) {
	from := c.flow.origin
	if at.from != nil {
		from = at.from
	}
	c.parts = append(c.parts, Part{Kind: kind, State: state, Name: name, File: from.name, Line: at.line, Reached: c.trace.reached(at)})
}

// owned are the ways that count as what leads into them, or not at all.
var owned = []string{"reply", "capture", "choice", "silence", "event", "error", "goto"}

func (c *covering) state(s *state) {
	c.add("state", s.name, "", s.at)
	c.replies("reply", s.name, s.replies)
	for _, v := range s.captures {
		c.add("capture", s.name, v.name, v.at)
	}
	if s.choose != nil {
		c.add("choice", s.name, s.choose.as, s.choose.at)
	}
	for _, st := range s.silence {
		c.add("silence", s.name, st.when(), st.node)
	}
	if s.otherwise != nil && s.otherwise.say != nil {
		c.add("otherwise", s.name, "say", s.otherwise.say.at)
	}
	c.events(s.name, s.events)
	c.replies("on.reply", s.name, s.onReplies)
	for _, e := range s.edges() {
		if !slices.Contains(owned, e.via) {
			c.add(e.via, s.name, "to "+e.next.to, e.next.at)
		}
	}
}

func (c *covering) replies(kind, state string, list []*reply) {
	for _, r := range list {
		c.add(kind, state, r.label(), r.at)
	}
}

func (c *covering) events(state string, all map[string]*happening) {
	for _, typ := range slices.Sorted(maps.Keys(all)) {
		c.add("event", state, typ, all[typ].at)
	}
}

// label is what people call the reply: its name, intent or first word.
func (r *reply) label() string {
	switch {
	case r.as != "":
		return r.as
	case r.intent != "":
		return r.intent
	case r.any:
		return "any"
	case len(r.words) > 0:
		return r.words[0]
	case len(r.patterns) > 0:
		return "/" + r.patterns[0].String()[len("(?i)"):] + "/"
	}
	return "reply"
}

// when is the step's time as written.
func (st *step) when() string {
	if at := st.node.child("at"); at != nil {
		return at.text
	}
	if after := st.node.child("after"); after != nil {
		return after.text
	}
	return ""
}
