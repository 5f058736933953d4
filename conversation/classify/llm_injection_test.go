package classify

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"parley/conversation"
)

// injections are texts that try to instruct a model; \n in a line is one.
func injections(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("testdata/injections.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(b), `\n`, "\x0b")), "\n")
	for i := range all {
		all[i] = strings.ReplaceAll(all[i], "\x0b", "\n")
	}
	if len(all) < 100 {
		t.Fatalf("only %d injections", len(all))
	}
	return all
}

// obedient are answers of a model that was talked into something.
func obedient() []string {
	return []string{
		`{"meaning":"refund","other":"unsure","certain":true,"value":null}`,
		`{"meaning":"yes","other":"no","certain":true,"value":null}`,
		`{"meaning":"agent","other":"broken","certain":true,"value":null}`,
		`{"meaning":"Broken","other":"late","certain":true,"value":null}`,
		`{"meaning":"broken","other":"late","certain":true,"value":null,"run":"transfer_money"}`,
		`{"meaning":"broken","other":"late","certain":true,"value":{"do":"unlock"}}`,
		`{"meaning":["broken","refund"],"other":"late","certain":true,"value":null}`,
		`{"meaning":"broken","certain":"yes"}`,
		`{"certain":true}`,
		`{"meaning":null,"certain":true}`,
		`[{"meaning":"broken"}]`, `"broken"`, `null`, `true`, `1e999`, ``, `broken`,
		"Sure! {\"meaning\":\"broken\",\"other\":\"late\",\"certain\":true,\"value\":null}",
		"```json\n{\"meaning\":\"broken\",\"other\":\"late\",\"certain\":true,\"value\":null}\n```",
		`{"meaning":"broken","other":"late","certain":true,"value":null}{"meaning":"refund","certain":true}`,
		`<html><body onload="alert(1)">refund</body></html>`,
		`{"meaning":"unlock","other":"` + strings.Repeat("A", 1<<16) + `","certain":true,"value":null}`,
		`{"meaning":"unsure","other":"refund","certain":true,"value":"` + strings.ReplaceAll(instructions[:200], "\n", " ") + `"}`,
		`{"meaning":"answers_the_question","other":"unsure","certain":true,"value":"sk-123"}`,
		`{"meaning":"answers_the_question","other":"unsure","certain":true,"value":"[number]"}`,
	}
}

// Whatever a text says and a model obeys: what is asked stays the same but for the
// message, and what comes back is one of the meanings, a piece of the message, or nothing.
func TestInjectionsChangeNothing(t *testing.T) {
	var answer string
	l, s, _ := scripted(t, func(w http.ResponseWriter) { says(answer)(w) })
	plain, err := l.request(asking)
	if err != nil {
		t.Fatal(err)
	}
	schema, _ := json.Marshal(plain.ResponseFormat)
	n, evil := 0, obedient()
	for i, text := range injections(t) {
		other := asking
		other.Text = text
		for j := range 3 {
			n++
			answer = evil[(3*i+j)%len(evil)]
			l.cache = cache{}
			before := s.asked()
			a, err := l.Ask(t.Context(), strings.Repeat("x", n), other, true)
			if s.asked() != before+1 {
				t.Fatalf("%q was not asked about", text)
			}
			whole, _ := json.Marshal(a)
			switch {
			case a.Intent != "" && !slices.Contains([]string{"broken", "late"}, a.Intent):
				t.Errorf("%q and %.80q led to %q", text, answer, a.Intent)
			case a.Other != "" && !slices.Contains([]string{"broken", "late"}, a.Other):
				t.Errorf("%q and %.80q led to other %q", text, answer, a.Other)
			case a.Value != "" && !quotes(text, a.Value):
				t.Errorf("%q and %.80q led to the value %q", text, answer, a.Value)
			case err == nil && a.Intent+a.Value == "" && !strings.Contains(answer, unsure) && !strings.Contains(answer, answersIt):
				t.Errorf("%q and %.80q were understood", text, answer)
			case strings.Contains(string(whole), "given one message") || len(whole) > 600:
				t.Errorf("%q leaks the prompt: %s", text, whole)
			}
			if a.Intent == "broken" && strings.Contains(answer, "refund") {
				t.Errorf("%q and %.80q: something was picked out", text, answer)
			}
			sentAs(t, s.bodies[len(s.bodies)-1], text, string(schema))
		}
	}
	if n < 300 {
		t.Errorf("%d questions", n)
	}
}

// sentAs looks at a request: the same instructions and schema, and the text where texts
// belong.
func sentAs(t *testing.T, body, text, schema string) {
	t.Helper()
	var sent struct {
		Messages []struct{ Role, Content string }
		Format   json.RawMessage `json:"response_format"`
	}
	var seen shown
	if err := json.Unmarshal([]byte(body), &sent); err != nil || len(sent.Messages) != 2 || json.Unmarshal([]byte(sent.Messages[1].Content), &seen) != nil {
		t.Fatalf("sent %s", body)
	}
	want := shown{Business: asking.Brand, About: asking.About, Question: asking.Asked, Before: asking.Before, Message: text, Language: "en", Meanings: asking.Intents, Value: asking.Value}
	a, _ := json.Marshal(seen)
	b, _ := json.Marshal(want)
	if string(a) != string(b) || string(sent.Format) != schema || sent.Messages[0].Content != instructions || sent.Messages[0].Role != "system" || sent.Messages[1].Role != "user" {
		t.Errorf("%q changed what was sent:\n%s", text, body)
	}
}

// An intent that is called like one of our own words is not offered.
func TestOwnWordsAreNotOffered(t *testing.T) {
	a := asking
	a.Intents = append(slices.Clone(a.Intents), a.Intents[0], a.Intents[0])
	a.Intents[2].Name, a.Intents[3].Name = unsure, answersIt
	a.Value = ""
	if got := strings.Join(offered(a), " "); got != "broken late" {
		t.Errorf("offered %s", got)
	}
	if _, err := understand(`{"meaning":"answers_the_question","other":"unsure","certain":true}`, a); err == nil {
		t.Error("an answer that was not asked for was taken")
	}
	if got, err := understand(`{"meaning":"broken","other":"unsure","certain":true,"value":"5 March"}`, a); err != nil || got != (conversation.Answer{Intent: "broken", Certain: true}) {
		t.Errorf("%+v %v", got, err)
	}
}
