package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress shows how far a long piece of work is: a bar on a terminal, else a line
// every few seconds.
type progress struct {
	out      io.Writer
	what     string // "rows"
	total    int    // 0: not known
	begun    time.Time
	shown    time.Time
	terminal bool
}

func newProgress(out io.Writer, what string, total int) *progress {
	return &progress{out: out, what: what, total: total, begun: time.Now(), shown: time.Now(), terminal: isTerminal(out)}
}

// isTerminal says whether somebody looks at what is written, or types what is read.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// at says that n are done.
func (p *progress) at(n int) {
	every := 5 * time.Second
	if p.terminal {
		every = 200 * time.Millisecond
	}
	if time.Since(p.shown) < every {
		return
	}
	p.shown = time.Now()
	if !p.terminal {
		fmt.Fprintln(p.out, p.line(n, time.Since(p.begun)))
		return
	}
	fmt.Fprintf(p.out, "\r\x1b[K%s%s", p.bar(n), p.line(n, time.Since(p.begun)))
}

// end clears the bar.
func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

func (p *progress) bar(n int) string {
	const width = 24
	if p.total == 0 {
		return ""
	}
	full := min(width, n*width/p.total)
	return strings.Repeat("█", full) + strings.Repeat("░", width-full) + " "
}

// line is "4500 of 10000 rows (45%), 9.8/s, 9m20s left".
func (p *progress) line(n int, took time.Duration) string {
	perSecond := float64(n) / max(took.Seconds(), 0.001)
	if p.total == 0 {
		return fmt.Sprintf("%d %s, %.1f/s", n, p.what, perSecond)
	}
	left := "-"
	if n > 0 {
		left = (time.Duration(float64(p.total-n)/perSecond) * time.Second).String()
	}
	return fmt.Sprintf("%d of %d %s (%d%%), %.1f/s, %s left", n, p.total, p.what, n*100/p.total, perSecond, left)
}
