package flows

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// one is a flow that says one text, of a class and in a language.
func one(class, text string, more ...string) string {
	return "flow: x\nclass: " + class + "\ninput: {name: {type: string, max: 20}, note: {type: string, max: 400}}\n" + strings.Join(more, "") +
		"start: a\nstates:\n  a: {say: " + text + ", goto: z}\n  z: {end: done}\n"
}

// Each case has exactly one fault, found at its place.
func TestTextFindings(t *testing.T) {
	alert, notice := "alert", "notice"
	for _, c := range []struct{ name, source, want string }{
		{"brand", one(notice, `"Hello {{ name }}."`), "6:12 the first text does not say who is texting: begin it with {{ brand }} [warning]"},
		{"brand in one language", one(notice, `{en: "{{ brand }}: hi", es: "hola"}`, "languages: [en, es]\n"), "7:40 the first text in es does not say who is texting"},
		{"brand after a lookup", one(notice, `"{{ brand }}: hi"`, "trigger: {keywords: ['HI {name} {note}'], lookup: {url: 'https://shop.example.com/x', on: {404: none}}}\n") + "  none: {say: We do not know you., end: done}\n", `9:15 the first text does not say who is texting`},
		{"link in an alert", one(alert, `"{{ brand }}: see https://acme.example/x now"`), "6:12 a link in a text of class alert (https://acme.example/x)"},
		{"link without scheme in an alert", one(alert, `"{{ brand }}: see acme.example/x now"`), "6:12 a link in a text of class alert"},
		{"phone number in an alert", one(alert, `"{{ brand }}: call +1 (202) 555-0100 now"`), "6:12 a phone number in a text of class alert (+1 (202) 555-0100)"},
		{"link in a code", one("code", `"{{ brand }}: open acme.example"`), "6:12 a link in a text of class code"},
		{"shortened link", one("bulk", `"{{ brand }}: look at https://bit.ly/3xYz"`), "6:12 bit.ly is a public link shortener"},
		{"sale words", one(notice, `"{{ brand }}: Special offer for you, {{ name }}"`), `6:12 "special offer" sells something: mark the flow promotional: true, or word it otherwise [warning]`},
		{"sale words in Spanish", one(notice, `"{{ brand }}: Gran rebaja hoy"`, "languages: [es]\n"), `7:12 "rebaja" sells something`},
		{"percent off", one(notice, `"{{ brand }}: 20% off today"`), `6:12 "% off" sells something`},
		{"UCS-2", one(notice, `"{{ brand }}: it’s here, {{ name }}"`), "6:12 \"’\" forces UCS-2, where a segment holds 70 characters and not 160: this text may take 1"},
		{"long", one(notice, `"{{ brand }}: {{ note }}"`), "6:12 this text may take 3 segments in en"},
		{"cut by a #", one(notice, `"{{ brand }}: x"`) + "  b:\n    say: Order #5\n    goto: z\n", "9:10 a # has cut this text short: put it in quotes [warning]"},
		{"secret in a text", strings.Replace(one(notice, `"{{ brand }}: your door opens with {{ note }}"`), "max: 400", "max: 20, secret: true", 1), "6:12 note is secret, and agents read what customers were told: leave it out if they must not know it [warning]"},
		{"secret in a note", strings.NewReplacer("max: 400", "max: 20, secret: true", "{end: done}", `{handoff: {queue: q, note: "{{ name }} has {{ note }}", say: One moment.}}`).Replace(one(notice, `"{{ brand }}: x"`)), "7:33 agents read the note, and note is secret: leave it out"},
		{"unquoted braces", one(notice, `{{ brand }}`), "6:12 {{ without quotes means something else in YAML"},
	} {
		got := findings(c.source)
		got = strings.TrimSuffix(got, "\n8:3 nothing leads to the state b: remove it, or give it a way in [warning]")
		got = strings.TrimPrefix(got, "8:3 nothing leads to the state b: remove it, or give it a way in [warning]\n")
		if !strings.HasPrefix(got, c.want) || strings.Count(got, "\n") > 0 {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// What is fine must not be found fault with.
func TestTextsThatAreFine(t *testing.T) {
	for name, source := range map[string]string{
		"bulk may sell":        one("bulk", `"{{ brand }}: 20% off today, https://acme.example"`),
		"link in a notice":     one("notice", `"{{ brand }}: track it at https://acme.example/t/{{ name }}"`),
		"figures in an alert":  one("alert", `"{{ brand }}: 199.00 USD on card 1234. Yours? YES or NO"`),
		"a comment":            "flow: x # 1\nstart: a\nstates:\n  a:\n    say: \"{{ brand }}: x\" # said first\n    goto: z\n  z: {end: done} # over\n",
		"a number in quotes":   one("notice", `"{{ brand }}: order #5"`),
		"GSM-7 beyond ASCII":   one("notice", `"{{ brand }}: à très vite. No: Mañana, Zürich, 5 €"`),
		"two segments are two": one("notice", `"{{ brand }}: `+strings.Repeat("word ", 40)+`"`),
	} {
		got := findings(source)
		if got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestUnlockFindings(t *testing.T) {
	const flow = "flow: x\nclass: alert\nstart: a\nstates:\n  a:\n    say: \"{{ brand }}: yours? YES or NO\"\n    replies: [{intent: no, goto: z}, {intent: yes, goto: b}]\n    silence: {after: 1h, goto: z}\n%s  z: {end: done}\n"
	for name, c := range map[string]struct{ states, want string }{
		"by a reply":        {"  b: {do: [{emit: {event: account.unlock}}], goto: z}\n", `9:3 a customer's reply leads to "account.unlock"`},
		"two states on":     {"  b: {goto: c}\n  c: {do: [{emit: {event: card.reactivate}}], goto: z}\n", `10:3 a customer's reply leads to "card.reactivate"`},
		"by a call":         {"  b: {do: [{call: {url: 'https://bank.example.com/accounts/1/unlock', method: POST}}], goto: z}\n", `9:3 a customer's reply leads to "https://bank.example.com/accounts/1/unlock"`},
		"after an agent":    {"  b: {handoff: {then: c}}\n  c: {do: [{emit: {event: account.unlock}}], goto: z}\n", ""},
		"by the business":   {"  b: {on: {events: {account.unlocked: {goto: c}}}, silence: {after: 1h, goto: z}}\n  c: {do: [{emit: {event: unlock.seen}}], goto: z}\n", ""},
		"after the silence": {"  b: {silence: {after: 1h, goto: c}}\n  c: {do: [{emit: {event: account.unlock}}], goto: z}\n", `a customer's reply leads to "account.unlock"`},
	} {
		got := findings(strings.Replace(flow, "%s", c.states, 1))
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// A text that starts a flow is a text too, also by way of another flow.
func TestUnlockFindingsOfStarts(t *testing.T) {
	const unlocks = "start: a\nstates: {a: {do: [{emit: {event: account.unlock}}], goto: z}, z: {end: z}}\n"
	const starts = "flow: one\nstart: a\nstates:\n  a: {say: \"{{ brand }}?\", replies: [{match: x, goto: b}], silence: {after: 1h, goto: z}}\n  b: {do: [%s], goto: z}\n  z: {end: z}\n"
	const want = `a customer's reply leads to "account.unlock"`
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"by an event":           {map[string]string{"one": "flow: one\ntrigger: {events: [e]}\n" + unlocks}, ""},
		"by a keyword":          {map[string]string{"one": "flow: one\ntrigger: {keywords: [GO]}\n" + unlocks}, want},
		"by an intent":          {map[string]string{"one": "flow: one\ntrigger: {intents: [go]}\nintents: {go: {keywords: {en: [go]}}}\n" + unlocks}, want},
		"by a lookup":           {map[string]string{"one": "flow: one\ntrigger: {keywords: [GO], lookup: {url: \"bank:/unlock\", result: {n: integer}}}\ninput: {n: integer}\nstart: z\nstates: {z: {end: z}}\n"}, `leads to "bank:/unlock"`},
		"by another flow":       {map[string]string{"one": fmt.Sprintf(starts, "{start: {flow: two}}"), "two": "flow: two\n" + unlocks}, want},
		"by another flow later": {map[string]string{"one": fmt.Sprintf(starts, "{schedule: {flow: two, after: 1h}}"), "two": "flow: two\n" + unlocks}, want},
		"by a third flow":       {map[string]string{"one": fmt.Sprintf(starts, "{start: {flow: two}}"), "two": "flow: two\nstart: a\nstates: {a: {do: [{start: {flow: three}}], end: z}}\n", "three": "flow: three\n" + unlocks}, want},
		"by its name":           {map[string]string{"one": fmt.Sprintf(starts, "{schedule: {flow: unlock, after: 1h}}"), "unlock": "flow: unlock\nstart: z\nstates: {z: {end: z}}\n"}, `leads to "unlock"`},
		"not by a reply":        {map[string]string{"one": "flow: one\nstart: a\nstates: {a: {do: [{start: {flow: two}}], end: z}}\n", "two": "flow: two\n" + unlocks}, ""},
	} {
		dir := t.TempDir()
		for file, source := range c.files {
			if err := os.WriteFile(filepath.Join(dir, file+".yaml"), []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Load([]string{dir})
		if found := Problems(err); (c.want == "") != (len(found) == 0) || c.want != "" && (len(found) != 1 || !strings.Contains(found[0].Message, c.want)) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestWordsTakenTwice(t *testing.T) {
	const quiet = ", silence: {after: 1h, goto: z}"
	for states, want := range map[string]string{
		"  a: {say: {en: hi, es: hi}, replies: [{match: [x, y], goto: z}, {match: [Y], goto: z}]" + quiet + "}":                 `6:66 "Y" is taken by an earlier reply`,
		"  a: {say: {en: hi, es: hi}, replies: [{any: true, goto: z}], otherwise: {say: {en: x, es: x}, goto: z}" + quiet + "}": "6:3 the state a takes any text",
	} {
		if got := findings(head + states + tail); !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
