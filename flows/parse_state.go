package flows

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// state is one state of a flow, compiled.
type state struct {
	name      string
	at        *node
	say       *texts
	do        []action
	replies   []*reply
	captures  []*variable
	silence   []step
	clock     []Silence // of silence, as moves show it
	otherwise *otherwise
	events    map[string]*happening
	branch    []branch
	next      *link
	handoff   *handoff
	end       string
	intents   []string // of its replies, in the author's order
}

type step struct {
	after time.Duration
	say   *texts
	next  *link
	at    *node
}

type otherwise struct {
	say   *texts
	tries int
	next  *link
}

type happening struct {
	do   []action
	next *link // nil: the state stays
	at   *node
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
func (s *state) asks() bool { return len(s.replies) > 0 || len(s.captures) > 0 }

// parked says whether the state waits without having asked.
func (s *state) parked() bool {
	return !s.asks() && !s.leaves() && s.handoff == nil && s.end == "" && (len(s.events) > 0 || len(s.silence) > 0)
}

// leaves says whether the state goes on by itself when it asks nothing.
func (s *state) leaves() bool { return s.next != nil || len(s.branch) > 0 }

func (s *state) waits() bool { return s.asks() || s.parked() || s.handoff != nil }

const (
	stateKeys  = "say do replies capture silence otherwise on branch goto handoff end"
	stateLater = "choose send_before resume media"
)

func (p *parser) state(e entry) *state {
	s, n := &state{name: e.name, at: e.at}, e.value
	if !p.keys(n, "the state "+quote(e.name), stateKeys, stateLater) {
		return s
	}
	s.say = p.texts(n.child("say"), "say")
	s.do = p.actions(n.child("do"))
	for _, item := range p.list(n.child("replies"), "replies", maxReplies, false) {
		if r := p.reply(item, "reply/", len(s.replies)); r != nil {
			s.replies = append(s.replies, r)
		}
	}
	s.intents = intentsOf(s.replies)
	s.captures = p.captures(n.child("capture"))
	p.silence(s, n.child("silence"))
	s.otherwise = p.otherwise(n.child("otherwise"))
	if on := n.child("on"); on != nil && p.keys(on, "on of a state", "events", "replies error") {
		s.events = p.events(on.child("events"), "event/")
	}
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
	if n.child("silence") != nil && !s.asks() && len(ways) > 0 {
		p.failAt(n.child("silence"), "silence in a state that does not wait: remove it")
	}
	for _, r := range s.replies {
		if r.next == nil && s.next == nil {
			p.failAt(r.at, "this reply goes nowhere: give it a goto")
		}
	}
	if len(s.captures) > 0 && s.next == nil && hasAnswer(s.captures) {
		p.failAt(n.child("capture"), "the captured answer goes nowhere: add goto to the state")
	}
}

type reply struct {
	at       *node
	intent   string
	words    []string // folded
	numbers  []string // those of words that are option numbers
	patterns []*regexp.Regexp
	any      bool
	as       string
	do       []action // set first
	next     *link
	confirm  bool
}

func (p *parser) reply(n *node, prefix string, i int) *reply {
	if !p.keys(n, "a reply", "intent match as any set do goto confirm", "") {
		return nil
	}
	r := &reply{at: n, as: p.word(n.child("as"), "as"), any: p.flag(n.child("any"), "any", false),
		confirm: p.flag(n.child("confirm"), "confirm", false)}
	r.intent = p.intent(n.child("intent"))
	for _, item := range p.list(n.child("match"), "match", maxReplies, true) {
		p.match(r, item)
	}
	if set := n.child("set"); set != nil {
		r.do = append(r.do, p.set(set))
	}
	r.do = append(r.do, p.actions(n.child("do"))...)
	r.next = p.link(n.child("goto"), prefix+strconv.Itoa(i))
	ways := 0
	for _, way := range []string{"intent", "match", "any"} {
		if n.child(way) != nil {
			ways++
		}
	}
	if ways != 1 {
		p.failAt(n, "a reply listens to %d things: give it exactly one of intent, match, any", ways)
	}
	return r
}

func (p *parser) match(r *reply, n *node) {
	s := n.text
	if n.shape != isText && n.shape != isInt {
		p.failAt(n, "a word to match is %s: write it in quotes", n.shape)
		return
	}
	if len(s) > 2 && s[0] == '/' && s[len(s)-1] == '/' {
		if re := p.pattern(n, s[1:len(s)-1], false); re != nil {
			r.patterns = append(r.patterns, re)
		}
		return
	}
	w := fold(s)
	if w == "" || len(w) > 200 {
		p.failAt(n, "%s has no word in it: write what the customer would", quote(s))
		return
	}
	r.words = append(r.words, w)
	if isNumber(w) {
		r.numbers = append(r.numbers, w)
	}
}

// pattern compiles an RE2 expression that ignores case. whole makes it match all
// of the text.
func (p *parser) pattern(n *node, s string, whole bool) *regexp.Regexp {
	if len(s) > 500 {
		p.failAt(n, "a pattern of %d characters: at most 500", len(s))
		return nil
	}
	if whole {
		s = "^(?:" + s + ")$"
	}
	re, err := regexp.Compile("(?i)" + s)
	if err != nil {
		p.failAt(n, "not a pattern: %s", firstLine(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
		return nil
	}
	return re
}

func (p *parser) silence(s *state, n *node) {
	for i, item := range p.list(n, "silence", 10, true) {
		if !p.keys(item, "a step of silence", "after say goto", "at between") {
			continue
		}
		st := step{after: p.duration(item.child("after"), "after"), at: item,
			say: p.texts(item.child("say"), "say"), next: p.link(item.child("goto"), "silence/"+strconv.Itoa(i))}
		switch {
		case item.child("after") == nil:
			p.failAt(item, "a step of silence without a time: add after: 24h")
		case st.say == nil && st.next == nil:
			p.failAt(item, "a step of silence that does nothing: add say or goto")
		case i > 0 && len(s.silence) > 0 && st.after <= s.silence[len(s.silence)-1].after:
			p.failAt(item.child("after"), "this step is not later than the one before: every after counts from the question")
		}
		s.silence = append(s.silence, st)
		s.clock = append(s.clock, Silence{After: st.after})
	}
}

func (p *parser) otherwise(n *node) *otherwise {
	if n == nil || !p.keys(n, "otherwise", "say tries goto", "") {
		return nil
	}
	o := &otherwise{say: p.texts(n.child("say"), "say"), next: p.link(n.child("goto"), "otherwise")}
	if o.say != nil {
		o.tries = 1
	}
	if tries := p.number(n.child("tries"), "tries"); tries != nil {
		o.tries = int(*tries)
		if *tries < 1 || *tries > 10 || *tries != float64(o.tries) || o.say == nil {
			p.failAt(n.child("tries"), "tries counts how often say is sent: give a say, and 1 to 10")
		}
	}
	return o
}

func (p *parser) events(n *node, prefix string) map[string]*happening {
	out := map[string]*happening{}
	for _, e := range p.entries(n, "events", "TYPE: {goto: STATE}", maxEvents) {
		if !isWord(e.name) {
			p.failAt(e.at, "%s is no event type: use letters, digits, and . _ -", quote(e.name))
		}
		if !p.keys(e.value, "an event", "goto do set", "") {
			continue
		}
		h := &happening{next: p.link(e.value.child("goto"), prefix+e.name), at: e.at}
		if set := e.value.child("set"); set != nil {
			h.do = append(h.do, p.set(set))
		}
		h.do = append(h.do, p.actions(e.value.child("do"))...)
		if h.next == nil && len(h.do) == 0 {
			p.failAt(e.at, "the event %s does nothing: give it a goto, set or do", e.name)
		}
		out[e.name] = h
	}
	return out
}

func (p *parser) branches(n *node) []branch {
	var out []branch
	items := p.list(n, "branch", maxReplies, false)
	for i, item := range items {
		if !p.keys(item, "a branch", "when goto", "") {
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
	if n == nil || !p.keys(n, "handoff", "queue note say closed_say priority then", "") {
		return nil
	}
	h := &handoff{queue: p.word(n.child("queue"), "queue"),
		say: p.texts(n.child("say"), "say"), closedSay: p.texts(n.child("closed_say"), "closed_say"),
		then: p.link(n.child("then"), "then")}
	if note := n.child("note"); note != nil {
		h.note = p.template(note, "note", false)
	}
	if n.child("priority") != nil {
		h.priority = Class(p.oneOf(n.child("priority"), "priority", string(Notice), string(Code), string(Alert), string(Bulk)))
	}
	return h
}

func hasAnswer(captures []*variable) bool {
	for _, c := range captures {
		if c.kind != kindMedia {
			return true
		}
	}
	return false
}
