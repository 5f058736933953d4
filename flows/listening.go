package flows

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// Listening is a set of intents that texts are read against: a flow's, one state's, or
// those of an intents file. It is for trying out how well they are understood.
type Listening struct {
	Names    []string // defined and built-in, sorted
	keywords map[string]string
	lesson   *Lesson
	guessed  []string // what a guess may decide
	intents  map[string]*intent
	skimmed  []string // what the beginning of a text may decide
}

// Listening is what the flow listens for in a state; "" : anywhere, whatever it starts
// by included.
func (f *Flow) Listening(state string) (*Listening, error) {
	l := &Listening{keywords: map[string]string{}, lesson: f.lesson}
	if state == "" {
		l.Names = append(slices.Collect(maps.Keys(f.intents)), intentNames...)
		if f.Guesses() {
			l.guessed, l.skimmed = l.Names, []string{"no", "yes"}
		}
		l.hear(f.intents)
		return l, nil
	}
	s := f.states[state]
	if s == nil {
		return nil, fmt.Errorf("the flow %s has no state %q: there are %s", f.Name, state, strings.Join(f.States(), ", "))
	}
	for _, r := range append(slices.Clip(s.urgent), s.replies...) {
		if r.intent == "" {
			continue
		}
		l.Names = append(l.Names, r.intent)
		if f.guessed(r) {
			l.guessed = append(l.guessed, r.intent)
		}
	}
	l.skimmed = f.skimmed(s)
	l.hear(f.intents)
	if len(l.Names) == 0 {
		return nil, fmt.Errorf("the state %s of %s listens for no intent", state, f.Name)
	}
	return l, nil
}

// hear gathers the keywords of what is listened for.
func (l *Listening) hear(intents map[string]*intent) {
	slices.Sort(l.Names)
	l.Names, l.intents = slices.Compact(l.Names), intents
	for _, name := range l.Names {
		if i := intents[name]; i != nil {
			for _, k := range i.keywords {
				l.keywords[k] = name
			}
		}
	}
	l.guessed = slices.DeleteFunc(slices.Clone(l.guessed), func(name string) bool { return !intents[name].taught() })
}

// LoadListening reads an intents file by itself, in all of its languages.
func LoadListening(file string) (*Listening, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	p, root := readFile(file, source)
	if root == nil {
		return nil, join(p.problems)
	}
	p.sharedIntents(root)
	if err := join(p.problems); err != nil {
		return nil, err
	}
	p.flow.teach()
	return p.flow.Listening("")
}

// Ask is what a slow classifier may answer: what a guess may decide.
func (l *Listening) Ask(language string) Ask {
	var a Ask
	for _, name := range slices.Sorted(slices.Values(l.guessed)) {
		a.Intents = append(a.Intents, l.intents[name].meaning(name, language))
	}
	return a
}

// Opposite says whether one intent must never be taken for the other: yes and no, and
// what authors have marked.
func (l *Listening) Opposite(a, b string) bool {
	if a == "yes" && b == "no" || a == "no" && b == "yes" {
		return true
	}
	marked := func(x, y string) bool { i := l.intents[x]; return i != nil && i.opposite == y && y != "" }
	return marked(a, b) || marked(b, a)
}

// Understood is what was made of a text.
type Understood struct {
	Intent string // "" : nothing certain enough
	Layer  string // word, lexicon, model, head
	Guess  Guess  // of the model, when it was asked
}

// Read reads a text as a waiting question would: by exact words, then by what the
// Reader is certain of, then by a sure guess, then by the yes or no that it begins with.
func (l *Listening) Read(rd Reader, text, language string) Understood {
	text = bounded(text)
	if name, ok := l.keywords[fold(text)]; ok {
		return Understood{Intent: name, Layer: "word"}
	}
	if intent, ok, _ := rd.Read(text, language, l.Names); ok {
		return Understood{Intent: intent, Layer: "lexicon"}
	}
	var u Understood
	if g, ok := rd.(Guesser); ok && l.lesson != nil && len(l.guessed) > 0 && Fold(text) != "" {
		u = Understood{Layer: "model", Guess: g.Guess(l.lesson, text, l.guessed)}
	}
	if u.Guess.Sure {
		u.Intent = u.Guess.Intent
	} else if intent, ok := rd.Skim(text, language, l.skimmed); ok {
		u.Intent, u.Layer = intent, "head"
	}
	return u
}
