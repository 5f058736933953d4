package flows_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/conversation/classify"
	"parley/flows"
)

const desk = `flow: desk
languages: [en, es]
trigger: {intents: [hours]}
input: {name: {type: string, max: 20, default: you}}
start: ask
states:
  ask:
    say: {en: "Hi {{ name }}, well?", es: "Hola {{ name }}, bien?"}
    replies: [{intent: lost, as: lost, goto: z}, {intent: yes, goto: z}]
    silence: [{after: 1h, say: "Still there?"}, {after: 2h, goto: z}]
    otherwise: {say: "Yes or no?", goto: z}
  z: {end: z}
intents:
  lost: {description: It is lost, keywords: {en: ["it is lost", gone], es: [perdido], fr: [perdu]}}
`

const sharedIntents = `hours: {keywords: {en: [hours, "when are you open"]}, examples: {en: ["what time do you close"]}}
unused: {keywords: {en: [x]}}
`

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestIntents(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "desk.yaml", desk)
	put(t, dir, "intents.yaml", sharedIntents)
	l, err := flows.Load([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"Hours?": true, "when are you open, please": true, "open": false, "gone": false} {
		if _, _, ok := l.ForKeyword(text); ok != want {
			t.Errorf("%q starts the flow: %v, want %v", text, ok, want)
		}
	}
	f, _ := l.Current("desk")
	run := f.Start(acme, flows.Run{Language: "en", Vars: map[string]any{"name": "Ann"}}).Run
	for text, want := range map[string]string{"It is lost!": "lost", "perdido": "lost", "perdu": "", "yes": "yes"} {
		r := f.Read(acme, classify.Reader{}, run, flows.Said{Text: text})
		if r.Intent != want || want == "lost" && (!r.Exact || r.As != "lost") {
			t.Errorf("%q is read as %+v, want %q", text, r, want)
		}
	}
	// The version holds the shared intents that it uses, and no others.
	stored, err := flows.Compile(f.Source())
	if err != nil || stored.Hash != f.Hash || !strings.Contains(string(f.Source()), "when are you open") || strings.Contains(string(f.Source()), "unused") {
		t.Errorf("stored: %v, %s", err, f.Source())
	}
	put(t, dir, "intents.yaml", strings.Replace(sharedIntents, "hours, ", "hours, opening, ", 1))
	again, err := flows.Load([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	if g, _ := again.Current("desk"); g.Hash == f.Hash {
		t.Error("another shared intent gave the same version")
	}
	put(t, dir, "intents.yaml", strings.Replace(sharedIntents, "unused", "other", 1))
	if again, err = flows.Load([]string{dir}); err != nil {
		t.Fatal(err)
	}
	if g, _ := again.Current("desk"); g.Hash != f.Hash {
		t.Error("an intent that the flow does not use gave another version")
	}
}

func TestTexts(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "desk.yaml", desk)
	put(t, dir, "intents.yaml", sharedIntents)
	put(t, dir, "texts/desk.es.yaml", "ask: {say: \"Buenas {{ name }}, todo bien?\", silence: [\"Sigue ahi?\"]}\n")
	put(t, dir, "texts/desk.fr.yaml", "ask: {say: \"Bonjour {{ name }}, alors?\", silence: [\"Toujours la?\", null], otherwise: \"Oui ou non?\"}\n")
	l, err := flows.Load([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	f, _ := l.Current("desk")
	for lang, want := range map[string]string{"en": "Hi Ann, well?", "es": "Buenas Ann, todo bien?", "fr": "Bonjour Ann, alors?"} {
		m := f.Start(acme, flows.Run{Language: lang, Vars: map[string]any{"name": "Ann"}})
		if m.Says[0].Text != want {
			t.Errorf("%s: %q, want %q", lang, m.Says[0].Text, want)
		}
	}
	run := f.Start(acme, flows.Run{Language: "fr", Vars: map[string]any{"name": "Ann"}}).Run
	if m := f.Silent(acme, run, 0); m.Says[0].Text != "Toujours la?" {
		t.Errorf("the reminder is %q", m.Says[0].Text)
	}
	if r := f.Read(acme, nil, run, flows.Said{Text: "perdu"}); r.Intent != "lost" {
		t.Errorf("the added language does not know its words: %+v", r)
	}
}

func TestTextsAndIntentsProblems(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"another variable":     {"texts/desk.es.yaml", "ask:\n  say: \"Hola {{ order }}\"\n", `there is no "order"`},
		"a variable too much":  {"texts/desk.es.yaml", "ask:\n  otherwise: \"{{ name }}?\"\n", "desk.es.yaml:2:14: the text uses {{ name }}"},
		"a variable too few":   {"texts/desk.es.yaml", "ask:\n  say: Hola\n", "desk.es.yaml:2:8: the text lacks {{ name }}"},
		"no such state":        {"texts/desk.es.yaml", "asc: Hola\n", `desk.es.yaml:1:1: the flow desk has no state "asc"`},
		"no such text":         {"texts/desk.es.yaml", "ask: {resume: Hola}\n", "desk.es.yaml:1:15: the state ask has no text here"},
		"no such step":         {"texts/desk.es.yaml", "ask: {silence: [a, null, c]}\n", "desk.es.yaml:1:26: the silence of ask has 2 steps"},
		"a new language lacks": {"texts/desk.fr.yaml", "ask: {otherwise: \"Oui?\"}\n", "desk.yaml:8:10: the text is missing in fr"},
		"no such flow":         {"texts/disk.es.yaml", "ask: Hola\n", "disk.es.yaml:1:1: there is no flow \"disk\""},
		"no name":              {"texts/desk.yaml", "ask: Hola\n", "call it FLOW.LANGUAGE.yaml"},
		"a list":               {"texts/desk.es.yaml", "[ask]\n", "desk.es.yaml:1:1: the file is a list"},
		"an intent of nothing": {"intents.yaml", "hours: {description: x}\n", "intents.yaml:1:8: the intent hours has neither keywords nor examples"},
		"an intent's key":      {"intents.yaml", "hours: {keyword: {en: [x]}}\n", `intents.yaml:1:9: an intent has no key "keyword": did you mean keywords?`},
		"an intent of nobody":  {"intents.yaml", sharedIntents + "more: {keyword: {en: [x]}}\n", `an intent has no key "keyword": did you mean keywords?`},
		"no such intent":       {"intents.yaml", "other: {keywords: {en: [x]}}\n", `desk.yaml:3:21: there is no intent "hours"`},
	} {
		dir := t.TempDir()
		put(t, dir, "desk.yaml", desk)
		put(t, dir, "intents.yaml", sharedIntents)
		put(t, dir, c.file, c.text)
		put(t, dir, "twin.yaml", strings.Replace(desk, "flow: desk", "flow: twin", 1)) // what both share is said once
		_, err := flows.Load([]string{dir})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got\n%v\nwant %s", name, err, c.want)
		}
		found := flows.Problems(err)
		for i, p := range found {
			if slices.ContainsFunc(found[:i], func(q *flows.Problem) bool { return *q == *p }) {
				t.Errorf("%s: said twice: %v", name, p)
			}
		}
	}
}
