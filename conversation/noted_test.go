package conversation

import (
	"slices"
	"testing"

	"parley/flows"
)

// counting guesses a text to mean itself.
type counting struct{ flows.Reader }

func (counting) Guess(_ *flows.Lesson, text string, _ []string) flows.Guess {
	if text == "" {
		return flows.Guess{}
	}
	return flows.Guess{Intent: text}
}

// starting asks for a guess as a Library does.
type starting struct{ Flows }

func (starting) ForIntent(g flows.Guesser, text string) (*flows.Flow, flows.Guess) {
	return nil, g.Guess(nil, text, nil)
}

// TestAGuessIsNotedOnce: a replay gives each who asked what they were answered, also
// when several texts are read in one step, and what nothing was guessed of.
func TestAGuessIsNotedOnce(t *testing.T) {
	var took Took
	reader := noted(counting{}, &took).(flows.Guesser)
	all := taking{Flows: starting{}, took: &took}
	played := func(f Flows, g flows.Guesser) (out []string) {
		for _, text := range []string{"", "start", "other"} {
			_, guess := f.ForIntent(g, text)
			out = append(out, guess.Intent, g.Guess(nil, "answer "+text, nil).Intent)
		}
		return out
	}
	was := played(all, reader)
	got := played(&replaying{took: took, versions: func(string) (*flows.Flow, bool) { return nil, false }}, &recalling{guesses: took.Guess})
	if !slices.Equal(was, got) || was[2] != "start" {
		t.Errorf("replayed %q, was %q", got, was)
	}
}
