package conversation

import (
	"slices"
	"strconv"
	"strings"

	"parley/flows"
)

// number gives a run that begins beside another of its flow the number by which the
// customer can tell them apart, and the other one its own.
func (s *step) number(f *flows.Flow) int {
	if f.Overlap != "parallel" {
		return 0
	}
	beside := false
	for i := range s.c.State.Runs {
		run := &s.c.State.Runs[i]
		if run.Flow != f.Name {
			continue
		}
		beside = true
		if run.Number == 0 {
			run.Number = s.freeNumber()
		}
	}
	if !beside {
		return 0
	}
	return s.freeNumber()
}

// freeNumber is the smallest that no live run has.
func (s *step) freeNumber() int {
	n := 1
	for slices.ContainsFunc(s.c.State.Runs, func(r Run) bool { return r.Number == n }) {
		n++
	}
	return n
}

// marked puts a question's number before it while more than one run of its flow is
// live.
func (s *step) marked(run *Run, text string, question bool) string {
	if !question || text == "" || !s.shows(*run) {
		return text
	}
	return strconv.Itoa(run.Number) + ": " + text
}

// shows says whether the run's questions bear its number: another of its flow is live.
func (s *step) shows(run Run) bool {
	return run.Number > 0 && slices.ContainsFunc(s.c.State.Runs, func(r Run) bool { return r.Flow == run.Flow && r.ID != run.ID })
}

// byNumber takes a text that names its question by number.
func (s *step) byNumber(e Event, said flows.Said) bool {
	c, rest, ok := s.numbered(said)
	if !ok {
		return s.named(e, said)
	}
	if !s.namesOther(c, e, rest, said) {
		s.take(c, rest)
	}
	return true
}

// named takes a number that no alert has for the payment of the one alert that lists it,
// where the question in front does not.
func (s *step) named(e Event, said flows.Said) bool {
	fields := strings.Fields(said.Text)
	if len(fields) < 2 {
		return false
	}
	n := numberIn(fields[len(fields)-1])
	if n == 0 {
		return false
	}
	if front, open := s.consider(s.front(), said); open && front.reading.Fits {
		return false
	}
	meant, _ := s.listing(n, e, said)
	if len(meant) == 1 {
		s.take(meant[0], said)
	}
	return len(meant) == 1
}

// namesOther deals with a NO and a number that may be an alert's own, and that of a payment
// which an open alert lists: "NO 2". Within one alert it is the payment's, so that nothing
// is denied that was not named; of two the customer says which. Of a YES they do always.
func (s *step) namesOther(c candidate, e Event, rest, said flows.Said) bool {
	run := s.c.State.Runs[c.i]
	switch {
	case s.unchosen != nil && s.unchosen.Numbered: // asked for an alert's number, they gave it
		return false
	case run.Alert && c.reading.Intent == "yes" && slices.ContainsFunc(s.c.State.Runs, func(r Run) bool { return r.Alert && r.Wait > 0 && len(r.Choices) >= run.Number }):
		s.askNumber(run, rest)
		return true
	case !s.isNo(c):
		return false
	}
	meant, words := s.listing(run.Number, e, said)
	at := slices.IndexFunc(meant, func(m candidate) bool { return m.i == c.i })
	switch {
	case len(meant) == 0:
		return false
	case at < 0 && run.Wait > 0:
		meant, words = append(meant, c), append(words, s.gist(c))
	}
	w := Which{Text: Text{Text: said.Text, Media: said.Media}}
	if at < 0 {
		w.Rest, w.RestOf = rest.Text, run.ID
	}
	switch {
	case len(meant) == 1:
		s.take(meant[0], said)
	case len(meant) > 2 || s.unchosen != nil && s.unchosen.Older != "":
		s.handOver(Handing{Reason: "unclear", Note: "named a number that several open alerts have", Run: run.ID, Priority: flows.Alert})
	case meant[0].i < meant[1].i:
		s.askWhichOf(meant[0], meant[1], words[0], words[1], w)
	default:
		s.askWhichOf(meant[1], meant[0], words[1], words[0], w)
	}
	return true
}

// listing finds the open alerts in whose lists the text names number n, and what stands
// there.
func (s *step) listing(n int, e Event, said flows.Said) (meant []candidate, words []string) {
	for i, run := range s.c.State.Runs {
		c, ok := s.alerted(i, e, said)
		if ok && run.Wait > 0 && len(run.Choices) >= n && c.reading.Intent != "yes" && !s.isNo(c) {
			meant, words = append(meant, c), append(words, run.Choices[n-1].Label)
		}
	}
	return meant, words
}

// numberIn is the number that a word is, whatever marks stand around it; 0: it is none.
func numberIn(word string) int {
	n, err := strconv.Atoi(strings.Trim(word, " #:;.,!()"))
	if err != nil {
		return 0
	}
	return max(0, n)
}

// beforeNumbers are words that say that a number comes, and nothing else: "no, number 2".
var beforeNumbers = map[string]bool{"number": true, "nr": true, "the": true, "numero": true, "el": true, "la": true, "le": true, "nummer": true, "die": true, "il": true, "o": true, "a": true}

// numbered reads a text that names its question by number, before or after the
// answer: "2 yes", "no #2". An alert that only listens is named so as well.
func (s *step) numbered(said flows.Said) (candidate, flows.Said, bool) {
	fields := strings.Fields(said.Text)
	if len(fields) < 2 || len(fields) > 60 {
		return candidate{}, said, false
	}
	last := len(fields) - 1
	for _, at := range []int{0, last} {
		n := numberIn(fields[at])
		i := slices.IndexFunc(s.c.State.Runs, func(r Run) bool { return r.Number == n && (r.Wait > 0 && r.OpenAt > 0 || r.Wait == 0 && r.Alert) })
		if n == 0 || i < 0 {
			continue
		}
		if !s.shows(s.c.State.Runs[i]) { // it was numbered once: what fits as it stands is the answer
			if c, ok := s.consider(i, said); ok && c.reading.Fits {
				continue
			}
		}
		from := at
		if at > 0 && beforeNumbers[words(fields[at-1])] {
			from--
		}
		rest := said
		rest.Text = strings.Join(slices.Delete(slices.Clone(fields), from, at+1), " ")
		if c, ok := s.consider(i, rest); ok && c.reading.Fits {
			return c, rest, true
		}
	}
	return candidate{}, said, false
}

// ambiguous asks for the number when a plain answer fits more than one numbered
// question that the customer can have seen.
func (s *step) ambiguous(front candidate, e Event, said flows.Said) bool {
	run := s.c.State.Runs[front.i]
	if run.Number == 0 || !front.reading.Fits || front.reading.On {
		return false
	}
	for i, other := range s.c.State.Runs {
		if i == front.i || other.Flow != run.Flow || other.Wait == 0 || other.OpenAt == 0 || s.written(e) < other.OpenAt {
			continue
		}
		if c, ok := s.consider(i, said); ok && c.reading.Fits {
			s.askNumber(run, said)
			return true
		}
	}
	return false
}

// askNumber asks the customer to say which question is meant; until then nothing is
// done with the answer.
func (s *step) askNumber(run Run, said flows.Said) {
	class := flows.Notice
	if run.Alert {
		class = flows.Alert
	}
	s.c.State.Which = &Which{Text: Text{Text: said.Text, Media: said.Media}, Newer: run.ID, Numbered: true}
	text := strings.ReplaceAll(ownText("number", run.Language, s.env.Line), "{n}", strconv.Itoa(run.Number))
	s.record(Decision{About: "reading", Choice: "ask for the number", Run: run.ID, Flow: run.Flow, State: run.State, Why: "fits more than one question of the flow"})
	s.send(draft{class: class, text: text})
}

// whichNumber reads the answer to askNumber. False: it is no bare number, and is read as
// usual. That of no open alert is left to a person: what alerts list has numbers too.
func (s *step) whichNumber(w *Which, said flows.Said) bool {
	n := numberIn(said.Text)
	if n == 0 {
		return false
	}
	original := flows.Said{Text: w.Text.Text, Media: w.Text.Media}
	i := slices.IndexFunc(s.c.State.Runs, func(r Run) bool { return r.Number == n && r.Wait > 0 })
	if c, ok := s.consider(i, original); ok && c.reading.Fits {
		s.take(c, original)
		return true
	}
	asked := s.run(w.Newer)
	return asked >= 0 && s.c.State.Runs[asked].Alert && s.leaveOpen(w, "named no question that is open")
}
