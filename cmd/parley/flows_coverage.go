package main

import (
	"fmt"
	"strings"

	"parley/flows"
)

// coverage lists what no dialogue reached, flow by flow.
func (c *flowsPlay) coverage(p *Program, library *flows.Library, trace *flows.Trace) error {
	files, err := filesIn(c.Paths, ".yaml")
	if err != nil {
		return err
	}
	below := 0
	for _, file := range files {
		f, ok := library.Beside(file.name)
		if !ok {
			continue // shared intents and other wordings are no flows
		}
		parts := f.Coverage(trace)
		reached := 0
		for _, part := range parts {
			if part.Reached {
				reached++
			}
		}
		percent := 100 * float64(reached) / float64(len(parts))
		if percent < c.Min {
			below++
		}
		fmt.Fprintf(p.Out, "%s: %.0f%% (%d of %d)\n", f.Name, floor(percent), reached, len(parts))
		for _, part := range parts {
			if !part.Reached {
				fmt.Fprintf(p.Out, "  %s:%d: %s\n", part.File, part.Line, missed(part))
			}
		}
	}
	if below > 0 {
		return fmt.Errorf("the dialogues of %d flows reach less than %g%%", below, c.Min)
	}
	return nil
}

// floor keeps 99.6 from being shown as everything.
func floor(percent float64) float64 { return float64(int(percent)) }

// missed says in words what was not reached.
func missed(p flows.Part) string {
	var b strings.Builder
	b.WriteString("no dialogue reaches ")
	if p.Kind != "state" {
		b.WriteString("the " + p.Kind + " " + p.Name + " of ")
	}
	if p.State == "" {
		b.WriteString("the whole flow")
	} else {
		b.WriteString("the state " + p.State)
	}
	return b.String()
}
