package conversation

import (
	"slices"

	"parley/flows"
)

// classifyTimeout is how long a text waits for a classifier before it is read
// without one (ms).
const classifyTimeout = 15_000

// mostClassified is how many texts of one conversation a classifier is asked about
// within an hour: a stranger must not spend the day's budget of all others.
const mostClassified = 20

// classify asks the slow classifier what a text means for the front question; false:
// it is not to be asked, or not again within the hour.
func (s *step) classify(c candidate, e Event) bool {
	asking, ok := s.asking(c, e)
	if !ok {
		return false
	}
	run := s.c.State.Runs[c.i]
	spent := Hourly{Since: s.env.Now}
	if was := s.c.State.Classified; was != nil && s.env.Now-was.Since < 3_600_000 {
		spent = *was
	}
	if spent.Texts >= mostClassified {
		s.record(Decision{About: "reading", Choice: "no classifier", Why: "it was asked too often within the hour", Run: run.ID, Flow: run.Flow, State: run.State})
		return false
	}
	spent.Texts++
	s.c.State.Classified = &spent
	e = s.stamped(e)
	id := s.job(Job{Kind: JobClassify, Run: run.ID, Wait: run.Wait, Data: asking.data()})
	s.c.State.Pending = &Pending{Effect: id, Kind: JobClassify, Run: run.ID, Wait: run.Wait, Text: e}
	if c.guess.Intent != "" {
		s.c.State.Pending.Guess = &c.guess
	}
	s.c.State.Timers = append(s.c.State.Timers, Timer{Kind: TimerEffect, Run: run.ID, Wait: run.Wait, At: s.env.Now + classifyTimeout})
	s.record(Decision{About: "reading", Choice: "asked the classifier", Run: run.ID, Flow: run.Flow, State: run.State})
	return true
}

// result takes what a slow effect brought back, if somebody still waits for it.
func (s *step) result(r Result) {
	if r.Kind == JobCall {
		if !s.called(r) {
			s.ignore()
		}
		return
	}
	p := s.c.State.Pending
	if p == nil || p.Effect != r.Effect || p.Wait != r.Wait || s.c.State.Epoch != r.Epoch || !s.bot() {
		s.ignore()
		return
	}
	i := s.run(p.Run)
	if i < 0 || s.c.State.Runs[i].Wait != p.Wait {
		s.unclassified(*p, Likely{})
		return
	}
	f, ok := s.version(i)
	if !ok {
		s.forgetPending("texts that were held are left to a person")
		return
	}
	s.classified(candidate{i: i, flow: f, guess: p.guess()}, *p, r)
}

// classified reads a text by what the classifier made of it. It may be wrong, and a text
// may have talked it into anything: only what a guess may decide comes of it.
func (s *step) classified(c candidate, p Pending, r Result) {
	a, problem := r.answer()
	run := s.c.State.Runs[c.i]
	said := flows.Said{Text: p.Text.Text.Text, Media: p.Text.Text.Media}
	d := Decision{About: "reading", Choice: "unsure", Layer: "llm", Second: a.Other, Why: "it means nothing of what is listened for", Prompt: a.Prompt,
		Tokens: a.Tokens, Cost: a.Cost, Run: run.ID, Flow: run.Flow, State: run.State}
	c.reading = c.flow.Heard(s.scope(), run.Run, said, a.Intent, a.Value, "llm")
	switch {
	case problem != "":
		d.Choice, d.Second, d.Why = "no classifier", "", problem
		s.record(d)
		s.unclassified(p, likelyOf(p.guess()))
	case !c.reading.Fits:
		s.record(d)
		s.unclassified(p, Likely{Layer: "llm"})
	case !a.Certain || c.reading.Captured != nil: // a value is repeated to the customer first
		d.Choice, d.Intent, d.Why = choiceOf(c.reading), c.reading.Intent, "likely"
		s.record(d)
		s.unclassified(p, Likely{Layer: "llm", Intent: a.Intent, Value: a.Value, Second: a.Other})
	default:
		s.settlePending()
		c.guess, c.spent = flows.Guess{Second: a.Other}, d
		s.take(c, said)
		s.release()
	}
}

// unclassified goes on without the classifier. When the run has ended meanwhile,
// the text is read anew: it must not be lost over it. When the run has moved on,
// the text is kept and moves nothing: it cannot be an answer to the new question.
func (s *step) unclassified(p Pending, likely Likely) {
	s.settlePending()
	s.reads = true
	switch i := s.run(p.Run); {
	case i < 0:
		s.text(p.Text)
	case s.c.State.Runs[i].Wait != p.Wait:
		run := s.c.State.Runs[i]
		s.record(Decision{About: "reading", Choice: "kept", Run: run.ID, Flow: run.Flow, State: run.State, Why: "its run has moved on to another question"})
	default:
		if f, ok := s.version(i); ok {
			s.unread(candidate{i: i, flow: f, guess: p.guess()}, p.Text, likely)
		}
	}
	s.release()
}

// fixed is a Reader that has made up its mind.
type fixed string

// Read returns the intent, if the question listens for it.
func (f fixed) Read(_, _ string, intents []string) (string, bool, bool) {
	return string(f), slices.Contains(intents, string(f)), false
}

// Skim adds nothing to what is fixed.
func (fixed) Skim(_, _ string, _ []string) (string, bool) { return "", false }
