package flows

import (
	"strings"
	"testing"
	"time"
)

const askedFlow = `flow: asked
intents:
  broken: {description: Something is broken, ask: {en: "Is it broken?", es: "Esta roto?"}, opposite: whole, examples: {en: [a, b, c, d], es: [e]}}
  whole: {ask: "Is it whole?", examples: {es: [f]}}
  word: {keywords: {en: [word]}}
languages: [en, es]
start: a
states:
  a:
    say: {en: "?", es: "?"}
    replies: [{intent: yes, goto: z}, {intent: broken, goto: z}, {intent: whole, confirm: true, goto: z}, {intent: word, goto: z}]
    capture: {day: date, photo: media}
    goto: z
  b: {say: {en: "?", es: "?"}, replies: [{intent: no, goto: z}]}
  z: {end: z}
`

func TestAskOffersWhatAGuessMayDecide(t *testing.T) {
	f := mustParse(t, askedFlow)
	a, ok := f.Ask("a", "en")
	if !ok || len(a.Intents) != 1 || a.Intents[0].Name != "broken" || a.Intents[0].Description != "Something is broken" || strings.Join(a.Intents[0].Examples, "") != "abc" || a.Value != "date" {
		t.Errorf("%+v %v", a, ok)
	}
	if a, _ := f.Ask("a", "es"); strings.Join(a.Intents[0].Examples, "") != "e" {
		t.Errorf("%+v", a)
	}
	for _, state := range []string{"b", "z", "nowhere"} {
		if a, ok := f.Ask(state, "en"); ok {
			t.Errorf("%s: %+v", state, a)
		}
	}
	for _, more := range []string{"llm: false", "class: alert", "class: code"} {
		if _, ok := mustParse(t, more+"\n"+askedFlow).Ask("a", "en"); ok {
			t.Errorf("%s: asked", more)
		}
	}
	if f.AskBack("broken", "es") != "Esta roto?" || f.AskBack("whole", "es") != "Is it whole?" || f.AskBack("word", "en") != "" || f.AskBack("x", "en") != "" {
		t.Error("asked back otherwise")
	}
}

func TestHeardTakesNothingElse(t *testing.T) {
	f := mustParse(t, askedFlow)
	said := Said{Text: "the lid is off since 15 March, sorry"}
	hear := func(f *Flow, intent, value string) Reading {
		return f.Heard(Scope{Now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, Run{State: "a", Language: "en"}, said, intent, value, "llm")
	}
	for _, intent := range []string{"yes", "no", "agent", "whole", "word", "nobody", "BROKEN", "broken "} {
		if r := hear(f, intent, ""); r.Fits {
			t.Errorf("%s: %+v", intent, r)
		}
		if r := hear(f, intent, "15 March"); r.Fits {
			t.Errorf("%s with a value: %+v", intent, r)
		}
	}
	if r := hear(f, "broken", ""); !r.Fits || r.Reply != 1 || r.Layer != "llm" || r.Exact || r.Captured != nil {
		t.Errorf("%+v", r)
	}
	if r := hear(f, "broken", "15 March"); !r.Fits || r.Reply != 1 || r.Captured["day"] == nil {
		t.Errorf("%+v", r)
	}
	if r := hear(f, "", "15 March"); !r.Fits || r.Reply != -1 || r.Captured["day"] == nil {
		t.Errorf("%+v", r)
	}
	for _, value := range []string{"5 March", "16 March", "lid", "", " ", "2026-03-15"} { // part of a word, not said, no date
		if r := hear(f, "", value); r.Fits {
			t.Errorf("%q: %+v", value, r)
		}
	}
	if r := hear(mustParse(t, "class: alert\n"+askedFlow), "broken", "15 March"); r.Fits {
		t.Errorf("an alert: %+v", r)
	}
}
