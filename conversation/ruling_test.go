package conversation

import (
	"testing"
	"time"
)

// ruled carries out a queue's rule.
func (k *talk) ruled(op, who string, active int64) Outcome {
	return k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: op, To: who, Rule: &Ruling{Queue: "default", Turn: 3, Active: active}}})
}

// TestRulesComeTooLate: a rule changes nothing where the conversation is no longer as it
// saw it, takes nothing from anybody who took it, and people cannot act as one.
func TestRulesComeTooLate(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	wantStatus(t, "what the bot has was given", k.ruled("assign", "eve", 0), Conflicting)
	k.c.State.Owner, k.c.State.Handoff = OwnerQueue, &Handing{Reason: "flow", Since: k.env.Now}
	wantStatus(t, "a person's assign", k.does("assign", "bob", to("bob")), Refused)
	wantStatus(t, "assign to nobody", k.ruled("assign", "", 0), Refused)
	epoch := k.c.State.Epoch
	wantStatus(t, "assign", k.ruled("assign", "eve", 0), Applied)
	if st := k.c.State; st.Owner != OwnerAgent || st.Agent != "eve" || st.Epoch != epoch+1 || st.Given == 0 {
		t.Errorf("%+v", st)
	}
	wantStatus(t, "a second assign", k.ruled("assign", "bob", 0), Conflicting)
	active := deskOf(k.c).Active()
	wantStatus(t, "reassign from another", k.ruled("reassign", "bob", active), Conflicting)
	k.after(time.Second).text("are you there")
	for _, op := range []string{"reassign", "abandon"} {
		wantStatus(t, op+" by what was", k.ruled(op, "eve", active), Conflicting)
	}
	wantStatus(t, "abandon", k.ruled("abandon", "eve", deskOf(k.c).Active()), Applied)
	if st := k.c.State; st.Owner != OwnerQueue || st.Handoff.Reason != "abandoned" || st.Awaiting == 0 || st.Given != 0 {
		t.Errorf("%+v", st)
	}
}

// TestOverdueOnce: an answer is overdue once for each wait, and never for one that is over.
func TestOverdueOnce(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	since := k.env.Now
	overdue := func() Outcome {
		return k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "overdue", Rule: &Ruling{Queue: "default", Awaiting: since, Due: since + 60_000}}})
	}
	wantStatus(t, "nobody waits for a person", overdue(), Conflicting)
	k.c.State.Owner, k.c.State.Handoff, k.c.State.Awaiting = OwnerQueue, &Handing{Reason: "flow", Since: since}, since
	wantStatus(t, "as a person's", k.does("overdue", "eve"), Refused)
	epoch := k.c.State.Epoch
	wantStatus(t, "overdue", overdue(), Applied)
	wantStatus(t, "again", overdue(), Conflicting)
	if st := k.c.State; st.Epoch != epoch || st.Owner != OwnerQueue || st.Overdue != since {
		t.Errorf("%+v", st)
	}
	k.c.State.Awaiting++
	wantStatus(t, "of a wait before", overdue(), Conflicting)
}

const minded = `flow: minded
title: Asks a person, and goes on
class: notice
languages: [en]
trigger: {events: [minded]}
start: person
states:
  person: {handoff: {queue: desk, then: back}}
  back:
    say: "Did that help?"
    replies: [{match: [yes], goto: over}]
    silence: {after: 24h, goto: over}
    otherwise: {goto: over}
  over: {end: completed}
`

// TestAbandoned: where nobody waits for a person's word, the bot goes on where the flow
// says; a snooze that ends gives the agent the whole time again.
func TestAbandoned(t *testing.T) {
	k := newTalk(t, minded)
	k.start("minded", nil)
	wantStatus(t, "assign", k.ruled("assign", "eve", 0), Applied)
	k.after(time.Minute).does("reply", "eve", func(a *Agent) { a.Text = "Good morning." })
	if st := k.c.State; st.Replied != k.env.Now || st.Awaiting != 0 {
		t.Errorf("%+v", st)
	}
	active := deskOf(k.c).Active()
	k.does("snooze", "eve", func(a *Agent) { a.Until = k.env.Now + 1000 })
	wantStatus(t, "abandon of what is put aside", k.ruled("abandon", "eve", active), Conflicting)
	k.after(2 * time.Second).apply(Event{Kind: KindTimer})
	wantStatus(t, "abandon by what was before", k.ruled("abandon", "eve", active), Conflicting)
	wantStatus(t, "abandon", k.ruled("abandon", "eve", deskOf(k.c).Active()), Applied)
	if st := k.c.State; !k.talkIsTheBots() || k.state("minded") != "back" || st.Wrote+st.Replied+st.Given != 0 {
		t.Errorf("%+v", st)
	}
}
