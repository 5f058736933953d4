package conversation

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/flows"
	"parley/outbound/quiet"
)

// shelf is a small library of flows.
type shelf []*flows.Flow

func (l shelf) Current(name string) (*flows.Flow, bool) {
	for _, f := range l {
		if f.Name == name {
			return f, true
		}
	}
	return nil, false
}

func (l shelf) ByHash(hash string) (*flows.Flow, bool) {
	for _, f := range l {
		if f.Hash == hash {
			return f, true
		}
	}
	return nil, false
}

func (l shelf) ForEvent(typ string) []*flows.Flow {
	var list []*flows.Flow
	for _, f := range l {
		for _, e := range f.Events {
			if e == typ {
				list = append(list, f)
			}
		}
	}
	return list
}

func (l shelf) ForKeyword(text string) (*flows.Flow, map[string]any, bool) {
	f, ok := l.Current(strings.ToLower(text))
	return f, nil, ok
}

func (l shelf) ForIntent(g flows.Guesser, text string) (*flows.Flow, flows.Guess) {
	return flows.LibraryOf(l...).ForIntent(g, text)
}

func (l shelf) Successor(run flows.Run) (*flows.Flow, string, bool) {
	for _, f := range l {
		if state, ok := f.Successor(run); ok {
			return f, state, true
		}
	}
	return nil, "", false
}

// ear reads plain yes and no, and sends "hm" to a slow classifier.
type ear struct{}

func (ear) Read(text, _ string, intents []string) (string, bool, bool) {
	for _, i := range intents {
		if strings.EqualFold(strings.Trim(text, ".! "), i) {
			return i, true, false
		}
	}
	return "", false, text == "hm"
}

// Skim reads a text by its first word.
func (ear) Skim(text, _ string, intents []string) (string, bool) {
	first, _, _ := strings.Cut(text, " ")
	return strings.ToLower(first), slices.Contains(intents, strings.ToLower(first))
}

// talk is one conversation in memory, driven through Step.
type talk struct {
	t       *testing.T
	env     Env
	c       Conversation
	effects []Effect // of the last event
	out     Outcome
	sent    []*Message // of the whole conversation
}

func newTalk(t *testing.T, sources ...string) *talk {
	t.Helper()
	var lib shelf
	for _, src := range sources {
		f, err := flows.Parse("test.yaml", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		lib = append(lib, f)
	}
	start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC).UnixMilli()
	return &talk{t: t, c: Conversation{ID: "cv", Line: "+12025550100", Phone: "+12025550123"},
		env: Env{Now: start, Flows: lib, Reader: ear{}, Consent: Consent{Phone: "+12025550123"},
			Line: Line{Number: "+12025550100", Brand: flows.Brand{Name: "Acme", Contact: "help@acme.example"}, Quiet: quiet.Default, Callbacks: []string{"*"}}}}
}

// apply steps once and keeps what the engine would keep.
func (k *talk) apply(e Event) Outcome {
	k.t.Helper()
	before, _ := json.Marshal(k.c.State)
	given := k.c
	next, effects, out := Step(k.env, k.c, e)
	if after, _ := json.Marshal(given.State); string(after) != string(before) {
		k.t.Fatalf("Step changed what it was given:\n%s\n%s", before, after)
	}
	again, _, _ := Step(k.env, k.c, e)
	one, _ := json.Marshal(next.State)
	two, _ := json.Marshal(again.State)
	if string(one) != string(two) {
		k.t.Fatalf("the same values gave different states:\n%s\n%s", one, two)
	}
	var state State
	if err := state.Decode(string(one)); err != nil {
		k.t.Fatal(err)
	}
	next.State = state // as it comes back from the database
	k.c, k.effects, k.out = next, effects, out
	for _, f := range effects {
		if f.Send != nil {
			k.sent = append(k.sent, f.Send)
		}
		if f.Consent != nil {
			k.env.Consent = *f.Consent
		}
	}
	return out
}

func (k *talk) after(d time.Duration) *talk {
	k.env.Now += d.Milliseconds()
	return k
}

// until lets time pass to a moment (RFC 3339) and fires what falls due on the way;
// said is what all of it made the business say.
func (k *talk) until(moment string) *talk {
	k.t.Helper()
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		k.t.Fatal(err)
	}
	var all []Effect
	for k.c.WakeAt > 0 && k.c.WakeAt <= at.UnixMilli() {
		k.env.Now = max(k.env.Now, k.c.WakeAt)
		k.apply(Event{Kind: KindTimer})
		all = append(all, k.effects...)
	}
	k.env.Now, k.effects = at.UnixMilli(), all
	return k
}

func (k *talk) text(text string) Outcome {
	k.t.Helper()
	return k.apply(Event{Kind: KindText, Text: &Text{Text: text}})
}

func (k *talk) start(flow string, data map[string]any) Outcome {
	k.t.Helper()
	out := k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Flow: flow, Data: data}})
	if out.Status != Applied {
		k.t.Fatalf("starting %s: %+v", flow, out)
	}
	return out
}

// taken lets the carrier take every question that waits for it.
func (k *talk) taken() *talk {
	k.t.Helper()
	for _, m := range k.sent {
		if m.Wait > 0 && m.Status == Queued {
			m.Status = Sent
			k.apply(Event{Kind: KindSent, Settled: &Settled{Message: m.ID, Run: m.Run, Wait: m.Wait}})
		}
	}
	return k
}

// said is what the last event made the business say.
func (k *talk) said() []string {
	var list []string
	for _, f := range k.effects {
		if f.Send != nil {
			list = append(list, f.Send.Text)
		}
	}
	return list
}

func (k *talk) wantSaid(want ...string) {
	k.t.Helper()
	if got := strings.Join(k.said(), " | "); got != strings.Join(want, " | ") {
		k.t.Errorf("said %q, want %q", got, want)
	}
}

// state is where the run of a flow stands; "" when it is over.
func (k *talk) state(flow string) string {
	for _, r := range k.c.State.Runs {
		if r.Flow == flow {
			return r.State
		}
	}
	return ""
}

func (k *talk) callbacks() []string {
	var list []string
	for _, f := range k.effects {
		if f.Job != nil && f.Job.Kind == JobCallback {
			list = append(list, f.Job.Name)
		}
	}
	return list
}

// callback is what the last event told the business under that name.
func (k *talk) callback(name string) *Job {
	k.t.Helper()
	for _, f := range k.effects {
		if f.Job != nil && f.Job.Name == name {
			return f.Job
		}
	}
	k.t.Fatalf("%s was not told: %v", name, k.callbacks())
	return nil
}

// parcel asks two questions; alarm is an alert; count loops on itself.
const (
	parcel = `
flow: parcel
title: Asks about a parcel
class: notice
trigger: {events: [parcel.delivered], keywords: [PARCEL]}
start: ask
states:
  ask:
    say: "Acme: did it arrive? YES or NO"
    replies:
      - {intent: no, goto: missing}
      - {intent: yes, goto: how}
    silence:
      - {after: 24h, say: "Acme: did it arrive?"}
      - {after: 48h, goto: unanswered}
    otherwise: {say: "YES or NO please", tries: 2, goto: person}
  how:
    say: "How? 1 fine, 2 damaged"
    replies:
      - {match: ["1", fine], as: fine, goto: thanks}
      - {match: ["2", damaged], as: damaged, goto: person}
    silence: {after: 24h, goto: unanswered}
    otherwise: {say: "1 or 2 please", tries: 2, goto: person}
  thanks: {say: "Thanks!", end: completed}
  missing:
    do: [{emit: {event: parcel.missing, data: {}}}]
    goto: person
  person: {handoff: {queue: parcels, say: "A colleague will answer."}}
  unanswered: {end: unanswered}
`
	alarm = `
flow: alarm
title: Asks about a payment
class: alert
trigger: {events: [card.suspicious]}
start: ask
states:
  ask:
    say: "Acme: was the 99.00 payment yours? YES or NO"
    replies:
      - {intent: no, goto: locked}
      - {intent: yes, goto: fine}
    silence: {after: 24h, goto: unanswered}
    otherwise: {say: "YES or NO please", tries: 2, goto: person}
  locked: {say: "Acme: thank you, we stop it.", end: locked}
  fine: {say: "Acme: thank you.", end: fine}
  unanswered: {end: unanswered}
  person: {handoff: {queue: fraud}}
`
	count = `
flow: count
title: Counts what it is told
class: notice
trigger: {events: [count.me]}
start: ask
states:
  ask:
    say: "Acme: next number?"
    capture: {n: integer}
    silence: {after: 24h, goto: unanswered}
    otherwise: {say: "A number please", tries: 3, goto: person}
    goto: ask
  person: {handoff: {queue: numbers}}
  unanswered: {end: unanswered}
`
)
