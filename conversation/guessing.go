package conversation

import (
	"slices"

	"parley/flows"
)

// guesser is the part of the Reader that reads by examples; nil: it has none.
func (s *step) guesser() flows.Guesser {
	g, _ := s.env.Reader.(flows.Guesser)
	return g
}

// guessed reads a text that nothing certain could read by the examples of the intents
// that the front question listens for. What it guessed stays in front, sure or not.
func (s *step) guessed(front *candidate, said flows.Said) bool {
	run := s.c.State.Runs[front.i]
	reading, guess, asked := front.flow.Guess(s.guesser(), run.Run, said)
	if !asked {
		return false
	}
	front.guess = guess
	if !reading.Fits {
		s.record(Decision{About: "reading", Choice: "unsure", Layer: "model", Intent: guess.Intent, Score: guess.Score, Second: guess.Second,
			Run: run.ID, Flow: run.Flow, State: run.State, Why: "no example is near enough"})
		return false
	}
	front.reading = reading
	s.take(*front, said)
	return true
}

// intended starts a flow by a text that means one of the intents that start flows,
// unless the front question is one that no guess may leave.
func (s *step) intended(e Event) bool {
	g := s.guesser()
	if g == nil || words(e.Text.Text) == "" {
		return false
	}
	if i := s.front(); i >= 0 {
		if f, ok := s.version(i); !ok || !f.Guesses() {
			return false
		}
	}
	f, guess := s.env.Flows.ForIntent(g, e.Text.Text)
	d := Decision{About: "reading", Choice: "unsure", Layer: "model", Intent: guess.Intent, Score: guess.Score, Second: guess.Second, Why: "no example is near enough"}
	switch {
	case guess.Intent == "":
		return false
	case f != nil && slices.ContainsFunc(s.c.State.Runs, func(r Run) bool { return r.Flow == f.Name }):
		d.Why = "its flow is live already" // what its question does not take, it need not hear from the start
		fallthrough
	case f == nil:
		s.record(d)
		return false
	}
	d.Choice, d.Flow, d.Why = guess.Intent, f.Name, "starts the flow"
	s.record(d)
	return s.startedByText(f, nil)
}

// noted is the reader with its guesses noted: a later version may train otherwise, and
// a replay must not depend on it.
func noted(r flows.Reader, took *Took) flows.Reader {
	if g, ok := r.(flows.Guesser); ok {
		return noting{r, g, took}
	}
	return r
}

type noting struct {
	flows.Reader
	guesser flows.Guesser
	took    *Took
}

// Guess asks the Reader and notes its answer.
func (n noting) Guess(lesson *flows.Lesson, text string, listen []string) flows.Guess {
	guess := n.guesser.Guess(lesson, text, listen)
	n.took.Guess = append(n.took.Guess, guess)
	return guess
}

// recalling is a Reader that guesses what was guessed.
type recalling struct {
	flows.Reader
	guesses []flows.Guess
}

// Guess is the next of the guesses that were noted.
func (r *recalling) Guess(*flows.Lesson, string, []string) flows.Guess {
	if len(r.guesses) == 0 {
		return flows.Guess{}
	}
	guess := r.guesses[0]
	r.guesses = r.guesses[1:]
	return guess
}
