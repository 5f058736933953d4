package conversation

import (
	"strings"
	"testing"

	"parley/flows"
)

// A dialogue cannot go past a call without saying what it brings.
func TestDialoguesAnswerTheirCalls(t *testing.T) {
	for chat, want := range map[string]string{
		"start {\"thing\": \"x\"}\n> hi":                             "d.chat:2: \"\": the call to shop.example.com waits for its answer: write call 200",
		"start {\"thing\": \"x\"}\n~ 2m":                             "d.chat:2: \"\": the call to shop.example.com waits",
		"start {\"thing\": \"x\"}\ncall 404\n< Gone.\ncall 404":      "d.chat:4: \"\": no call waits for an answer",
		"start {\"thing\": \"x\"}\n= state check\ncall 404\n< Gone.": "",
		"@ zone Paris\nstart {\"thing\": \"x\"}":                     "d.chat:1: \"\": the zone \"Paris\"",
		"@ hours 9 to 5\nstart {\"thing\": \"x\"}":                   "d.chat:1: \"\": the hours: ",
		"@ contact {\"age\": 5}\nstart {\"thing\": \"x\"}":           "d.chat:1: \"\": the contact has name, language, timezone, tags and fields",
	} {
		found, err := flows.ParseDialogues("d.chat", []byte(chat))
		if err != nil {
			t.Fatal(err)
		}
		k := newTalk(t, stock)
		err = NewRehearsal(k.env.Flows, ear{}, "stock").Perform(found[0])
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", chat, err, want)
		}
	}
}

// The stage has a zone and hours: people answer by them.
func TestDialoguesHaveHours(t *testing.T) {
	const shut = `
flow: shut
class: notice
start: ask
states: {ask: {handoff: {queue: q, say: "{{ brand }}: soon.", closed_say: "{{ brand }}: from {{ opens }}, now {{ time(now) }}."}}}
`
	for chat, want := range map[string]string{
		"start\n< Acme: soon.": "",
		"@ zone Europe/Paris\n@ hours Mo-Fr 09:00-18:00\n@ at 2026-03-01T22:00\nstart\n< Acme: from Mon 09:00, now 10:00 PM.": "",
		"@ zone Europe/Paris\n@ hours Mo-Fr 09:00-18:00\n@ at 2026-03-02T09:00\nstart\n< Acme: soon.":                         "",
		"@ hours Mo-Fr 09:00-18:00\n@ at 2026-03-02T08:59\nstart\n< Acme: soon.":                                              "said something else",
	} {
		found, err := flows.ParseDialogues("d.chat", []byte(chat))
		if err != nil {
			t.Fatal(err)
		}
		err = NewRehearsal(newTalk(t, shut).env.Flows, ear{}, "shut").Perform(found[0])
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", chat, err, want)
		}
	}
}
