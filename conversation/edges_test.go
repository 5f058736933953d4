package conversation

import (
	"strings"
	"testing"
	"time"

	"parley/flows"
)

// spinning goes round by its own clock, and says nothing on the way.
const spinning = `
flow: spinning
title: Goes round by moments that are over
trigger: {events: [spin]}
start: a
states:
  a: {silence: [{at: "now", goto: b}]}
  b: {silence: [{at: "now - duration('1h')", goto: a}]}
`

// TestSilenceThatGoesRound: a circle of moments that are over ends with a person, and
// the step comes back.
func TestSilenceThatGoesRound(t *testing.T) {
	k := newTalk(t, spinning)
	k.start("spinning", nil)
	k.apply(Event{Kind: KindTimer})
	if k.c.State.Owner != OwnerQueue {
		t.Errorf("owner %q: %+v", k.c.State.Owner, k.c.State)
	}
}

// rescheduling starts itself anew at a moment that is over.
const rescheduling = `
flow: rescheduling
title: Schedules itself
trigger: {events: [again]}
start: a
states:
  a:
    do: [{schedule: {flow: rescheduling, at: "now - duration('1h')"}}]
    goto: z
  z: {end: done}
`

// TestScheduleThatGoesRound: a flow that schedules itself for a moment that is over
// does not keep the event from coming to its end.
func TestScheduleThatGoesRound(t *testing.T) {
	k := newTalk(t, rescheduling)
	k.start("rescheduling", nil)
	k.apply(Event{Kind: KindTimer})
	if len(k.c.State.Scheduled) > 0 && k.c.WakeAt <= k.env.Now {
		t.Errorf("it goes on for ever: %+v", k.c.State)
	}
}

// TestLateAnswerHasOneClock: a run that a late answer takes up and moves has the
// clock of its new question, once.
func TestLateAnswerHasOneClock(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().until("2026-03-04T12:00:00Z")
	if k.state("parcel") != "" {
		t.Fatal("its silence has not ended it")
	}
	k.after(time.Hour).text("yes")
	k.wantSaid("How? 1 fine, 2 damaged")
	silences := 0
	for _, timer := range k.c.State.Timers {
		if timer.Kind == TimerSilence {
			silences++
		}
	}
	if silences != 1 {
		t.Errorf("%d clocks run: %+v", silences, k.c.State.Timers)
	}
}

// keyed asks about one of several things at once.
const keyed = `
flow: keyed
title: Asks about a thing
trigger: {events: [thing]}
key: "{{ thing }}"
overlap: parallel
input: {thing: {type: string}}
start: ask
states:
  ask:
    say: "{{ thing }}: YES or NO?"
    replies: [{intent: yes, goto: street}]
    silence: {after: 24h, goto: gone}
  street:
    say: "{{ thing }}: which address?"
    capture: {street: text}
    silence: {after: 24h, goto: gone}
    goto: done
  gone: {end: gone}
  done: {say: "{{ thing }}: {{ street ?? '' }}.", end: done}
`

// TestLateBesideItsOwnKey: a late answer does not make a second run of a live key,
// nor one that has the number of another.
func TestLateBesideItsOwnKey(t *testing.T) {
	k := newTalk(t, keyed)
	k.start("keyed", map[string]any{"thing": "A"})
	k.taken().start("keyed", map[string]any{"thing": "B"})
	k.taken().until("2026-03-03T12:00:00Z")
	if len(k.c.State.Late) != 2 || len(k.c.State.Runs) != 0 {
		t.Fatalf("%+v", k.c.State)
	}
	k.start("keyed", map[string]any{"thing": "B"})
	k.taken().start("keyed", map[string]any{"thing": "C"})
	k.taken().after(time.Hour)
	k.c.State.Runs[0].State, k.c.State.Runs[1].State = "street", "street"
	k.c.State.Runs[0].Wait, k.c.State.Runs[1].Wait = 0, 0
	k.text("yes")
	keys, numbers := map[string]int{}, map[int]int{}
	for _, run := range k.c.State.Runs {
		if keys[run.Key]++; keys[run.Key] > 1 {
			t.Errorf("two runs have the key %s", run.Key)
		}
		if numbers[run.Number]++; numbers[run.Number] > 1 {
			t.Errorf("two runs have the number %d", run.Number)
		}
	}
}

// TestNumberOfALoneRun: a number that no question shows any longer is part of the
// answer.
func TestNumberOfALoneRun(t *testing.T) {
	k := newTalk(t, keyed)
	k.start("keyed", map[string]any{"thing": "A"})
	k.taken().after(time.Minute).start("keyed", map[string]any{"thing": "B"})
	k.taken().after(time.Minute)
	k.text("1 yes")
	k.taken().after(time.Minute).text("1 Elm Road")
	k.wantSaid("A: Elm Road.", "B: YES or NO?")
	k.taken().after(time.Minute).text("yes")
	k.wantSaid("B: which address?")
	k.taken().after(time.Minute).text("2 Main Street")
	k.wantSaid("B: 2 Main Street.")
}

// listening has no key and hears of every refund; ordered has one and is queued.
const (
	listening = `
flow: listening
title: Counts refunds
trigger: {events: [listen]}
start: ask
states:
  ask:
    say: "Listening. YES?"
    replies: [{intent: yes, goto: done}]
    on: {events: {order.refunded: {goto: ask2}}}
  ask2:
    say: "A refund. YES?"
    replies: [{intent: yes, goto: done}]
    on: {events: {order.refunded: {goto: ask}}}
  done: {end: done}
`
	ordered = `
flow: ordered
title: Asks about an order
trigger: {events: [order.made]}
key: "{{ order }}"
input: {order: {type: string}}
start: ask
states:
  ask:
    say: "{{ order }}: YES?"
    replies: [{intent: yes, goto: done}]
    on: {events: {order.refunded: {goto: done}}}
  done: {end: done}
`
)

// TestEventKeptForAQueuedStart: what was kept for a start that waits its turn is not
// heard a second time by those who heard it when it came.
func TestEventKeptForAQueuedStart(t *testing.T) {
	k := newTalk(t, ordered, listening)
	k.start("ordered", map[string]any{"order": "A"})
	k.taken().start("ordered", map[string]any{"order": "B"})
	k.start("listening", nil)
	k.taken().after(time.Minute)
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "order.refunded", Data: map[string]any{"order": "B"}}})
	if k.state("listening") != "ask2" {
		t.Fatal("it did not hear of the refund")
	}
	id := k.c.State.Runs[0].ID
	k.apply(Event{Kind: KindEndRun, EndRun: &EndRun{Run: id, Outcome: "over"}})
	if k.state("ordered") != "" || len(k.c.State.Queued) > 0 {
		t.Errorf("the queued start did not hear of the refund: %+v", k.c.State)
	}
	if got := k.state("listening"); got != "ask2" {
		t.Errorf("it stands in %s: it heard of the refund twice", got)
	}
}

// TestHeldMediaCount: the addresses of media count among what is held.
func TestHeldMediaCount(t *testing.T) {
	k := reading(t, count)
	for range MaxHeld {
		k.apply(Event{Kind: KindText, Text: &Text{Text: "x", Media: []flows.Media{{URL: "https://acme.example/" + strings.Repeat("x", 16<<10)}}}})
	}
	if state, _ := k.c.State.Encode(); len(state) > 128<<10 {
		t.Errorf("the state has %d bytes", len(state))
	}
}

// TestMigrateDoesNotRemindAgain: the reminder that is over when a run moves to another
// version is not sent then.
func TestMigrateDoesNotRemindAgain(t *testing.T) {
	edited := strings.NewReplacer("  ask:\n", "  asked:\n", "start: ask", "start: asked\nmigrate: {ask: asked}").Replace(parcel)
	f, err := flows.Parse("edited.yaml", []byte(edited))
	if err != nil {
		t.Fatal(err)
	}
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().until("2026-03-03T12:00:00Z").wantSaid("Acme: did it arrive?")
	k.after(time.Hour)
	k.env.Flows = append(shelf{f}, k.env.Flows.(shelf)...)
	k.text("what?")
	k.apply(Event{Kind: KindTimer})
	k.wantSaid()
	k.until("2026-03-04T12:00:00Z")
	if k.state("parcel") != "" {
		t.Error("its clock did not go on")
	}
}

// offering lets the customer choose among times.
const offering = `
flow: offering
title: Offers times
trigger: {events: [offer]}
input: {slots: {type: list}}
start: pick
states:
  pick:
    say: "Which?"
    choose: {from: slots, as: slot, none: done, goto: done}
    silence: {after: 24h, goto: done}
  done: {say: "You have {{ slot ?? 'none' }}.", end: done}
`

// TestMigrateKeepsChoices: the number of an option means what the customer saw, also
// in the state that the edited file goes on in.
func TestMigrateKeepsChoices(t *testing.T) {
	f, err := flows.Parse("edited.yaml", []byte(strings.NewReplacer("  pick:\n", "  picked:\n", "start: pick", "start: picked\nmigrate: {pick: picked}").Replace(offering)))
	if err != nil {
		t.Fatal(err)
	}
	k := newTalk(t, offering)
	k.start("offering", map[string]any{"slots": []any{"nine", "ten"}})
	k.taken().after(time.Hour)
	k.env.Flows = append(shelf{f}, k.env.Flows.(shelf)...)
	k.text("2")
	k.wantSaid("You have ten.")
}

// asking calls before it says anything.
const asking = `
flow: asking
title: Asks a shop
trigger: {events: [ask.shop]}
start: call
states:
  call:
    do: [{call: {url: "https://shop.example.com/x", result: {left: integer}}}]
    say: "There are {{ left ?? 0 }}."
    goto: done
  done: {end: done}
`

// TestMigrateWaitsForACall: a run is not moved from under the answer of its call.
func TestMigrateWaitsForACall(t *testing.T) {
	f, err := flows.Parse("edited.yaml", []byte(strings.Replace(asking, "start: call", "start: call\nmigrate: {call: done}", 1)))
	if err != nil {
		t.Fatal(err)
	}
	k := newTalk(t, asking)
	k.start("asking", nil)
	var job *Job
	for _, e := range k.effects {
		if e.Job != nil && e.Job.Kind == JobCall {
			job = e.Job
		}
	}
	k.env.Flows = append(shelf{f}, k.env.Flows.(shelf)...)
	k.apply(Event{Kind: KindResult, Result: &Result{Effect: job.ID, Kind: JobCall, Run: job.Run, Wait: job.Wait, Epoch: job.Epoch, Data: []byte(`{"status": 200, "body": {"left": 3}}`)}})
	k.wantSaid("There are 3.")
}

// TestAllThatIsFreeStarts: when a person gives back, every flow whose earlier run has
// ended meanwhile starts what waited for it.
func TestAllThatIsFreeStarts(t *testing.T) {
	k := newTalk(t, parcel, count)
	for range 2 {
		k.start("parcel", nil)
		k.start("count", nil)
	}
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "bo"}})
	for len(k.c.State.Runs) > 0 {
		k.apply(Event{Kind: KindEndRun, EndRun: &EndRun{Run: k.c.State.Runs[0].ID, Outcome: "over"}})
	}
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "return", Name: "bo"}})
	if len(k.c.State.Runs) != 2 || len(k.c.State.Queued) != 0 {
		t.Errorf("%d runs live, %d starts wait", len(k.c.State.Runs), len(k.c.State.Queued))
	}
}

// TestQueuedStartsAreBounded: what waits its turn cannot make the state grow for ever.
func TestQueuedStartsAreBounded(t *testing.T) {
	k := newTalk(t, ordered)
	k.start("ordered", map[string]any{"order": "A"})
	for range 40 {
		k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Flow: "ordered", Data: map[string]any{"order": "B"}}})
		k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "order.refunded", Data: map[string]any{"order": "B", "why": strings.Repeat("x", 32<<10)}}})
	}
	if state, _ := k.c.State.Encode(); len(state) > 128<<10 {
		t.Errorf("the state has %d bytes", len(state))
	}
}

// briefly ends where it begins; planning has it started later.
const (
	briefly = `
flow: briefly
title: Ends at once
trigger: {events: [brief]}
start: a
states:
  a: {do: [{emit: {event: brief.said, data: {}}}], say: "Brief.", end: done}
`
	planning = `
flow: planning
title: Plans another
trigger: {events: [plan]}
start: a
states:
  a: {do: [{schedule: {flow: briefly, after: 1h}}], goto: z}
  z: {end: done}
`
)

// TestTestRunThatEndsAtOnce: what a test key's run tells the business is marked as a
// test, also when it begins and ends by a deadline.
func TestTestRunThatEndsAtOnce(t *testing.T) {
	k := newTalk(t, briefly, planning)
	k.apply(Event{Kind: KindTrigger, Test: true, Trigger: &Trigger{Flow: "planning"}})
	k.after(2 * time.Hour).apply(Event{Kind: KindTimer})
	for _, name := range []string{"run.started", "brief.said", "run.ended"} {
		if !k.callback(name).Test {
			t.Errorf("%s is told as if it were no test", name)
		}
	}
}
