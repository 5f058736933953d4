package conversation

import (
	"strings"
	"testing"
	"time"

	"parley/flows"
)

const visit = `
flow: visit
trigger: {events: [visit.set]}
input: {at: datetime}
timezone: Europe/Paris
start: remind
on: {events: {visit.over: {goto: over}}}
states:
  remind:
    silence:
      - {at: "at - duration('48h')", between: ["09:00", "20:00"], say: "In two days."}
      - {at: "at - duration('2h')", say: "In two hours."}
      - {at: "at + duration('1h')", goto: over}
  over: {say: "How was it?", end: over}
`

// TestParkedState: a state that asks nothing has its clock all the same, at moments
// of its own, by day; what is over when it begins is passed by.
func TestParkedState(t *testing.T) {
	k := newTalk(t, visit) // it is Monday, March 2, 12:00 UTC
	k.start("visit", map[string]any{"at": "2026-03-07T04:00:00+01:00"})
	// 48 h before is Thursday 04:00 in Paris: by day that is 09:00.
	k.until("2026-03-05T07:59:00Z").wantSaid()
	k.until("2026-03-05T08:00:00Z").wantSaid("In two days.")
	k.until("2026-03-07T01:00:00Z").wantSaid("In two hours.")
	k.until("2026-03-07T04:00:00Z").wantSaid("How was it?")
	if len(k.c.State.Runs) != 0 || k.c.WakeAt != 0 {
		t.Errorf("left behind: %+v", k.c.State)
	}

	k = newTalk(t, visit)
	k.start("visit", map[string]any{"at": "2026-03-02T12:30:00Z"}) // both reminders are over
	k.until("2026-03-02T13:30:00Z").wantSaid("How was it?")

	k = newTalk(t, visit)
	k.start("visit", map[string]any{"at": "2026-03-01T12:30:00Z"}) // all is over
	k.until("2026-03-02T12:00:01Z").wantSaid("How was it?")
}

func TestSilenceWithoutAMoment(t *testing.T) {
	k := newTalk(t, strings.Replace(visit, "{at: datetime}", "{at: {type: datetime, required: false}}", 1))
	k.start("visit", nil)
	if k.c.State.Owner != OwnerQueue || k.c.State.Handoff.Reason != "problem" {
		t.Errorf("nobody was asked: %+v", k.c.State)
	}
}

const tonight = `
flow: tonight
trigger: {events: [tonight]}
input: {at: datetime}
quiet: "13:00-18:00"
start: ask
states:
  ask:
    say: "Deliver tonight?"
    media: "https://shop.example.com/{{ 1 + 1 }}.JPG"
    send_before: at
    resume: "Back to your delivery: tonight?"
    replies: [{intent: yes, goto: done}, {match: boom, goto: broken}]
    silence: {after: 2h, goto: late}
    on:
      replies: [{match: urgent, goto: urgent}]
  urgent: {say: "We hurry.", end: urgent}
  broken: {say: "{{ int('x') }}", on: {error: {goto: sorry}}, goto: done}
  sorry: {say: "Something went wrong.", end: broken}
  late: {say: "Too late.", end: late}
  done: {say: "See you tonight.", end: done}
`

func TestSendBefore(t *testing.T) {
	k := newTalk(t, tonight)
	k.start("tonight", map[string]any{"at": "2026-03-02T20:00:00Z"})
	if m := k.sent[0]; m.ExpiresAt != time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC).UnixMilli() || len(m.Media) != 1 || m.Media[0].URL != "https://shop.example.com/2.JPG" || m.Media[0].Type != "image/jpeg" {
		t.Errorf("%+v", m)
	}

	k = newTalk(t, tonight)
	k.until("2026-03-02T14:00:00Z") // the flow's own quiet hours, until 18:00
	k.start("tonight", map[string]any{"at": "2026-03-02T17:00:00Z"})
	if len(k.sent) != 0 {
		t.Fatalf("it will come too late and is sent all the same: %+v", k.sent[0])
	}
	k.after(time.Minute).text("yes") // nobody asked
	if k.state("tonight") != "ask" {
		t.Errorf("a question that was never sent was answered: %+v", k.c.State)
	}

	k = newTalk(t, tonight)
	k.until("2026-03-02T14:00:00Z")
	k.start("tonight", map[string]any{"at": "2026-03-02T17:00:00Z"})
	k.until("2026-03-02T16:00:00Z").wantSaid("Too late.")
}

func TestWordsOfAState(t *testing.T) {
	k := newTalk(t, tonight, parcel)
	at := map[string]any{"at": "2026-03-05T20:00:00Z"}
	k.start("tonight", at)
	k.taken().after(time.Minute).text("Urgent!")
	k.wantSaid("We hurry.")

	k = newTalk(t, tonight)
	k.start("tonight", at)
	k.taken().after(time.Minute).text("boom")
	k.wantSaid("Something went wrong.")

	k = newTalk(t, tonight, parcel)
	k.start("tonight", at)
	k.taken().start("parcel", nil)
	k.taken().after(time.Minute).text("yes")
	k.taken().after(time.Minute).text("1")
	if got := k.sent[len(k.sent)-1].Text; got != "Back to your delivery: tonight?" {
		t.Errorf("the interrupted question came back as %q", got)
	}
}

// Emergency words hold in every state: also while a run only waits for something to
// happen, beside a question of another flow or beside none.
func TestEmergencyWordsWhileParked(t *testing.T) {
	const ward = `
flow: ward
on: {replies: [{match: [it bleeds], goto: alarm}]}
start: parked
states:
  parked: {say: "{{ brand }}: rest well.", silence: {after: 24h, goto: over}}
  alarm: {say: "We come.", end: alarm}
  over: {end: over}
`
	const poll = `
flow: poll
trigger: {events: [poll.due]}
start: ask
states: {ask: {say: "{{ brand }}: good food? YES or NO", replies: [{intent: yes, goto: over}], silence: {after: 24h, goto: over}, otherwise: {goto: over}}, over: {say: "Thanks.", end: over}}
`
	for name, chat := range map[string]string{
		"alone":             "start\n< Acme: rest well.\n> It bleeds!\n< We come.\n= ended alarm",
		"beside a question": "start\n< Acme: rest well.\nevent poll.due\n< Acme: good food? YES or NO\n> it bleeds\n< We come.\n> yes\n< Thanks.",
		"its own word":      "start\n< Acme: rest well.\nevent poll.due\n< Acme: good food? YES or NO\n> yes\n< Thanks.\n= parked",
	} {
		found, err := flows.ParseDialogues("d.chat", []byte(chat))
		if err != nil {
			t.Fatal(err)
		}
		if err := NewRehearsal(newTalk(t, ward, poll).env.Flows, ear{}, "ward").Perform(found[0]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// They hold as well while the run's own question is behind that of another flow, as
// patterns too, and before that other question can have been seen.
func TestEmergencyWordsBehindAQuestion(t *testing.T) {
	const ward = `
flow: ward
on: {replies: [{match: [/bleed/], goto: alarm}]}
start: pain
states:
  pain: {say: "Pain, 0 to 10?", capture: {score: {type: integer, min: 0, max: 10}}, goto: over, silence: {after: 24h, goto: over}}
  alarm: {say: "We come.", end: alarm}
  over: {end: over}
`
	const poll = `
flow: poll
overlap: parallel
start: ask
states: {ask: {say: "good food? YES or NO", replies: [{intent: yes, goto: over}], silence: {after: 24h, goto: over}, otherwise: {say: "YES or NO", goto: over}}, over: {say: "Thanks.", end: over}}
`
	for name, wait := range map[string]time.Duration{"seen": time.Minute, "not yet seen": time.Second} {
		k := newTalk(t, ward, poll)
		k.start("ward", nil)
		k.taken().after(time.Hour).start("poll", nil)
		k.taken().after(time.Hour).start("poll", nil)
		k.taken().after(wait).text("she bleeds a lot")
		if k.wantSaid("We come."); k.state("ward") != "" {
			t.Errorf("%s: the ward does not know", name)
		}
	}
}
