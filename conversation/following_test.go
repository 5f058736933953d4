package conversation

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// flow is a flow of one state that does something, then what follows.
func flow(name, do, then string) string {
	return fmt.Sprintf("flow: %s\ntitle: t\nclass: notice\ntrigger: {events: [%s.go]}\nstart: s\nstates:\n  s: {do: [%s], say: %s says, %s}\n  done: {end: done}\n", name, name, do, name, then)
}

func TestFlowsThatStartEachOtherEnd(t *testing.T) {
	for name, start := range map[string]string{"wait": "wait: true", "go": "wait: false"} {
		for _, overlap := range []string{"queue", "replace", "parallel"} {
			with := func(s string) string {
				return strings.Replace(s, "class: notice\n", "class: notice\noverlap: "+overlap+"\n", 1)
			}
			k := newTalk(t, with(flow("a", "{start: {flow: b, "+start+"}}", "goto: done")), with(flow("b", "{start: {flow: a, "+start+"}}", "goto: done")))
			k.start("a", nil)
			if k.c.State.Handoff == nil || len(k.sent) > mostSaid {
				t.Errorf("%s, %s: %d texts, handoff %+v", name, overlap, len(k.sent), k.c.State.Handoff)
			}
			for _, run := range k.c.State.Runs {
				if !run.Handed && run.Calling == nil {
					t.Errorf("%s, %s: %+v stands there for ever", name, overlap, run.Run)
				}
			}
			k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "close", Name: "eve"}})
			if len(k.c.State.Runs) != 0 {
				t.Errorf("%s, %s: left %d runs", name, overlap, len(k.c.State.Runs))
			}
		}
	}
}

// A run of another key waits its turn too, unless the flow is parallel: whoever
// started it from within would wait for ever.
func TestAFlowThatStartsItselfUnderAnotherKey(t *testing.T) {
	keyed := func(overlap string) string {
		return strings.NewReplacer("class: notice\n", "class: notice\noverlap: "+overlap+"\nkey: \"{{ n }}\"\ninput: {n: integer}\n").
			Replace(flow("a", "{start: {flow: a, input: {n: \"{{ n + 1 }}\"}, wait: true}}", "goto: done"))
	}
	for _, overlap := range []string{"queue", "parallel"} {
		k := newTalk(t, keyed(overlap))
		k.start("a", map[string]any{"n": 1})
		if k.c.State.Handoff == nil {
			t.Errorf("%s: nobody was asked: %+v", overlap, k.c.State)
		}
	}
}

// A start that has to wait its turn is waited for as well.
func TestAStartThatIsQueuedIsWaitedFor(t *testing.T) {
	k := newTalk(t, parcel, flow("a", "{start: {flow: parcel, wait: true}}", "goto: done"))
	k.start("parcel", nil)
	k.start("a", nil)
	for range 2 {
		k.wantState(t, "a", "s")
		k.taken().after(time.Minute).text("yes")
		k.taken().after(time.Minute).text("1")
	}
	if k.state("a") != "" {
		t.Errorf("a is in %q", k.state("a"))
	}
}

func (k *talk) wantState(t *testing.T, flow, want string) {
	t.Helper()
	if got := k.state(flow); got != want {
		t.Errorf("%s is in %q, want %q", flow, got, want)
	}
}

// Nothing goes on by itself while a person has the conversation.
func TestAWaitingRunGoesOnWhenAPersonHandsBack(t *testing.T) {
	k := newTalk(t, parcel, flow("a", "{start: {flow: parcel, wait: true}}", "goto: done"))
	k.start("a", nil)
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "eve"}})
	k.apply(Event{Kind: KindEndRun, EndRun: &EndRun{Run: k.c.State.Runs[1].ID, Outcome: "x"}})
	k.wantSaid()
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "return", Name: "eve"}})
	k.wantSaid("a says")
}

func TestAStartThatIsRefusedGoesToAPerson(t *testing.T) {
	k := newTalk(t, stock, flow("a", "{start: {flow: stock}}", "goto: done"), flow("b", "{start: {flow: none}}", "goto: done"))
	for _, name := range []string{"a", "b"} {
		k.start(name, nil)
		if k.c.State.Handoff == nil {
			t.Errorf("%s goes on as if it had started another flow", name)
		}
	}
}

func TestScheduledStartsAreBoundedAndKept(t *testing.T) {
	many := strings.Repeat("{schedule: {flow: parcel, after: 24h, name: 'n{{ now }}'}}, ", 1)
	k := newTalk(t, parcel, flow("a", strings.TrimSuffix(many, ", "), "goto: done"))
	for range mostScheduled {
		k.after(time.Minute).start("a", nil)
	}
	if n := len(k.c.State.Scheduled); n != mostScheduled || k.c.State.Handoff != nil {
		t.Fatalf("%d, %+v", n, k.c.State.Handoff)
	}
	k.after(time.Minute).start("a", nil)
	if len(k.c.State.Scheduled) != mostScheduled || k.c.State.Handoff == nil {
		t.Errorf("%d, %+v", len(k.c.State.Scheduled), k.c.State.Handoff)
	}
}

func TestAScheduledStartOfWhomOptedOutIsDropped(t *testing.T) {
	k := newTalk(t, parcel, flow("a", "{schedule: {flow: parcel, after: 24h}}", "goto: done"))
	k.start("a", nil)
	k.text("STOP")
	k.after(25 * time.Hour).apply(Event{Kind: KindTimer})
	k.wantSaid()
	if len(k.c.State.Scheduled)+len(k.c.State.Timers)+len(k.c.State.Runs) != 0 {
		t.Errorf("%+v", k.c.State)
	}
}

func TestTagsOfTestRunsAreNotWritten(t *testing.T) {
	for _, test := range []bool{false, true} {
		k := newTalk(t, flow("a", "{tag: vip}", "goto: done"))
		k.apply(Event{Kind: KindTrigger, Test: test, Trigger: &Trigger{Flow: "a"}})
		written := false
		for _, f := range k.effects {
			written = written || f.Contact != nil
		}
		if written == test {
			t.Errorf("test %v: written %v", test, written)
		}
	}
}

func TestFlowsWaitForEachOtherToADepth(t *testing.T) {
	var sources []string
	for i := range 12 {
		sources = append(sources, flow(fmt.Sprintf("f%d", i), fmt.Sprintf("{start: {flow: f%d, wait: true}}", i+1), "goto: done"))
	}
	k := newTalk(t, append(sources, strings.Replace(parcel, "flow: parcel", "flow: f12", 1))...)
	k.start("f3", nil)
	if len(k.c.State.Runs) != deepest+1 || k.c.State.Handoff == nil {
		t.Errorf("%d runs, handoff %+v", len(k.c.State.Runs), k.c.State.Handoff)
	}
	k = newTalk(t, append(sources, strings.Replace(parcel, "flow: parcel", "flow: f12", 1))...)
	k.start("f4", nil)
	if len(k.c.State.Runs) != deepest+1 || k.c.State.Handoff != nil {
		t.Errorf("%d runs, handoff %+v", len(k.c.State.Runs), k.c.State.Handoff)
	}
}
