package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode"
)

// paint colours what a terminal shows; the zero value leaves texts as they are.
type paint struct{ on bool }

// The colours in use, as SGR parameters (ECMA-48).
const (
	red   = "31"
	green = "32"
	faint = "2"
)

// painter colours only for a terminal, and not where NO_COLOR (no-color.org) says no.
func (p *Program) painter() paint {
	return paint{isTerminal(p.Out) && p.wantsColour()}
}

func (p *Program) wantsColour() bool {
	none, _ := p.Env("NO_COLOR")
	term, _ := p.Env("TERM")
	return none == "" && term != "dumb"
}

func (p paint) in(colour, text string) string {
	if !p.on {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// plainly shows a text on a terminal without what could steer it.
func plainly(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return '·'
		}
		return r
	}, text)
}

// oneLine keeps what somebody wrote from looking like rows of ours, and from telling
// the terminal anything.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return -1
	}, strings.Join(strings.Fields(s), " "))
}

// columns begins a table; Flush ends it.
func (p *Program) columns(head string) *tabwriter.Writer {
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, head)
	return w
}

// plural writes a number with its word: "1 run", "2 runs".
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
