package flows

import (
	"slices"
	"strings"
	"testing"
)

// parrot is sure of whatever it is told to say, and notes what it was asked for.
type parrot struct {
	says   string
	listen []string
	asked  int
}

func (p *parrot) Guess(_ *Lesson, _ string, listen []string) Guess {
	p.asked, p.listen = p.asked+1, listen
	return Guess{Intent: p.says, Score: 0.9, Sure: slices.Contains(listen, p.says)}
}

const guessing = `flow: x
class: CLASS
start: a
intents:
  damaged: {examples: {en: ["it is broken"], es: ["llego roto"]}}
  late: {examples: {en: ["where is it"]}, keywords: {en: [late]}}
  lost: {examples: {en: ["it is gone"]}}
  word: {keywords: {en: [word]}}
on: {replies: [{intent: lost, as: urgent, goto: z}]}
states:
  a:
    replies:
      - {intent: no, goto: z}
      - {intent: yes, goto: z}
      - {intent: word, goto: z}
      - {intent: late, confirm: true, goto: z}
      - {intent: damaged, as: broken, goto: z}
  b: {replies: [{intent: late, confirm: true, goto: z}, {intent: late, as: plain, goto: z}]}
  c: {replies: [{intent: damaged, goto: z}, {any: true, goto: z}]}
  p: {on: {events: {e: {goto: z}}}}
  z: {end: done}
`

func flowOfClass(t *testing.T, class Class) *Flow {
	t.Helper()
	return mustParse(t, strings.Replace(guessing, "CLASS", string(class), 1))
}

// TestGuessesDecideNothingHigh is the rule of what a guess may decide: never yes, no or
// another built-in intent, nothing that asks to be confirmed, nothing of an alert or a
// code, whatever a guesser says.
func TestGuessesDecideNothingHigh(t *testing.T) {
	for _, class := range []Class{Notice, Bulk, Alert, Code} {
		f := flowOfClass(t, class)
		for _, s := range f.order {
			for _, says := range append(Intents(), "damaged", "late", "lost", "word", "") {
				p := &parrot{says: says}
				r, _, asked := f.Guess(p, Run{State: s.name}, Said{Text: "whatever"})
				if asked && !f.Guesses() || asked != (p.asked > 0) {
					t.Errorf("%s %s: asked %v", class, s.name, asked)
				}
				for _, name := range p.listen {
					if slices.Contains(Intents(), name) || !f.intents[name].taught() {
						t.Errorf("%s %s: %s is guessed", class, s.name, name)
					}
				}
				if !r.Fits {
					continue
				}
				replies := s.replies
				if r.On {
					replies = s.urgent
				}
				if reply := replies[r.Reply]; reply.confirm || reply.intent != says || class == Alert || class == Code || r.Exact || r.Layer != "model" {
					t.Errorf("%s %s: %q is taken for %+v", class, s.name, says, r)
				}
			}
		}
	}
}

func TestGuessFindsItsReply(t *testing.T) {
	f := flowOfClass(t, Notice)
	for _, c := range []struct {
		state, says string
		fits, on    bool
		as          string
	}{
		{"a", "damaged", true, false, "broken"}, {"a", "lost", true, true, "urgent"}, {"a", "late", false, false, ""},
		{"b", "late", true, false, "plain"}, {"p", "lost", false, false, ""}, {"z", "lost", false, false, ""},
	} {
		r, g, asked := f.Guess(&parrot{says: c.says}, Run{State: c.state}, Said{Text: "something"})
		if r.Fits != c.fits || r.On != c.on || r.As != c.as || r.Fits && (!asked || g.Intent != c.says) {
			t.Errorf("%s in %s: %+v %+v", c.says, c.state, r, g)
		}
	}
	if _, _, asked := f.Guess(&parrot{}, Run{State: "a"}, Said{Text: " ... "}); asked {
		t.Error("a text without words is guessed at")
	}
	if _, _, asked := f.Guess(nil, Run{State: "a"}, Said{Text: "broken"}); asked {
		t.Error("nobody is asked")
	}
}

// The examples of all languages and the name are what is taught.
func TestLesson(t *testing.T) {
	f := mustParse(t, strings.Replace(strings.Replace(guessing, "CLASS", "notice", 1), "start: a", "start: a\nlanguages: [en, es]", 1))
	if got := strings.Join(f.Lesson().Examples["damaged"], "|"); got != "it is broken|llego roto|damaged" {
		t.Errorf("%s", got)
	}
	if len(f.Lesson().Examples) != 3 {
		t.Errorf("%v", f.Lesson().Examples)
	}
	if mustParse(t, "flow: x\nstart: a\nstates: {a: {end: z}}").Lesson() != nil {
		t.Error("a flow without intents teaches")
	}
}

// A text starts a flow by examples, unless the flow is an alert; of two folders the
// later one's is started.
func TestForIntent(t *testing.T) {
	source := func(name, class string) *Flow {
		return mustParse(t, "flow: "+name+"\nclass: "+class+"\ntrigger: {intents: [hours]}\nintents: {hours: {examples: {en: [are you open]}}}\nstart: a\nstates: {a: {end: z}}")
	}
	l := LibraryOf(source("one", "notice"))
	if f, g := l.ForIntent(&parrot{says: "hours"}, "are you open today"); f == nil || f.Name != "one" || g.Score != 0.9 {
		t.Errorf("%v %+v", f, g)
	}
	if f, _ := l.ForIntent(&parrot{says: "other"}, "are you open today"); f != nil {
		t.Errorf("%s is started by an intent that nobody listens for", f.Name)
	}
	alert := LibraryOf(source("one", "alert"))
	if f, _ := alert.ForIntent(&parrot{says: "hours"}, "are you open today"); f != nil {
		t.Error("an alert is started by a guess")
	}
	both := &Library{flows: []*Flow{source("early", "notice"), source("later", "notice")}, rank: map[string]int{"later": 1}}
	both.teach()
	if f, _ := both.ForIntent(&parrot{says: "hours"}, "open?"); f == nil || f.Name != "later" {
		t.Errorf("%v is started", f)
	}
}
