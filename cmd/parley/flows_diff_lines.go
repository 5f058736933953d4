package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"parley/conversation"
)

// around is how many lines are shown before and after a difference.
const around = 2

// differences shows where a dialogue went otherwise: the lines of the file with
// their numbers, - what was written, + what came.
func (p paint) differences(w io.Writer, c *chat, one *played) {
	first := one.found[0]
	fmt.Fprintf(w, "%s %s:%d: %q\n", p.in(red, "FAIL"), c.name, first.Line, one.dialogue.Title)
	lines := strings.Split(strings.ReplaceAll(string(c.text), "\r\n", "\n"), "\n")
	last := 0
	for i, d := range one.found {
		from := max(d.Line-around, one.dialogue.Line, last+1)
		if last > 0 && from > last+1 {
			fmt.Fprintln(w, p.in(faint, "      …"))
		}
		p.context(w, lines, from, d.Line-1)
		p.difference(w, lines[d.Line-1], d, last < d.Line)
		last = d.Line
		if i+1 == len(one.found) || one.found[i+1].Line > d.Line+around {
			p.context(w, lines, d.Line+1, min(d.Line+around, one.end()))
			last = max(last, min(d.Line+around, one.end()))
		}
	}
}

// end is the dialogue's last line.
func (one *played) end() int { return one.dialogue.Steps[len(one.dialogue.Steps)-1].Line }

func (p paint) context(w io.Writer, lines []string, from, to int) {
	for n := from; n <= to; n++ {
		fmt.Fprintln(w, p.in(faint, fmt.Sprintf("%5d   %s", n, plainly(lines[n-1]))))
	}
}

// difference shows one; fresh says that its line has not been shown yet.
func (p paint) difference(w io.Writer, written string, d conversation.Difference, fresh bool) {
	written = strings.TrimSpace(plainly(written))
	got := plainly(d.Got)
	switch {
	case d.Err != nil:
		fmt.Fprintf(w, "%5d ! %s\n", d.Line, written)
		fmt.Fprintln(w, p.in(red, "      ! "+plainly(d.Err.Error())))
	case d.Added:
		if fresh {
			p.context(w, []string{written}, 1, 0)
			fmt.Fprintf(w, "%5d   %s\n", d.Line, written)
		}
		fmt.Fprintln(w, p.in(green, "      + "+got))
	default:
		fmt.Fprintln(w, p.in(red, fmt.Sprintf("%5d - %s", d.Line, written)))
		if got == "" {
			fmt.Fprintln(w, p.in(faint, "        (nothing of the kind came)"))
			return
		}
		fmt.Fprintln(w, p.in(green, "      + "+got))
		if at := apart(written, got); at != "" {
			fmt.Fprintln(w, p.in(faint, "        "+at))
		}
	}
}

// apart underlines where got differs from what was written; "" where nothing of
// them is the same.
func apart(written, got string) string {
	a, b := []rune(written), []rune(got)
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	slices.Reverse(a)
	slices.Reverse(b)
	tail := 0
	for tail < min(len(a), len(b))-head && a[tail] == b[tail] {
		tail++
	}
	if head+tail < 4 {
		return ""
	}
	return strings.Repeat(" ", head) + strings.Repeat("^", max(1, len(b)-head-tail))
}
