package conversation

import (
	"strings"
	"testing"
	"time"

	"parley/flows"
)

const offers = `
flow: offers
title: Sells something
promotional: true
trigger: {events: [offer.made], keywords: [OFFERS]}
start: tell
states:
  tell: {say: "{{ brand }}: 20% off today.", silence: {after: 24h, say: "Tomorrow no more.", goto: over}}
  over: {end: told}
`

// wantNoOptIn wants an event refused because the customer has not opted in.
func wantNoOptIn(t *testing.T, out Outcome) {
	t.Helper()
	if out.Status != Refused || len(out.Problems) != 1 || !strings.Contains(out.Problems[0], "has not opted in") {
		t.Errorf("%+v", out)
	}
}

// What sells goes to those who have opted in, and to those who ask for it themselves.
func TestBulkNeedsAnOptIn(t *testing.T) {
	offer := Event{Kind: KindTrigger, Trigger: &Trigger{Type: "offer.made"}}
	outgoing := Event{Kind: KindMessage, Outgoing: &Outgoing{Class: flows.Bulk, Text: "20% off"}}
	k := newTalk(t, offers)
	wantNoOptIn(t, k.apply(offer))
	wantNoOptIn(t, k.apply(outgoing))
	if len(k.said()) > 0 {
		t.Error("a text went out")
	}
	if out := k.apply(Event{Kind: KindMessage, Outgoing: &Outgoing{Class: flows.Notice, Text: "Your order."}}); out.Status != Applied {
		t.Errorf("a notice: %+v", out)
	}
	k.wantSaid("Your order.")
	k.text("offers")
	k.wantSaid("Acme: 20% off today.")
	k.after(24 * time.Hour).apply(Event{Kind: KindTimer})
	if len(k.said()) > 0 || k.state("offers") != "" {
		t.Error("who asked once was texted again unasked, or the run goes on")
	}
	wantNoOptIn(t, k.apply(offer))
	k.text("START")
	k.said()
	for _, c := range []struct {
		e    Event
		says string
	}{{offer, "Acme: 20% off today."}, {outgoing, "20% off"}} {
		if out := k.apply(c.e); out.Status != Applied {
			t.Errorf("opted in: %+v", out)
		}
		k.wantSaid(c.says)
	}
	k.text("STOP")
	if out := k.apply(offer); out.Status != Refused || !strings.Contains(out.Problems[0], "opted out") {
		t.Errorf("opted out again: %+v", out)
	}
}

// What is tried with a test key leaves nothing, and needs nobody's consent.
func TestBulkOfATestKey(t *testing.T) {
	k := newTalk(t, offers)
	if out := k.apply(Event{Kind: KindTrigger, Test: true, Trigger: &Trigger{Type: "offer.made"}}); out.Status != Applied {
		t.Errorf("%+v", out)
	}
}

// A start that another flow asks for, or scheduled, is refused with its reason.
func TestBulkStartedByAFlow(t *testing.T) {
	k := newTalk(t, offers, "flow: plans\ntitle: Plans\ntrigger: {events: [go]}\nstart: a\nstates: {a: {do: [{schedule: {flow: offers, after: 1h}}], end: done}}\n")
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "go"}})
	k.after(time.Hour).apply(Event{Kind: KindTimer})
	if len(k.said()) > 0 || len(k.c.State.Scheduled) > 0 {
		t.Errorf("it was texted, or waits: %+v", k.c.State)
	}
}
