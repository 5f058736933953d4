package conversation

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/flows"
)

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"call me at +1 (202) 555-0123 or 202.555.0123": "call me at [number] or [number]",
		"my code is 123456, or 123 456, or 1234-5678":  "my code is [number], or [number], or [number]",
		"code123456!":       "code[number]!",
		"1 2 3 4 5 6":       "[number]",
		"١٢٣٤٥٦ and １２３４５６": "[number] and [number]",
		"the pin is 4711":   "the pin is [number]",
		"123456 YES":        "[number] YES",
		"on 2026-03-05 or 05/03/2026 or 5/3 at 10:30":  "on 2026-03-05 or 05/03/2026 or 5/3 at 10:30",
		"in 2027, between 10-11, 2 boxes, 350 of them": "in 2027, between 10-11, 2 boxes, 350 of them",
		"I paid $1250.50, not 99.00 USD or 99999 EUR":  "I paid $1250.50, not 99.00 USD or 99999 EUR",
		"$123456":                          "[number]",
		"my code is 123\n456, or 123, 456": "my code is [number], or [number]",
		"123,456 or 123;456 or 12|34|56":   "[number] or [number] or [number]",
		"123\t456 or 123'456 or 1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣": "[number] or [number] or [number]",
		"call (202),555,0123":                                "call ([number]",
		"on 05/03/2026, 10:30 or 12, 15":                     "on 05/03/2026, 10:30 or 12, 15",
		"05/03/2026, 123, 456":                               "05/03/2026, [number]",
		"$1,250.50 or 12,345.67 EUR, 2 boxes of 3, 4 or 5":   "$1,250.50 or 12,345.67 EUR, 2 boxes of 3, 4 or 5",
		"mail ann@example.com, see https://a.example/x?y=1":  "mail [email], see [link]",
		"IBAN DE89 3704 0044 0532 0130 00":                   "IBAN DE[number]",
		"key pk_live_leakleakleak and grant_QWERTYUIOPASDFG": "key [token] and [token]",
		"it is not in the letterbox":                         "it is not in the letterbox",
	} {
		if got := Mask(text); got != want {
			t.Errorf("%q\ngave %q\nwant %q", text, got, want)
		}
	}
}

const private = `flow: private
title: Asks about an order
trigger: {events: [order.asked]}
input:
  name: string
  order: {type: string}
  pin: {type: string, secret: true}
  limit: {type: number, secret: true}
  note: {type: string, foreign: true}
  kind: {type: string, values: [express, slow]}
intents:
  broken: {description: Something is broken, examples: {en: [it is broken, the lid is off, it does not work, all in pieces]}}
  lost: {examples: {en: [it is gone]}}
start: name
states:
  name: {say: "Who are you?", capture: {said: text}, goto: ask}
  ask:
    say: "Hi {{ name }} ({{ upper(name) }}), order {{ order }} with {{ pin[0:3] }} {{ limit }} came {{ kind }}: {{ note }}. Ok?"
    replies: [{intent: no, goto: z}, {intent: broken, goto: z}, {intent: lost, confirm: true, goto: z}]
    capture: {day: date}
    silence: {after: 24h, goto: z}
    goto: z
  z: {end: z}
`

// What a classifier is told holds nothing that the customer or the business has said
// about the customer, in whatever form.
func TestAskingIsMasked(t *testing.T) {
	k := newTalk(t, private)
	k.env.Line.Classifier = true
	k.env.Contact.Name = "Ángela Núñez"
	k.env.Contact.Fields = map[string]any{"street": "12 Elm Row", "deep": map[string]any{"card": []any{"4242 tiger"}}}
	k.start("private", map[string]any{"name": "Bo Derek", "order": "Q-77x", "pin": "tulip-9", "limit": 87, "note": "from Mallory", "kind": "express"})
	k.taken().after(time.Minute).text("I am Zacharias Quill")
	k.taken().after(time.Minute).text("hi angela NUNEZ here, order q 77X at 12 elm row, tulip-9TULIP-9x 87, zacharias quill! from mallory: +12025550123 the lid came off, code 123-456, express")
	var job *Job
	for _, e := range k.effects {
		if e.Job != nil && e.Job.Kind == JobClassify {
			job = e.Job
		}
	}
	if job == nil {
		t.Fatal("nobody was asked")
	}
	delete(job.Data, "hash")
	b, err := json.Marshal(job.Data)
	if err != nil {
		t.Fatal(err)
	}
	lower := strings.ToLower(string(b))
	for _, secret := range []string{"derek", "q-77", "q 77", "tulip", "tul", "87", "mallory", "angela", "nunez", "elm row", "zacharias", "quill", "2025550123", "123-456", "tiger"} {
		if strings.Contains(lower, secret) {
			t.Errorf("%q in %s", secret, b)
		}
	}
	a, err := AskingOf(*job)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Intents) != 1 || a.Intents[0].Name != "broken" || a.Intents[0].Description != "Something is broken" || len(a.Intents[0].Examples) != 3 || a.Value != "date" {
		t.Errorf("%+v", a.Ask)
	}
	if a.Before != "[said]" || a.About != "Asks about an order" {
		t.Errorf("before: %q, about: %q", a.Before, a.About)
	}
	if !strings.Contains(a.Text, "the lid came off") || !strings.Contains(a.Text, "express") || !strings.HasPrefix(a.Asked, "Hi [name] ([NAME]), order [order]") || a.Brand != "Acme" || a.About == "" {
		t.Errorf("%+v", a)
	}
}

// The longest lists that a run may have: it happens while a transaction waits.
func BenchmarkMaskLongList(b *testing.B) {
	m := &masker{}
	var list []any
	for n := range 1000 {
		list = append(list, map[string]any{"name": strings.Repeat("ab", n%7+2) + string(rune('a'+n%26)), "n": float64(n)})
	}
	m.run(nil, flows.Run{Vars: map[string]any{"slots": list}})
	m.contact(flows.Contact{})
	text := strings.Repeat("the lid came off ababa, call 202-555-0123 ", 40)
	for b.Loop() {
		m.shown(text)
	}
}

func BenchmarkMask(b *testing.B) {
	m := &masker{}
	m.run(nil, flows.Run{Vars: map[string]any{"name": "Ann Miller", "order": "A-1", "street": "12 Elm Row"}})
	m.contact(flows.Contact{Name: "Ann Miller", Phone: "+12025550123"})
	for b.Loop() {
		m.shown("the lid came off, ann here, call 202-555-0123 about A-1")
	}
}
