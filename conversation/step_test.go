package conversation

import (
	"slices"
	"testing"
	"time"
)

func TestConversationToItsEnd(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.wantSaid("Acme: did it arrive? YES or NO")
	k.taken().after(time.Minute).text("yes")
	k.wantSaid("How? 1 fine, 2 damaged")
	k.taken().after(time.Minute).text("1, thanks")
	k.wantSaid("Thanks!")
	if len(k.c.State.Runs) != 0 || len(k.c.State.Timers) != 0 || k.c.Rev != 5 {
		t.Errorf("left behind: %+v, rev %d", k.c.State, k.c.Rev)
	}
	if got := k.callbacks(); !slices.Equal(got, []string{"run.ended"}) {
		t.Errorf("callbacks %v", got)
	}
}

func TestSilence(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	if want := k.sent[0].ExpiresAt + (24 * time.Hour).Milliseconds(); k.c.WakeAt != want {
		t.Errorf("before the carrier took it, the clock is set to %d, want expiry + 24 h = %d", k.c.WakeAt, want)
	}
	k.after(time.Minute).taken()
	if want := k.env.Now + (24 * time.Hour).Milliseconds(); k.c.WakeAt != want {
		t.Errorf("after it was taken: %d, want %d", k.c.WakeAt, want)
	}
	if out := k.apply(Event{Kind: KindTimer}); out.Status != Ignored {
		t.Errorf("a timer before its time was %s", out.Status)
	}
	k.after(24 * time.Hour).apply(Event{Kind: KindTimer})
	k.wantSaid("Acme: did it arrive?")
	k.after(24 * time.Hour).apply(Event{Kind: KindTimer})
	if k.state("parcel") != "" || k.c.WakeAt != 0 {
		t.Errorf("after 48 h: %+v, wake at %d", k.c.State, k.c.WakeAt)
	}
}

func TestConsent(t *testing.T) {
	for _, c := range []struct {
		text string
		want consentWord
	}{
		{"STOP", wordStop}, {"stop.", wordStop}, {" Stop!! ", wordStop}, {"Stop. Thank you!", wordStop}, {"please stop", wordStop},
		{"STOP ALL", wordStop}, {"StopAll", wordStop}, {"ＳＴＯＰ", wordStop}, {"stop 🛑", wordStop}, {"Arrêt", wordStop}, {"opt-out", wordStop},
		{"CANCEL", wordCancel}, {"end", wordCancel}, {"START", wordStart}, {"unstop", wordStart}, {"Help!", wordHelp}, {"help please", wordHelp},
		{"Ok, stop now", wordStop}, {"kindly stop, thank you very much", wordStop},
		{"STOP 12345", ""}, {"don't stop", ""}, {"where does it stop", ""}, {"cancel my order", ""}, {"the end", ""}, {"yes", ""}, {"", ""},
		{"I need help with my order", ""}, {"restart", ""},
	} {
		if got, _ := readConsent(c.text); got != c.want {
			t.Errorf("%q was read as %q, want %q", c.text, got, c.want)
		}
	}
}

func TestStop(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("Stop. Thank you")
	k.wantSaid("Acme: You are unsubscribed and will get no more texts. Reply START to get them again.")
	if !k.sent[len(k.sent)-1].Exempt || k.env.Consent.State != OptedOut || len(k.c.State.Runs) != 0 {
		t.Errorf("after STOP: exempt %v, consent %+v, runs %v", k.sent[len(k.sent)-1].Exempt, k.env.Consent, k.c.State.Runs)
	}
	cancelled := false
	for _, f := range k.effects {
		cancelled = cancelled || f.Cancel != nil && f.Cancel.As == Cancelled && f.Cancel.Conversation == "cv"
	}
	if !cancelled {
		t.Error("what was queued is not taken back")
	}
	k.text("STOP")
	k.wantSaid()
	k.text("yes")
	k.wantSaid()
	if out := k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "parcel.delivered"}}); out.Status != Refused {
		t.Errorf("a start for an opted-out customer was %s", out.Status)
	}
	k.text("help")
	k.wantSaid("Acme: You get texts about your orders, bookings and account. Contact: help@acme.example. Reply STOP to opt out.")
	k.text("start")
	k.wantSaid("Acme: You will get our texts again. Reply HELP for help, STOP to opt out.")
	k.start("parcel", nil)
}

// Twilio's Advanced Opt-Out answers by itself; a second confirmation would be
// refused by it, or read as a mistake.
func TestTheCarrierAnswered(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Minute).apply(Event{Kind: KindText, Text: &Text{Text: "Stopp", OptOut: "STOP"}})
	k.wantSaid()
	if k.env.Consent.State != OptedOut || len(k.c.State.Runs) != 0 {
		t.Errorf("consent %+v, runs %v", k.env.Consent, k.c.State.Runs)
	}
}

// A test key must not opt out whoever has the number.
func TestPlayedOptOut(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.apply(Event{Kind: KindOptOut, Test: true, Settled: &Settled{Message: k.sent[0].ID, Run: k.sent[0].Run}})
	if k.env.Consent.State != "" || len(k.c.State.Runs) != 0 {
		t.Errorf("consent %+v, runs %v", k.env.Consent, k.c.State.Runs)
	}
}

func TestCancelWhileARunIsOpen(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("cancel")
	k.wantSaid("Acme: You are unsubscribed. Reply START if you meant something else. Or contact us: help@acme.example.")
	if !slices.Contains(k.callbacks(), "run.optout_while_open") || k.c.State.Handoff == nil || k.env.Consent.State != OptedOut {
		t.Errorf("callbacks %v, handoff %+v, consent %+v", k.callbacks(), k.c.State.Handoff, k.env.Consent)
	}
}

func TestTakeover(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Minute)
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "eve"}})
	if k.c.State.Epoch != 1 || k.c.WakeAt != 0 {
		t.Errorf("epoch %d, wake at %d", k.c.State.Epoch, k.c.WakeAt)
	}
	k.text("yes")
	k.wantSaid()
	if out := k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "reply", Name: "bob", Text: "hi"}}); out.Status != Conflicting {
		t.Errorf("another agent's reply was %s", out.Status)
	}
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "reply", Name: "eve", Text: "hi", Epoch: 1}})
	k.wantSaid("hi")
	if out := k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "return", Name: "eve", Epoch: 7}}); out.Status != Conflicting {
		t.Errorf("a stale return was %s", out.Status)
	}
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "return", Name: "eve"}})
	if k.c.State.Epoch != 2 || !k.talkIsTheBots() || k.c.WakeAt == 0 {
		t.Errorf("after the return: %+v, wake at %d", k.c.State, k.c.WakeAt)
	}
	k.after(time.Minute).text("yes")
	k.wantSaid("How? 1 fine, 2 damaged")
}

func (k *talk) talkIsTheBots() bool { return k.c.State.Owner == "" }

func TestHandoffSilencesTheBot(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Minute).text("no")
	k.wantSaid("A colleague will answer.")
	if got := k.callbacks(); !slices.Contains(got, "parcel.missing") || !slices.Contains(got, "handoff.requested") {
		t.Errorf("callbacks %v", got)
	}
	k.text("hello?")
	k.wantSaid()
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "eve"}})
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "close", Name: "eve"}})
	if k.state("parcel") != "" || !k.talkIsTheBots() {
		t.Errorf("after close: %+v", k.c.State)
	}
}

func TestFailedQuestionEndsTheRun(t *testing.T) {
	k := newTalk(t, alarm)
	k.start("alarm", nil)
	m := k.sent[0]
	k.apply(Event{Kind: KindFailed, Settled: &Settled{Message: m.ID, Run: m.Run, Wait: m.Wait, Error: "30003"}})
	if k.state("alarm") != "" || k.c.State.Handoff == nil {
		t.Errorf("an alert that cannot be delivered: %+v", k.c.State)
	}
	if out := k.apply(Event{Kind: KindFailed, Settled: &Settled{Message: m.ID, Run: m.Run, Wait: m.Wait}}); out.Status != Ignored {
		t.Errorf("a repeat was %s", out.Status)
	}
}

func TestQuietHours(t *testing.T) {
	k := newTalk(t, parcel, alarm)
	k.after(10 * time.Hour) // 22:00
	k.start("parcel", nil)
	k.start("alarm", nil)
	if got := time.UnixMilli(k.sent[0].DueAt).UTC().Format("02 15:04"); got != "03 08:00" {
		t.Errorf("a notice at night is due %s", got)
	}
	if k.sent[1].DueAt != k.env.Now {
		t.Error("an alert waits for the morning")
	}
	k.taken().after(time.Minute).text("help")
	if m := k.sent[len(k.sent)-1]; m.DueAt != k.env.Now {
		t.Error("an answer to a text of the night waits for the morning")
	}
}

func TestOverlapQueues(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.start("parcel", nil)
	k.wantSaid()
	if len(k.c.State.Runs) != 1 || len(k.c.State.Queued) != 1 {
		t.Fatalf("runs %d, queued %d", len(k.c.State.Runs), len(k.c.State.Queued))
	}
	k.taken().after(time.Minute).text("yes")
	k.taken().after(time.Minute).text("1")
	k.wantSaid("Thanks!", "Acme: did it arrive? YES or NO")
}

func TestNothingOpen(t *testing.T) {
	k := newTalk(t, parcel)
	for _, text := range []string{"thanks", "Ok!", "👍", "🙏🙏", "thank you 😀"} {
		k.text(text)
		k.wantSaid()
		if k.c.State.Handoff != nil {
			t.Fatalf("%q asks for a person", text)
		}
	}
	k.text("parcel")
	k.wantSaid("Acme: did it arrive? YES or NO")
	k = newTalk(t, parcel)
	k.text("where is my order?")
	if k.c.State.Handoff == nil || k.c.State.Owner != OwnerQueue {
		t.Error("an unclear text does not reach a person")
	}
}
