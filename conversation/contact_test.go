package conversation

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/flows"
)

const greeting = `
flow: greeting
title: Greets by name
class: notice
trigger: {events: [greet.me]}
languages: [en, es]
start: s
states:
  s:
    do: [{tag: greeted}]
    say: {en: "Hi {{ contact.name }}, {{ contact.fields['tier'] }} {{ contact.tags }}.", es: "Hola {{ contact.name }}."}
    goto: ask
  ask: {say: {en: "Well?", es: "Bien?"}, capture: {a: text}, goto: done, silence: {after: 1h, goto: done}}
  done: {end: done}
`

var ann = flows.Contact{Name: "Ann 12345", Language: "es", Timezone: "Europe/Madrid", Tags: []string{"vip"},
	Fields: map[string]any{"tier": "gold", "card": "4111"}}

// What was known of the customer when an event was applied is part of its record, so
// that a replay says the same; what no flow reads is not.
func TestReplayKnowsTheContact(t *testing.T) {
	for _, language := range []string{"", "en"} {
		k := newTalk(t, greeting)
		k.env.Contact, k.c.State.Language = ann, language
		e := Event{Kind: KindTrigger, Trigger: &Trigger{Type: "greet.me"}}
		record := Record{Event: e, Took: Took{Now: k.env.Now}}
		live := k.env
		live.Flows = taking{k.env.Flows, &record.Took, ann}
		next, effects, out := Step(live, k.c, e)
		if out.Status != Applied || len(effects) == 0 {
			t.Fatal(out)
		}
		data, _ := json.Marshal(record)
		if strings.Contains(string(data), "4111") || strings.Contains(string(data), "Madrid") || !strings.Contains(string(data), "gold") {
			t.Errorf("the record: %s", data)
		}
		past := Past{Flow: k.env.Flows.ByHash, Reader: k.env.Reader, Line: func(string, string) (Line, error) { return k.env.Line, nil }}
		got, err := Replay(past, k.c, []Logged{{Rev: next.Rev, Kind: e.Kind, Data: string(data)}})
		if err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(next.State)
		b, _ := json.Marshal(got.State)
		if string(a) != string(b) {
			t.Errorf("replayed\n%s\nwas\n%s", b, a)
		}
		if want := map[string]string{"": "es", "en": "en"}[language]; next.State.Runs[0].Language != want {
			t.Errorf("a conversation in %q began in %q", language, next.State.Runs[0].Language)
		}
	}
}

// A contact may have chosen its name: it cannot make our text another one.
func TestContactsAreForeign(t *testing.T) {
	k := newTalk(t, greeting)
	k.env.Contact, k.c.State.Language = ann, "en"
	k.start("greeting", nil)
	k.wantSaid("Hi Ann, gold vip and greeted.", "Well?")
}

// A record of an event in which nothing of the contact can be read has nothing of it.
func TestRecordsWithoutContacts(t *testing.T) {
	k := newTalk(t, parcel)
	k.env.Contact = ann
	k.env.Contact.Language = ""
	took := Took{}
	k.env.Flows = taking{k.env.Flows, &took, k.env.Contact}
	k.start("parcel", nil)
	if took.Contact != nil {
		t.Errorf("%+v", took.Contact)
	}
}
