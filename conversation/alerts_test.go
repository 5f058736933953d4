package conversation

import (
	"strings"
	"testing"
	"time"

	"parley/flows"
)

// fraud is a second alert beside alarm.
var fraud = strings.NewReplacer("flow: alarm", "flow: fraud", "card.suspicious", "login.suspicious", "the 99.00 payment yours", "the login yours").Replace(alarm)

func twoAlerts(t *testing.T, sources ...string) *talk {
	t.Helper()
	k := newTalk(t, append(sources, alarm, fraud)...)
	for _, flow := range []string{"alarm", "fraud"} {
		k.start(flow, nil)
		k.taken().after(time.Minute)
	}
	return k
}

func TestPlainNoAnswersEveryOpenAlert(t *testing.T) {
	k := twoAlerts(t)
	k.text("no")
	k.wantSaid("Acme: thank you, we stop it.", "Acme: thank you, we stop it.")
	if len(k.c.State.Runs) != 0 {
		t.Errorf("still open: %+v", k.c.State.Runs)
	}
}

func TestPlainYesClearsNoAlertBeforeTheChoice(t *testing.T) {
	k := twoAlerts(t)
	k.text("yes")
	if k.state("alarm") != "ask" || k.state("fraud") != "ask" {
		t.Fatalf("a plain yes cleared one: alarm %q, fraud %q", k.state("alarm"), k.state("fraud"))
	}
	k.after(time.Minute).text("2")
	if k.state("alarm") != "ask" || k.state("fraud") != "" {
		t.Errorf("after the choice: alarm %q, fraud %q", k.state("alarm"), k.state("fraud"))
	}
}

func TestAnAlertThatCannotHaveBeenSeenIsNotAnswered(t *testing.T) {
	k := newTalk(t, alarm, fraud)
	k.start("alarm", nil)
	k.taken().after(time.Minute)
	before := k.env.Now
	k.start("fraud", nil)
	k.after(time.Second).taken().after(time.Minute)
	k.apply(Event{Kind: KindText, At: before, Text: &Text{Text: "no"}})
	if k.state("alarm") == "" && k.state("fraud") == "" {
		t.Error("a no that was written before the second alert was taken for both")
	}
}

// An answer to "1 or 2?" that is no choice must not clear an alert after all.
func TestNoChoiceGoesToAPerson(t *testing.T) {
	k := twoAlerts(t)
	k.text("yes")
	k.after(time.Minute).text("yes")
	if k.state("alarm") != "ask" || k.state("fraud") != "ask" || k.c.State.Handoff == nil {
		t.Errorf("alarm %q, fraud %q, handoff %+v", k.state("alarm"), k.state("fraud"), k.c.State.Handoff)
	}
}

// "1" after another question has come is an answer to that question.
func TestTheChoiceEndsWithTheNextQuestion(t *testing.T) {
	k := twoAlerts(t, count)
	k.text("yes")
	k.after(time.Hour).start("count", nil)
	k.taken().after(time.Minute).text("1")
	k.wantSaid("Acme: next number?")
	if k.state("alarm") != "ask" {
		t.Error("the number was read as the choice of an alert")
	}
	k = twoAlerts(t)
	k.text("yes")
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "eve"}})
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "return", Name: "eve"}})
	k.after(time.Hour).text("1")
	if k.state("alarm") != "ask" {
		t.Error("the choice outlived a takeover")
	}
}

func TestMediaAloneNeverFallsToOtherwise(t *testing.T) {
	photo := []flows.Media{{URL: "https://x.example/p.jpg", Type: "image/jpeg"}}
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Minute).apply(Event{Kind: KindText, Text: &Text{Media: photo}})
	k.wantSaid()
	if k.state("parcel") != "ask" || k.c.State.Runs[0].Tries != 0 {
		t.Errorf("a photo counted as an answer: %+v", k.c.State.Runs[0])
	}
}

// A photo that follows an answer joins the run that took it, also when another
// question has come to the front since.
func TestMediaJoinTheRunThatAsked(t *testing.T) {
	const damage = `
flow: damage
title: Asks about damage
class: notice
trigger: {events: [damage.seen]}
start: kind
states:
  kind:
    say: "Acme: what is damaged? 1 box, 2 goods"
    replies: [{match: ["1", box], goto: photo}, {match: ["2", goods], goto: photo}]
    silence: {after: 24h, goto: done}
    otherwise: {say: "1 or 2", tries: 1, goto: done}
  photo:
    say: "Please describe it, with a photo"
    capture: {words: text, photos: media}
    goto: done
    silence: {after: 24h, goto: done}
    otherwise: {say: "Describe it", tries: 1, goto: done}
  done: {end: done}
`
	k := newTalk(t, damage, parcel)
	k.start("damage", nil)
	k.taken().after(time.Minute).text("1")
	k.taken().after(time.Minute)
	k.start("parcel", nil)
	k.taken().after(time.Minute).apply(Event{Kind: KindText, Text: &Text{Text: " ", Media: []flows.Media{{URL: "https://x.example/p.jpg", Type: "image/jpeg"}}}})
	k.wantSaid()
	for _, r := range k.c.State.Runs {
		if photos, _ := r.Vars["photos"].([]any); r.Flow == "damage" && len(photos) != 1 {
			t.Errorf("the photo did not join: %+v", r.Vars)
		}
	}
}

// An alert's question is answered by words alone: nobody outside hears of it.
func TestNoClassifierIsAskedAboutAnAlert(t *testing.T) {
	k := newTalk(t, strings.Replace(alarm, "start: ask", "intents: {mine: {examples: {en: [it was me]}}}\nstart: ask", 1))
	k.env.Line.Classifier = true
	k.start("alarm", nil)
	k.taken().after(time.Minute).text("hm, it was me")
	if k.c.State.Pending != nil {
		t.Errorf("asked: %+v", k.c.State.Pending)
	}
	k.wantSaid("YES or NO please")
}
