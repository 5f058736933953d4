package flows

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

const chat = `# first
# a comment
@ lang es
start {"a": 1}
< Hola.

# no title: a line of the bot follows
< Otra vez.
> [photo a.jpg] [file b.pdf] [not media] hi
~ 3d

# second
@ at 2026-03-01T09:00
event order.made {"x": [1]}
* take Bo
* reply Hello there
! e.done
= ended completed
= ask
= handoff q
>
`

func TestParseDialogues(t *testing.T) {
	got, err := ParseDialogues("x.chat", []byte(chat))
	if err != nil {
		t.Fatal(err)
	}
	want := []Dialogue{
		{Title: "first", File: "x.chat", Line: 1, Steps: []Step{
			{Kind: StepLanguage, Line: 3, Text: "es"},
			{Kind: StepStart, Line: 4, Data: map[string]any{"a": 1.0}},
			{Kind: StepBot, Line: 5, Text: "Hola."},
			{Kind: StepBot, Line: 8, Text: "Otra vez."},
			{Kind: StepCustomer, Line: 9, Text: "[not media] hi", Media: []Media{{"a.jpg", "image/jpeg"}, {"b.pdf", "application/pdf"}}},
			{Kind: StepPass, Line: 10, For: 72 * time.Hour},
		}},
		{Title: "second", File: "x.chat", Line: 12, Steps: []Step{
			{Kind: StepAt, Line: 13, At: "2026-03-01T09:00"},
			{Kind: StepEvent, Line: 14, Name: "order.made", Data: map[string]any{"x": []any{1.0}}},
			{Kind: StepAgent, Line: 15, Name: "take", Text: "Bo"},
			{Kind: StepAgent, Line: 16, Name: "reply", Text: "Hello there"},
			{Kind: StepEmitted, Line: 17, Name: "e.done"},
			{Kind: StepState, Line: 18, Name: "ended", Text: "completed"},
			{Kind: StepState, Line: 19, Name: "state", Text: "ask"},
			{Kind: StepState, Line: 20, Name: "handoff", Text: "q"},
			{Kind: StepCustomer, Line: 21},
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDialogueProblems(t *testing.T) {
	for line, want := range map[string]string{
		`hello`:                "1:1: \"hello\" begins no line",
		`start {"a": }`:        "1:7: the data is not readable as JSON",
		`start [1]`:            "1:7: the data is not readable as JSON",
		`start {"a": 1} x`:     "1:7: the data is not readable as JSON",
		`  ~ soon`:             "1:3: \"soon\" is no span of time",
		`* tkae Bo`:            "1:1: * \"tkae\": did you mean take?",
		`@ lagn es`:            "1:1: @ \"lagn\": did you mean lang?",
		`@ at noon`:            "1:1: \"noon\" is no moment",
		`! {"a": 1}`:           "is no event type",
		`<`:                    "nothing is said",
		`=`:                    "= of nothing",
		`= ask now`:            "= ask with more behind it",
		"# empty\n@ lang es\n": "",
	} {
		_, err := ParseDialogues("x.chat", []byte(line))
		if want == "" {
			if err != nil {
				t.Errorf("%q: %v", line, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", line, err, want)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"24h": 24 * time.Hour, "3d": 72 * time.Hour, "1d12h": 36 * time.Hour, "90s": 90 * time.Second, "1h30m": 90 * time.Minute,
		"": -1, "d": -1, "-3d": -1, "3": -1, "400d": -1, "99999h": -1, "-1h": -1, "1.5d": -1,
	} {
		got, err := ParseDuration(in)
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
}

func ExampleParseDialogues() {
	found, _ := ParseDialogues("hello.chat", []byte("# greeting\nstart {\"name\": \"Ann\"}\n< Hi Ann!\n> hello\n"))
	for _, s := range found[0].Steps {
		fmt.Printf("%s %q\n", s.Kind, s.Text)
	}
	// Output:
	// start ""
	// < "Hi Ann!"
	// > "hello"
}

func TestTextsOfSeveralLines(t *testing.T) {
	got, err := ParseDialogues("x.chat", []byte("start\n< Which?\n  1 One\n  2 Two\n> 2\n  please\n  < not a continuation\n\n  > another\n"))
	if err != nil || len(got) != 1 {
		t.Fatal(err)
	}
	var texts []string
	for _, s := range got[0].Steps {
		texts = append(texts, s.Text)
	}
	if want := []string{"", "Which?\n1 One\n2 Two", "2\nplease\n< not a continuation", "another"}; !reflect.DeepEqual(texts, want) {
		t.Errorf("%q, want %q", texts, want)
	}
}
