package conversation

import (
	"slices"
	"testing"
	"time"
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
