package conversation

import (
	"slices"
	"testing"
	"time"

	"parley/flows"
)

// does carries out a command as somebody of the desk.
func (k *talk) does(op, name string, more ...func(*Agent)) Outcome {
	a := Agent{Op: op, Name: name}
	for _, change := range more {
		change(&a)
	}
	return k.apply(Event{Kind: KindAgent, Agent: &a})
}

func lead(a *Agent) { a.Lead = true }

func to(name string) func(*Agent) { return func(a *Agent) { a.To = name } }

func at(state, run string) func(*Agent) {
	return func(a *Agent) { a.State, a.Run = state, run }
}

// wantStatus is for commands of which the words of a refusal do not matter.
func wantStatus(t *testing.T, what string, out Outcome, want OutcomeStatus) {
	t.Helper()
	if out.Status != want {
		t.Errorf("%s was %s %v, want %s", what, out.Status, out.Problems, want)
	}
}

// TestWhoseConversation: what somebody has, others do not take, end or give away, but a
// lead does.
func TestWhoseConversation(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	for _, op := range []string{"release", "transfer"} {
		wantStatus(t, op+" of the bot's", k.does(op, "eve", to("bob")), Conflicting)
		wantStatus(t, op+" of the bot's by a lead", k.does(op, "eve", to("bob"), lead), Conflicting)
	}
	k.does("take", "eve")
	wantStatus(t, "taking again", k.does("take", "eve"), Ignored)
	epoch := k.c.State.Epoch
	for _, op := range []string{"take", "reply", "return", "close", "release", "transfer"} {
		wantStatus(t, op+" of eve's", k.does(op, "bob", to("ann"), func(a *Agent) { a.Text = "hi" }), Conflicting)
	}
	wantStatus(t, "a lead's reply", k.does("reply", "bob", lead, func(a *Agent) { a.Text = "hi" }), Conflicting)
	wantStatus(t, "to nobody", k.does("transfer", "eve"), Refused)
	if k.c.State.Epoch != epoch || k.c.State.Agent != "eve" {
		t.Errorf("%+v", k.c.State)
	}
	k.does("transfer", "eve", to("bob"))
	if k.c.State.Agent != "bob" || k.c.State.Epoch != epoch+1 {
		t.Errorf("after the transfer: %+v", k.c.State)
	}
	wantStatus(t, "eve's reply", k.does("reply", "eve", func(a *Agent) { a.Text = "hi" }), Conflicting)
	k.does("take", "ann", lead)
	k.does("release", "ann")
	if k.c.State.Owner != OwnerQueue || k.c.State.Agent != "" || k.c.State.Handoff.Reason != "released" || !slices.Contains(k.callbacks(), "handoff.requested") {
		t.Errorf("after the release: %+v", k.c.State)
	}
	k.does("take", "bob")
	k.does("close", "ann", lead)
	if !k.talkIsTheBots() {
		t.Errorf("after the close: %+v", k.c.State)
	}
}

// TestReturnToAQuestion: the bot goes on where the person says, and not where it cannot.
func TestReturnToAQuestion(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("no")
	k.wantSaid("A colleague will answer.")
	k.does("take", "eve")
	run := k.c.State.Runs[0].ID
	for what, more := range map[string][]func(*Agent){
		"a state that asks nothing":  {at("thanks", run)},
		"one that tells of it":       {at("missing", run)},
		"no state at all":            {at("", run)},
		"a run that is over":         {at("how", "r9")},
		"what nobody was asked":      {at("how", run), func(a *Agent) { a.Answers = map[string]string{"order": "B-2"} }},
		"more than a note may be":    {at("how", run), func(a *Agent) { a.Text = string(make([]byte, 1601)) }},
		"answers without a question": {func(a *Agent) { a.Answers = map[string]string{"x": "y"} }},
	} {
		wantStatus(t, what, k.does("return", "eve", more...), Refused)
	}
	wantStatus(t, "one of an older owner", k.does("return", "eve", at("how", run), func(a *Agent) { a.Epoch = 7 }), Conflicting)
	k.does("return", "eve", at("how", run))
	k.wantSaid("How? 1 fine, 2 damaged")
	if !k.talkIsTheBots() || k.state("parcel") != "how" || k.c.State.Runs[0].Handed {
		t.Errorf("%+v", k.c.State)
	}
	k.taken().after(time.Minute).text("fine")
	k.wantSaid("Thanks!")
}

// TestSnooze: what is put aside comes back at its time, or when the customer writes, and
// nothing of the bot's runs meanwhile.
func TestSnooze(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken()
	until := func(d time.Duration) func(*Agent) {
		return func(a *Agent) { a.Until = k.env.Now + d.Milliseconds() }
	}
	wantStatus(t, "the bot's", k.does("snooze", "eve", until(time.Hour)), Conflicting)
	k.does("take", "eve")
	for what, d := range map[string]time.Duration{"the past": -time.Hour, "two years": 2 * mostSnooze} {
		wantStatus(t, what, k.does("snooze", "eve", until(d)), Refused)
	}
	wantStatus(t, "ending none", k.does("snooze", "eve"), Ignored)
	wantStatus(t, "bob's", k.does("snooze", "bob", until(time.Hour)), Conflicting)
	k.does("snooze", "eve", until(72*time.Hour))
	if k.c.WakeAt != k.c.State.Snoozed || k.c.State.Snoozed == 0 {
		t.Errorf("wakes at %d, is put aside until %d", k.c.WakeAt, k.c.State.Snoozed)
	}
	wantStatus(t, "the silence of the bot's question", k.after(25*time.Hour).apply(Event{Kind: KindTimer}), Ignored)
	wantStatus(t, "its time", k.after(48*time.Hour).apply(Event{Kind: KindTimer}), Applied)
	k.wantSaid()
	if k.c.State.Snoozed != 0 || k.c.WakeAt != 0 || k.c.State.Agent != "eve" {
		t.Errorf("%+v, wakes at %d", k.c.State, k.c.WakeAt)
	}
	for _, text := range []string{"are you there?", "STOP"} {
		k.does("snooze", "eve", until(time.Hour))
		if k.c.State.Snoozed == 0 {
			t.Fatal("not put aside")
		}
		k.text(text)
		if k.c.State.Snoozed != 0 {
			t.Errorf("%q did not wake it", text)
		}
	}
	k.does("snooze", "eve", until(time.Hour))
	k.does("transfer", "eve", to("bob"))
	if k.c.State.Snoozed != 0 {
		t.Error("bob gets what is put aside")
	}
}

// TestLabelsAndPriority keeps both within what a list can show.
func TestLabelsAndPriority(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	label := func(all ...string) Outcome {
		return k.does("label", "eve", func(a *Agent) { a.Labels = all })
	}
	label(" VIP ", "late  parcel", "vip")
	if got := k.c.State.Labels; !slices.Equal(got, []string{"late parcel", "vip"}) {
		t.Errorf("%q", got)
	}
	many := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"}
	for _, bad := range [][]string{{""}, {"<b>"}, {"a\nb", "\u202e"}, {"a label that is far too long to stand in a list"}, many} {
		wantStatus(t, "labels", label(bad...), Refused)
	}
	label()
	if k.c.State.Labels != nil {
		t.Errorf("%q", k.c.State.Labels)
	}
	priority := func(class string) Outcome {
		return k.does("priority", "eve", func(a *Agent) { a.Priority = flows.Class(class) })
	}
	wantStatus(t, "the bot's", priority("alert"), Conflicting)
	k.does("take", "eve")
	wantStatus(t, "code", priority("code"), Refused)
	priority("alert")
	if k.c.State.Handoff.Priority != "alert" || k.c.State.Handoff.Reason != "taken" {
		t.Errorf("%+v", k.c.State.Handoff)
	}
}
