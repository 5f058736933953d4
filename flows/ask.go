package flows

import (
	"slices"
	"strings"
)

// Ask is what a slow classifier may answer to the question of a state that waits. It is
// the same for every customer: nothing of the run is in it.
type Ask struct {
	Intents []Meaning `json:"intents,omitempty"` // what a guess may decide, in the author's order
	Value   string    `json:"value,omitempty"`   // the type of the answer that the state captures; "" : none
}

// Meaning is an intent as its author describes it.
type Meaning struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Examples    []string `json:"examples,omitempty"` // a few, in the customer's language where there are any
}

// mostShown is how many examples of an intent a Meaning has.
const mostShown = 3

// Ask says what may be asked about the question of a state; false: nobody outside is
// asked. Alerts, codes and flows that say llm: false are not, and of what is asked all
// that a guess may not decide is left out.
func (f *Flow) Ask(stateName, language string) (Ask, bool) {
	s := f.states[stateName]
	if s == nil || !s.asks() || f.local || !f.Guesses() {
		return Ask{}, false
	}
	a := Ask{Value: f.Captures(stateName)}
	for _, name := range f.listen(s) {
		a.Intents = append(a.Intents, f.intents[name].meaning(name, language))
	}
	return a, len(a.Intents) > 0 || a.Value != ""
}

// Local says that no text of the flow is shown to anybody outside: it says llm: false.
func (f *Flow) Local() bool { return f.local }

// listen lists the intents of a state that a guess may decide.
func (f *Flow) listen(s *state) []string {
	var out []string
	for _, r := range append(slices.Clip(s.urgent), s.replies...) {
		if f.guessed(r) && !slices.Contains(out, r.intent) {
			out = append(out, r.intent)
		}
	}
	return out
}

func (i *intent) meaning(name, language string) Meaning {
	examples := i.examples[language]
	for _, other := range i.examples {
		if len(examples) == 0 && len(i.examples) == 1 {
			examples = other
		}
	}
	return Meaning{Name: name, Description: i.description, Examples: slices.Clone(examples[:min(len(examples), mostShown)])}
}

// Heard is the reading of what was guessed of a text, by whomever: the intent, "" for
// none, and the words of the text that answer the question, "" for none. Whatever is
// said, only what a guess may decide comes of it, and of a value only what the state's
// own capture makes of words that the customer wrote.
func (f *Flow) Heard(sc Scope, run Run, said Said, intent, value, layer string) Reading {
	none := Reading{Reply: -1}
	s := f.states[run.State]
	if s == nil || !s.asks() || !f.Guesses() {
		return none
	}
	r, fits := none, false
	if intent != "" {
		if r, fits = f.chosen(s, intent, layer); !fits {
			return none
		}
	}
	words := Fold(value)
	if words == "" || !strings.Contains(" "+Fold(bounded(said.Text))+" ", " "+words+" ") {
		return r
	}
	v := s.wanted()
	if v == nil {
		return r
	}
	got, ok := v.capture(f.answer(sc, run, Said{Text: value}))
	switch {
	case !ok && intent == "":
		return none
	case ok:
		r.Fits, r.Layer, r.Captured = true, layer, map[string]any{v.name: got}
	}
	return r
}

// chosen is the reading of the first reply that listens for the intent and that a guess
// may decide, emergency words first.
func (f *Flow) chosen(s *state, intent, layer string) (Reading, bool) {
	for _, on := range []bool{true, false} {
		replies := s.replies
		if on {
			replies = s.urgent
		}
		if i := slices.IndexFunc(replies, func(r *reply) bool { return r.intent == intent && f.guessed(r) }); i >= 0 {
			r := replies[i].reading(i, layer)
			r.On = on
			return r, true
		}
	}
	return Reading{Reply: -1}, false
}
