package conversation

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Flows that go round by themselves: by a silence, by a start that each run schedules,
// by the answers of calls.
var rounds = map[string]string{
	"a silence":  "flow: round\ntitle: Round\ntrigger: {events: [go]}\nstart: a\nstates: {a: {say: hi, silence: {after: 1s, goto: a}}}\n",
	"a schedule": "flow: round\ntitle: Round\ntrigger: {events: [go]}\nstart: a\nstates: {a: {say: hi, do: [{schedule: {flow: round, after: 1s}}], goto: z}, z: {end: z}}\n",
}

// TestTextsThatNobodyAskedFor: a flow that goes round by itself is given to a person
// before it has texted the customer for an hour.
func TestTextsThatNobodyAskedFor(t *testing.T) {
	for name, source := range rounds {
		t.Run(name, func(t *testing.T) {
			k := newTalk(t, source)
			k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "go"}})
			for range 3 * mostUnasked {
				k.after(time.Second).apply(Event{Kind: KindTimer})
			}
			if n := len(k.sent); n != mostUnasked+1 {
				t.Errorf("%d texts went out, want %d", n, mostUnasked+1)
			}
			if h := k.c.State.Handoff; h == nil || !strings.Contains(h.Note, "than anybody had asked for") {
				t.Errorf("handoff %+v", h)
			}
		})
	}
}

// Reminders of many weeks are no circle, nor are those of a customer who answers.
func TestTextsNowAndThen(t *testing.T) {
	k := newTalk(t, strings.Replace(rounds["a silence"], "1s", "1h", 1))
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "go"}})
	for range 3 * mostUnasked {
		k.after(time.Hour).apply(Event{Kind: KindTimer})
	}
	if n := len(k.sent); n != 3*mostUnasked+1 || k.c.State.Handoff != nil {
		t.Errorf("%d texts, handoff %+v", n, k.c.State.Handoff)
	}
	k = newTalk(t, strings.Replace(rounds["a silence"], "say: hi,", "say: hi, replies: [{match: hey, goto: a}],", 1))
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "go"}})
	for range 3 * mostUnasked {
		k.taken().after(time.Second).apply(Event{Kind: KindTimer})
		k.taken().after(10 * time.Second).text("hey")
	}
	if n := len(k.sent); n <= 3*mostUnasked {
		t.Errorf("only %d texts", n)
	}
	if k.c.State.Handoff != nil {
		t.Errorf("handoff %+v", k.c.State.Handoff)
	}
}

// Runs that each keep much are bounded together.
func TestRunsAreBoundedTogether(t *testing.T) {
	k := newTalk(t, "flow: fat\ntitle: Fat\noverlap: parallel\ntrigger: {events: [go]}\ninput: {l: list}\nstart: a\nstates: {a: {say: hi, silence: {after: 1h, goto: z}}, z: {end: z}}\n")
	var list []any
	for i := range 40 {
		list = append(list, fmt.Sprint(i, strings.Repeat("x", 1500)))
	}
	started := 0
	for range mostRuns {
		if out := k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "go", Data: map[string]any{"l": list}}}); out.Status == Applied {
			started++
		} else if len(out.Problems) != 1 || !strings.Contains(out.Problems[0], "keep too much") {
			t.Fatalf("%+v", out)
		}
	}
	state, err := k.c.State.Encode()
	if err != nil || len(state) > mostRunBytes+maxOneRun || started < 3 {
		t.Errorf("%d runs, %d bytes (%v)", started, len(state), err)
	}
}

// maxOneRun is what one run may keep, and some more.
const maxOneRun = 70 << 10
