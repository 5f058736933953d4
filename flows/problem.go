package flows

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Severity says whether a problem keeps a flow from being used.
type Severity string

// The severities of problems.
const (
	Error   Severity = "error"   // the flow is refused
	Warning Severity = "warning" // the flow runs; somebody should look
)

// Problem is one finding in a flow or dialogue file, with its place. Line and Col
// count from 1 in characters; 0 means that the place is not known (a stored flow
// has no lines).
type Problem struct {
	File     string
	Line     int
	Col      int
	Severity Severity
	Rule     string // names the kind of finding
	Message  string // what is wrong: what to do
	Source   string // the line of the file
}

// Error prints "file:line:col: what is wrong: what to do", and beneath it the
// line of the file with a caret at the place.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Col)
	}
	b.WriteString(": ")
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Message)
	if p.Line > 0 && strings.TrimSpace(p.Source) != "" {
		p.caret(&b)
	}
	return b.String()
}

// maxSource bounds how much of a long line is shown.
const maxSource = 160

func (p *Problem) caret(b *strings.Builder) {
	line := []rune(strings.ReplaceAll(p.Source, "\t", " "))
	at := max(0, p.Col-1)
	from := 0
	if at > maxSource-20 {
		from = min(at-maxSource/2, len(line))
	}
	line = line[from:min(len(line), from+maxSource)]
	b.WriteString("\n    ")
	b.WriteString(strings.TrimRight(string(line), " \r"))
	b.WriteString("\n    ")
	b.WriteString(strings.Repeat(" ", max(0, at-from)))
	b.WriteByte('^')
}

// Problems takes an error of this package apart into its problems, sorted by
// file and place; what several flows share is said once. An error that holds none is
// nil.
func Problems(err error) []*Problem {
	var found []*Problem
	collect(err, &found)
	byPlace(found)
	seen := map[Problem]bool{}
	return slices.DeleteFunc(found, func(p *Problem) bool {
		before := seen[*p]
		seen[*p] = true
		return before
	})
}

func byPlace(problems []*Problem) {
	slices.SortStableFunc(problems, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}

func collect(err error, into *[]*Problem) {
	if p, ok := err.(*Problem); ok {
		*into = append(*into, p)
		return
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			collect(e, into)
		}
		return
	}
	if inner := errors.Unwrap(err); inner != nil {
		collect(inner, into)
	}
}

// join makes one error of the problems that have the severity Error.
func join(problems []*Problem) error {
	byPlace(problems)
	var errs []error
	for _, p := range problems {
		if p.Severity == Error {
			errs = append(errs, p)
		}
	}
	return errors.Join(errs...)
}
