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

// numbered reads a text that names its question by number, before or after the
// answer: "2 yes", "no #2".
func (s *step) numbered(said flows.Said) (candidate, flows.Said, bool) {
	fields := strings.Fields(said.Text)
	if len(fields) < 2 || len(fields) > 60 {
		return candidate{}, said, false
	}
	last := len(fields) - 1
	for _, at := range []int{0, last} {
		n, err := strconv.Atoi(strings.Trim(fields[at], "#:.,)("))
		if err != nil {
			continue
		}
		i := slices.IndexFunc(s.c.State.Runs, func(r Run) bool { return r.Number == n && r.Wait > 0 && r.OpenAt > 0 })
		if n <= 0 || i < 0 {
			continue
		}
		if !s.shows(s.c.State.Runs[i]) { // it was numbered once: what fits as it stands is the answer
			if c, ok := s.consider(i, said); ok && c.reading.Fits {
				continue
			}
		}
		rest := said
		rest.Text = strings.Join(slices.Delete(slices.Clone(fields), at, at+1), " ")
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

// whichNumber reads the answer to askNumber. False: it is no bare number, and is
// read as usual.
func (s *step) whichNumber(w *Which, said flows.Said) bool {
	n, err := strconv.Atoi(strings.Trim(strings.TrimSpace(said.Text), "#:.,)("))
	i := slices.IndexFunc(s.c.State.Runs, func(r Run) bool { return r.Number == n && r.Wait > 0 })
	if err != nil || n <= 0 || i < 0 {
		return false
	}
	original := flows.Said{Text: w.Text.Text, Media: w.Text.Media}
	c, ok := s.consider(i, original)
	if !ok || !c.reading.Fits {
		return false
	}
	s.take(c, original)
	return true
}
