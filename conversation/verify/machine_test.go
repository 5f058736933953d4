package verify

import (
	"slices"
	"strings"
	"testing"

	"parley/flows"
)

// lockGrid is the table once more, as a person would draw it: where each event leads
// from each state; - is nowhere.
const lockGrid = `
event    active   alerted  locked     verifying  cooling  suspended
alert    alerted  alerted  -          -          -        -
clear    -        active   -          -          -        -
lock     locked   locked   locked     locked     locked   suspended
ask      -        -        verifying  verifying  -        -
prove    -        -        verifying  verifying  -        -
give_up  -        -        -          locked     -        -
unlock   -        -        -          cooling    -        -
agree    -        -        cooling    cooling    -        cooling
cool     -        -        -          -          active   -
suspend  -        -        suspended  -          -        -
`

const refundGrid = `
event        none     pending      provisional  denied  final
pending      pending  -            -            -       -
provisional  -        provisional  -            -       -
denied       -        denied       -            -       -
final        -        -            final        final   -
`

func TestEveryStateAndEvent(t *testing.T) {
	for _, c := range []struct {
		grid    string
		machine *flows.Machine
		table   []flows.Transition
	}{{lockGrid, lockMachine, lockTable}, {refundGrid, refundMachine, refundTable}} {
		lines := strings.Split(strings.TrimSpace(c.grid), "\n")
		states := strings.Fields(lines[0])[1:]
		var drawn []string
		for _, line := range lines[1:] {
			fields := strings.Fields(line)
			drawn = append(drawn, fields[0])
			for i, from := range states {
				to, ok := c.machine.Fire(from, fields[0])
				if want := fields[i+1]; ok != (want != "-") || ok && to != want {
					t.Errorf("%s in %s leads to %q (%v), want %s", fields[0], from, to, ok, want)
				}
			}
		}
		for _, row := range c.table {
			if !slices.Contains(drawn, row.Event) {
				t.Errorf("the grid lacks %s", row.Event)
			}
			for _, s := range append(slices.Clone(row.From), row.To) {
				if !slices.Contains(states, s) {
					t.Errorf("the grid lacks %s", s)
				}
			}
		}
	}
}

// TestTheOnlyWaysOut: by the table alone, a lock is left through Cooling only, and
// Cooling is reached by unlock and agree only.
func TestTheOnlyWaysOut(t *testing.T) {
	for _, row := range lockTable {
		for _, from := range row.From {
			leaves := LockState(from).Shut() && !LockState(row.To).Shut()
			if leaves && (row.Event != "cool" || from != string(Cooling)) {
				t.Errorf("%s leads from %s to %s", row.Event, from, row.To)
			}
			if row.To == string(Cooling) && row.Event != "unlock" && row.Event != "agree" {
				t.Errorf("%s leads to Cooling", row.Event)
			}
		}
	}
}
