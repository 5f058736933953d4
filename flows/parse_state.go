package flows

import (
	"slices"
	"strconv"
	"strings"
)

// state is one state of a flow, compiled.
type state struct {
	name      string
	at        *node
	say       *texts
	media     []*template // beside say: addresses
	before    *expression // send_before; nil: the class's own expiry
	resume    *texts      // nil: say
	do        []action
	replies   []*reply
	captures  []*variable
	choose    *choose
	silence   []step
	otherwise *otherwise
	events    map[string]*happening
	onReplies []*reply // the state's own emergency words
	urgent    []*reply // the state's own, then the flow's
	onError   *link
	branch    []branch
	next      *link
	handoff   *handoff
	end       string

	intents       []string // of its replies, in the author's order
	urgentIntents []string // of urgent
}

type otherwise struct {
	say   *texts
	tries int
	next  *link
}

type branch struct {
	when *expression // nil: always
	next *link
}

type handoff struct {
	queue     string
	note      *template
	say       *texts
	closedSay *texts
	priority  Class
	then      *link
}

// asks says whether the state waits for an answer.
func (s *state) asks() bool { return len(s.replies) > 0 || len(s.captures) > 0 || s.choose != nil }

// wanted is the capture that an answer fills: the one that is not media. nil: there is
// none.
func (s *state) wanted() *variable {
	for _, v := range s.captures {
		if v.kind != kindMedia {
			return v
		}
	}
	return nil
}

// parked says whether the state waits without having asked.
func (s *state) parked() bool {
	return !s.asks() && !s.leaves() && s.handoff == nil && s.end == "" && (len(s.events) > 0 || len(s.silence) > 0)
}

// leaves says whether the state goes on by itself when it asks nothing.
func (s *state) leaves() bool { return s.next != nil || len(s.branch) > 0 }

// waits says whether a run stays in the state until something happens.
func (s *state) waits() bool { return s.asks() || s.parked() || s.handoff != nil }

func (p *parser) state(e entry) *state {
	s, n := &state{name: e.name, at: e.at}, e.value
	if !p.keys(n, "the state "+quote(e.name), keysOf[stateKeys]()) {
		return s
	}
	s.say = p.texts(n.child("say"), "say")
	s.media = p.addresses(n.child("media"))
	s.do = p.stateActions(n.child("do"))
	s.resume = p.texts(n.child("resume"), "resume")
	if before := n.child("send_before"); before != nil {
		s.before = p.moment(before, "send_before")
	}
	for _, item := range p.list(n.child("replies"), "replies", maxReplies, false) {
		if r := p.reply(item, "reply/", len(s.replies)); r != nil {
			s.replies = append(s.replies, r)
		}
	}
	s.intents = intentsOf(s.replies)
	s.captures = p.captures(n.child("capture"))
	s.choose = p.choose(n.child("choose"))
	p.silence(s, n.child("silence"))
	s.otherwise = p.otherwise(n.child("otherwise"))
	if on := n.child("on"); on != nil && p.keys(on, "on of a state", keysOf[onKeys]()) {
		s.events = p.events(on.child("events"), "event/")
		s.onReplies = p.urgent(on.child("replies"), "a reply of on.replies", "here.reply/")
		s.onError = p.onError(on.child("error"), "here.error")
	}
	s.urgent = append(slices.Clip(s.onReplies), p.flow.onReplies...)
	s.urgentIntents = intentsOf(s.urgent)
	s.branch = p.branches(n.child("branch"))
	s.next = p.link(n.child("goto"), "goto")
	s.handoff = p.handoff(n.child("handoff"))
	s.end = p.word(n.child("end"), "end")
	p.exits(s, n)
	return s
}

// exits refuses states that would leave in two ways at once, or in none where one
// is needed.
func (p *parser) exits(s *state, n *node) {
	var ways []string
	for _, way := range []string{"branch", "goto", "handoff", "end"} {
		if n.child(way) != nil {
			ways = append(ways, way)
		}
	}
	if len(ways) > 1 {
		p.failAt(n.child(ways[1]), "%s and %s in one state: keep one, or make two states", ways[0], ways[1])
	}
	if s.asks() && len(ways) > 0 && ways[0] != "goto" {
		p.failAt(n.child(ways[0]), "%s in a state that asks: move it to a state of its own", ways[0])
	}
	if n.child("otherwise") != nil && !s.asks() {
		p.failAt(n.child("otherwise"), "otherwise in a state that asks nothing: remove it, or add replies or capture")
	}
	if s.resume != nil && !s.asks() {
		p.failAt(n.child("resume"), "resume in a state that asks nothing: remove it, or add replies or capture")
	}
	if s.before != nil && s.say == nil && len(s.media) == 0 && len(s.silence) == 0 {
		p.failAt(n.child("send_before"), "send_before in a state that says nothing: remove it, or add say")
	}
	if n.child("silence") != nil && !s.asks() && len(ways) > 0 {
		p.failAt(n.child("silence"), "silence in a state that does not wait: remove it")
	}
	for _, r := range s.replies {
		if r.next == nil && s.next == nil {
			p.failAt(r.at, "this reply goes nowhere: give it a goto")
		}
	}
	if s.choose != nil {
		p.chooses(s, n)
	}
	if s.next == nil && s.wanted() != nil {
		p.failAt(n.child("capture"), "the captured answer goes nowhere: add goto to the state")
	}
}

func (p *parser) otherwise(n *node) *otherwise {
	if n == nil || !p.keys(n, "otherwise", keysOf[otherwiseKeys]()) {
		return nil
	}
	o := &otherwise{say: p.texts(n.child("say"), "say"), next: p.link(n.child("goto"), "otherwise")}
	if o.say != nil {
		o.tries = 1
	}
	if tries := p.number(n.child("tries"), "tries"); tries != nil {
		o.tries = int(*tries)
		if *tries < 1 || *tries > maxTries || *tries != float64(o.tries) || o.say == nil {
			p.failAt(n.child("tries"), "tries counts how often say is sent: give a say, and 1 to 10")
		}
	}
	return o
}

func (p *parser) branches(n *node) []branch {
	var out []branch
	items := p.list(n, "branch", maxReplies, false)
	for i, item := range items {
		if !p.keys(item, "a branch", keysOf[branchKeys]()) {
			continue
		}
		b := branch{next: p.link(item.child("goto"), "branch/"+strconv.Itoa(i))}
		if b.next == nil {
			p.failAt(item, "this branch goes nowhere: give it a goto")
			continue
		}
		if w := item.child("when"); w != nil {
			b.when = p.condition(w)
		} else if i < len(items)-1 {
			p.failAt(item, "this branch always holds: put it last")
		}
		out = append(out, b)
	}
	if len(out) > 0 && out[len(out)-1].when != nil {
		p.failAt(items[len(items)-1], "no branch may hold: end with {goto: STATE} without when")
	}
	return out
}

func (p *parser) handoff(n *node) *handoff {
	if n == nil || !p.keys(n, "handoff", keysOf[handoffKeys]()) {
		return nil
	}
	h := &handoff{queue: p.word(n.child("queue"), "queue"),
		say: p.texts(n.child("say"), "say"), closedSay: p.texts(n.child("closed_say"), "closed_say"),
		then: p.link(n.child("then"), "then")}
	if note := n.child("note"); note != nil {
		h.note = p.template(note, "note", false)
	}
	if n.child("priority") != nil {
		h.priority = Class(p.oneOf(n.child("priority"), "priority", classNames...))
	}
	return h
}

// chooses refuses what would make a choice ambiguous or lead nowhere.
func (p *parser) chooses(s *state, n *node) {
	if s.choose.next == nil && s.next == nil {
		p.failAt(s.choose.at, "the choice goes nowhere: add goto")
	}
	if s.wanted() != nil {
		p.failAt(n.child("capture"), "a captured answer beside choose: ask for it in a state of its own")
	}
	for _, r := range s.replies {
		for _, number := range r.numbers {
			if len(number) == 1 && number != "0" {
				p.failAt(r.at, "the reply %s is a number of choose too: use a word", number)
			}
		}
	}
}

// addresses reads what stands beside say: one address or some.
func (p *parser) addresses(n *node) []*template {
	var out []*template
	for _, item := range p.list(n, "media", maxAttached, true) {
		t := p.template(item, "media", true)
		if len(t.parts) > 0 && t.parts[0].expr == nil && !strings.HasPrefix(t.parts[0].text, "https://") {
			p.failAt(item, "media is no web address: begin it with https://")
		}
		out = append(out, t)
	}
	return out
}
