package flows_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/conversation/classify"
	"parley/flows"
	"parley/outbound/segment"
)

// The sample of the language's description is the shipped flow, word for word.
func TestSampleIsShipped(t *testing.T) {
	doc, err := os.ReadFile("../docs/flow-language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(doc), "```yaml flow\n")
	sample, _, closed := strings.Cut(rest, "```")
	shipped, err := fs.ReadFile(flows.Shipped(), "delivery_feedback.yaml")
	if err != nil || !ok || !closed {
		t.Fatal(err, ok, closed)
	}
	if _, shipped = flows.CutModeline(shipped); string(shipped) != sample {
		t.Error("library/delivery_feedback.yaml and the sample in docs/flow-language.md differ: make them the same")
	}
}

// The sample dialogue of the language's description is among the shipped ones.
func TestSampleDialogueIsShipped(t *testing.T) {
	doc, _ := os.ReadFile("../docs/flow-language.md")
	_, rest, ok := strings.Cut(string(doc), "```chat\n# damaged parcel")
	sample, _, _ := strings.Cut(rest, "```")
	chat, err := fs.ReadFile(flows.Shipped(), "delivery_feedback.chat")
	if err != nil || !ok || !strings.Contains(string(chat), "# damaged parcel"+sample) {
		t.Errorf("the sample dialogue is not among the shipped ones: %v", err)
	}
}

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const track = `flow: track
input: {order: {type: string, max: 10}, n: {type: integer, default: 1}}
trigger: {events: [order.asked, order.delivered], keywords: ["TRACK {order}", "TRACK {n} OF {order}", Where]}
start: a
states: {a: {say: "x", end: z}}
`

func TestLoad(t *testing.T) {
	own := strings.Replace(track, ", Where", "", 1)
	dir := write(t, map[string]string{"track.yaml": own, "notes.txt": "x", "booking.yaml": "flow: booking\nstart: a\nstates: {a: {end: z}}\n"})
	l, err := flows.Load([]string{"library", dir})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range l.All() {
		names = append(names, f.Name)
	}
	if !slices.IsSorted(names) || !slices.Contains(names, "track") || !slices.Contains(names, "delivery_feedback") {
		t.Errorf("flows %v", names)
	}
	f, _ := l.Current("booking")
	if again, _ := l.ByHash(f.Hash); len(f.States()) != 1 || again != f {
		t.Error("the later folder does not replace")
	}
	_, byName := l.Current("nothing")
	if _, byHash := l.ByHash("nothing"); byName || byHash {
		t.Error("a flow that is not there was found")
	}
	if fs := l.ForEvent("order.delivered"); len(fs) != 2 || fs[0].Name != "delivery_feedback" || len(l.ForEvent("x")) != 0 {
		t.Errorf("%v", fs)
	}
	for text, want := range map[string]map[string]any{
		"TRACK A-1": {"order": "A-1"}, "track  a-1 ": {"order": "a-1"}, "Track: A-1": {"order": "A-1"}, "track 2 of A-1": {"n": 2, "order": "A-1"},
		"track many of A": {"order": "many of A"}, "track two of A": {"n": 2, "order": "A"}, "track A-1 please": {"order": "A-1"}, "TRACK A-1, thank you very much!": {"order": "A-1"}, "track please": {"order": "please"}, "track ?": {"order": "?"}, "TRACK": nil, "please track A": nil, "track 012345678901234567890": nil, "": nil,
	} {
		f, args, ok := l.ForKeyword(text)
		if ok != (want != nil) || ok && (f.Name != "track" || !maps.Equal(args, want)) {
			t.Errorf("%q: %v %v", text, args, ok)
		}
	}
}

// A folder takes a keyword over from an earlier one, so that nobody has to give up
// the shipped flows for a word.
func TestKeywordsOfLaterFoldersFirst(t *testing.T) {
	const flow = "flow: %s\ntrigger: {keywords: [TRACK]}\nstart: a\nstates: {a: {end: z}}\n"
	first, second := write(t, map[string]string{"z.yaml": fmt.Sprintf(flow, "zz")}), write(t, map[string]string{"a.yaml": fmt.Sprintf(flow, "aa")})
	for want, folders := range map[string][]string{"aa": {first, second}, "zz": {second, first}} {
		l, err := flows.Load(folders)
		if err != nil {
			t.Fatal(err)
		}
		if f, _, ok := l.ForKeyword("track"); !ok || f.Name != want {
			t.Errorf("not %s is started", want)
		}
	}
}

// A keyword without arguments goes before one whose argument would be a courtesy.
func TestKeywordsWithoutArgumentsFirst(t *testing.T) {
	flow := "flow: %s\ninput: {order: {type: string, default: none}}\ntrigger: {keywords: [\"%s\"]}\nstart: a\nstates: {a: {end: z}}\n"
	l, err := flows.Load([]string{write(t, map[string]string{
		"a.yaml": fmt.Sprintf(flow, "one", "TRACK {order}"), "b.yaml": fmt.Sprintf(flow, "two", "track"),
	})})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"track please": "two", "Track!": "two", "track A-1": "one"} {
		if f, _, ok := l.ForKeyword(text); !ok || f.Name != want {
			t.Errorf("%q does not start %s", text, want)
		}
	}
}

func TestLoadProblems(t *testing.T) {
	good := "flow: x\ntrigger: {keywords: [%s]}\nstart: a\nstates: {a: {end: z}}\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"two broken files": {map[string]string{"a.yaml": "flow: 1\nstart: a\nstates: {a: {end: z}}\n", "b.yaml": "flow: x\nstart: b\nstates: {a: {end: z}}\n"}, []string{"a.yaml:1:7: flow is a whole number", "b.yaml:2:8: there is no state \"b\""}},
		"check":            {map[string]string{"a.yaml": "flow: x\nstart: a\nstates: {a: {say: hi}}\n"}, []string{"a.yaml:3:10: the state a is a dead end"}},
		"twice": {map[string]string{"a.yaml": strings.Replace(good, "%s", "P", 1), "b.yaml": strings.Replace(good, "%s", "Q", 1)},
			[]string{"b.yaml:1:1: another file of"}},
		"one keyword": {map[string]string{"a.yaml": strings.Replace(good, "%s", "Where IS it", 1), "b.yaml": strings.Replace(strings.Replace(good, "x", "y", 1), "%s", "where is it", 1)},
			[]string{"the keyword \"where is it\" starts the flow x too"}},
	} {
		_, err := flows.Load([]string{write(t, c.files)})
		if err == nil {
			t.Errorf("%s: loaded", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v\nlacks %s", name, err, want)
			}
		}
		if len(flows.Problems(err)) != len(c.want) {
			t.Errorf("%s: %d problems, want %d: %v", name, len(flows.Problems(err)), len(c.want), err)
		}
	}
	if _, err := flows.Load([]string{"/no/such/folder"}); err == nil {
		t.Error("a missing folder was loaded")
	}
}

// The price of one answer, in allocations: conversations pay it for every text.
func TestReplyAllocations(t *testing.T) {
	f := shippedFlow(t, "delivery_feedback")
	run := f.Start(acme, flows.Run{Vars: map[string]any{"name": "Ann", "order": "A-1"}, Language: "en"}).Run
	said := flows.Said{Text: "Yes it did"}
	allocations := testing.AllocsPerRun(200, func() {
		f.Answer(acme, run, said, f.Read(acme, classify.Reader{}, run, said))
	})
	if allocations > 20 {
		t.Errorf("%v allocations for one answer, at most 20", allocations)
	}
}

// Every text that the shipped dialogues hear, and they hear all there are, is one
// segment of GSM-7; lists of choices may be longer.
func TestShippedTextsAreOneSegment(t *testing.T) {
	l, err := flows.Load([]string{"library"})
	if err != nil {
		t.Fatal(err)
	}
	heard := 0
	for _, f := range l.All() {
		for _, d := range dialoguesOf(t, "library", f.Name) {
			for _, s := range d.Steps {
				if s.Kind != flows.StepBot {
					continue
				}
				heard++
				n := segment.Count(s.Text)
				if n.Encoding != segment.GSM7 || n.Segments > 1 && !strings.Contains(s.Text, "\n1 ") {
					t.Errorf("%s, %s: %d segments, %s: %s", f.Name, d.Title, n.Segments, n.Encoding, s.Text)
				}
			}
		}
	}
	if heard < 300 {
		t.Errorf("only %d texts were heard", heard)
	}
}

// A keyword fits the text that it is, however it is written.
func TestKeywordsOfJoinedWords(t *testing.T) {
	f, err := flows.Parse("x.yaml", []byte("flow: x\ntrigger: {keywords: [\"RE-ORDER {n} NOW {m}\", \"WHAT'S {n}\", A/B]}\ninput: {n: string, m: string}\nstart: z\nstates: {z: {end: z}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"RE-ORDER a NOW b": "map[m:b n:a]", "re order a now b c": "map[m:b c n:a]", "Re-order: a, now: b": "map[m:b n:a]", "what's a": "map[n:a]", "whats a": "map[n:a]",
		"a/b": "map[]", "a b!": "map[]", "re-order-a now b": "", "re a now b": "", "re-order a": "", "reorder a now b": "", "re-": "",
	} {
		_, args, ok := flows.LibraryOf(f).ForKeyword(text)
		if got := fmt.Sprint(args); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %v %s, want %s", text, ok, got, want)
		}
	}
}

// The label of a choice and another expression may look alike and differ.
func TestLabelsAreCompiledApart(t *testing.T) {
	f, err := flows.Parse("x.yaml", []byte("flow: x\ninput: {item: integer, n: integer}\nstart: a\nstates: {a: {choose: {from: '[1]', label: -n, as: q, goto: z}, say: '{{ item -n }}'}, z: {end: z}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if m := f.Start(acme, flows.Run{Vars: map[string]any{"item": 5, "n": 2}}); len(m.Says) != 1 || m.Says[0].Text != "3\n1 -2" {
		t.Errorf("%+v", m)
	}
}
