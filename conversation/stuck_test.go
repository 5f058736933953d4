package conversation

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// No conversation may be left waiting for something that does not come.

// reading begins a parcel run whose answer is with the slow classifier.
func reading(t *testing.T, sources ...string) *talk {
	t.Helper()
	k := newTalk(t, append(sources, parcel)...)
	k.env.Line.Classifier = true
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("hm")
	if k.c.State.Pending == nil {
		t.Fatal("nobody asks the classifier")
	}
	return k
}

func TestALostJobDoesNotFreezeAConversationWhoseRunEnded(t *testing.T) {
	k := reading(t)
	k.apply(Event{Kind: KindEndRun, EndRun: &EndRun{Run: k.c.State.Runs[0].ID, Outcome: "refunded"}})
	k.text("parcel")
	if k.c.WakeAt == 0 {
		t.Fatal("a text is held, and nothing will ever wake the conversation")
	}
	k.after(classifyTimeout * time.Millisecond).apply(Event{Kind: KindTimer})
	if k.c.State.Pending != nil || len(k.c.State.Held) != 0 {
		t.Errorf("still held: %+v", k.c.State)
	}
	if k.c.State.Handoff == nil && k.state("parcel") == "" {
		t.Error("the texts were dropped")
	}
}

func TestATextIsNotLostWhenItsQuestionGoesWhileItIsRead(t *testing.T) {
	k := reading(t)
	p := k.c.State.Pending
	k.apply(Event{Kind: KindEndRun, EndRun: &EndRun{Run: p.Run, Outcome: "refunded"}})
	k.apply(Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Data: []byte(`{"intent":"came","certain":true}`)}})
	if k.c.State.Handoff == nil {
		t.Error("nobody has read the text")
	}
}

// A held text is an answer to what was asked when it came, not when it is read,
// also when the carrier's clock cannot be right.
func TestAHeldTextIsJudgedByWhenItCame(t *testing.T) {
	for _, behind := range []time.Duration{0, 2 * time.Hour} {
		k := reading(t, alarm)
		p := k.c.State.Pending
		k.after(time.Second)
		k.apply(Event{Kind: KindText, At: k.env.Now - behind.Milliseconds(), Text: &Text{Text: "yes"}})
		k.start("alarm", nil)
		k.after(time.Second).taken().after(8 * time.Second)
		k.apply(Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Error: "down"}})
		if k.state("alarm") != "ask" {
			t.Errorf("a yes from before the alert cleared it, by a clock %v behind", behind)
		}
	}
}

func TestAnOldEffectTimerDoesNotEndANewWait(t *testing.T) {
	k := reading(t)
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "eve"}})
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "return", Name: "eve"}})
	k.after(10 * time.Second).text("hm")
	k.after(6 * time.Second).apply(Event{Kind: KindTimer})
	if k.c.State.Pending == nil {
		t.Error("the timer of an earlier reading ended this one")
	}
}

func TestTheAnswerOfAClassifierThatFitsNothingLeavesKeywords(t *testing.T) {
	k := reading(t, strings.NewReplacer("flow: count", "flow: hm", "count.me", "hm.me").Replace(count))
	p := k.c.State.Pending
	k.apply(Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Data: []byte(`{"intent":"thanks","certain":true}`)}})
	if k.state("hm") != "ask" {
		t.Error("the keyword was not tried")
	}
}

func TestEveryRunThatHandedOverGoesOn(t *testing.T) {
	lost := strings.Replace(parcel, "start: ask\n", "on: {events: {parcel.lost: {goto: person}}}\nstart: ask\n", 1)
	other := strings.NewReplacer("flow: parcel", "flow: other", "parcel.delivered", "other.delivered", "PARCEL", "OTHER").Replace(parcel)
	k := newTalk(t, lost, other)
	k.start("parcel", nil)
	k.taken().after(time.Minute)
	k.start("other", nil)
	k.taken().after(time.Minute).text("no")
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "parcel.lost"}}) // while a person is awaited
	if k.state("parcel") != "person" || k.state("other") != "person" {
		t.Fatalf("parcel %q, other %q", k.state("parcel"), k.state("other"))
	}
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "close", Name: "eve"}})
	if len(k.c.State.Runs) != 0 {
		t.Errorf("left in a handoff that nobody knows of: %+v", k.c.State.Runs)
	}
}

// What waits for a run that ended in a person's hands starts when they hand back.
func TestQueuedStartsGoOnAfterAPerson(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.start("parcel", nil)
	k.taken().after(time.Minute)
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "eve"}})
	k.apply(Event{Kind: KindEndRun, EndRun: &EndRun{Run: k.c.State.Runs[0].ID, Outcome: "refunded"}})
	k.wantSaid()
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "return", Name: "eve"}})
	k.wantSaid("Acme: did it arrive? YES or NO")
	if len(k.c.State.Queued) != 0 {
		t.Errorf("queued %d", len(k.c.State.Queued))
	}
}

// A start keeps the mode of the key that asked for it, whoever lets it go on.
func TestQueuedStartsKeepTheirMode(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.apply(Event{Kind: KindTrigger, Test: true, Trigger: &Trigger{Flow: "parcel"}})
	k.taken().after(time.Minute).text("yes")
	k.taken().after(time.Minute).text("1")
	k.wantSaid("Thanks!", "Acme: did it arrive? YES or NO")
	if last := k.sent[len(k.sent)-1]; !last.Test || !k.c.State.Runs[0].Test {
		t.Error("a test start sends a real text")
	}
}

// What a test run leads to later is marked as a test, its end included.
func TestATestRunStaysATest(t *testing.T) {
	k := newTalk(t, parcel)
	k.apply(Event{Kind: KindTrigger, Test: true, Trigger: &Trigger{Flow: "parcel"}})
	k.taken().after(time.Minute).text("yes")
	k.taken().after(time.Minute).text("1")
	for _, f := range k.effects {
		if f.Job != nil && !f.Job.Test {
			t.Errorf("%s is told as real", f.Job.Name)
		}
	}
}

// No text and no deadline is ever refused: a refusal would lose it.
func TestATextIsNeverRefused(t *testing.T) {
	keyed := `
flow: balance
title: Says the balance
class: notice
trigger: {events: [balance.asked], keywords: [BALANCE]}
input: {card: {type: string, required: false}}
key: "{{ card ?? '' }}"
start: ask
states:
  ask:
    say: "Acme: which card?"
    replies: [{any: true, goto: done}]
    silence: {after: 24h, goto: done}
  done: {end: done}
`
	k := newTalk(t, keyed)
	if out := k.text("balance"); out.Status != Applied || k.c.State.Handoff == nil {
		t.Errorf("the text was %s; handoff %+v", out.Status, k.c.State.Handoff)
	}
	k = newTalk(t, parcel)
	k.env.Line.DefaultFlow = "parcel"
	k.text("what?")
	if k.state("parcel") == "" {
		t.Error("the default flow did not start")
	}
}

func TestLiveRunsAreBounded(t *testing.T) {
	k := newTalk(t, strings.Replace(parcel, "class: notice", "class: notice\noverlap: parallel", 1))
	for range mostRuns {
		k.start("parcel", nil)
	}
	out := k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Flow: "parcel"}})
	if out.Status != Refused || len(out.Problems) != 1 || len(k.c.State.Runs) != mostRuns {
		t.Errorf("%+v, %d runs", out, len(k.c.State.Runs))
	}
}

// A message's position has eight bits for its place in the step.
func TestTextsOfOneEventAreBounded(t *testing.T) {
	var states strings.Builder
	for i := range 90 {
		fmt.Fprintf(&states, "  s%d: {say: \"text %d\", goto: s%d}\n", i, i, i+1)
	}
	long := func(n int) string {
		return fmt.Sprintf("flow: long%d\ntitle: Says much\nclass: notice\ntrigger: {events: [go]}\nstart: s0\nstates:\n%s  s90: {end: done}\n", n, &states)
	}
	k := newTalk(t, long(1), long(2), long(3), long(4))
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "go"}})
	seen := map[int64]bool{}
	for _, m := range k.sent {
		if m.Position>>8 != k.c.Rev || seen[m.Position] {
			t.Fatalf("position %d of rev %d", m.Position, k.c.Rev)
		}
		seen[m.Position] = true
	}
	if len(k.sent) != mostSaid || k.c.State.Handoff == nil {
		t.Errorf("%d texts, handoff %+v", len(k.sent), k.c.State.Handoff)
	}
}

// What came with an event beyond the flow's inputs is not carried in the state.
func TestQueuedStartsKeepOnlyTheirInputs(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.start("parcel", map[string]any{"junk": strings.Repeat("x", 1000)})
	if b, _ := json.Marshal(k.c.State); strings.Contains(string(b), "xxx") {
		t.Error("the state carries what no flow asked for")
	}
}

// A key's event that ends its live run does not start another by the way.
func TestAnEventReachesTheLiveRunInsteadOfStarting(t *testing.T) {
	keyed := `
flow: order
title: Follows an order
class: notice
trigger: {events: [order.changed]}
key: "{{ order }}"
input: {order: {type: string}}
on: {events: {order.changed: {goto: done}}}
start: ask
states:
  ask:
    say: "Acme: is it well?"
    replies: [{any: true, goto: done}]
    silence: {after: 24h, goto: done}
  done: {end: done}
`
	k := newTalk(t, keyed)
	for n, want := range []int{1, 0, 1} {
		if out := k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "order.changed", Data: map[string]any{"order": "A"}}}); out.Status != Applied {
			t.Fatalf("%+v", out)
		}
		if len(k.c.State.Runs) != want {
			t.Errorf("after event %d: %d runs, want %d", n, len(k.c.State.Runs), want)
		}
	}
}

// The fate of a message that asked nothing is no business of the run.
func TestFatesOfTextsThatAskNothing(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("no") // handed over: the run waits for no answer
	for _, kind := range []Kind{KindSent, KindFailed} {
		if out := k.apply(Event{Kind: kind, Settled: &Settled{Message: "m", Run: k.c.State.Runs[0].ID}}); out.Status != Ignored {
			t.Errorf("%s was %s", kind, out.Status)
		}
	}
}

func TestAgentRepliesAreChecked(t *testing.T) {
	k := newTalk(t, parcel)
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "eve"}})
	for _, text := range []string{"", strings.Repeat("ä", 1601)} {
		if out := k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "reply", Name: "eve", Text: text}}); out.Status != Refused {
			t.Errorf("a reply of %d bytes was %s", len(text), out.Status)
		}
	}
}

func TestStopIsReadInEveryState(t *testing.T) {
	states := map[string]func() *talk{
		"nothing open": func() *talk { return newTalk(t, parcel) },
		"pending":      func() *talk { return reading(t) },
		"held":         func() *talk { k := reading(t); k.text("1"); return k },
		"which":        func() *talk { k := twoAlerts(t); k.text("yes"); return k },
		"queue":        func() *talk { k := newTalk(t, parcel); k.text("what?"); return k },
		"agent": func() *talk {
			k := newTalk(t, parcel)
			k.start("parcel", nil)
			k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "eve"}})
			return k
		},
		"queued starts": func() *talk { k := newTalk(t, parcel); k.start("parcel", nil); k.start("parcel", nil); return k },
	}
	for name, reached := range states {
		k := reached()
		k.after(time.Minute).text(strings.Repeat(" ", 90) + "\u200fSTOP\u200f.")
		st := k.c.State
		if k.env.Consent.State != OptedOut || len(st.Runs)+len(st.Queued)+len(st.Held)+len(st.Timers) > 0 || st.Pending != nil || st.Which != nil || len(k.said()) != 1 {
			t.Errorf("%s: consent %q, said %q, left %+v", name, k.env.Consent.State, k.said(), st)
		}
		k.text("START")
		if k.env.Consent.State != OptedIn {
			t.Errorf("%s: START after STOP: %q", name, k.env.Consent.State)
		}
	}
}
