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
