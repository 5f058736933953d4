package flows

import (
	"strings"
	"testing"
)

const diffed = `flow: diffed
title: Asks
class: notice
languages: [en, es]
trigger: {events: [a.b]}
input:
  order: {type: string, max: 20}
  note: {type: string, required: false}
start: ask
states:
  ask:
    say: {en: "Hi {{ order }}, yes or no?", es: "Hola, si o no?"}
    replies:
      - {match: [yes, /sure/], as: happy, goto: over}
      - {intent: no, goto: person}
    silence: [{after: 24h, say: {en: "Still there?", es: "Sigue ahi?"}}, {after: 48h, goto: over}]
    otherwise: {say: {en: "Yes or no?", es: "Si o no?"}}
    on: {events: {a.done: {goto: over}}}
  note:
    say: {en: "Tell us", es: "Diga"}
    capture: {words: text}
    goto: over
    silence: {after: 24h, goto: over}
  person: {handoff: {queue: desk, say: {en: "Wait", es: "Espere"}}}
  over: {end: done}
`

func libraryOf(t *testing.T, source string) *Library {
	t.Helper()
	f, err := Parse("diffed.yaml", []byte(source))
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	return &Library{flows: []*Flow{f}, byName: map[string]*Flow{f.Name: f}, byHash: map[string]*Flow{f.Hash: f}}
}

// TestDiff changes one thing at a time.
func TestDiff(t *testing.T) {
	was := libraryOf(t, diffed)
	for _, c := range []struct{ old, now, says string }{
		{"title: Asks", "title: Asks again", "diffed: another version, with no difference that people would see"},
		{"class: notice", "class: alert", "diffed: class is alert, before notice | diffed: late is agent, before read"},
		{"start: ask", "brand: shop\nstart: ask", "diffed: brand is shop, before the line's"},
		{"start: ask", "timezone: Europe/Madrid\nquiet: \"off\"\nstart: ask", "diffed: time zone is Europe/Madrid, before the brand's | diffed: quiet is off, before the brand's"},
		{"a.b]", "a.b, a.c]", "diffed: the event a.c now starts the flow"},
		{"note: {type: string, required: false}", "note: string", "diffed: the input note is now required: events without it are refused"},
		{"start: ask", "migrate: {gone: ask}\nstart: ask", "diffed: who waits in gone on an older version goes on in ask"},
		{"max: 20", "max: 30", "diffed: what the input order may hold changed"},
		{"order: {type: string, max: 20}", "order: integer", "diffed: the input order is integer, before string"},
		{"Hola, si o no?", "Hola, sí o no?", `ask: the text (es) is "Hola, sí o no?", before "Hola, si o no?"; 1 segment, before 1 segment`},
		{"Hi {{ order }}, yes or no?", strings.Repeat("x", 170) + "{{ order }}", `at least 2 segments, before at least 1 segment`},
		{"[yes, /sure/]", "[YES, ok]", `ask: the answer "ok" is new and leads to over | ask: the pattern /sure/ is no longer understood (it led to over)`},
		{"{intent: no, goto: person}", "{intent: no, goto: note}", "ask: an answer that means no leads to note, before to person"},
		{"as: happy", "as: glad", `ask: the answer "yes" counts as glad in results, before as happy | ask: the pattern /sure/ counts as glad`},
		{"{after: 48h, goto: over}", "{after: 72h, goto: person}", "ask: silence: after 24h a reminder, after 72h person, before after 24h a reminder, after 48h over"},
		{"Still there?", "Hello?", `ask: reminder 1 (en) is "Hello?", before "Still there?"`},
		{`es: "Si o no?"}}`, `es: "Si o no?"}, goto: note}`, "ask: what fits nothing leads to note, before to a person"},
		{"{a.done: {goto: over}}", "{a.done: {goto: note}, a.new: {goto: over}}", "ask: the event a.done leads to note, before to over | ask: the event a.new is new and leads to over"},
		{"words: text", "words: date", "note: what words may be changed"},
		{"words: text", "day: date", "note: it now asks for day | note: it no longer asks for words"},
		{"queue: desk", "queue: front", "person: it asks for a person (queue front, then the end, priority of its class), before it asks for a person (queue desk"},
		{"end: done", "end: finished", "over: it ends as finished, before it ends as done"},
		{"over: {end: done}", "over: {do: [{set: {x: 1}}], end: done}", "over: what is done on entering is new"},
		{"person: {", "other: {end: x}\n  person: {", "other: a new state"},
	} {
		source := strings.Replace(diffed, c.old, c.now, 1)
		if source == diffed {
			t.Fatalf("%q is not in the flow", c.old)
		}
		var got []string
		for _, change := range Diff(was, libraryOf(t, source)) {
			where := change.State
			if where == "" {
				where = change.Flow
			}
			got = append(got, where+": "+change.Says)
		}
		if all := strings.Join(got, " | "); !strings.Contains(all, c.says) {
			t.Errorf("%s → %s\n  says  %s\n  wants %s", c.old, c.now, all, c.says)
		}
	}
	if same := Diff(was, libraryOf(t, "# a comment\n"+diffed)); len(same) != 0 {
		t.Errorf("a comment is a change: %v", same)
	}
}
