package flows

import (
	"strings"
	"testing"
	"time"
)

// Files made to be slow are refused or read within a moment: each of these once
// took the YAML scanner or parser minutes, or would take a naive one.
func TestParseIsQuick(t *testing.T) {
	const size = 250 << 10
	for name, source := range map[string]string{
		"empty lines in a block": "a: >\n" + strings.Repeat("\n", size),
		"carriage returns":       "a: >\n" + strings.Repeat("\r", size),
		"brackets":               strings.Repeat("[", size),
		"dashes":                 strings.Repeat("- ", size/2),
		"keys":                   strings.Repeat("k: v\n", size/5),
		"complex keys":           strings.Repeat("? ", size/2),
		"braces in a value":      "a: " + strings.Repeat("{{ x }} ", size/8),
		"expressions":            "flow: x\nstart: a\nstates: {a: {end: z, say: \"" + strings.Repeat("{{x}}", size/6) + "\"}}",
		"too long":               strings.Repeat("a", maxFile+1),
	} {
		var err error
		took := time.Hour
		for tries := 0; tries < 3 && took > 3*time.Second; tries++ { // a machine may be busy, but not each time
			begun := time.Now()
			_, err = Parse("x.yaml", []byte(source))
			took = time.Since(begun)
		}
		if err == nil || took > 3*time.Second {
			t.Errorf("%s: %s, %v", name, took, err)
		}
	}
}

// A long file that has few enough words is read, also where its first quarter ends within
// quotes and has as many as may be; one that has too many only at its end is refused.
func TestLongFilesAreRead(t *testing.T) {
	text := "  z: {say: \"" + strings.Repeat("[ - ", maxText/4) + "\", end: z}\n"
	for _, c := range []struct{ words, before int }{ // a comment is one word
		{19_940, dense - len(text) + 10}, {19_940, dense - len(text)/2}, {9000, dense}, {9000, 3 * dense},
	} {
		source := head + "  a: {goto: z}\n" + strings.Repeat("#\n", c.words)
		source += "#" + strings.Repeat("x", c.before-len(source)-2) + "\n"
		if _, err := Parse("x.yaml", []byte(source+text)); err != nil {
			t.Errorf("%d words before %d: %v", c.words, c.before, err)
		}
		_, err := Parse("x.yaml", []byte(source+text+strings.Repeat("k: v\n", maxTokens/3+1)))
		if err == nil || !strings.Contains(err.Error(), "too many words") {
			t.Errorf("dense only behind %d: %v", c.before, err)
		}
	}
}

// An expression cannot run long or grow large.
func TestExpressionsAreBounded(t *testing.T) {
	long := strings.Repeat("x", maxText)
	for name, c := range map[string]struct {
		when string
		fine bool
	}{
		"range":    {"sum(1..1000000) > 0", false},
		"power":    {"9 ** 9 ** 9 ** 9 > 1", true},
		"in range": {"all(1..2000, # > 0)", true},
		"strings":  {"len(name + name + name) > 1", true},
		"division": {"1 / (n - n) > 1", true},
		"index":    {"name[99:100] == ''", true},
		"nil":      {"len(nick) > 1", false},
	} {
		f, err := Parse("x.yaml", []byte(head+"  a: {branch: [{when: \""+c.when+"\", goto: z}, {goto: z}]}"+tail))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		begun := time.Now()
		m := f.Start(Scope{}, Run{Vars: map[string]any{"name": long, "n": 1}})
		if fine := m.Problem == ""; fine != c.fine || time.Since(begun) > time.Second {
			t.Errorf("%s: %q after %s", name, m.Problem, time.Since(begun))
		}
		if strings.Contains(m.Problem, "xxx") {
			t.Errorf("%s: the problem holds the customer's data: %s", name, m.Problem)
		}
	}
}

// A run keeps at most 64 KiB, and a text has at most 1,600 characters.
func TestRunsAreBounded(t *testing.T) {
	f := mustParse(t, "flow: x\ninput: {name: string}\nstart: a\nstates:\n"+
		"  a: {capture: {q: text}, goto: b}\n  b: {do: [{set: {all: \"{{ (all ?? []) }}\", big: \"{{ map(1..200, name) }}\"}}], goto: a}\n")
	m := f.Start(Scope{}, Run{Vars: map[string]any{"name": strings.Repeat("x", 1000)}})
	m = f.Answer(Scope{}, m.Run, Said{Text: "hi"}, Reading{Fits: true, Reply: -1, Captured: map[string]any{"q": "hi"}})
	if !strings.Contains(m.Problem, "64 KiB") || m.Handoff == nil || m.Run.Vars["q"] != nil {
		t.Errorf("%+v", m)
	}
	f = mustParse(t, "flow: x\ninput: {name: string}\nstart: a\nstates:\n  a: {say: \"{{ name }}{{ name }}\", end: z}\n")
	if m := f.Start(Scope{}, Run{Vars: map[string]any{"name": strings.Repeat("x", 1000)}}); !strings.Contains(m.Problem, "1,600") || len(m.Says) > 0 {
		t.Errorf("%+v", m)
	}
}

func mustParse(t testing.TB, source string) *Flow {
	t.Helper()
	f, err := Parse("x.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return f
}
