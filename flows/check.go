package flows

import (
	"maps"
	"slices"
	"strings"
)

// Check looks at the flow as a whole and returns what it finds, sorted by place:
// dead ends, loops without a wait, states that nothing leads to, missing
// languages, variables that may be unset, words that no question may ask for,
// keywords that cannot start the flow, waits without silence, texts that say too
// much or cost too much, secrets that agents would read, replies that would
// unlock. A flow with a finding of severity Error must not be used.
func (f *Flow) Check() []*Problem {
	p := &parser{origin: f.origin, flow: f}
	p.checkLanguages()
	p.checkStates()
	p.checkReach()
	p.checkLoops()
	p.checkUnset()
	p.checkWords()
	p.checkTwice()
	p.checkKeywords()
	p.checkStarting()
	p.checkCalls()
	p.checkTexts()
	p.checkSecrets()
	p.checkUnlock()
	byPlace(p.problems)
	return p.problems
}

func (p *parser) checkLanguages() {
	for _, t := range p.flow.allTexts() {
		if t.every != nil {
			if len(p.flow.Languages) > 1 {
				p.warnAt(t.at, "one text for all languages: write it as %s: ...", strings.Join(p.flow.Languages, ": ..., "))
			}
			continue
		}
		var missing []string
		for i, lang := range p.flow.Languages {
			if t.byLang[i] == nil {
				missing = append(missing, lang)
			}
		}
		if len(missing) > 0 {
			p.failAt(t.at, "the text is missing in %s: add it, or take the language out of languages", strings.Join(missing, ", "))
		}
	}
}

// allTexts lists every text that a customer may read.
func (f *Flow) allTexts() []*texts {
	var out []*texts
	for _, s := range f.order {
		for _, t := range s.everyText() {
			out = append(out, t.texts)
		}
	}
	return out
}

// checkStates finds dead ends and waits that may last for ever.
func (p *parser) checkStates() {
	for _, old := range slices.Sorted(maps.Keys(p.flow.migrate)) {
		if l := p.flow.migrate[old]; !p.flow.states[l.to].waits() {
			p.failAt(l.at, "a waiting run cannot move to %s, which does not wait: name a state that asks, parks or hands over", l.to)
		}
	}
	for _, s := range p.flow.order {
		switch {
		case s.end == "" && s.handoff == nil && !s.asks() && !s.leaves() && !s.parked() && !s.leavesByCall():
			p.failAt(s.at, "the state %s is a dead end: give it goto, branch, replies, handoff or end", s.name)
		case (s.asks() || s.parked()) && len(s.silence) == 0:
			p.warnAt(s.at, "the state %s may wait for ever: add silence: {after: 24h, goto: STATE}", s.name)
		case len(s.silence) > 0 && s.silence[len(s.silence)-1].next == nil:
			p.warnAt(s.silence[len(s.silence)-1].node, "after the last step of silence the wait goes on for ever: give it a goto")
		}
		if s.asks() && s.say == nil && !p.saidBefore(s) {
			p.warnAt(s.at, "the state %s asks without a word: give it a say", s.name)
		}
		for i, r := range s.replies {
			if r.any && (i < len(s.replies)-1 || s.wanted() != nil) {
				p.warnAt(r.at, "any: true takes every text: nothing after it is reached")
			}
		}
		if s.gotoUnused() {
			p.warnAt(s.next.at, "this goto is never followed: every reply has its own")
		}
	}
}

// gotoUnused says whether the state has a goto that neither captures nor replies take.
func (s *state) gotoUnused() bool {
	return s.next != nil && len(s.captures) == 0 && s.choose == nil && len(s.replies) > 0 &&
		!slices.ContainsFunc(s.replies, func(r *reply) bool { return r.next == nil })
}

// saidBefore says whether every way into the state comes from one that speaks.
func (p *parser) saidBefore(s *state) bool {
	for _, from := range p.flow.order {
		if from == s { // staying is no new question
			continue
		}
		for _, e := range from.edges() {
			if e.next.to == s.name && (from.say == nil || from.waits()) {
				return false
			}
		}
	}
	return p.flow.start != s.name
}

// checkWords finds questions that ask for a word which no flow ever hears.
func (p *parser) checkWords() {
	replies := slices.Clone(p.flow.onReplies)
	for _, s := range p.flow.order {
		replies = append(append(replies, s.replies...), s.onReplies...)
	}
	for _, r := range replies {
		for _, w := range r.words {
			asked, ok := ConsentWord(w)
			switch {
			case optsOut(w):
				p.failAt(r.at, "%s opts the customer out and never reaches the flow: ask for another word", quote(strings.ToUpper(w)))
			case asked == ConsentHelp:
				p.warnAt(r.at, "%s belongs to the rules of consent, which answer it: listen for it with intent: help", quote(strings.ToUpper(w)))
			case ok:
				p.warnAt(r.at, "%s belongs to the rules of consent, and never reaches the flow: ask for another word", quote(strings.ToUpper(w)))
			}
		}
	}
}

// checkTwice finds words that an earlier reply of the same state takes already.
func (p *parser) checkTwice() {
	for _, s := range p.flow.order {
		owner := map[string]bool{}
		for _, r := range s.replies {
			for _, w := range r.words {
				if owner[w] {
					p.warnAt(r.at, "%s is taken by an earlier reply of this state: remove it from one", quote(strings.ToUpper(w)))
				}
			}
			for _, w := range r.words {
				owner[w] = true
			}
		}
		if slices.ContainsFunc(s.replies, func(r *reply) bool { return r.any }) && s.otherwise != nil {
			p.warnAt(s.at, "the state %s takes any text: its otherwise is never reached", s.name)
		}
	}
}

// checkKeywords finds keywords that no text can be, or that leave an input unfilled.
func (p *parser) checkKeywords() {
	for _, k := range p.flow.keywords {
		if optsOut(k.whole) {
			p.failAt(k.at, "%s opts the customer out and never starts the flow: use another word", quote(k.source))
		} else if _, ok := ConsentWord(k.whole); ok {
			p.warnAt(k.at, "%s belongs to the rules of consent, and never starts the flow: use another word", quote(k.source))
		}
		filled := map[string]bool{}
		for _, t := range k.tokens {
			v := p.flow.input(t.arg)
			switch {
			case t.arg == "":
				continue
			case v == nil:
				p.failAt(k.at, "the keyword fills %s, which is no input: declare it under input", quote(t.arg))
			case filled[t.arg]:
				p.failAt(k.at, "the keyword fills %s twice: keep one", quote(t.arg))
			case v.kind == kindBoolean || v.kind == kindList || v.kind == kindDatetime:
				p.failAt(k.at, "a text cannot fill %s, which is %s: use another input", quote(t.arg), kindWords[v.kind])
			}
			filled[t.arg] = true
		}
		for _, v := range p.flow.inputs {
			if v.required && !filled[v.name] && !p.flow.lookup.fills(v.name) {
				p.failAt(k.at, "a text with this keyword cannot fill the input %s: add {%s}, or give the input a default", v.name, v.name)
			}
		}
	}
}

// checkStarting finds inputs that nothing fills when an intent's examples start the
// flow: a guess brings no arguments.
func (p *parser) checkStarting() {
	for _, s := range p.flow.starting {
		for _, v := range p.flow.inputs {
			if v.required && !p.flow.lookup.fills(v.name) {
				p.failAt(s.at, "an intent cannot fill the input %s: give it a default, or look it up", v.name)
			}
		}
	}
}
