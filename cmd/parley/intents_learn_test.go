package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/flows"
)

// TestIntentsLearn labels texts, accepts what is proposed, and finds them understood.
func TestIntentsLearn(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, err := store.Open(t.Context(), store.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		label := func(text, intent, agent string) {
			n++
			l := conversation.Label{Conversation: "c", Event: fmt.Sprint(n), Text: text, Language: "en-GB", Flow: "kaput", Intent: intent, Agent: agent}
			if err := s.Label(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
		for _, agent := range []string{"ann", "bo", "ann"} {
			label("Totally kaputt!", "broken", agent)
		}
		label("everything inside went kaput somehow", "broken", "ann")
		label("everything  inside went KAPUT somehow", "broken", "ann")
		label("the box is crushed", "broken", "ann") // known
		label("hello there", "-", "ann")             // known
		label("gate code is 4711, it went off", "broken", "ann")
		label("write to ann@example.com", "other_day", "ann")
		label("[name] was not in", "other_day", "ann")
		label("dunno, you tell me", "broken", "ann")
		label("dunno, you tell me", "other_day", "bo")
		label("the glass is in pieces", "other_day", "ann") // known as another
		label("deliver it on friday", "-", "ann")           // known, and should not be
		label("yes of course it did", "yes", "ann")         // built in, and known
		label("affirmatory vibes my liege", "yes", "ann")   // built in, and not known
		label("where is my invoice", "invoice", "ann")      // no such intent
		label("x\x1b[31m"+strings.Repeat("y", 250), "broken", "ann")
		s.Close()
		file := write(t, t.TempDir(), "kaput.yaml", llmFlow)
		code, out, errs := invoke(t, "", "intents", "learn", "--flow", file, "--database", url)
		if code != 0 {
			t.Fatal(errs)
		}
		says(t, out, "18 labels of kaput: 3 are read rightly already, 4 hold what was masked", " intents:\n   broken:\n     keywords:\n       en:\n+        - \"Totally kaputt!\"  # labelled 3 times by 2 agents",
			"     examples:\n       en:\n+        - \"everything inside went kaput somehow\"  # labelled 2 times by 1 agent", `# ! "dunno, you tell me": labelled broken and other_day`,
			`# ! "the glass is in pieces": labelled other_day, and read as broken by model`, `# ! "deliver it on friday": labelled as none of the flow's, and read as other_day by model`,
			`which is built in`, `"where is my invoice": labelled invoice, which the flow does not have`)
		for _, never := range []string{"4711", "ann@example.com", "was not in\"", "\x1b", "- \"the box is crushed\""} {
			if strings.Contains(out, never) {
				t.Errorf("%q in\n%s", never, out)
			}
		}
		understands(t, out)
		if code, _, errs := invoke(t, "", "intents", "learn", "--flow", "booking", "--database", url); code == 0 || !strings.Contains(errs, "there are no labels of booking") {
			t.Errorf("%d %s", code, errs)
		}
	})
}

// understands takes the proposed lines, as they stand, for intents.
func understands(t *testing.T, out string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(out) {
		lines = append(lines, strings.TrimPrefix(strings.TrimPrefix(line, "+"), " "))
	}
	var learned struct {
		Intents map[string]struct{ Keywords, Examples map[string][]string }
	}
	text := strings.Join(lines, "")
	if err := yaml.Unmarshal([]byte(strings.ReplaceAll(text, "\n        -", "\n       -")), &learned); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	f, err := flows.Parse("kaput.yaml", []byte(strings.Replace(llmFlow, `{en: ["the box is crushed",`, `{en: ["`+learned.Intents["broken"].Examples["en"][0]+`", "the box is crushed",`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Example("", "broken"); got != "everything inside went kaput somehow" {
		t.Errorf("learned %q", got)
	}
}

// TestIntentsTestWithAnLLM asks about what nothing else reads and nothing more.
func TestIntentsTestWithAnLLM(t *testing.T) {
	m := &model{answer: func(_ int, w http.ResponseWriter) { fmt.Fprint(w, meaning("broken")) }}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	folder := t.TempDir()
	flow := write(t, folder, "kaput.yaml", strings.Replace(llmFlow, "other_day: {", "other_day: {opposite: broken, ", 1))
	with := func(most int) string {
		return write(t, t.TempDir(), "parley.yaml", fmt.Sprintf(minimal, folder)+
			fmt.Sprintf("llm: {base_url: %q, model: m, private: true, price_in: 1, price_out: 10, daily_tokens: %d}\n", server.URL+"/v1", most))
	}
	config := with(1_000_000)
	const texts = "yes\tyes\nthe box is crushed\tbroken\neverything inside went kaput somehow\tbroken\nkaput again, call +12025550123\tother_day\nsome day, whichever\tother_day\ntell me a joke\t-\n"
	code, out, errs := invoke(t, texts, "-c", config, "intents", "test", "-", "--flow", flow, "--state", "ask", "--llm")
	if code != 0 {
		t.Fatal(errs)
	}
	says(t, out, "6 texts", "wrong polarity        0.400 (2/5)", "out-of-scope recall   0.000 (0/1)", "words 0, lexicon 1, beginnings 0, examples 1, llm 4", "4 texts asked about, 4 answered", "4040 tokens, 0.0044 USD", "read as broken by llm: tell me a joke")
	bodies, _ := m.asked()
	for _, body := range bodies {
		if strings.Contains(body, "2025550123") || strings.Contains(body, "refund") || !strings.Contains(body, "did your parcel") {
			t.Errorf("asked %s", body)
		}
	}
	shared := write(t, t.TempDir(), "intents.yaml", "broken: {examples: {en: [the box is crushed, it arrived broken, it does not work]}}\nrefund: {examples: {en: [give me my money back, i want a refund]}}\n")
	code, out, errs = invoke(t, "everything inside went kaput somehow\tbroken\n", "-c", config, "intents", "test", "-", "--intents", shared, "--llm")
	if code != 0 {
		t.Fatal(errs)
	}
	says(t, out, "1 text", "accuracy              1.000 (1/1)", "llm 1", "1 text asked about, 1 answered")
	for most, want := range map[int]string{1_000_000: "cached", 1000: "40 no_budget; 0 likely, to be asked back about; 0 tokens"} {
		code, out, errs = invoke(t, strings.Repeat("everything is kaput somehow\tbroken\nit all went kaput\tbroken\n", 20), "-c", with(most), "intents", "test", "-", "--flow", flow, "--llm")
		if code != 0 {
			t.Fatal(errs)
		}
		says(t, out, want)
	}
	for _, c := range []struct{ flow, config, want string }{{flow, folder + "/none.yaml", "there is no configuration"}, {"fraud_alert", config, "nothing of fraud_alert is shown"}} {
		if code, _, errs := invoke(t, texts, "-c", c.config, "intents", "test", "-", "--flow", c.flow, "--llm"); code == 0 || !strings.Contains(errs, c.want) {
			t.Errorf("%+v: %s", c, errs)
		}
	}
}
