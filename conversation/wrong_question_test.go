package conversation

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Two questions stand open: parcel's, and alarm's or booking's. When a text comes
// relative to the carrier's acceptance of the second decides whose answer it is.
func TestWrongQuestion(t *testing.T) {
	const plain = `
flow: visit
title: Asks about a visit
class: notice
trigger: {events: [visit.planned]}
start: ask
states:
  ask:
    say: "Acme: shall we come on Friday? YES or NO"
    replies: [{intent: no, goto: off}, {intent: yes, goto: on}]
    silence: {after: 24h, goto: off}
    otherwise: {say: "YES or NO please", tries: 2, goto: off}
  on: {say: "See you.", end: on}
  off: {end: off}
`
	for _, c := range []struct {
		name   string
		accept bool          // the carrier took the second question
		wait   time.Duration // since then
		text   string
		first  string // state of parcel afterwards
		second string // of visit
	}{
		{"before the carrier took it", false, time.Minute, "yes", "how", "ask"},
		{"within 5 s after", true, 4 * time.Second, "yes", "how", "ask"},
		{"later", true, 6 * time.Second, "yes", "ask", ""},
		{"within 5 s, fits neither", true, 4 * time.Second, "what?", "ask", "ask"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTalk(t, parcel, plain)
			k.start("parcel", nil)
			k.taken().after(time.Hour)
			k.start("visit", nil)
			if c.accept {
				k.taken()
			}
			k.after(c.wait).text(c.text)
			if k.state("parcel") != c.first || k.state("visit") != c.second {
				t.Errorf("parcel is in %q, visit in %q; want %q and %q", k.state("parcel"), k.state("visit"), c.first, c.second)
			}
		})
	}
}

func TestAlertAndQuestionAskWhich(t *testing.T) {
	k := newTalk(t, parcel, alarm)
	k.start("parcel", nil)
	k.taken().after(time.Hour)
	k.start("alarm", nil)
	k.taken().after(3 * time.Second).text("no")
	if k.state("parcel") != "ask" || k.state("alarm") != "ask" {
		t.Fatalf("something moved: parcel %q, alarm %q", k.state("parcel"), k.state("alarm"))
	}
	if said := strings.Join(k.said(), ""); !strings.Contains(said, "1: Acme: did it arrive") || !strings.Contains(said, "2: Acme: was the 99.00") {
		t.Fatalf("asked %q", said)
	}
	k.after(time.Minute).text("2")
	k.wantSaid("Acme: thank you, we stop it.", "Acme: did it arrive? YES or NO")
	if k.state("parcel") != "ask" {
		t.Errorf("parcel is in %q", k.state("parcel"))
	}
}

func TestTwoRunsOfOneFlow(t *testing.T) {
	twice := strings.Replace(parcel, "class: notice", "class: notice\noverlap: parallel", 1)
	k := newTalk(t, twice)
	k.start("parcel", nil)
	k.taken().after(time.Hour)
	k.start("parcel", nil)
	k.after(time.Minute).text("yes") // the second question is still with the carrier
	if a, b := k.c.State.Runs[0], k.c.State.Runs[1]; a.State+b.State != "askhow" && a.State+b.State != "howask" {
		t.Fatalf("states %q and %q", a.State, b.State)
	}
	moved := k.out.Run
	if moved != k.c.State.Runs[len(k.c.State.Runs)-1].ID || !strings.HasSuffix(moved, ".1") {
		t.Errorf("the answer went to %s", moved)
	}
}

// A text that was on its way before the next question of the same run could be
// seen repeats the answer before it.
func TestRepetitionMovesNothing(t *testing.T) {
	twoYes := strings.Replace(parcel, `{match: ["1", fine]`, `{match: ["1", fine, yes]`, 1)
	for _, c := range []struct {
		wait time.Duration
		want string
	}{{2 * time.Second, "how"}, {10 * time.Second, ""}} {
		k := newTalk(t, twoYes)
		k.start("parcel", nil)
		k.taken().after(time.Minute).text("yes")
		k.taken().after(c.wait).text("yes")
		if got := k.state("parcel"); got != c.want {
			t.Errorf("a yes %v after the second question left the run in %q, want %q", c.wait, got, c.want)
		}
	}
	k := newTalk(t, count)
	k.start("count", nil)
	for range 5 {
		k.text("7")
		k.wantSaid("Acme: next number?")
	}
}

func TestHeldTexts(t *testing.T) {
	k := newTalk(t, parcel)
	k.env.Line.Classifier = true
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("hm")
	p := k.c.State.Pending
	if p == nil || p.Kind != JobClassify {
		t.Fatalf("nobody asks the classifier: %+v", k.c.State)
	}
	k.text("1")
	k.wantSaid()
	if len(k.c.State.Held) != 1 {
		t.Fatalf("held %d", len(k.c.State.Held))
	}
	result := Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Data: []byte(`{"intent":"came","certain":true}`)}}
	stale := result
	stale.Result = &Result{Effect: p.Effect, Wait: p.Wait + 1, Data: []byte(`{"intent":"gone","certain":true}`)}
	if out := k.apply(stale); out.Status != Ignored {
		t.Fatalf("a result of another wait was %s", out.Status)
	}
	k.apply(result)
	k.wantSaid("How? 1 fine, 2 damaged", "Thanks!")
	if out := k.apply(result); out.Status != Ignored {
		t.Errorf("the result again was %s", out.Status)
	}
}

func TestHeldTextsWithoutAnAnswer(t *testing.T) {
	k := newTalk(t, parcel)
	k.env.Line.Classifier = true
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("hm")
	k.text("yes")
	k.text("STOP") // never held
	if k.env.Consent.State != OptedOut || k.c.State.Pending != nil {
		t.Fatal("STOP was held")
	}
	k = newTalk(t, parcel)
	k.env.Line.Classifier = true
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("hm")
	k.text("yes")
	k.after(classifyTimeout * time.Millisecond).apply(Event{Kind: KindTimer})
	k.wantSaid("YES or NO please", "How? 1 fine, 2 damaged")
	k = newTalk(t, parcel)
	k.env.Line.Classifier = true
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("hm")
	for range MaxHeld + 1 {
		k.text("yes")
	}
	if k.c.State.Handoff == nil || k.c.State.Handoff.Reason != "too_many_held" {
		t.Errorf("handoff %+v", k.c.State.Handoff)
	}
}

// TestResultAfterTheRunMovedOn brings the classifier's answer for a question that
// a business event has meanwhile taken away.
func TestResultAfterTheRunMovedOn(t *testing.T) {
	moving := strings.Replace(parcel, "start: ask", "start: ask\non: {events: {parcel.refunded: {goto: how}}}", 1)
	moving = strings.Replace(moving, `      - {match: ["1", fine]`, "      - {intent: gone, goto: person}\n"+`      - {match: ["1", fine]`, 1) // it would fit there too
	k := newTalk(t, moving)
	k.env.Line.Classifier = true
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("hm")
	p := k.c.State.Pending
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "parcel.refunded"}})
	if k.state("parcel") != "how" {
		t.Fatalf("the event left the run in %q", k.state("parcel"))
	}
	k.apply(Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Data: []byte(`{"intent":"gone","certain":true}`)}})
	if k.state("parcel") != "how" || k.c.State.Handoff != nil || len(k.said()) != 0 {
		t.Errorf("a late result moved the run to %q and said %q", k.state("parcel"), k.said())
	}
	if k.c.State.Pending != nil {
		t.Error("texts are held for ever")
	}
}

func TestSeveralAlerts(t *testing.T) {
	two := func(t *testing.T) *talk {
		k := newTalk(t, strings.Replace(alarm, "class: alert", "class: alert\noverlap: parallel", 1))
		k.start("alarm", nil)
		k.taken().after(time.Hour)
		k.start("alarm", nil)
		k.taken().after(time.Hour)
		return k
	}
	k := two(t)
	k.text("no")
	k.wantSaid("Acme: thank you, we stop it.", "Acme: thank you, we stop it.")
	if len(k.c.State.Runs) != 0 {
		t.Errorf("a plain NO left %d alerts open", len(k.c.State.Runs))
	}
	for _, answer := range []string{"1", "1 yes", "yes #1", "1. Yes!"} {
		k = two(t)
		k.text("yes")
		if len(k.c.State.Runs) != 2 || k.c.State.Which == nil {
			t.Errorf("a plain YES cleared something: %d open", len(k.c.State.Runs))
		}
		k.after(time.Minute).text(answer)
		if k.out.Run == "" || len(k.c.State.Runs) != 1 || k.c.State.Runs[0].Number != 2 {
			t.Errorf("after %q: %+v", answer, k.c.State.Runs)
		}
	}
}

// TestNumberedQuestions: runs of one flow that ask at the same time have numbers.
func TestNumberedQuestions(t *testing.T) {
	k := newTalk(t, strings.Replace(parcel, "class: notice", "class: notice\noverlap: parallel", 1))
	k.start("parcel", nil)
	k.wantSaid("Acme: did it arrive? YES or NO")
	k.taken().after(time.Hour).start("parcel", nil)
	k.wantSaid("2: Acme: did it arrive? YES or NO")
	k.taken().after(time.Hour).text("yes")
	k.wantSaid("Which one do you mean? Please put its number before your answer, for example: 2 YES")
	k.after(time.Minute).text("2 yes")
	k.wantSaid("2: How? 1 fine, 2 damaged")
	k.taken().after(time.Minute).text("yes") // now only the first question is a yes or no
	k.wantSaid("1: How? 1 fine, 2 damaged")
	k.taken().after(time.Minute).text("2 1")
	k.wantSaid("Thanks!", "How? 1 fine, 2 damaged")
}

// TestKeysAndOverlap: runs of different keys wait for each other unless the flow says
// otherwise; an event of a key that waits is not lost.
func TestKeysAndOverlap(t *testing.T) {
	keyed := strings.NewReplacer("class: notice", "class: notice\nkey: \"{{ order }}\"\ninput: {order: string}\non: {events: {parcel.refunded: {goto: refunded}}}",
		"  unanswered: {end", "  refunded: {say: \"Refunded {{ order }}.\", end: refunded}\n  unanswered: {end").Replace(parcel)
	event := func(k *talk, typ, order string) Outcome {
		return k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: typ, Data: map[string]any{"order": order}}})
	}
	k := newTalk(t, keyed)
	event(k, "parcel.delivered", "A")
	if out := event(k, "parcel.delivered", "B"); out.Status != Applied || len(k.c.State.Runs) != 1 || len(k.c.State.Queued) != 1 {
		t.Fatalf("%+v, %+v", out, k.c.State)
	}
	event(k, "parcel.delivered", "B")
	if len(k.c.State.Queued) != 1 {
		t.Errorf("the same key waits twice")
	}
	if out := event(k, "parcel.refunded", "B"); out.Status != Applied || k.state("parcel") != "ask" {
		t.Errorf("%+v, state %q", out, k.state("parcel"))
	}
	event(k, "parcel.refunded", "A")
	k.wantSaid("Refunded A.", "Acme: did it arrive? YES or NO", "Refunded B.")

	k = newTalk(t, strings.Replace(keyed, "class: notice", "class: notice\noverlap: parallel", 1))
	event(k, "parcel.delivered", "A")
	event(k, "parcel.delivered", "B")
	k.wantSaid("2: Acme: did it arrive? YES or NO")

	k = newTalk(t, strings.Replace(keyed, "class: notice", "class: notice\noverlap: replace", 1))
	event(k, "parcel.delivered", "A")
	event(k, "parcel.delivered", "B")
	if len(k.c.State.Runs) != 1 || k.c.State.Runs[0].Key != "B" {
		t.Errorf("%+v", k.c.State.Runs)
	}
}

func TestConfirm(t *testing.T) {
	sure := strings.Replace(parcel, "{intent: no, goto: missing}", "{intent: no, as: not_arrived, goto: missing, confirm: true}", 1)
	sure = strings.Replace(sure, "{intent: yes, goto: how}", "{match: [\"/nope/\"], as: not_arrived, goto: missing, confirm: true}\n      - {intent: yes, goto: how}", 1)
	begin := func() *talk {
		k := newTalk(t, sure)
		k.start("parcel", nil)
		return k.taken().after(time.Minute)
	}
	k := begin()
	k.text("NO") // the exact word needs no second question
	k.wantSaid("A colleague will answer.")
	k = begin()
	k.text("nope nope")
	k.wantSaid("To be sure: did you mean NOT ARRIVED? Reply YES or NO.")
	k.after(time.Minute).text("yes")
	k.wantSaid("A colleague will answer.")
	k = begin()
	k.text("nope nope")
	k.after(time.Minute).text("no")
	k.wantSaid("Acme: did it arrive? YES or NO")
	k.after(time.Minute).text("yes")
	k.wantSaid("How? 1 fine, 2 damaged")
	k = begin()
	k.text("nope nope")
	k.after(time.Minute).text("whatever")
	k.wantSaid("YES or NO please")
}

// TestExactWordOfASuspendedQuestion: a plain YES reaches the question behind the
// front one when that has no use for it.
func TestExactWordOfASuspendedQuestion(t *testing.T) {
	k := newTalk(t, parcel, count)
	k.start("parcel", nil)
	k.taken().after(time.Hour)
	k.start("count", nil)
	k.taken().after(time.Hour).text("yes")
	if k.state("parcel") != "how" {
		t.Errorf("parcel is in %q, said %q", k.state("parcel"), k.said())
	}
}

// TestUnseenQuestion: nobody is told "YES or NO please" about a question that has
// not reached them.
func TestUnseenQuestion(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.text("where is my order?")
	if said := k.said(); k.c.State.Handoff == nil || !slices.Equal(said, []string{willAnswer}) {
		t.Errorf("said %q, handoff %+v", said, k.c.State.Handoff)
	}
	k = newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("yes")
	k.text("but late")
	if k.c.State.Handoff != nil || len(k.said()) != 0 || k.state("parcel") != "how" {
		t.Errorf("said %q, handoff %+v, state %q", k.said(), k.c.State.Handoff, k.state("parcel"))
	}
	k.text("1") // a quick one may know what comes
	k.wantSaid("Thanks!")
}
