package flows

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// asks reads how a customer is asked whether they meant the intent: one text for all
// languages, or one by language. Those of languages that the flow does not list are
// passed by: a shared intent may know more.
func (p *parser) asks(n *node) map[string]string {
	if n == nil {
		return nil
	}
	out := map[string]string{}
	take := func(lang string, at *node) {
		text := p.text(at, "ask")
		switch {
		case strings.Contains(text, "{{"):
			p.failAt(at, "ask is sent as it stands: write it without {{ }}")
		case utf8.RuneCountInString(text) > maxAsk:
			p.failAt(at, "ask has %d characters: at most %d, because YES or NO is added", utf8.RuneCountInString(text), maxAsk)
		case text != "" && slices.Contains(p.flow.Languages, lang):
			out[lang] = text
		}
	}
	if n.shape != isObject {
		for _, lang := range p.flow.Languages {
			take(lang, n)
		}
		return out
	}
	for _, e := range n.keys {
		take(e.name, e.value)
	}
	return out
}

// opposites refuses an opposite that is no intent.
func (p *parser) opposites(root *node) {
	own := root.child("intents")
	for _, name := range slices.Sorted(maps.Keys(p.flow.intents)) {
		other := p.flow.intents[name].opposite
		if other == "" || p.flow.intents[other] != nil || slices.Contains(intentNames, other) {
			continue
		}
		known := append(slices.Sorted(maps.Keys(p.flow.intents)), intentNames...)
		p.failAt(own.child(name).child("opposite"), "there is no intent %s: %s", quote(other), suggest(other, known))
	}
}

// AskBack is how the author asks whether a customer meant the intent, in the language;
// "" : the author does not say.
func (f *Flow) AskBack(name, language string) string {
	if i := f.intents[name]; i != nil {
		return i.ask[language]
	}
	return ""
}
