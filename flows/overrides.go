package flows

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// override is one texts/NAME.LANG.yaml: other wordings, or another language, for
// single texts of a flow.
type override struct {
	flow, lang string
	*parser
	root  *node
	slots []slot // as applied
}

// slot is one text that was overridden.
type slot struct {
	state, kind string
	step        int // of a silence
	at          *node
}

// texts reads the folder of overrides, where there is one.
func (l *loader) texts(where string, files fs.FS) {
	entries, err := fs.ReadDir(files, "texts")
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		l.errs = append(l.errs, fmt.Errorf("reading other wordings in %s: %w", where, err))
	}
	for _, e := range entries {
		if hidden(e.Name()) {
			continue
		}
		shown := filepath.Join(where, "texts", e.Name())
		base, isYAML := strings.CutSuffix(e.Name(), ".yaml")
		dot := strings.LastIndexByte(base, '.')
		if e.IsDir() || !isYAML || dot < 1 {
			p := newParser(shown)
			p.failAt(nil, "no name for other wordings: call it FLOW.LANGUAGE.yaml")
			l.errs = append(l.errs, join(p.problems))
			continue
		}
		source, err := fs.ReadFile(files, "texts/"+e.Name())
		if err != nil {
			l.errs = append(l.errs, fmt.Errorf("reading %s: %w", shown, err))
			continue
		}
		p, root := readFile(shown, source)
		p.entries(root, "the file", "STATE: {say: ...}", maxStates)
		if len(p.problems) > 0 {
			l.errs = append(l.errs, join(p.problems))
			continue
		}
		l.overrides = append(l.overrides, &override{flow: base[:dot], lang: base[dot+1:], parser: p, root: root})
	}
}

// strays finds overrides of flows that are not there.
func (l *loader) strays() error {
	var errs []error
	for _, o := range l.overrides {
		if l.flows[o.flow] == nil {
			o.failAt(&node{line: 1, col: 1}, "there is no flow %s to word otherwise: the file's name is FLOW.LANGUAGE.yaml", quote(o.flow))
			errs = append(errs, join(o.problems))
		}
	}
	return errors.Join(errs...)
}

// apply writes the texts into the flow's file as read; p hears what is wrong.
func (o *override) apply(p *parser, root *node) {
	languages := languagesOf(root)
	if !slices.Contains(languages, o.lang) {
		languages = append(languages, o.lang)
		root.put("languages", listOf(languages, o.root))
	}
	for _, e := range o.root.keys {
		state := root.child("states").child(e.name)
		switch {
		case state == nil:
			p.failAt(e.at, "the flow %s has no state %s: remove it", o.flow, quote(e.name))
		case e.value.shape == isText:
			o.put(p, state, "say", slot{state: e.name, kind: "say", at: e.value}, languages)
		case p.keys(e.value, "the texts of "+e.name, keysOf[textKeys]()):
			o.state(p, e, state, languages)
		}
	}
}

// state overrides the texts of one state.
func (o *override) state(p *parser, e entry, state *node, languages []string) {
	for _, text := range e.value.keys {
		s := slot{state: e.name, kind: text.name, at: text.value}
		switch text.name {
		case "say", "resume":
			o.put(p, state, text.name, s, languages)
		case "otherwise":
			o.put(p, state.child("otherwise"), "say", s, languages)
		case "handoff_say":
			o.put(p, state.child("handoff"), "say", s, languages)
		case "closed_say":
			o.put(p, state.child("handoff"), "closed_say", s, languages)
		case "silence":
			steps := p.list(state.child("silence"), "silence", maxSilence, true)
			for i, item := range p.list(text.value, "silence", maxSilence, true) {
				if item.shape == isNull {
					continue // a step without a text
				}
				s.step, s.at = i, item
				if i >= len(steps) {
					p.failAt(item, "the silence of %s has %d steps: remove this one", e.name, len(steps))
					break
				}
				o.put(p, steps[i], "say", s, languages)
			}
		}
	}
}

// put writes one text under the key, beside those of the other languages.
func (o *override) put(p *parser, holder *node, key string, s slot, languages []string) {
	var old *node
	if holder != nil {
		old = holder.child(key)
	}
	if old == nil {
		p.failAt(s.at, "the state %s has no text here: remove it", s.state)
		return
	}
	if s.at.shape != isText {
		p.failAt(s.at, "%s is %s: write a text", s.kind, s.at.shape)
		return
	}
	text := &node{shape: isObject, from: old.from, line: old.line, col: old.col, keys: slices.Clone(old.keys)}
	if old.shape == isText { // one text for all languages
		for _, lang := range languages {
			if lang != o.lang {
				text.keys = append(text.keys, entry{lang, old, old})
			}
		}
	}
	text.put(o.lang, s.at)
	holder.put(key, text)
	o.slots = append(o.slots, s)
}

// compare refuses texts that use other variables than the original: what it tells
// the customer must stay the same.
func (o *override) compare(p *parser, original, f *Flow) {
	for _, s := range o.slots {
		before, after := original.textAt(s), f.textAt(s)
		if before == nil || after == nil {
			continue
		}
		i := slices.Index(f.Languages, o.lang)
		was, is := usesOf(before.in(0)), usesOf(after.in(i))
		for _, name := range was {
			if !slices.Contains(is, name) {
				p.failAt(s.at, "the text lacks {{ %s }}, which the flow's own says: add it", name)
			}
		}
		for _, name := range is {
			if !slices.Contains(was, name) {
				p.failAt(s.at, "the text uses {{ %s }}, which the flow's own does not: remove it", name)
			}
		}
	}
}

// usesOf lists the variables of a text, without the functions.
func usesOf(t *template) []string {
	var out []string
	for _, e := range t.exprs() {
		for _, name := range e.uses {
			if !functions[name] && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// textAt finds the text of a slot; nil: there is none.
func (f *Flow) textAt(s slot) *texts {
	st := f.states[s.state]
	switch {
	case st == nil:
		return nil
	case s.kind == "say":
		return st.say
	case s.kind == "resume":
		return st.resume
	case s.kind == "otherwise" && st.otherwise != nil:
		return st.otherwise.say
	case s.kind == "silence" && s.step < len(st.silence):
		return st.silence[s.step].say
	case s.kind == "handoff_say" && st.handoff != nil:
		return st.handoff.say
	case s.kind == "closed_say" && st.handoff != nil:
		return st.handoff.closedSay
	}
	return nil
}

// languagesOf lists the languages as written.
func languagesOf(root *node) []string {
	n := root.child("languages")
	if n == nil {
		return []string{"en"}
	}
	if n.shape != isList {
		return []string{n.text}
	}
	var out []string
	for _, item := range n.items {
		out = append(out, item.text)
	}
	return out
}

func listOf(texts []string, at *node) *node {
	n := &node{shape: isList, from: at.from, line: at.line, col: at.col}
	for _, s := range texts {
		n.items = append(n.items, &node{shape: isText, text: s, from: at.from, line: at.line, col: at.col, inside: -1})
	}
	return n
}

// put sets the value under a key.
func (n *node) put(name string, value *node) {
	for i, e := range n.keys {
		if e.name == name {
			n.keys[i].value = value
			return
		}
	}
	n.keys = append(n.keys, entry{name, value, value})
}

// clone copies the tree.
func (n *node) clone() *node {
	out := *n
	out.items = make([]*node, len(n.items))
	for i, item := range n.items {
		out.items[i] = item.clone()
	}
	out.keys = slices.Clone(n.keys)
	for i, e := range out.keys {
		out.keys[i].value = e.value.clone()
	}
	return &out
}
