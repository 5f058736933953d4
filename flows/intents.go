package flows

import (
	"maps"
	"slices"
	"strings"
)

// intentNames are the intents that every Reader knows.
var intentNames = []string{"yes", "no", "help", "agent", "later", "done", "thanks", "wrong_number"}

// Intents lists the built-in intents, for Readers to be tested against.
func Intents() []string { return slices.Clone(intentNames) }

// intent is one that an author defines: its keywords are exact words, its examples
// teach a classifier.
type intent struct {
	at          *node
	description string
	keywords    []string            // folded, of every language
	examples    map[string][]string // by language
	ask         map[string]string   // by language: "Did you mean that …?"
	opposite    string              // the intent that it must not be taken for; "" : none
}

const (
	maxIntents  = 60
	maxExamples = 200 // of one intent and language
	maxAsk      = 120 // characters of ask: YES or NO is added to it
)

// intents reads what the flow defines, once the shared ones that it uses have been
// written into it: they belong to its version.
func (p *parser) intents(root *node) {
	p.adopt(root)
	p.define(p.entries(root.child("intents"), "intents", "NAME: {keywords: ..., examples: ...}", maxIntents))
	p.opposites(root)
}

// define reads intents into the flow.
func (p *parser) define(entries []entry) {
	p.flow.intents = map[string]*intent{}
	for _, e := range entries {
		if i := p.defined(e); i != nil {
			p.flow.intents[e.name] = i
		}
	}
}

// sharedIntents reads an intents file by itself, also what no flow uses.
func (p *parser) sharedIntents(root *node) []entry {
	p.flow = &Flow{Languages: languagesOfIntents(root)}
	entries := p.entries(root, "the shared intents", "NAME: {keywords: ..., examples: ...}", maxIntents)
	p.define(entries)
	return entries
}

// languagesOfIntents are those that any of the intents knows.
func languagesOfIntents(root *node) []string {
	var out []string
	for _, intent := range root.keys {
		for _, part := range intent.value.keys {
			for _, lang := range part.value.keys {
				out = append(out, lang.name)
			}
		}
	}
	return out
}

// adopt copies the shared intents that the flow names and does not define.
func (p *parser) adopt(root *node) {
	own := root.child("intents")
	for _, name := range intentsNamed(root) {
		shared := p.shared[name]
		if shared == nil || own != nil && own.child(name) != nil {
			continue
		}
		if own == nil {
			own = &node{shape: isObject, from: root.from, line: root.line, col: root.col}
			root.keys = append(slices.Clip(root.keys), entry{"intents", own, own})
		}
		own.keys = append(slices.Clip(own.keys), entry{name, shared, shared})
	}
}

// intentsNamed lists the intents that replies and triggers name, anywhere in a file.
func intentsNamed(n *node) []string {
	var out []string
	for _, e := range n.keys {
		switch {
		case e.name == "intent" && e.value.shape == isText:
			out = append(out, e.value.text)
		case e.name == "trigger" && e.value.child("intents") != nil:
			at := e.value.child("intents")
			for _, item := range append(at.items, at) {
				out = append(out, item.text)
			}
		case e.name != "intents":
			out = append(out, intentsNamed(e.value)...)
		}
	}
	for _, item := range n.items {
		out = append(out, intentsNamed(item)...)
	}
	return out
}

func (p *parser) defined(e entry) *intent {
	switch {
	case !isWord(e.name):
		p.failAt(e.at, "%s is no name for an intent: use letters, digits, and . _ - between them", quote(e.name))
		return nil
	case slices.Contains(intentNames, e.name):
		p.failAt(e.at, "%s is always there and cannot be replaced: use another name", e.name)
		return nil
	case !p.keys(e.value, "an intent", keysOf[intentKeys]()):
		return nil
	}
	i := &intent{at: e.at, description: p.text(e.value.child("description"), "description"), examples: map[string][]string{}}
	p.perLanguage(e.value.child("keywords"), "keywords", maxKeywords, func(_ string, n *node) {
		if w := fold(n.text); w == "" {
			p.failAt(n, "%s has no word in it: write what the customer would", quote(n.text))
		} else {
			i.keywords = append(i.keywords, w)
		}
	})
	p.perLanguage(e.value.child("examples"), "examples", maxExamples, func(lang string, n *node) {
		i.examples[lang] = append(i.examples[lang], n.text)
	})
	i.ask = p.asks(e.value.child("ask"))
	i.opposite = p.text(e.value.child("opposite"), "opposite")
	if len(i.keywords)+len(i.examples) == 0 {
		p.failAt(e.at, "the intent %s has neither keywords nor examples: add some", e.name)
	}
	return i
}

// perLanguage reads lists of texts by language. Languages that the flow does not
// list are passed by: a shared intent may know more.
func (p *parser) perLanguage(n *node, what string, limit int, take func(lang string, n *node)) {
	if n != nil && n.shape != isObject {
		p.failAt(n, "%s is %s: write it by language, as in {en: [...]}", what, n.shape)
		return
	}
	if n == nil {
		return
	}
	for _, e := range n.keys {
		for _, item := range p.list(e.value, what, limit, true) {
			if p.text(item, "one of "+what) != "" && slices.Contains(p.flow.Languages, e.name) {
				take(e.name, item)
			}
		}
	}
}

// intent reads the name of an intent; one of the flow's own brings its keywords.
func (p *parser) intent(n *node) (name string, words []string) {
	name = p.text(n, "intent")
	if name == "" || slices.Contains(intentNames, name) {
		return name, nil
	}
	i := p.flow.intents[name]
	if i == nil {
		known := append(slices.Sorted(maps.Keys(p.flow.intents)), intentNames...)
		p.failAt(n, "there is no intent %s: %s", quote(name), suggest(name, known))
		return name, nil
	}
	return name, i.keywords
}

// startsOnIntent lets the keywords and examples of an intent start the flow.
func (p *parser) startsOnIntent(n *node) {
	name, words := p.intent(n)
	if slices.Contains(intentNames, name) {
		p.failAt(n, "%s is understood everywhere and starts nothing: define an intent of your own", name)
		return
	}
	if p.flow.intents[name].taught() {
		p.flow.starting = append(p.flow.starting, starts{n, name})
	}
	for _, w := range words {
		k := keyword{at: n, source: w, whole: w}
		for part := range strings.FieldsSeq(w) {
			k.tokens = append(k.tokens, piece{word: part})
		}
		p.flow.keywords = append(p.flow.keywords, k)
	}
}

// intentsOf lists the intents of the replies in the author's order.
func intentsOf(replies []*reply) []string {
	var out []string
	for _, r := range replies {
		if r.intent != "" && !slices.Contains(out, r.intent) {
			out = append(out, r.intent)
		}
	}
	return out
}
