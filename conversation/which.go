package conversation

import (
	"strings"
	"unicode/utf8"

	"parley/flows"
)

// askWhich asks the customer which of two open questions an answer is for. Until
// that is known, nothing is done with it.
func (s *step) askWhich(older, newer candidate, said flows.Said) {
	s.askWhichOf(older, newer, s.gist(older), s.gist(newer), Which{Text: Text{Text: said.Text, Media: said.Media}})
}

// askWhichOf asks it in the words for each.
func (s *step) askWhichOf(older, newer candidate, first, second string, w Which) {
	a, b := s.c.State.Runs[older.i], s.c.State.Runs[newer.i]
	w.Older, w.Newer = a.ID, b.ID
	s.c.State.Which = &w
	text := ownText("which", s.c.State.Language, s.env.Line)
	text = strings.ReplaceAll(text, "{first}", first)
	text = strings.ReplaceAll(text, "{second}", second)
	s.record(Decision{About: "reading", Choice: "ask which", Run: b.ID, Why: "fits two open questions, one of them an alert or to be confirmed"})
	class := flows.Notice
	if a.Alert || b.Alert {
		class = flows.Alert
	}
	s.send(draft{class: class, text: text})
}

// gist is the beginning of a question, enough to tell it from another.
func (s *step) gist(c candidate) string {
	m := c.flow.Repeat(s.scope(), s.c.State.Runs[c.i].Run)
	if len(m.Says) == 0 {
		return c.flow.Title
	}
	text := m.Says[len(m.Says)-1].Text
	const most = 60
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	runes := []rune(text)[:most]
	for i := most - 1; i > most/2; i-- {
		if runes[i] == ' ' {
			return string(runes[:i]) + "..."
		}
	}
	return string(runes) + "..."
}

// askSure asks for a yes before a transition that wants to be confirmed is made on
// words that may have meant something else.
func (s *step) askSure(c candidate, said flows.Said) {
	run := &s.c.State.Runs[c.i]
	s.c.State.Which = &Which{Text: Text{Text: said.Text, Media: said.Media}, Newer: run.ID, Intent: c.reading.Intent}
	choice := strings.ReplaceAll(choiceOf(c.reading), "_", " ")
	text := strings.ReplaceAll(ownText("sure", run.Language, s.env.Line), "{choice}", strings.ToUpper(choice))
	s.record(Decision{About: "reading", Choice: "ask again", Layer: c.reading.Layer, Intent: c.reading.Intent, Run: run.ID, Flow: run.Flow, State: run.State,
		Why: "the transition asks to be confirmed and this was not its exact word"})
	s.send(draft{run: run, class: c.flow.Class, text: text})
}

// which reads the answer to askWhich, askSure or askBack. False: nothing was asked, or the
// text is no choice and is read as usual.
func (s *step) which(e Event) bool {
	said := flows.Said{Text: e.Text.Text, Media: e.Text.Media}
	w := s.c.State.Which
	if w == nil {
		return false
	}
	s.c.State.Which, s.unchosen = nil, w
	if w.Likely != nil {
		return s.whichLikely(w, e)
	}
	if w.Code != "" {
		return s.whichCode(w, said)
	}
	if w.Numbered {
		return s.whichNumber(w, said)
	}
	run, decided := w.choose(s.env.Reader, said.Text, s.c.State.Language)
	original := flows.Said{Text: w.Text.Text, Media: w.Text.Media}
	if run != "" && run == w.RestOf {
		original.Text = w.Rest
	}
	c, ok := s.understood(w, run, original)
	if decided && ok && w.Older != "" && s.isYes(c) {
		c, original, decided = s.stillYes(c, original, said)
	}
	if !decided {
		return w.Older != "" && s.again(w, said)
	}
	if run == "" { // not what was meant: the question stands
		if i := s.run(w.Newer); i >= 0 {
			if f, ok := s.version(i); ok {
				s.move(i, f.Repeat(s.scope(), s.c.State.Runs[i].Run))
			}
		}
		return true
	}
	if !ok || !c.reading.Fits {
		// Its yes is no answer to the question itself.
		return w.Older == "" && s.leaveOpen(w, "what was confirmed no longer fits the question")
	}
	c.reading.Confirm = false
	s.take(c, original)
	return true
}

// stillYes looks at what stands behind a choice for which a YES to an alert is to be carried
// out: "1 no" is a NO. False: it takes the YES back, and says nothing in its place.
func (s *step) stillYes(c candidate, yes, said flows.Said) (candidate, flows.Said, bool) {
	said.Text = strings.Join(strings.Fields(said.Text)[1:], " ")
	if said.Text == "" {
		return c, yes, true
	}
	now, ok := s.consider(c.i, said)
	return now, said, ok && now.reading.Fits
}

// understood reads the answer that was cleared up once more, with the intent that a
// classifier found in it.
func (s *step) understood(w *Which, run string, original flows.Said) (candidate, bool) {
	c, ok := s.consider(s.run(run), original)
	if ok && !c.reading.Fits && w.Intent != "" {
		c.reading = c.flow.Read(s.scope(), fixed(w.Intent), s.c.State.Runs[c.i].Run, original)
	}
	return c, ok
}

// again leaves it to a person when a text chooses neither of two questions and
// fits both once more. A NO to two alerts needs no choice.
func (s *step) again(w *Which, said flows.Said) bool {
	older, a := s.consider(s.run(w.Older), said)
	newer, b := s.consider(s.run(w.Newer), said)
	if !a || !b || !older.reading.Fits || !newer.reading.Fits || s.isNo(older) && s.isNo(newer) {
		return false
	}
	return s.leaveOpen(w, "did not say which of two questions was answered")
}

func (s *step) leaveOpen(w *Which, why string) bool {
	s.handOver(Handing{Reason: "unclear", Note: why, Run: w.Newer, Priority: flows.Alert})
	return true
}

// choose reads a choice: the run that was meant, "" for neither; false: no choice.
func (w *Which) choose(rd flows.Reader, text, language string) (run string, decided bool) {
	if w.Older != "" {
		switch first, _, _ := strings.Cut(words(text), " "); first {
		case "1":
			return w.Older, true
		case "2":
			return w.Newer, true
		}
		return "", false
	}
	intent, ok, _ := rd.Read(text, language, []string{"no", "yes"})
	if ok && intent == "yes" {
		return w.Newer, true
	}
	return "", ok && intent == "no"
}
