package flows

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

//go:generate go test -run TestFindingsAreDocumented -update .

var update = flag.Bool("update", false, "write docs/findings.md anew")

const findingsFile = "../docs/findings.md"

const findingsHead = `# What the checker says

<!-- Written from flows/findings_test.go: go generate ./flows -->

Everything that ` + "`parley flows check`" + ` can say of flows, and ` + "`parley flows test`" + ` of dialogues, with the shortest mistake that makes it say so; what stands behind the last colon is what to do. The rule is what ` + "`--format json` and `--format sarif`" + ` call it.
**Warnings** are marked; everything else is an error, and keeps the flow from being loaded. One more error may follow from another: mend the first one first.

In the examples the flow has the inputs ` + "`name`, `n` (a whole number), `nick` (not required)" + ` and a last state ` + "`z`" + `. The test that writes this page fails when the checker learns to say something that is not here.
`

// example is a mistake. Its kind says what it is a part of.
type example struct{ kind, source string }

// chapters are the examples as docs/findings.md shows them.
var chapters = []struct {
	title    string
	examples []example
}{
	{"The file", []example{
		{"file", "flow: [x"}, {"file", "a: &b 1"}, {"file", ""}, {"file", "flow: x\n---\nflow: y"}, {"file", "flow: x\nflow: y"},
		{"file", "flow: x\ninput: {b: {type: integer, max: 0x1F}}\nstart: a\nstates: {a: {end: z}}"}, {"keys", "title: .inf"}, {"file", "- a"}, {"file", "flow: x\nstates: {a: {end: z}}"}, {"file", "start: a\nstates: {a: {end: z}}"}, {"file", "flow: x\nstart: a"},
		{"keys", "titel: A flow"}, {"keys", "title: [A flow]"}, {"keys", "class: urgent"}, {"keys", "brand: our shop"}, {"keys", "promotional: maybe"},
		{"keys", "class: notice\npromotional: true"}, {"keys", "timezone: Mars"}, {"keys", "quiet: late"}, {"keys", "languages: [english]"}, {"keys", "languages: [en, en]"},
		{"keys", "migrate: {old: z}"}, {"state", "{say: {{ brand }}, goto: z}"},
	}},
	{"What starts a flow", []example{
		{"keys", "trigger: {keywords: [\"{name}\"]}"}, {"keys", "trigger: {keywords: [STOP]}"}, {"keys", "trigger: {keywords: [INFO]}"}, {"keys", "trigger: {keywords: [\"TRACK {nmae}\"]}"}, {"keys", "trigger: {keywords: [\"TRACK {name} {name}\"]}"},
		{"file", "flow: x\ninput: {l: list}\ntrigger: {keywords: [\"TRACK {l}\"]}\nstart: a\nstates: {a: {end: z}}"}, {"keys", "trigger: {keywords: [TRACK]}"}, {"keys", "trigger: {intents: [yes]}"},
		{"keys", "trigger: {intents: [hours]}"}, {"keys", "trigger: {intents: [hours]}\nintents: {hours: {examples: {en: [are you open]}}}"}, {"keys", "intents: {hours: {}}"}, {"keys", "intents: {yes: {keywords: {en: [x]}}}"}, {"keys", "intents: {\"a b\": {keywords: {en: [x]}}}"}, {"keys", "intents: {hours: {keywords: {en: [\"?\"]}}}"}, {"keys", "intents: {hours: {keywords: {en: [open]}, ask: \"Did you mean {{ brand }}?\"}}"}, {"keys", "intents: {hours: {keywords: {en: [open]}, opposite: closed}}"}, {"keys", "intents: {hours: {keywords: {en: [open]}, ask: \"Did you mean that you would like to know when the shop in the high street, beside the church, opens on Saturdays, Sundays and public holidays?\"}}"},
		{"keys", "trigger: {lookup: {url: \"https://a.example/\"}}"}, {"keys", "trigger: {keywords: [GO], lookup: {url: \"https://a.example/\", result: {day: date}}}"},
		{"keys", "trigger: {keywords: [\"GO {name}\"], lookup: {url: \"https://a.example/\", result: {n: string}}}"}, {"keys", "trigger: {keywords: [\"GO {name}\"], lookup: {url: \"https://a.example/\", result: {n: integer}, on: {ok: z}}}"},
	}},
	{"Inputs and captures", []example{
		{"file", "flow: x\ninput: {a b: string}\nstart: a\nstates: {a: {end: z}}"}, {"file", "flow: x\ninput: {brand: string}\nstart: a\nstates: {a: {end: z}}"}, {"file", "flow: x\ninput: {b: {max: 3}}\nstart: a\nstates: {a: {end: z}}"},
		{"file", "flow: x\ninput: {b: {type: date, max: 3}}\nstart: a\nstates: {a: {end: z}}"}, {"file", "flow: x\ninput: {b: {type: integer, min: 9, max: 3}}\nstart: a\nstates: {a: {end: z}}"}, {"file", "flow: x\ninput: {b: {type: integer, pattern: x}}\nstart: a\nstates: {a: {end: z}}"},
		{"file", "flow: x\ninput: {b: {type: integer, default: x}}\nstart: a\nstates: {a: {end: z}}"}, {"file", "flow: x\ninput: {b: {type: string, pattern: \"(\"}}\nstart: a\nstates: {a: {end: z}}"},
		{"state", "{say: \"{{ brand }}?\", capture: [q], goto: z, Q}"}, {"state", "{say: \"{{ brand }}?\", capture: {q: pattern}, goto: z, Q}"}, {"state", "{say: \"{{ brand }}?\", capture: {p: text, q: date}, goto: z, Q}"},
		{"state", "{say: \"{{ brand }}?\", capture: {n: date}, goto: z, Q}"}, {"state", "{say: \"{{ brand }}?\", capture: {q: date}, Q}"},
	}},
	{"Texts", []example{
		{"state", "{say: \"Hello.\", goto: z}"}, {"both", "{say: {en: \"{{ brand }}\"}, goto: z}"}, {"both", "{say: {es: \"{{ brand }}\"}, goto: z}"}, {"both", "{say: \"{{ brand }}\", goto: z}"}, {"state", "{say: {en: \"{{ brand }}\", fr: \"{{ brand }}\"}, goto: z}"},
		{"state", "{say: \"\", goto: z}"}, {"state", "{say: \"{{ brand }}: hi {{ name\", goto: z}"}, {"state", "{say: \"{{ brand }}: it’s here\", goto: z}"}, {"state", "{say: \"{{ brand }}: 20% off\", goto: z}"},
		{"state", "{say: \"{{ brand }}: https://bit.ly/3x\", goto: z}"}, {"alert", "{say: \"{{ brand }}: https://a.example\", goto: z}"}, {"alert", "{say: \"{{ brand }}: call +1 202 555 0100\", goto: z}"},
		{"long", "{say: \"{{ brand }}: {{ long }}\", goto: z}"}, {"block", "a:\n  say: Order #5\n  goto: z"}, {"state", "{say: \"{{ brand }}\", media: \"ftp://a.example/x.jpg\", goto: z}"},
		{"file", "flow: x\ninput: {pin: {type: string, max: 9, secret: true}}\nstart: a\nstates: {a: {say: \"{{ brand }}: {{ pin }}\", goto: z}, z: {end: z}}"},
		{"file", "flow: x\ninput: {pin: {type: string, max: 9, secret: true}}\nstart: a\nstates: {a: {handoff: {queue: q, note: \"has {{ pin }}\", say: \"{{ brand }}: one moment\"}}}"},
	}},
	{"Expressions", []example{
		{"state", "{say: \"{{ brand }}: {{ nmae }}\", goto: z}"}, {"state", "{say: \"{{ brand }}: {{ nick }}\", goto: z}"}, {"state", "{say: \"{{ brand }}: {{ now.Unix() }}\", goto: z}"}, {"state", "{say: \"{{ brand }}: {{ date }}\", goto: z}"},
		{"state", "{say: \"{{ brand }}: {{ }}\", goto: z}"}, {"state", "{branch: [{when: \"{{ n > 1 }}\", goto: z}, {goto: z}]}"}, {"state", "{branch: [{when: [n], goto: z}, {goto: z}]}"}, {"state", "{branch: [{when: n, goto: z}, {goto: z}]}"},
		{"state", "{say: \"{{ brand }}\", send_before: name, goto: z}"}, {"state", "{say: \"{{ brand }}\", send_before: \"{{ now }}\", goto: z}"},
	}},
	{"States and ways on", []example{
		{"state", "{say: \"{{ brand }}\"}"}, {"state", "{goto: b}"}, {"states", "a: {goto: z}\nb: {goto: z}"}, {"states", "a: {goto: b}\nb: {goto: a}"}, {"states", "\"a b\": {goto: z}\na: {goto: z}"}, {"state", "{goto: z, end: done}"},
		{"state", "{say: \"{{ brand }}?\", replies: [{any: true, goto: z}], end: done, Q}"}, {"state", "{otherwise: {goto: z}, goto: z}"}, {"state", "{resume: \"{{ brand }}?\", goto: z}"}, {"state", "{send_before: now, goto: z}"}, {"state", "{silence: {after: 1h, goto: z}, goto: z}"},
		{"state", "{branch: [{when: n > 1}, {goto: z}]}"}, {"state", "{branch: [{goto: z}, {goto: z}]}"}, {"state", "{branch: [{when: n > 1, goto: z}]}"},
	}},
	{"Questions", []example{
		{"state", "{say: \"{{ brand }}?\", replies: [{match: \"yes\"}], Q}"}, {"state", "{say: \"{{ brand }}?\", replies: [{match: x, any: true, goto: z}], Q}"}, {"state", "{say: \"{{ brand }}?\", replies: [{match: [true], goto: z}], Q}"},
		{"state", "{say: \"{{ brand }}?\", replies: [{match: \"!\", goto: z}], Q}"}, {"state", "{say: \"{{ brand }}?\", replies: [{match: \"/(/\", goto: z}], Q}"}, {"state", "{say: \"{{ brand }}?\", replies: [{match: start, goto: z}], Q}"}, {"state", "{say: \"{{ brand }}?\", replies: [{match: cancel, goto: z}], Q}"}, {"state", "{say: \"{{ brand }}?\", replies: [{match: help, goto: z}], Q}"},
		{"state", "{say: \"{{ brand }}?\", replies: [{match: x, goto: z}, {match: X, goto: z}], Q}"}, {"state", "{say: \"{{ brand }}?\", replies: [{any: true, goto: z}, {match: x, goto: z}], Q}"}, {"state", "{say: \"{{ brand }}?\", replies: [{any: true, goto: z}], otherwise: {goto: z}, Q}"},
		{"state", "{say: \"{{ brand }}?\", replies: [{match: x, goto: z}], goto: z, Q}"}, {"state", "{replies: [{match: x, goto: z}], Q}"}, {"state", "{say: \"{{ brand }}?\", replies: [{match: x, goto: z}], otherwise: {tries: 2, goto: z}, Q}"},
		{"state", "{say: \"{{ brand }}?\", replies: [{match: x, goto: z}]}"}, {"state", "{say: \"{{ brand }}?\", replies: [{match: x, goto: z}], silence: {after: 1h, say: \"Well?\"}}"},
		{"state", "{say: \"{{ brand }}?\", replies: [{match: x, goto: z}], silence: {goto: z}}"}, {"state", "{say: \"{{ brand }}?\", replies: [{match: x, goto: z}], silence: {after: 1h}}"}, {"state", "{say: \"{{ brand }}?\", replies: [{match: x, goto: z}], silence: {after: soon, goto: z}}"},
		{"state", "{say: \"{{ brand }}?\", replies: [{match: x, goto: z}], silence: [{after: 2h, goto: z}, {after: 1h, goto: z}]}"}, {"state", "{say: \"{{ brand }}?\", replies: [{match: x, goto: z}], silence: {after: 1h, between: [9, 20], goto: z}}"},
		{"state", "{say: \"{{ brand }}?\", choose: {as: q, goto: z}, Q}"}, {"state", "{say: \"{{ brand }}?\", choose: {from: \"[n]\", goto: z}, Q}"}, {"state", "{say: \"{{ brand }}?\", choose: {from: \"[n]\", as: q}, Q}"},
		{"state", "{say: \"{{ brand }}?\", choose: {from: \"[n]\", as: q, goto: z}, capture: {p: text}, Q}"}, {"state", "{say: \"{{ brand }}?\", choose: {from: \"[n]\", as: q, goto: z}, replies: [{match: \"2\", goto: z}], Q}"},
	}},
	{"Business events", []example{
		{"keys", "on: {events: {order.paid: {}}}"}, {"keys", "on: {events: {\"order paid\": {goto: z}}}"}, {"keys", "on: {replies: [{match: help me}]}"}, {"keys", "on: {error: {}}"},
	}},
	{"Actions", []example{
		{"state", "{do: [{set: {n: 1}, tag: x}], goto: z}"}, {"state", "{do: [{set: 1}], goto: z}"}, {"state", "{do: [{set: {now: 1}}], goto: z}"}, {"state", "{do: [{emit: {data: {}}}], goto: z}"}, {"state", "{do: [{cancel: {}}], goto: z}"}, {"state", "{do: [{schedule: {flow: x, at: now, after: 1h}}], goto: z}"},
		{"state", "{do: [{schedule: {flow: x}}], goto: z}"}, {"state", "{do: [{start: {}}], goto: z}"}, {"state", "{do: [{tag: {}}], goto: z}"}, {"state", "{do: [{tag: {add: x, remove: x}}], goto: z}"}, {"state", "{do: [{issue_code: {}}], goto: z}"}, {"state", "{do: [{lock_account: {}}], goto: z}"}, {"state", "{do: [{alert_account: {account: x}}], goto: z}"},
		{"state", "{do: [{call: {url: \"https://a.example/\"}}, {tag: x}], goto: z}"}, {"states", "a: {say: \"{{ brand }}?\", replies: [{match: x, goto: b}], Q}\nb: {do: [{emit: {event: account.unlock}}], goto: z}"},
	}},
	{"Calls", []example{
		{"state", "{do: [{call: {}}], goto: z}"}, {"state", "{do: [{call: {url: shop.example.com}}], goto: z}"}, {"state", "{do: [{call: {url: \"orders:\"}}], goto: z}"}, {"state", "{do: [{call: {url: \"https://{{ name }}/x\"}}], goto: z}"}, {"state", "{do: [{call: {url: \"https://me@a.example/\"}}], goto: z}"}, {"state", "{do: [{call: {url: \"https://a.example/a b\"}}], goto: z}"},
		{"state", "{do: [{call: {url: \"https://a.example/\", method: GET, json: {a: 1}}}], goto: z}"}, {"state", "{do: [{call: {url: \"https://a.example/\", headers: {\"a b\": x}}}], goto: z}"}, {"state", "{do: [{call: {url: \"https://a.example/\", headers: {Host: x}}}], goto: z}"},
		{"state", "{do: [{call: {url: \"https://a.example/\", result: {q: {type: date, from: a..b}}}}], goto: z}"}, {"state", "{do: [{call: {url: \"https://a.example/\", on: {99: z}}}], goto: z}"}, {"state", "{do: [{call: {url: \"https://a.example/\", on: {ok: z}}}], goto: z}"},
	}},
	{"Several files", []example{
		{"folder", "two.yaml\nflow: two\nstart: a\nstates: {a: {do: [{start: {flow: tree}}], end: z}}"}, {"folder", "two.yaml\nflow: two\nstart: a\nstates: {a: {do: [{start: {flow: one}}], end: z}}"}, {"folder", "two.yaml\nflow: two\nstart: a\nstates: {a: {do: [{start: {flow: one, input: {name: x, day: 1}}}], end: z}}"},
		{"sender", "flow: x\ntrigger: {events: [e]}\nstart: a\nstates:\n  a: {say: \"{{ brand }}: well?\", replies: [{any: true, goto: z}], silence: {after: 1h, goto: z}}\n  z: {end: z}"},
		{"brands", "flow: x\nbrand: amce\nstart: a\nstates: {a: {end: z}}"},
		{"folder", "two.yaml\nflow: one\nstart: a\nstates: {a: {end: z}}"}, {"folder", "two.yaml\nflow: two\ntrigger: {keywords: [HELLO]}\nstart: a\nstates: {a: {end: z}}"},
		{"folder", "two.yaml\nflow: two\ntrigger: {intents: [hours]}\nintents: {hours: {examples: {en: [are you open]}}}\nstart: a\nstates: {a: {end: z}}"},
		{"folder", "texts/one.yaml\na: Hello"}, {"folder", "texts/two.en.yaml\na: Hello"}, {"folder", "texts/one.en.yaml\nb: Hello"}, {"folder", "texts/one.en.yaml\nz: Hello"}, {"folder", "texts/one.en.yaml\na: {silence: [null, x]}"},
		{"folder", "texts/one.en.yaml\na: Hello"}, {"folder", "texts/one.en.yaml\na: \"{{ brand }} {{ name }} {{ now }}\""},
	}},
	{"Dialogues, as flows test reads them", []example{
		{"chat", "hello"}, {"chat", "start {a: 1}"}, {"chat", "event {}"}, {"chat", "<"}, {"chat", "~ soon"}, {"chat", "* wave"}, {"chat", "="}, {"chat", "= ask now"}, {"chat", "@ lang"}, {"chat", "@ at noon"}, {"chat", "@ lung es"}, {"chat", "@ contact"}, {"chat", "call me"}, {"chat", "call failed {}"},
		{"chat", "start\n< Hello.\n" + UpdateMark}, {"chat", "@ zone"},
		{"chat", "# one\nstart\n\n# two\n\n# three\nstart"},
	}},
}

// bounds are findings about what is too much; an example would fill pages.
var bounds = []string{
	"the-file-has-bytes", "the-file-has-words-and-signs", "nested-more-than-deep", "keys-in-one-place", "more-than-empty-lines-in-a", "has-items", "has-entries", "has-bytes",
	"expressions-in-one-flow", "a-pattern-of-characters", "more-than-lines", "more-than-dialogues", "the-file-is-not-text", "a-line-ends-with-cr-alone",
}

// never are findings that no file brings about.
var never = map[string]string{
	"not-readable": "a stored version that is damaged", "not-a-machine": "the parser finds first what the machine would refuse",
}

// besides are findings that an example may have beside its own.
var besides = []string{"the-first-does-not-say-who", "nothing-leads-to-the-state", "the-state-may-wait-for-ever"}

// following are findings that another one may bring with it.
var following = []string{
	"there-is-no-state", "a-text-with-this-keyword-cannot", "has-no-word-in-it", "silence-in-a-state-that-does", "an-expression-of-characters",
	"this-step-is-not-later-than", "the-captured-answer-goes-nowhere",
}

// TestFindingsAreDocumented makes every mistake, and keeps docs/findings.md the same as
// what the checker says of it, and testdata/findings.txt the same as where it says it;
// -update writes both. A finding that the source can make
// and no example does fails.
func TestFindingsAreDocumented(t *testing.T) {
	var b, places strings.Builder
	b.WriteString(findingsHead)
	shown := map[string]bool{}
	for _, c := range chapters {
		fmt.Fprintf(&b, "\n## %s\n\n| example | what the checker says | rule |\n|---|---|---|\n", c.title)
		for _, e := range c.examples {
			p := e.finding(t)
			if p == nil {
				t.Errorf("%q is found to be good", e.source)
				continue
			}
			shown[p.Rule] = true
			fmt.Fprintf(&places, "%d:%d %s: %q\n", p.Line, p.Col, p.Rule, e.source)
			warning := ""
			if p.Severity == Warning {
				warning = "**Warning:** "
			}
			fmt.Fprintf(&b, "| %s | %s%s | `%s` |\n", e.cell(), warning, cell(p.Message), p.Rule)
		}
	}
	formats := formats(t)
	b.WriteString("\n## Bounds\n\nWhat is larger than a flow could need is refused before it is read.\n\n| what the checker says | rule |\n|---|---|\n")
	for _, rule := range bounds {
		shown[rule] = true
		fmt.Fprintf(&b, "| %s | `%s` |\n", cell(strings.NewReplacer("%d", "…", "%s", "…").Replace(formats[rule])), rule)
	}
	for _, rule := range slices.Sorted(maps.Keys(formats)) {
		if !shown[rule] && never[rule] == "" {
			t.Errorf("%s (%s) has no example", rule, formats[rule])
		}
	}
	kept(t, findingsFile, b.String())
	kept(t, "testdata/findings.txt", places.String())
}

// kept holds a file to what it should be; -update writes it.
func kept(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err == nil && string(got) == want {
		return
	}
	was, is := strings.Split(string(got), "\n"), strings.Split(want, "\n")
	for i := range is {
		if i >= len(was) || was[i] != is[i] {
			t.Errorf("%s is stale (%v): go generate ./flows. It should say\n%s", file, err, is[i])
			return
		}
	}
	t.Errorf("%s is stale (%v): go generate ./flows", file, err)
}

// finding is the first thing that the checker says of the example, besides what an
// example cannot help.
func (e example) finding(t *testing.T) *Problem {
	t.Helper()
	var found []*Problem
	switch e.kind {
	case "chat":
		_, err := ParseDialogues("x.chat", []byte(e.source))
		found = Problems(err)
	case "folder":
		found = inFolder(t, e.source)
	case "sender": // config check says it, which knows the senders
		f, err := Parse("x.yaml", []byte(e.source))
		if err != nil {
			t.Fatal(err)
		}
		return (&Library{flows: []*Flow{f}}).CheckOneWay("ACME", "")[0]
	case "brands": // config check says it, and serve
		f, err := Parse("x.yaml", []byte(e.source))
		if err != nil {
			t.Fatal(err)
		}
		found = Problems((&Library{flows: []*Flow{f}}).CheckBrands([]string{"acme"}))
	default:
		f, err := Parse("x.yaml", []byte(e.whole()))
		if found = Problems(err); err == nil {
			found = f.Check()
		}
	}
	own := slices.DeleteFunc(slices.Clone(found), func(p *Problem) bool { return slices.Contains(besides, p.Rule) })
	for i, p := range own {
		if i > 0 && p.Rule != own[0].Rule && !slices.Contains(following, p.Rule) {
			t.Errorf("%q has a fault besides its own: %v", e.source, p)
		}
	}
	return cmp.Or(append(own, append(found, nil)...)...)
}

// inFolder loads the file beside a good flow.
func inFolder(t *testing.T, source string) []*Problem {
	t.Helper()
	dir := t.TempDir()
	name, text, _ := strings.Cut(source, "\n")
	for file, text := range map[string]string{name: text, "one.yaml": "flow: one\ntrigger: {keywords: [\"HELLO {name}\"]}\ninput: {name: {type: string, max: 9}}\nstart: a\nstates:\n" +
		"  a: {say: \"{{ brand }}: hi {{ name }}\", replies: [{any: true, goto: z}], silence: {after: 1h, goto: z}}\n  z: {end: z}\n"} {
		if strings.Contains(source, "[HELLO]") {
			text = strings.Replace(text, "\"HELLO {name}\"", "HELLO", 1)
			text = strings.Replace(text, "max: 9", "default: you", 1)
		}
		if strings.Contains(source, "[hours]") {
			text = strings.Replace(text, "trigger: {keywords: [\"HELLO {name}\"]}", "trigger: {intents: [hours]}\nintents: {hours: {examples: {en: [are you open]}}}", 1)
			text = strings.Replace(text, "max: 9", "default: you", 1)
		}
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := Load([]string{dir})
	found := append(Problems(err), l.Warnings()...)
	for _, p := range found { // the folder is the test's own
		p.Message = strings.ReplaceAll(p.Message, dir, "flows")
	}
	return found
}

const (
	exampleInput = "input: {name: {type: string, max: 20}, n: integer, nick: {type: string, required: false}}\n"
	exampleWait  = "silence: {after: 1h, goto: z}"
)

// whole is the flow that the example is a part of.
func (e example) whole() string {
	source := strings.ReplaceAll(e.source, "Q}", exampleWait+"}")
	head, end := "flow: x\n"+exampleInput+"start: a\n", "  z: {end: done}\n"
	switch e.kind {
	case "keys":
		return "flow: x\n" + exampleInput + source + "\nstart: a\nstates:\n  a: {say: \"{{ brand }}\", goto: z}\n" + end
	case "states":
		return head + "states:\n  " + strings.ReplaceAll(source, "\n", "\n  ") + "\n" + end
	case "block":
		return head + "states:\n  " + strings.ReplaceAll(source, "\n", "\n  ") + "\n" + end
	case "state":
		return head + "states:\n  a: " + source + "\n" + end
	case "both":
		return "languages: [en, es]\n" + head + "states:\n  a: " + source + "\n" + end
	case "alert":
		return "class: alert\n" + head + "states:\n  a: " + source + "\n" + end
	case "long":
		return strings.Replace(head, "n: integer", "long: {type: string, max: 400}", 1) + "states:\n  a: " + source + "\n" + end
	}
	return e.source
}

// shownWith are what a table has to say of an example's surroundings.
var shownWith = map[string]string{"both": "`languages: [en, es]`<br>", "alert": "`class: alert`<br>", "long": "`input: {long: {type: string, max: 400}}`<br>"}

// cell is the example as a table shows it.
func (e example) cell() string {
	source := strings.ReplaceAll(strings.ReplaceAll(e.source, ", Q}", ", silence: …}"), "|", `\|`)
	switch e.kind {
	case "state", "both", "alert", "long":
		source = "a: " + source
	}
	if source == "" {
		return "(nothing)"
	}
	var lines []string
	for line := range strings.SplitSeq(source, "\n") {
		if line != "" {
			lines = append(lines, "`"+strings.ReplaceAll(line, "  ", "\u00a0\u00a0")+"`")
		}
	}
	return shownWith[e.kind] + strings.Join(lines, "<br>")
}

// cell is a message as a table takes it.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;", "\n", " ").Replace(text)
}

// eachNode hands over every node of the package's own source, tests aside.
func eachNode(t *testing.T, do func(file string, n ast.Node)) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := goparser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			do(name, n)
			return true
		})
	}
}

// formats are the words of all findings that the source can make, by their rules.
func formats(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	eachNode(t, func(file string, n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return
		}
		f, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !slices.Contains([]string{"failAt", "warnAt", "fail", "failAs"}, f.Sel.Name) {
			return
		}
		at := 1
		if f.Sel.Name == "failAs" {
			at = 0
		}
		format := literalOf(call.Args[at])
		if format == "" {
			return // fail itself
		}
		rule := format
		if at == 1 {
			rule = ruleOf(format)
		}
		if rule == "" {
			t.Errorf("%s: %q has no rule: name it with failAs", file, format)
		}
		out[rule] = format
	})
	if len(out) < 100 {
		t.Fatalf("only %d findings were read", len(out))
	}
	return out
}

// literalOf is a string literal, or the one that a sum begins with.
func literalOf(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return literalOf(sum.X)
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	s, _ := strconv.Unquote(lit.Value)
	return s
}
