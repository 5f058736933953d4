package flows

import (
	"bytes"
	"slices"
	"strings"

	"parley/outbound/quiet"
)

// Bounds of one flow, so that its tables stay small.
const (
	maxStates    = 300
	maxReplies   = 40
	maxEvents    = 40
	maxInputs    = 100
	maxValues    = 100 // that one variable may have
	maxKeywords  = 40
	maxLanguages = 30
	maxSilence   = 10  // steps of one wait
	maxTries     = 10  // of otherwise
	maxMoves     = 100 // states entered by one input
)

// Parse reads a flow file, compiles its expressions and builds its machine. The
// error joins every *Problem found (see Problems). What only a look at the whole
// flow can find is Check's.
func Parse(file string, source []byte) (*Flow, error) {
	p, root := readFile(file, source)
	if root == nil {
		return nil, join(p.problems)
	}
	return p.build(root)
}

// readFile reads a file into nodes; nil: it cannot be read, and the parser says why.
func readFile(file string, source []byte) (*parser, *node) {
	p := newParser(file)
	source = bytes.TrimPrefix(source, byteOrderMark)
	if len(source) <= maxFile {
		p.lines = strings.Split(string(source), "\n")
	}
	root := p.readYAML(source)
	if len(p.problems) > 0 {
		return p, nil
	}
	return p, root
}

// byteOrderMark is what some editors begin a file with to say that it is UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

// Compile makes a flow of its canonical source, as Source returns it and stores
// keep it. It does not Check: a version that was good enough to start runs stays
// good enough to finish them.
func Compile(source []byte) (*Flow, error) {
	p := newParser("stored flow")
	root, err := readJSON(source)
	if err != nil {
		p.failAt(nil, "not readable: %v", err)
		return nil, join(p.problems)
	}
	return p.build(root)
}

func newParser(file string) *parser {
	return &parser{origin: &origin{name: file}}
}

func (p *parser) build(root *node) (*Flow, error) {
	p.pending, p.links, p.assigns = nil, nil, nil
	p.flow = &Flow{origin: p.origin, states: map[string]*state{}, vars: map[string]*variable{}}
	p.root(root)
	p.resolve()
	p.compileAll()
	p.spread()
	if err := join(p.problems); err != nil {
		return nil, err
	}
	p.flow.source = canonical(root)
	p.flow.Hash = hashOf(p.flow.source)
	p.flow.teach()
	if err := p.flow.buildMachine(); err != nil {
		p.failAs("not-a-machine", root, err.Error())
		return nil, join(p.problems)
	}
	return p.flow, nil
}

func (p *parser) root(n *node) {
	if !p.keys(n, "a flow", keysOf[flowFile]()) {
		return
	}
	f := p.flow
	f.at = n
	if n.child("flow") == nil {
		p.failAt(n, "the flow has no name: begin with flow: NAME")
	}
	f.Name = p.word(n.child("flow"), "flow")
	f.Title = p.text(n.child("title"), "title")
	f.Class = p.class(n)
	p.clocks(n)
	f.Brand = p.word(n.child("brand"), "brand")
	f.Overlap = p.oneOf(n.child("overlap"), "overlap", overlapNames...)
	f.Late = p.oneOf(n.child("late"), "late", lateNames...)
	if n.child("late") == nil && f.Class == Alert {
		f.Late = "agent"
	}
	p.languages(n.child("languages"))
	p.inputs(n.child("input"))
	p.intents(n)
	f.local = !p.flag(n.child("llm"), "llm", true)
	if key := n.child("key"); key != nil {
		f.HasKey, f.key = true, p.template(key, "key", false)
	}
	p.trigger(n.child("trigger"))
	p.on(n.child("on")) // before the states, which hear these words too
	p.states(n.child("states"))
	p.start(n)
	p.migrate(n.child("migrate"))
}

// migrate reads where waiting runs of earlier versions go on. Only the new states
// are this file's, so that only they can be checked.
func (p *parser) migrate(n *node) {
	for _, e := range p.entries(n, "migrate", "OLD_STATE: NEW_STATE", maxStates) {
		if l := p.link(e.value, "migrate/"+e.name); l != nil {
			if p.flow.migrate == nil {
				p.flow.migrate = map[string]*link{}
			}
			p.flow.migrate[e.name] = l
		}
	}
}

// class reads the flow's class; what sells is bulk, whatever else is said.
func (p *parser) class(n *node) Class {
	at := n.child("class")
	class := Class(p.oneOf(at, "class", classNames...))
	if !p.flag(n.child("promotional"), "promotional", false) {
		return class
	}
	if at != nil && class != Bulk {
		p.failAt(at, "a flow that sells is of class bulk: leave class out, or promotional")
	}
	return Bulk
}

// clocks reads what overrides the brand's zone and quiet hours.
func (p *parser) clocks(n *node) {
	f := p.flow
	f.Timezone = p.text(n.child("timezone"), "timezone")
	if !isZone(f.Timezone) {
		p.failAt(n.child("timezone"), "there is no time zone %s: write an IANA name such as America/New_York", quote(f.Timezone))
	}
	at := n.child("quiet")
	if at == nil {
		return
	}
	text := at.text
	if at.shape == isFlag && text == "false" {
		text = "off" // what YAML 1.1 readers make of it
	}
	window, err := quiet.Parse(text)
	if err != nil || text == "" {
		p.failAt(at, "quiet cannot be %s: write hours like \"21:00-08:00\", or off", quote(text))
	}
	f.Quiet = &window
}

func (p *parser) languages(n *node) {
	f := p.flow
	for _, item := range p.list(n, "languages", maxLanguages, true) {
		s := p.text(item, "a language")
		if !isLanguage(s) {
			p.failAt(item, "%s is no language: write a BCP 47 tag such as en or pt-BR", quote(s))
		}
		if slices.Contains(f.Languages, s) {
			p.failAt(item, "%s is listed twice: keep one", quote(s))
			continue
		}
		f.Languages = append(f.Languages, s)
	}
	if len(f.Languages) == 0 {
		f.Languages = []string{"en"}
	}
}

func (p *parser) trigger(n *node) {
	if n == nil || !p.keys(n, "trigger", keysOf[triggerKeys]()) {
		return
	}
	for _, item := range p.list(n.child("events"), "trigger.events", maxEvents, true) {
		if typ := p.word(item, "an event type"); typ != "" {
			p.flow.Events = append(p.flow.Events, typ)
		}
	}
	for _, item := range p.list(n.child("keywords"), "trigger.keywords", maxKeywords, true) {
		if k, ok := p.keyword(item); ok {
			p.flow.keywords = append(p.flow.keywords, k)
		}
	}
	p.lookup(n.child("lookup"))
	for _, item := range p.list(n.child("intents"), "trigger.intents", maxKeywords, true) {
		p.startsOnIntent(item)
	}
}

func (p *parser) states(n *node) {
	if n == nil {
		p.failAt(p.flow.at, "the flow has no states: add states: with at least one")
		return
	}
	for _, e := range p.entries(n, "states", "NAME: {say: ..., goto: ...}", maxStates) {
		if !isWord(e.name) {
			p.failAt(e.at, "%s is no name for a state: use letters, digits, and . _ - between them", quote(e.name))
			continue
		}
		s := p.state(e)
		p.flow.states[e.name] = s
		p.flow.order = append(p.flow.order, s)
	}
}

func (p *parser) start(n *node) {
	s := n.child("start")
	if s == nil {
		p.failAt(n, "the flow has no start: add start: STATE")
		return
	}
	if l := p.link(s, "start"); l != nil {
		p.flow.start = l.to
	}
}

func (p *parser) link(n *node, event string) *link {
	to := p.text(n, "goto")
	if to == "" {
		return nil
	}
	l := &link{event: event, to: to, at: n}
	p.links = append(p.links, l)
	return l
}

// resolve finds links that lead nowhere.
func (p *parser) resolve() {
	var names []string
	for _, s := range p.flow.order {
		names = append(names, s.name)
	}
	for _, l := range p.links {
		if p.flow.states[l.to] == nil {
			p.failAt(l.at, "there is no state %s: %s", quote(l.to), suggest(l.to, names))
		}
	}
}
