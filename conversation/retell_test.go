package conversation

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/flows"
)

const retold = `flow: retold
title: Waits, pays and asks for a person
languages: [en, es]
trigger: {events: [bill.due], keywords: ["PAY {order}"]}
input: {order: {type: string, max: 12}, amount: {type: money, default: "5.00 USD"}}
start: ask
states:
  ask:
    say: {en: "{{ brand }}: pay {{ money(amount) }} for {{ order }}? YES or NO.", es: "{{ brand }}: paga {{ money(amount) }} por {{ order }}? SI o NO."}
    replies: [{intent: no, goto: agent}, {intent: yes, goto: howmuch}]
    silence: [{after: 24h, say: {en: "{{ brand }}: still there?", es: "{{ brand }}: sigue ahi?"}}, {after: 48h, goto: gone}]
  howmuch:
    say: {en: "How many?", es: "Cuantos?"}
    capture: {n: {type: integer, min: 1}}
    goto: agent
    silence: {after: 24h, goto: gone}
  agent: {handoff: {queue: desk}}
  gone: {end: gone}
`

// past records a conversation as the engine does.
type past struct {
	t   *testing.T
	env Env
	c   Conversation
	log []Logged
}

func (p *past) apply(e Event) {
	p.t.Helper()
	r := Record{Event: e, Took: Took{Now: p.env.Now}}
	env := p.env
	env.Flows = taking{p.env.Flows, &r.Took, env.Contact}
	next, effects, out := Step(env, p.c, e)
	if out.Status != Applied {
		p.t.Fatalf("%s: %s %v", e.Kind, out.Status, out.Problems)
	}
	p.c = next
	var asked []Event
	for _, effect := range effects {
		if effect.Record != nil {
			r.Decisions = append(r.Decisions, *effect.Record)
		}
		if m := effect.Send; m != nil && m.Wait > 0 {
			asked = append(asked, Event{Kind: KindSent, Settled: &Settled{Message: m.ID, Run: m.Run, Wait: m.Wait}})
		}
	}
	b, err := json.Marshal(r)
	if err != nil {
		p.t.Fatal(err)
	}
	p.log = append(p.log, Logged{Rev: next.Rev, Kind: e.Kind, Data: string(b)})
	for _, e := range asked {
		p.env.Now += 1500
		p.apply(e)
	}
}

func (p *past) text(after time.Duration, text string, media ...flows.Media) {
	p.env.Now += after.Milliseconds()
	p.apply(Event{Kind: KindText, Text: &Text{Text: text, Media: media}})
}

func newPast(t *testing.T) (*past, *flows.Flow) {
	t.Helper()
	f, err := flows.Parse("retold.yaml", []byte(retold))
	if err != nil {
		t.Fatal(err)
	}
	return &past{t: t, env: Env{Now: time.Date(2026, 7, 1, 12, 34, 56, 0, time.UTC).UnixMilli(), Flows: flows.LibraryOf(f), Reader: ear{},
		Line: Line{Number: "+13035550100", Brand: flows.Brand{Name: "Real Brand"}, Callbacks: []string{"*"}}},
		c: Conversation{ID: "c1", Line: "+13035550100", Phone: "+13035550987"}}, f
}

// retell writes the past down, checks that it holds, and returns it.
func (p *past) retell(f *flows.Flow, hidden ...string) string {
	p.t.Helper()
	out, err := Retell(Recorded{Events: p.log, Phone: p.c.Phone, Language: p.c.State.Language, Versions: []*flows.Flow{f}}, ear{})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, s := range append(hidden, "5550987", "Real Brand") {
		if strings.Contains(out, s) {
			p.t.Errorf("it shows %q:\n%s", s, out)
		}
	}
	dialogues, err := flows.ParseDialogues("x.chat", []byte(out))
	if err != nil || len(dialogues) != 1 {
		p.t.Fatalf("%d dialogues, %v\n%s", len(dialogues), err, out)
	}
	if found := NewRehearsal(flows.LibraryOf(f), ear{}, f.Name).Compare(dialogues[0]); len(found) > 0 {
		p.t.Errorf("it does not hold: %+v\n%s", found, out)
	}
	return out
}

func TestRetell(t *testing.T) {
	p, f := newPast(t)
	p.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "bill.due", Language: "es",
		Data: map[string]any{"order": "B-778899", "amount": map[string]any{"amount": 249.9, "currency": "USD"}, "extra": map[string]any{"who": "Maria Lopez", "n": 123456.0}}}})
	p.env.Now += (24*time.Hour + 2*time.Second).Milliseconds()
	p.apply(Event{Kind: KindTimer})
	p.text(2*time.Hour, "what about 555-12-34?")
	out := p.retell(f, "778899", "249", "Maria", "123456", "555-12-34", "what about")
	for _, want := range []string{"@ at 2026-07-01T12:34\n@ lang es\nstart {", `"order":"X-000001"`, `"amount":200`, "paga 200,00 USD por X-000001?", "\n~ 24h", "\n< Acme: sigue ahi?\n", "\n> TEXT1\n", "= handoff"} {
		if !strings.Contains(out, want) {
			t.Errorf("it lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "otherwise than it went") {
		t.Errorf("it goes otherwise:\n%s", out)
	}
}

func TestRetellOfATextThatStarts(t *testing.T) {
	p, f := newPast(t)
	p.text(0, "PAY B-778899")
	p.text(time.Minute, "yes")
	p.text(time.Minute, "12345")
	p.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "Joe"}})
	p.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "reply", Name: "Joe", Text: "Dear Maria"}})
	p.text(time.Minute, "my card is 4111 1111 1111 1111", flows.Media{URL: "https://carrier.example/secret.jpg", Type: "image/jpeg"})
	out := p.retell(f, "778899", "12345", "4111", "Maria", "Joe", "carrier.example", "my card")
	for _, want := range []string{"> PAY X-000001\n", "\n> yes\n", "\n> 10000\n", "\n* take\n", "\n* reply TEXT1\n", "\n> [photo 1.jpg] TEXT2\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("it lacks %q:\n%s", want, out)
		}
	}
	p.log = p.log[1:]
	if _, err := Retell(Recorded{Events: p.log, Versions: []*flows.Flow{f}}, ear{}); err == nil {
		t.Error("half a conversation was told")
	}
}

// What cannot be played the same way is said at the head.
func TestRetellSaysWhatDiffers(t *testing.T) {
	p, f := newPast(t)
	p.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "bill.due", Data: map[string]any{"order": "B-1"}}})
	run := p.c.State.Runs[0].ID
	p.apply(Event{Kind: KindEndRun, EndRun: &EndRun{Run: run, Outcome: "paid"}})
	out := p.retell(f)
	if !strings.Contains(out, "# An event of kind end_run came") || !strings.Contains(out, "# It goes otherwise than it went") {
		t.Error(out)
	}
}

// What the business's API answered is played again, without the customer in it.
func TestRetellOfACall(t *testing.T) {
	f, err := flows.Parse("calls.yaml", []byte(`flow: calls
title: Asks the shop
trigger: {events: [x.y]}
start: a
states:
  a:
    do: [{call: {url: "https://shop.example/stock", result: {owner: string, left: integer}, on: {404: none}}}]
    say: "{{ brand }}: {{ owner }} has {{ left }}."
    end: told
  none: {end: none}
`))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := newPast(t)
	p.env.Flows = flows.LibraryOf(f)
	p.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "x.y"}})
	calling := p.c.State.Runs[0].Calling
	if calling == nil {
		t.Fatal("nothing is called: the test proves nothing")
	}
	p.env.Now += 300
	p.apply(Event{Kind: KindResult, Result: &Result{Effect: calling.Effect, Kind: JobCall, Run: p.c.State.Runs[0].ID, Wait: calling.Wait, Epoch: p.c.State.Epoch,
		Data: json.RawMessage(`{"status":200,"body":{"owner":"Maria Lopez","left":3}}`)}})
	out := p.retell(f, "Maria")
	for _, want := range []string{"\ncall 200 {\"left\":3,\"owner\":\"OWNER1\"}\n< Acme: OWNER1 has 3.\n= ended told\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("it lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "otherwise than it went") {
		t.Errorf("it goes otherwise:\n%s", out)
	}
}

// What a queue's rule did is told as what a person would have done.
func TestRetellOfARule(t *testing.T) {
	p, f := newPast(t)
	p.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "bill.due", Data: map[string]any{"order": "B-1"}}})
	p.c.State.Owner = OwnerQueue
	p.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "assign", To: "Joe", Rule: &Ruling{Queue: "desk"}}})
	p.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "abandon", To: "Joe", Rule: &Ruling{Queue: "desk", Active: deskOf(p.c).Active()}}})
	out := p.retell(f, "Joe")
	for _, want := range []string{"\n* take\n", "\n* return\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("it lacks %q:\n%s", want, out)
		}
	}
}
