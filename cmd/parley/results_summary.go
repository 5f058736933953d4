package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"parley/conversation"
)

// summary counts results as they pass by. What it keeps does not grow with their
// number: outcomes, names, and how often each whole second was the time to answer.
type summary struct {
	runs     int
	outcomes map[string]int
	answers  map[string]bool
	states   map[string]bool // with readings
	waits    map[int64]int   // seconds to the first answer → how often
	answered int
}

func newSummary() *summary {
	return &summary{outcomes: map[string]int{}, answers: map[string]bool{}, states: map[string]bool{}, waits: map[int64]int{}}
}

func (s *summary) add(e conversation.Ended) error {
	s.runs++
	s.outcomes[outcomeOf(e)]++
	for name := range e.Details.Answers {
		s.answers[name] = true
	}
	for _, r := range e.Details.Readings {
		s.states[r.State] = true
	}
	if e.AnswerIn > 0 {
		s.answered++
		s.waits[e.AnswerIn/1000]++
	}
	return nil
}

// median is the middle of the times to the first answer.
func (s *summary) median() time.Duration {
	var seconds []int64
	for n := range s.waits {
		seconds = append(seconds, n)
	}
	slices.Sort(seconds)
	left := (s.answered - 1) / 2
	for _, n := range seconds {
		if left -= s.waits[n]; left < 0 {
			return time.Duration(n) * time.Second
		}
	}
	return 0
}

// print writes the head of the table: outcomes as a small bar chart.
func (s *summary) print(out io.Writer, flow string) {
	fmt.Fprintf(out, "%s: %s", flow, plural(s.runs, "run"))
	if s.answered > 0 {
		fmt.Fprintf(out, ", %d answered, half of them within %v", s.answered, s.median())
	}
	fmt.Fprintln(out)
	var names []string
	width := 0
	for name := range s.outcomes {
		names = append(names, name)
		width = max(width, len(name))
	}
	slices.SortFunc(names, func(a, b string) int {
		if s.outcomes[a] != s.outcomes[b] {
			return s.outcomes[b] - s.outcomes[a]
		}
		return strings.Compare(a, b)
	})
	const bar = 30
	for _, name := range names {
		n := s.outcomes[name]
		fmt.Fprintf(out, "  %-*s %6d %4.0f%% %s\n", width, name, n, 100*float64(n)/float64(s.runs), strings.Repeat("█", max(1, n*bar/s.runs)))
	}
}
