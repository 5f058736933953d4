package flows

import "testing"

// TestQueue: the same for a flow as it is written and as it is stored.
func TestQueue(t *testing.T) {
	for states, want := range map[string]string{
		"  a: {say: a, goto: z}\n  z: {end: z}\n":                  "",
		"  a: {say: a, goto: z}\n  z: {handoff: {}}\n":             "",
		"  a: {say: a, goto: z}\n  z: {handoff: {queue: fraud}}\n": "fraud",
		"  a: {branch: [{when: 'true', goto: z}, {when: 'true', goto: y}, {goto: x}]}\n  z: {handoff: {queue: desk}}\n  y: {handoff: {queue: cards}}\n  x: {handoff: {}}\n":            "cards",
		"  a: {branch: [{when: 'true', goto: z}, {when: 'true', goto: y}, {goto: x}]}\n  y: {handoff: {queue: cards}}\n  x: {handoff: {queue: desk}}\n  z: {handoff: {queue: desk}}\n": "desk",
	} {
		f, err := Parse("x.yaml", []byte("flow: x\nstart: a\nstates:\n"+states))
		if err != nil {
			t.Fatal(err)
		}
		stored, err := Compile(f.Source())
		if err != nil {
			t.Fatal(err)
		}
		if f.Queue() != want || stored.Queue() != want {
			t.Errorf("%q and %q, want %q of\n%s", f.Queue(), stored.Queue(), want, states)
		}
	}
}
