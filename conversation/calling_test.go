package conversation

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// stock calls; its answer decides.
const stock = `
flow: stock
title: Says what is left
class: notice
trigger: {events: [stock.asked]}
input: {thing: {type: string, max: 20}}
on: {events: {item.gone: {goto: gone}}}
start: check
states:
  check:
    do:
      - call:
          url: "https://shop.example.com/stock/{{ thing }}"
          result: {left: integer}
          on: {404: gone, 503: busy}
    say: "{{ left ?? 0 }} left. Keep one? YES or NO"
    replies: [{intent: yes, goto: kept}, {intent: no, goto: gone}]
    silence: {after: 24h, goto: gone}
  kept: {say: "Kept.", end: kept}
  busy: {say: "Later.", end: busy}
  gone: {say: "Gone.", end: gone}
`

// called is a conversation whose run waits for the answer of its call.
func called(t *testing.T, sources ...string) (*talk, *Job) {
	t.Helper()
	k := newTalk(t, append(sources, stock)...)
	k.start("stock", map[string]any{"thing": "a b"})
	return k, k.call()
}

// call is the call that the last event asked for.
func (k *talk) call() *Job {
	k.t.Helper()
	for _, f := range k.effects {
		if f.Job != nil && f.Job.Kind == JobCall {
			return f.Job
		}
	}
	k.t.Fatal("nothing is called")
	return nil
}

func (k *talk) answer(j *Job, data, problem string) Outcome {
	k.t.Helper()
	return k.apply(Event{Kind: KindResult, Result: &Result{Effect: j.ID, Kind: JobCall, Run: j.Run, Wait: j.Wait, Epoch: j.Epoch, Data: []byte(data), Error: problem}})
}

func TestACallSuspendsItsState(t *testing.T) {
	k, j := called(t)
	k.wantSaid()
	if j.Data["method"] != "GET" || j.Data["url"] != "https://shop.example.com/stock/a%20b" || j.Run == "" || j.Wait == 0 {
		t.Errorf("%+v", j)
	}
	if k.state("stock") != "check" || k.c.WakeAt != k.env.Now+callTimeout {
		t.Errorf("%q, wakes at %d", k.state("stock"), k.c.WakeAt)
	}
	k.answer(j, `{"status": 200, "body": {"left": 3}}`, "")
	k.wantSaid("3 left. Keep one? YES or NO")
	if out := k.answer(j, `{"status": 404}`, ""); out.Status != Ignored {
		t.Errorf("a second answer was %s", out.Status)
	}
	k.taken().after(time.Minute).text("yes")
	k.wantSaid("Kept.")
}

func TestAnswersOfCalls(t *testing.T) {
	cases := []struct{ data, problem, want, note string }{
		{`{"status": 204}`, "", "0 left. Keep one? YES or NO", ""},
		{`{"status": 404}`, "", "Gone.", ""},
		{`{"status": 503}`, "too many tries", "Later.", ""},
		{`{"status": 500}`, "", "", "the call to shop.example.com answered 500"},
		{`{"status": 200, "body": {"left": "x"}}`, "", "", "the answer of shop.example.com does not fit: left must be a whole number"},
		{``, "the host is not allowed", "", "the call to shop.example.com failed: the host is not allowed"},
		{`nonsense`, "", "", "the call to shop.example.com failed: its answer cannot be read"},
	}
	for _, c := range cases {
		k, j := called(t)
		k.answer(j, c.data, c.problem)
		note := ""
		if k.c.State.Handoff != nil {
			note = k.c.State.Handoff.Note
		}
		if got := strings.Join(k.said(), "|"); got != c.want || c.note == "" != (note == "") || !strings.Contains(note, c.note) {
			t.Errorf("%s %s: said %q, note %q; want %q, %q", c.data, c.problem, got, note, c.want, c.note)
		}
	}
}

func TestALostCallFails(t *testing.T) {
	k, j := called(t)
	k.after(callTimeout * time.Millisecond).apply(Event{Kind: KindTimer})
	if h := k.c.State.Handoff; h == nil || !strings.Contains(h.Note, "did not answer in time") {
		t.Errorf("%+v", h)
	}
	if out := k.answer(j, `{"status": 200}`, ""); out.Status != Ignored {
		t.Errorf("a late answer was %s", out.Status)
	}
}

// What is written meanwhile is read by what the answer led to, in its order.
func TestTextsWaitForACall(t *testing.T) {
	k, j := called(t)
	k.after(time.Second).text("hello?")
	k.after(time.Second).text("yes")
	k.wantSaid()
	if len(k.c.State.Held) != 2 {
		t.Fatalf("held %d", len(k.c.State.Held))
	}
	k.after(20*time.Second).answer(j, `{"status": 404}`, "")
	if said := k.said(); !slices.Equal(said, []string{"Gone.", willAnswer}) || len(k.c.State.Held) != 0 || k.c.State.Handoff == nil {
		t.Errorf("said %q, held %+v, handoff %+v: nobody read them", said, k.c.State.Held, k.c.State.Handoff)
	}
}

func TestConsentWordsDoNotWaitForACall(t *testing.T) {
	k, j := called(t)
	k.text("hello?")
	k.text("STOP")
	if k.env.Consent.State != OptedOut || len(k.c.State.Runs)+len(k.c.State.Timers)+len(k.c.State.Held) > 0 {
		t.Errorf("%+v", k.c.State)
	}
	if out := k.answer(j, `{"status": 200}`, ""); out.Status != Ignored {
		t.Errorf("the answer was %s", out.Status)
	}
}

func TestAnEventThatMovesTheRunCancelsItsCall(t *testing.T) {
	k, j := called(t)
	k.text("hello?")
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "item.gone"}})
	if said := k.said(); !slices.Equal(said, []string{"Gone.", willAnswer}) || len(k.c.State.Timers) != 0 || len(k.c.State.Held) != 0 {
		t.Errorf("said %q, left %+v", said, k.c.State)
	}
	if out := k.answer(j, `{"status": 200}`, ""); out.Status != Ignored {
		t.Errorf("its answer was %s", out.Status)
	}
}

// A run whose call an agent has cut short ends when the agent hands back: it must not
// stand there for ever.
func TestAnAgentCutsACallShort(t *testing.T) {
	for _, op := range []string{"return", "close"} {
		k, j := called(t)
		k.text("hello?")
		k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "eve"}})
		if len(k.c.State.Held) != 0 {
			t.Error("texts are held from the person")
		}
		if out := k.answer(j, `{"status": 200}`, ""); out.Status != Ignored {
			t.Errorf("the answer was %s", out.Status)
		}
		k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: op, Name: "eve"}})
		if len(k.c.State.Runs) != 0 || k.c.WakeAt != 0 {
			t.Errorf("after %s: %+v", op, k.c.State)
		}
	}
}

func TestARunThatEndsWhileItCallsLeavesNothing(t *testing.T) {
	k, j := called(t)
	k.text("hello?")
	k.apply(Event{Kind: KindEndRun, EndRun: &EndRun{Run: j.Run, Outcome: "x"}})
	if len(k.c.State.Held)+len(k.c.State.Timers) != 0 || k.c.State.Handoff == nil {
		t.Errorf("%+v", k.c.State)
	}
}

// Another question's classifier and a call do not end each other's wait.
func TestACallOutlivesAClassifier(t *testing.T) {
	k := newTalk(t, parcel, stock)
	k.env.Line.Classifier = true
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("hm")
	p := k.c.State.Pending
	k.start("stock", map[string]any{"thing": "x"})
	j := k.call()
	k.text("one more")
	k.apply(Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Data: []byte(`{"intent":"yes"}`)}})
	if len(k.c.State.Held) != 1 {
		t.Errorf("held %d: the text was read before the call's answer", len(k.c.State.Held))
	}
	if out := k.answer(j, `{"status": 200, "body": {"left": 1}}`, ""); out.Status != Applied || len(k.c.State.Held) != 0 {
		t.Errorf("%s, held %d", out.Status, len(k.c.State.Held))
	}
}

// An answer is for the call that asked for it, in whatever state the run is now.
func TestOnlyTheCallThatIsAwaitedIsAnswered(t *testing.T) {
	again := strings.Replace(stock, "on: {events: {item.gone: {goto: gone}}}", "on: {events: {item.gone: {goto: gone}, item.back: {goto: wait}}}", 1) +
		"  wait: {say: \"One moment.\", silence: {after: 1h, goto: check}, on: {events: {item.there: {goto: check}}}}\n"
	k := newTalk(t, again)
	k.start("stock", map[string]any{"thing": "x"})
	first := k.call()
	other := *first
	other.ID = "job_other"
	if out := k.answer(&other, `{"status": 200}`, ""); out.Status != Ignored {
		t.Errorf("another job's answer was %s", out.Status)
	}
	k.text("hello?")
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "item.back"}})
	if k.state("stock") != "wait" || k.c.State.Runs[0].Calling != nil || len(k.c.State.Held) != 0 {
		t.Errorf("the call goes on in %q: %+v", k.state("stock"), k.c.State)
	}
	if out := k.answer(first, `{"status": 200}`, ""); out.Status != Ignored {
		t.Errorf("the answer of a call that was left was %s", out.Status)
	}
}
