package conversation

import (
	"fmt"
	"slices"
	"strings"

	"parley/flows"
)

// likelyOf is what a guess may mean that is too close to be acted upon and good enough to
// be asked about; nothing of any other.
func likelyOf(g flows.Guess) Likely {
	if !g.Close() {
		return Likely{}
	}
	return guessOf(g)
}

func guessOf(g flows.Guess) Likely {
	if g.Intent == "" {
		return Likely{}
	}
	return Likely{Layer: "model", Intent: g.Intent, Score: g.Score, Second: g.Second}
}

// askBack asks the customer whether a text means what it was guessed to mean; false:
// nothing was, or the question has been asked back about once already.
func (s *step) askBack(c candidate, said flows.Said, likely Likely) bool {
	run := &s.c.State.Runs[c.i]
	if likely.Layer == "" || run.AskedBack == run.Wait {
		return false
	}
	reading := c.flow.Heard(s.scope(), run.Run, said, likely.Intent, likely.Value, likely.Layer)
	if !reading.Fits {
		return false
	}
	run.AskedBack = run.Wait
	likely.At = s.env.Now
	if reading.Captured == nil {
		likely.Value = "" // the flow's capture makes nothing of it
	}
	s.c.State.Which = &Which{Text: Text{Text: said.Text, Media: said.Media}, Newer: run.ID, Likely: &likely}
	s.record(Decision{About: "reading", Choice: "ask back", Layer: likely.Layer, Intent: likely.Intent, Score: likely.Score, Second: likely.Second,
		Run: run.ID, Flow: run.Flow, State: run.State, Why: "it may mean " + choiceOf(reading)})
	s.out.Run = run.ID
	s.send(draft{run: run, class: c.flow.Class, text: s.backText(c.flow, run, likely)})
	return true
}

// backText asks in the author's words, else by the intent's name, and repeats the words
// of the customer that were found to be a value.
func (s *step) backText(f *flows.Flow, run *Run, likely Likely) string {
	if ask := f.AskBack(likely.Intent, run.Language); ask != "" {
		if likely.Value != "" {
			ask += " (" + likely.Value + ")"
		}
		return ask + " " + ownText("yes_no", run.Language, s.env.Line)
	}
	choice := strings.ToUpper(strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(likely.Intent))
	if choice != "" && likely.Value != "" {
		choice += ", "
	}
	return strings.ReplaceAll(ownText("sure", run.Language, s.env.Line), "{choice}", choice+likely.Value)
}

// whichLikely reads the answer to askBack. A yes that cannot have been meant for it, and
// whatever is neither yes nor no, is read as usual.
func (s *step) whichLikely(w *Which, e Event) bool {
	said := flows.Said{Text: e.Text.Text, Media: e.Text.Media}
	c, ok := s.consider(s.run(w.Newer), said)
	if !ok || s.written(e) < w.Likely.At+seenAfter && !s.e.Test {
		return false
	}
	run := s.c.State.Runs[c.i]
	meant, decided := w.choose(s.env.Reader, said.Text, run.Language)
	if !decided {
		return false
	}
	original := flows.Said{Text: w.Text.Text, Media: w.Text.Media}
	c.reading = c.flow.Heard(s.scope(), run.Run, original, w.Likely.Intent, w.Likely.Value, w.Likely.Layer)
	d := Decision{About: "reading", Choice: "confirmed", Layer: "word", Intent: w.Likely.Intent, Run: run.ID, Flow: run.Flow, State: run.State, Why: "asked back, the customer said yes"}
	if meant == "" || !c.reading.Fits {
		d.Choice, d.Why = "denied", "asked back, the customer said no"
		s.record(d)
		s.thought = []Likely{*w.Likely}
		s.unfitting(c, original)
		s.thought = nil
		return true
	}
	s.record(d)
	c.guess = flows.Guess{Score: w.Likely.Score, Second: w.Likely.Second}
	s.take(c, original)
	return true
}

// guesses adds to a note for a person what the text was guessed to mean.
func (s *step) guesses(note string) string {
	var all []string
	for _, l := range s.thought {
		if text := l.words(); text != "" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	if len(all) == 0 {
		return note
	}
	return strings.TrimPrefix(note+"; it may have meant "+strings.Join(all, "; "), "; ")
}

func (l Likely) words() string {
	text := l.Layer + ": "
	switch {
	case l.Layer == "":
		return ""
	case l.Intent != "":
		text += l.Intent
	case l.Value != "":
		text += "an answer to the question"
	default:
		text += "nothing of what is listened for"
	}
	if l.Score > 0 {
		text += fmt.Sprintf(" (%.2f)", l.Score)
	}
	if l.Second != "" {
		text += ", then " + l.Second
	}
	return text
}
