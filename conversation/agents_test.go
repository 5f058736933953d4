package conversation

import (
	"testing"
	"time"
)

// willAnswer is what a customer hears of a text that goes to people.
const willAnswer = "Acme: Thank you. Somebody will answer you here."

// TestSomebodyWillAnswer: a text that nothing answers goes to people, and its customer hears
// so: once, until people have given the conversation back.
func TestSomebodyWillAnswer(t *testing.T) {
	k := newTalk(t, parcel)
	k.text("agent please")
	k.wantSaid(willAnswer)
	if k.c.State.Owner != OwnerQueue || k.sent[0].Priority != PriorityReply || k.sent[0].DueAt != k.env.Now {
		t.Errorf("%+v, %+v", k.c.State, k.sent[0])
	}
	k.after(time.Minute).text("hello??")
	k.wantSaid()
	k.does("take", "ann")
	k.text("anybody?")
	k.wantSaid()
	k.does("close", "ann")
	k.after(time.Hour).text("thanks")
	k.wantSaid()
	k.text("one more thing")
	k.wantSaid(willAnswer)
}

// When nobody is there, it says when somebody is, in the customer's language.
func TestSomebodyWillAnswerInTheirHours(t *testing.T) {
	for language, want := range map[string]string{"en": "Acme: Thank you. We answer here from 14:00.", "de-AT": "Acme: Danke. Wir antworten hier ab 14:00."} {
		k := newTalk(t)
		open, err := ParseHours("Mo-Fr 14:00-18:00") // it is noon
		if err != nil {
			t.Fatal(err)
		}
		k.env.Line.Open, k.c.State.Language = open, language
		k.text("agent please")
		k.wantSaid(want)
	}
}

// What is answered otherwise goes without it, and so does who has opted out.
func TestNobodyNeedsToAnswer(t *testing.T) {
	for _, c := range []struct{ before, text, want string }{
		{"", "thanks!", ""},
		{"", "parcel", "Acme: did it arrive? YES or NO"},
		{"", "HELP", ownText("help", "en", newTalk(t).env.Line)},
		{"STOP", "are you there?", ""},
	} {
		k := newTalk(t, parcel)
		if c.before != "" {
			k.text(c.before)
		}
		k.text(c.text)
		if c.want == "" {
			k.wantSaid()
		} else {
			k.wantSaid(c.want)
		}
	}
	k := newTalk(t, parcel)
	k.env.Line.DefaultFlow = "parcel"
	k.text("agent please")
	k.wantSaid("Acme: did it arrive? YES or NO")
}
