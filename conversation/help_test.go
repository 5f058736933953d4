package conversation

import (
	"testing"
	"time"
)

const steps = `
flow: steps
title: One step
trigger: {events: [joined]}
start: show
states:
  show:
    say: "{{ brand }}: Open the app. Reply DONE, or HELP."
    replies:
      - {intent: help, goto: explain}
      - {intent: done, goto: over}
    silence: {after: 24h, goto: over}
    otherwise: {say: "DONE or HELP?", goto: over}
  explain: {say: "It is the blue one.", goto: show}
  over: {say: "Done.", end: done}
`

const ourHelp = "Acme: You get texts about your orders, bookings and account. Contact: help@acme.example. Reply STOP to opt out."

// HELP is answered as the rules on consent want it, whatever is open; a question that
// listens for it hears it too.
func TestHelpReachesAQuestionThatAsksForIt(t *testing.T) {
	for _, word := range []string{"HELP", "info", "help please"} {
		k := newTalk(t, steps)
		k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "joined"}})
		k.wantSaid("Acme: Open the app. Reply DONE, or HELP.")
		k.taken().after(time.Minute).text(word)
		k.wantSaid(ourHelp, "It is the blue one.", "Acme: Open the app. Reply DONE, or HELP.")
	}
}

// One that does not listen for it is not moved, nor is one that nobody can have seen,
// and what a person has in hand stays theirs.
func TestHelpMovesNothingElse(t *testing.T) {
	k := newTalk(t, parcel)
	k.start("parcel", map[string]any{"order": "A-1"})
	k.said()
	k.taken().after(time.Minute).text("HELP")
	k.wantSaid(ourHelp)

	k = newTalk(t, steps)
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "joined"}})
	k.said()
	k.text("HELP")
	k.wantSaid(ourHelp)

	k = newTalk(t, steps)
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "joined"}})
	k.said()
	k.taken().after(time.Minute).apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "bo"}})
	k.text("HELP")
	k.wantSaid(ourHelp)
}
