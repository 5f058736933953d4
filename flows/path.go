package flows

import "strings"

// mostPath bounds what a run keeps of its way, in bytes: it is written with every event.
const mostPath = 512

// been notes a state, once however often the run comes back to it.
func (run *Run) been(state string) {
	if run.Path == "" {
		run.Path = state
		return
	}
	for rest := run.Path; rest != ""; {
		var past string
		if past, rest, _ = strings.Cut(rest, " "); past == state {
			return
		}
	}
	if len(run.Path)+1+len(state) <= mostPath {
		run.Path += " " + state
	}
}

// Visited lists the states of a path.
func Visited(path string) []string { return strings.Fields(path) }
