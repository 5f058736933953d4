package conversation

import (
	"strings"
	"testing"
	"time"

	"parley/flows"
)

// named is a talk in which a name texts a phone of Germany, where names may.
func named(t *testing.T) *talk {
	k := newTalk(t, "flow: tell\ntitle: Tells\ntrigger: {events: [go]}\nstart: a\nstates:\n  a: {say: \"{{ brand }}: hello.\", silence: {after: 48h, goto: b}}\n  b: {say: \"{{ brand }}: once more.\", end: done}\n")
	k.env.Line.Number, k.env.Line.OneWay, k.c.Line = "ACME", true, "ACME"
	k.c.Phone = "+4915123456789"
	return k
}

// TestNamesGoWhereTheyAreCarried: no text leaves under a name for a country that does not
// carry it, whatever brings the text about, and whoever asked for it is told why.
func TestNamesGoWhereTheyAreCarried(t *testing.T) {
	texts := map[string]Event{
		"an event": {Kind: KindTrigger, Trigger: &Trigger{Type: "go"}},
		"a text":   {Kind: KindMessage, Outgoing: &Outgoing{Class: flows.Notice, Text: "Your order."}},
		"a person": {Kind: KindAgent, Agent: &Agent{Name: "ann", Op: "begin", Text: "Good morning."}},
	}
	for what, e := range texts {
		k := named(t)
		if out := k.apply(e); out.Status != Applied || len(k.said()) == 0 {
			t.Errorf("%s to Germany: %+v", what, out)
		}
		k = named(t)
		k.c.Phone = "+6591234567"
		if out := k.apply(e); out.Status != Refused || len(out.Problems) != 1 || !strings.Contains(out.Problems[0], "not registered in Singapore") || len(k.said()) > 0 {
			t.Errorf("%s to Singapore: %+v", what, out)
		}
		k = named(t)
		k.c.Phone, k.env.Line.Registered = "+6591234567", []string{"SG"}
		if out := k.apply(e); out.Status != Applied || len(k.said()) == 0 {
			t.Errorf("%s to Singapore, registered: %+v", what, out)
		}
	}
}

// TestNamesEndWithTheirDay: what a run would say later is held to the rules of then.
func TestNamesEndWithTheirDay(t *testing.T) {
	k := named(t)
	k.c.Phone, k.env.Now = "+34612345678", time.Date(2026, 9, 14, 12, 0, 0, 0, time.UTC).UnixMilli() // Spain wants names registered from the 15th
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "go"}})
	k.wantSaid("Acme: hello.")
	k.after(50 * time.Hour).apply(Event{Kind: KindTimer})
	if len(k.said()) > 0 || k.state("tell") != "" {
		t.Errorf("it was texted, or the run goes on: %+v", k.c.State)
	}
}

// TestNoCodeFromAName: a code that the customer's country would not let through ends, and the
// business hears no more than of any refusal.
func TestNoCodeFromAName(t *testing.T) {
	k := named(t)
	k.c.Phone = "+12025550123"
	_, effects, _ := Step(k.env, k.c, Event{Kind: KindCode, Code: &Code{Challenge: "ch", Purpose: "login", Subject: "s", Text: "code " + CodeBlank, Until: k.env.Now + 60_000}})
	ended := ""
	for _, e := range effects {
		if e.Send != nil {
			t.Errorf("it was texted: %+v", e.Send)
		}
		if e.Code != nil {
			ended = e.Code.To + " " + e.Code.Reason
		}
	}
	if ended != "failed sender" {
		t.Errorf("it ended as %q", ended)
	}
}
