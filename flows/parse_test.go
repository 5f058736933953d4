package flows

import (
	"fmt"
	"strings"
	"testing"
)

// head and tail make a whole flow of the lines of one state.
const (
	head = "flow: x\nlanguages: [en, es]\ninput: {name: string, n: integer, nick: {type: string, required: false}}\nstart: a\nstates:\n"
	tail = "\n  z: {end: done}\n"
)

// findings parses and checks, and shows each problem as "line:col message".
func findings(source string) string {
	f, err := Parse("x.yaml", []byte(source))
	found := Problems(err)
	if err == nil {
		found = f.Check()
	}
	var out []string
	for _, p := range found {
		s := fmt.Sprintf("%d:%d %s", p.Line, p.Col, p.Message)
		if p.Severity == Warning {
			s += " [warning]"
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func TestParseFindings(t *testing.T) {
	cases := []struct{ name, source, want string }{
		{"unknown key of a flow", "flow: x\nstarts: a\nstates: {a: {end: z}}", `2:1 a flow has no key "starts": did you mean start?`},
		{"unknown key of a state", head + "  a: {end: z, sey: hi}", `6:15 the state "a" has no key "sey": did you mean say?`},
		{"choose from nothing", head + "  a: {choose: {as: q}, goto: z}" + tail, "6:15 choose without a list"},
		{"choose for nothing", head + "  a: {choose: {from: '[1]'}, goto: z}" + tail, "6:15 choose keeps the choice nowhere"},
		{"choose to nowhere", head + "  a: {choose: {from: '[1]', as: q}}" + tail, "6:15 the choice goes nowhere"},
		{"choose and number", head + "  a: {choose: {from: '[1]', as: q}, replies: [{match: '2', goto: z}], goto: z}" + tail, "the reply 2 is a number of choose too"},
		{"choose and capture", head + "  a: {choose: {from: '[1]', as: q}, capture: {w: text}, goto: z}" + tail, "a captured answer beside choose"},
		{"choose in braces", head + "  a: {choose: {from: '{{ [1] }}', as: q}, goto: z}" + tail, "from is a bare expression"},
		{"item elsewhere", head + "  a: {choose: {from: '[item]', as: q}, goto: z}" + tail, `there is no "item"`},
		{"item for something else", "flow: x\ninput: {item: string, l: list}\nstart: a\nstates: {a: {choose: {from: l, label: item.x, as: q, goto: a}, say: '{{ item.x }}'}}", "4:78 type string has no field x"},
		{"migrate to nowhere", "flow: x\nmigrate: {old: b}\nstart: a\nstates: {a: {end: z}}", `2:16 there is no state "b"`},
		{"migrate to what does not wait", "flow: x\nmigrate: {old: a}\nstart: a\nstates: {a: {end: z}}", "2:16 a waiting run cannot move to a"},
		{"silence of two times", head + "  a: {replies: [{any: true, goto: a}], silence: {at: now, after: 1h, goto: a}}", "6:49 a step of silence has one time"},
		{"silence at no moment", head + "  a: {replies: [{any: true, goto: a}], silence: {at: n, goto: a}}", `6:54 "n" is int, not a moment`},
		{"silence at in braces", head + "  a: {replies: [{any: true, goto: a}], silence: {at: '{{ now }}', goto: a}}", "6:54 at is a bare expression"},
		{"between", head + "  a: {replies: [{any: true, goto: a}], silence: {after: 1h, between: [9, 20], goto: a}}", "6:70 between is no span of the day"},
		{"between nothing", head + "  a: {replies: [{any: true, goto: a}], silence: {after: 1h, between: ['09:00', '09:00'], goto: a}}", "6:70 between is no span of the day"},
		{"promotional and not bulk", "flow: x\nclass: alert\npromotional: true\nstart: a\nstates: {a: {end: z}}", "2:8 a flow that sells is of class bulk"},
		{"time zone", "flow: x\ntimezone: Mars/Olympus\nstart: a\nstates: {a: {end: z}}", `2:11 there is no time zone "Mars/Olympus"`},
		{"the server's time zone", "flow: x\ntimezone: Local\nstart: a\nstates: {a: {end: z}}", `2:11 there is no time zone "Local"`},
		{"quiet", "flow: x\nquiet: late\nstart: a\nstates: {a: {end: z}}", `2:8 quiet cannot be "late"`},
		{"media address", head + "  a: {say: {en: x, es: x}, media: 'ftp://x/y.jpg', end: z}", "6:35 media is no web address"},
		{"resume of nothing", head + "  a: {say: {en: x, es: x}, resume: {en: y, es: y}, end: z}", "6:36 resume in a state that asks nothing"},
		{"send_before of nothing", head + "  a: {send_before: now, end: z}", "6:20 send_before in a state that says nothing"},
		{"send_before type", head + "  a: {say: {en: x, es: x}, send_before: name, end: z}", `6:41 "name" is string, not a moment`},
		{"on.replies of a state", head + "  a: {say: {en: x, es: x}, on: {replies: [{match: x}]}, end: z}", "a reply of on.replies goes nowhere"},
		{"on.error of a state", head + "  a: {say: {en: x, es: x}, on: {error: {}}, end: z}", "6:40 on.error goes nowhere"},
		{"duplicate", head + "  a: {end: x, end: y}", `6:15 "end" is written twice`},
		{"wrong kind", head + "  a: {end: [x]}", "6:12 end is a list: write a text"},
		{"number for text", head + "  a: {say: 5, end: x}", "6:12 say is a whole number: write a text"},
		{"unknown state", head + "  a: {goto: b}", `6:13 there is no state "b": did you mean a?`},
		{"unknown start", "flow: x\nstart: q\nstates: {a: {end: z}}", `2:8 there is no state "q": did you mean a?`},
		{"no states", "flow: x\nstart: q", "1:1 the flow has no states"},
		{"states as a list", "flow: x\nstart: q\nstates: [q]", "3:9 states is a list: write NAME: {say: ..., goto: ...}"},
		{"too many states", "flow: x\nstart: q\nstates:\n" + manyStates(), "states has 301 entries: at most 300; split the flow"},
		{"input as a text", "flow: x\ninput: q\nstart: q", "2:8 input is a text: write NAME: TYPE"},
		{"events as a text", head + "  a: {on: {events: e}}", "6:20 events is a text: write TYPE: {goto: STATE}"},
		{"anchor", "flow: &n x\nstart: a", "1:7 an anchor"},
		{"alias", "flow: x\nstart: *n", "2:8 an alias"},
		{"tag", "flow: !!str x", "1:7 a tag"},
		{"merge", "flow: x\n<<: {a: b}", "2:1 a merge key"},
		{"two documents", "flow: x\n---\nflow: y", "a second document"},
		{"empty", "# nothing\n", "1:1 the file is empty"},
		{"broken", "flow: [x\n", "1:7 not readable as YAML"},
		{"deep", "flow: " + strings.Repeat("[", 30) + strings.Repeat("]", 30), "1:31 nested more than 24 deep"},
		{"not UTF-8", "flow: \xff", "1:1 the file is not UTF-8"},
		{"unknown name", head + "  a: {say: {en: \"hi {{ nam }}\", es: x}, end: z}", `6:24 there is no "nam": did you mean name?`},
		{"type error", head + "  a: {say: {en: \"{{ name - 1 }}\", es: x}, end: z}", "6:26 invalid operation: - (mismatched types string and int)"},
		{"no closing", head + "  a: {say: {en: \"hi {{ name\", es: x}, end: z}", "6:21 {{ without }}"},
		{"when type", head + "  a: {branch: [{when: n + 1, goto: z}, {goto: z}]}" + tail, "6:23 when is int, not true or false"},
		{"when braces", head + "  a: {branch: [{when: '{{ n }}', goto: z}, {goto: z}]}" + tail, "6:23 when is a bare expression"},
		{"method", head + "  a: {say: {en: '{{ now.Unix() }}', es: x}, end: z}", "only functions of the language can be called"},
		{"environment", head + "  a: {say: {en: '{{ $env }}', es: x}, end: z}", "$env is not part of the language"},
		{"let", head + "  a: {say: {en: '{{ let q = 1; q }}', es: x}, end: z}", "let and ; are not part"},
		{"loops in loops", head + "  a: {branch: [{when: 'all(1..9, any(1..9, # > 1))', goto: z}, {goto: z}]}" + tail, "a loop within a loop"},
		{"function without call", head + "  a: {say: {en: '{{ date }}', es: x}, end: z}", "date is a function"},
		{"clock of expr", head + "  a: {say: {en: '{{ now() }}', es: x}, end: z}", "6:21 time.Time is not callable"},
		{"repeat is off", head + "  a: {say: {en: '{{ repeat(name, 9) }}', es: x}, end: z}", `there is no "repeat"`},
		{"unlisted language", head + "  a: {say: {en: x, fr: y}, end: z}", "6:20 say in a language that the flow does not list"},
		{"no fallback", head + "  a: {say: {es: x}, end: z}", "6:12 say is missing in en"},
		{"two exits", head + "  a: {goto: z, end: z}" + tail, "goto and end in one state"},
		{"reply to nowhere", head + "  a: {replies: [{match: x}]}", "this reply goes nowhere"},
		{"reply of two kinds", head + "  a: {replies: [{match: x, any: true, goto: z}]}" + tail, "a reply listens to 2 things"},
		{"unknown intent", head + "  a: {replies: [{intent: yess, goto: z}]}" + tail, `6:26 there is no intent "yess": did you mean yes?`},
		{"bad pattern", head + "  a: {replies: [{match: '/(/', goto: z}]}" + tail, "6:25 not a pattern: missing closing )"},
		{"two captures", head + "  a: {capture: {p: text, q: date}, goto: z}" + tail, "6:26 a second answer in one question"},
		{"capture to nowhere", head + "  a: {capture: {p: text}}", "the captured answer goes nowhere"},
		{"capture without pattern", head + "  a: {capture: {p: pattern}, goto: z}" + tail, "p has no pattern"},
		{"bad span", head + "  a: {replies: [{any: true, goto: z}], silence: {after: soon, goto: z}}" + tail, "6:57 after is no span of time"},
		{"silence backwards", head + "  a: {replies: [{any: true, goto: z}], silence: [{after: 2h, goto: z}, {after: 1h, goto: z}]}" + tail, "every after counts from the question"},
		{"open branch", head + "  a: {branch: [{when: n > 1, goto: z}]}" + tail, "no branch may hold"},
		{"early default", head + "  a: {branch: [{goto: z}, {goto: z}]}" + tail, "put it last"},
		{"reserved input", "flow: x\ninput: {brand: string}\nstart: a\nstates: {a: {end: z}}", "2:9 brand is always there"},
		{"input type", "flow: x\ninput: {b: text}\nstart: a\nstates: {a: {end: z}}", `2:12 the type of b cannot be "text"`},
		{"bad default", "flow: x\ninput: {b: {type: integer, default: x}}\nstart: a\nstates: {a: {end: z}}", "2:37 b must be a whole number"},
		{"class", "flow: x\nclass: urgent\nstart: a\nstates: {a: {end: z}}", "2:8 class cannot be"},
		{"set a builtin", head + "  a: {do: [{set: {now: 1}}], end: z}", "6:19 now is always there"},
		{"two actions in one", head + "  a: {do: [{set: {q: 1}, emit: {event: e}}], end: z}", "an action with 2 keys"},
		{"tries without say", head + "  a: {replies: [{any: true, goto: z}], otherwise: {tries: 2, goto: z}}" + tail, "tries counts how often say is sent"},
		{"event of nothing", head + "  a: {on: {events: {e: {}}}}", "the event e does nothing"},
		{"too long an expression", head + "  a: {say: {en: '{{ " + strings.Repeat("n+", 600) + "n }}', es: x}, end: z}", "an expression of 1201 characters"},
	}
	for _, c := range cases {
		if got := findings(c.source); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func manyStates() string {
	var b strings.Builder
	for i := range maxStates + 1 {
		fmt.Fprintf(&b, "  s%d: {end: z}\n", i)
	}
	return b.String()
}

func TestCheckFindings(t *testing.T) {
	const quiet = ", silence: {after: 1h, goto: z}"
	cases := []struct{ name, states, want string }{
		{"dead end", "  a: {say: {en: hi, es: hi}}", "6:3 the state a is a dead end"},
		{"unreachable", "  a: {goto: z}\n  b: {goto: z}", "7:3 nothing leads to the state b: remove it, or give it a way in [warning]"},
		{"missing language", "  a: {say: {en: hi}, goto: z}", "6:12 the text is missing in es"},
		{"one for all", "  a: {say: hi, goto: z}", "6:12 one text for all languages: write it as en: ..., es: ... [warning]"},
		{"waits for ever", "  a: {say: {en: hi, es: hi}, replies: [{any: true, goto: z}]}", "6:3 the state a may wait for ever"},
		{"last step stays", "  a: {say: {en: hi, es: hi}, replies: [{any: true, goto: z}], silence: {after: 1h, say: {en: x, es: x}}}", "after the last step of silence"},
		{"loop", "  a: {goto: b}\n  b: {branch: [{when: n > 1, goto: a}, {goto: z}]}", "7:36 a loop without a wait (a > b > a)"},
		{"loop in itself", "  a: {goto: a}", "6:13 a loop without a wait (a > a)"},
		{"unset input", "  a: {say: {en: '{{ nick }}', es: x}, goto: z}", `6:21 nick may be unset here: write {{ nick ?? "..." }}`},
		{"unset on one path", "  a: {branch: [{when: n > 1, goto: b}, {goto: c}]}\n  b: {do: [{set: {q: 1}}], goto: c}\n  c: {say: {en: '{{ q }}', es: x}, goto: z}", "8:21 q may be unset here"},
		{"set on another path", "  a: {branch: [{when: n > 1, goto: b}, {goto: c}]}\n  b: {do: [{set: {q: 1}}], goto: d}\n  c: {do: [{set: {r: 1}}], goto: d}\n  d: {say: {en: '{{ q }}', es: x}, goto: z}", "9:21 q may be unset here"},
		{"unset capture on a reply", "  a: {say: {en: hi, es: hi}, capture: {q: text}, replies: [{match: no, goto: b}], goto: z" + quiet + "}\n  b: {say: {en: '{{ q }}', es: x}, goto: z}", "7:21 q may be unset here"},
		{"media", "  a: {say: {en: hi, es: hi}, capture: {q: media}, replies: [{match: no, goto: b}]" + quiet + "}\n  b: {say: {en: '{{ len(q) }}', es: x}, goto: z}", "7:21 q may be unset here"},
		{"opt-out word", "  a: {say: {en: hi, es: hi}, replies: [{match: [c, Cancel], goto: z}]" + quiet + "}", `6:40 "CANCEL" opts the customer out`},
		{"opt-out in two words", "  a: {say: {en: hi, es: hi}, replies: [{match: [Opt-Out], goto: z}]" + quiet + "}", "opts the customer out"},
		{"nothing after any", "  a: {say: {en: hi, es: hi}, replies: [{any: true, goto: z}, {match: x, goto: z}]" + quiet + "}", "nothing after it is reached"},
		{"asks without a word", "  a: {replies: [{any: true, goto: z}]" + quiet + "}", "asks without a word"},
	}
	for _, c := range cases {
		got := findings(head + c.states + tail)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// What is fine must not be found fault with.
func TestCheckSilent(t *testing.T) {
	const quiet = ", silence: {after: 1h, goto: z}"
	for name, states := range map[string]string{
		"default":            "  a: {say: {en: '{{ nick ?? \"you\" }}', es: x}, goto: z}",
		"compared with nil":  "  a: {branch: [{when: nick != nil && nick == 'x', goto: z}, {goto: z}]}",
		"conditional":        "  a: {say: {en: '{{ nick != nil ? nick : \"you\" }}', es: x}, goto: z}",
		"set on every path":  "  a: {branch: [{when: n > 1, goto: b}, {goto: c}]}\n  b: {do: [{set: {q: 1}}], goto: d}\n  c: {do: [{set: {q: 2}}], goto: d}\n  d: {say: {en: '{{ q }}', es: x}, goto: z}",
		"captured":           "  a: {say: {en: hi, es: hi}, capture: {q: text}, goto: b" + quiet + "}\n  b: {say: {en: '{{ q }}', es: x}, goto: z}",
		"loop with a wait":   "  a: {say: {en: hi, es: hi}, replies: [{any: true, goto: b}]" + quiet + "}\n  b: {goto: a}",
		"said on the way in": "  a: {say: {en: hi, es: hi}, goto: b}\n  b: {replies: [{any: true, goto: z}]" + quiet + "}",
		"parked":             "  a: {say: {en: hi, es: hi}, on: {events: {e: {goto: z}}}" + quiet + "}",
		"handoff":            "  a: {handoff: {then: z}}",
	} {
		for line := range strings.Lines(findings(head + states + tail)) {
			if !strings.Contains(line, "does not say who is texting") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}

func TestKeywordFindings(t *testing.T) {
	for _, c := range []struct{ keyword, input, want string }{
		{`"TRACK {order}"`, "order: string", ""},
		{"BALANCE", "order: {type: string, required: false}", ""},
		{"BALANCE", "order: string", "3:22 a text with this keyword cannot fill the input order: add {order}"},
		{`"TRACK {ordre}"`, "order: string", `fills "ordre", which is no input`},
		{`"TRACK {items}"`, "items: list", "a text cannot fill"},
		{"STOP", "order: {type: string, default: x}", `"STOP" opts the customer out`},
		{`"STOP {order}"`, "order: string", ""},
		{`"{order}"`, "order: string", "is no keyword"},
	} {
		got := findings("flow: x\ninput: {" + c.input + "}\ntrigger: {keywords: [" + c.keyword + "]}\nstart: a\nstates: {a: {end: z}}")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s with %s: got %q, want %q", c.keyword, c.input, got, c.want)
		}
	}
}

func TestProblemShowsItsLine(t *testing.T) {
	_, err := Parse("x.yaml", []byte("flow: x\nstart: b\nstates:\n  a: {end: z}\n"))
	want := "x.yaml:2:8: there is no state \"b\": did you mean a?\n    start: b\n           ^"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// Comments, order and quoting do not make another version; a word does.
func TestHash(t *testing.T) {
	parse := func(s string) *Flow {
		f, err := Parse("x.yaml", []byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	a := parse("flow: x\nstart: a\nstates: {a: {say: \"hi <1>\", goto: b}, b: {end: done}}")
	b := parse("# same\nstates:\n  b:\n    end: 'done'\n  a:\n    goto: b\n    say: hi <1>\nstart: a\nflow: x\n")
	c := parse("flow: x\nstart: a\nstates: {a: {say: \"hi <2>\", goto: b}, b: {end: done}}")
	if a.Hash != b.Hash || a.Hash == c.Hash || len(a.Hash) != 64 {
		t.Errorf("hashes %s %s %s\n%s\n%s", a.Hash, b.Hash, c.Hash, a.Source(), b.Source())
	}
	again, err := Compile(a.Source())
	if err != nil || again.Hash != a.Hash || string(again.Source()) != string(a.Source()) {
		t.Errorf("the stored version is another: %v", err)
	}
}

// A text that looks like something else stays a text when it is stored.
func TestCanonicalKeepsTypes(t *testing.T) {
	f, err := Parse("x.yaml", []byte("flow: x\ninput: {f: {type: number, max: 1.0, default: 0.5}, n: {type: integer, default: 007}}\nstart: a\nstates: {a: {do: [{set: {q: \"1\", r: 1, s: 2.0, t: 'true', u: null}}], end: z}}"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"flow":"x","input":{"f":{"default":0.5,"max":1.0,"type":"number"},"n":{"default":7,"type":"integer"}},"start":"a","states":{"a":{"do":[{"set":{"q":"1","r":1,"s":2.0,"t":"true","u":null}}],"end":"z"}}}`
	if got := string(f.Source()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
