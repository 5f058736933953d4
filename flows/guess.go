package flows

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Guesser reads free text by the examples that authors gave. It is deterministic and
// does no I/O, like a Reader, but it is never certain: what it may decide is said by
// Flow.Guesses and guessed, and by nobody else.
type Guesser interface {
	// Guess says which of the intents in listen the text most likely means, and which
	// comes next. The lesson's other intents count as something else. It is Sure when
	// one may act on it.
	Guess(lesson *Lesson, text string, listen []string) Guess
}

// Guess is what a Guesser made of a text.
type Guess struct {
	Intent string  `json:"i,omitempty"` // "" : nothing that is listened for
	Score  float64 `json:"p,omitempty"` // how likely that is right, 0 to 1
	Second string  `json:"s,omitempty"` // the runner-up; "" : there is none
	Sure   bool    `json:"ok,omitempty"`
}

// Lesson is what a Guesser learns from: examples by intent, those of all languages
// together. It belongs to a version of a flow, or to a library, and does not change.
type Lesson struct {
	Examples map[string][]string

	once    sync.Once
	learned any
}

// Learned is what learn made of the examples; it is made once.
func (l *Lesson) Learned(learn func(examples map[string][]string) any) any {
	l.once.Do(func() { l.learned = learn(l.Examples) })
	return l.learned
}

// Guesses says whether a guess may decide anything while the flow's question is in
// front, or start the flow. Alerts and codes are not for guessing: to act on the
// opposite of what was meant would cost more than to ask again.
func (f *Flow) Guesses() bool { return f.Class != Alert && f.Class != Code }

// guessed says whether a guess may be taken for the reply. Built-in intents have no
// examples: yes, no and their kind stay with the Reader, which knows them by every
// word. What has to be confirmed asks for its exact word.
func (f *Flow) guessed(r *reply) bool {
	return f.Guesses() && !r.confirm && f.intents[r.intent].taught()
}

// taught says whether the intent has examples; it may be nil.
func (i *intent) taught() bool { return i != nil && len(i.examples) > 0 }

// texts lists the examples of all languages, the keywords, and the name: it says what
// they are about.
func (i *intent) texts(name string) []string {
	var out []string
	for _, lang := range slices.Sorted(maps.Keys(i.examples)) {
		out = append(out, i.examples[lang]...)
	}
	out = append(out, i.keywords...)
	return append(out, strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(name))
}

// teach gathers the examples of the flow's intents.
func (f *Flow) teach() {
	examples := map[string][]string{}
	for name, i := range f.intents {
		if i.taught() {
			examples[name] = i.texts(name)
		}
	}
	if len(examples) > 0 {
		f.lesson = &Lesson{Examples: examples}
	}
}

// Lesson is what the flow teaches; nil: none of its intents has examples.
func (f *Flow) Lesson() *Lesson { return f.lesson }

// Guess reads a text that the state which waits could not read for certain, by the
// examples of the intents that it listens for. asked is false when there is nothing
// to guess. The reading fits only when the guess is sure.
func (f *Flow) Guess(g Guesser, run Run, said Said) (r Reading, guess Guess, asked bool) {
	r.Reply = -1
	s := f.states[run.State]
	text := bounded(said.Text)
	if s == nil || !s.asks() || g == nil || Fold(text) == "" {
		return r, guess, false
	}
	listen := f.listen(s)
	if len(listen) == 0 {
		return r, guess, false
	}
	guess = g.Guess(f.lesson, text, listen)
	if !guess.Sure {
		return r, guess, true
	}
	r, _ = f.chosen(s, guess.Intent, "model")
	return r, guess, true
}

// Example is a text for a guess to be made of: the first example, in the flow's first
// language that has any, of the intent that a reply of the state listens for under the
// name; of a state "", of the intent itself. "" : there is none.
func (f *Flow) Example(state, name string) string {
	if s := f.states[state]; s != nil {
		for _, r := range append(slices.Clip(s.urgent), s.replies...) {
			if f.guessed(r) && (r.as == name || r.as == "" && r.intent == name) {
				return f.Example("", r.intent)
			}
		}
		return ""
	}
	if i := f.intents[name]; i.taught() {
		for _, lang := range f.Languages {
			if list := i.examples[lang]; len(list) > 0 {
				return list[0]
			}
		}
	}
	return ""
}

// starts is an intent that starts a flow.
type starts struct {
	at   *node
	name string
}

// teach gathers the examples of the intents that start flows. One of a later folder
// goes before one of the same name in an earlier.
func (l *Library) teach() {
	examples := map[string][]string{}
	l.begins = map[string]*Flow{}
	for _, f := range l.flows {
		for _, s := range f.starting {
			if other := l.begins[s.name]; other == nil || l.rank[other.Name] < l.rank[f.Name] {
				l.begins[s.name] = f
				examples[s.name] = f.intents[s.name].texts(s.name)
			}
		}
	}
	if len(examples) > 0 {
		l.lesson = &Lesson{Examples: examples}
	}
}

// Lesson is what the library's flows teach of texts that start them; nil: none is
// started by an intent with examples.
func (l *Library) Lesson() *Lesson { return l.lesson }

// Lessons lists what the library and its flows teach.
func (l *Library) Lessons() []*Lesson {
	list := []*Lesson{l.lesson}
	for _, f := range l.flows {
		list = append(list, f.lesson)
	}
	return slices.DeleteFunc(list, func(l *Lesson) bool { return l == nil })
}

// ForIntent finds the flow that a text starts by the examples of an intent. The flow
// is nil when the guess is not sure.
func (l *Library) ForIntent(g Guesser, text string) (*Flow, Guess) {
	if l.lesson == nil || Fold(bounded(text)) == "" {
		return nil, Guess{}
	}
	var listen []string
	for _, name := range slices.Sorted(maps.Keys(l.begins)) {
		if l.begins[name].Guesses() {
			listen = append(listen, name)
		}
	}
	if len(listen) == 0 {
		return nil, Guess{}
	}
	guess := g.Guess(l.lesson, bounded(text), listen)
	if !guess.Sure {
		return nil, guess
	}
	return l.begins[guess.Intent], guess
}

// Near and Enough are what a guess has to be right with before the customer is asked
// about it, and before something is done by it. See docs/replies.md for what was measured.
const (
	Near   = 0.5
	Enough = 0.7
)

// Close says that a guess is too unsure to be acted upon and good enough to ask the
// customer about. One that is likely and still not sure has a guard against it: it may
// say the opposite, and is not asked about either.
func (g Guess) Close() bool {
	return !g.Sure && g.Intent != "" && g.Score >= Near && g.Score < Enough
}
