package conversation

import (
	"testing"
	"time"
)

// resends counts what the last event wants sent once more.
func (k *talk) resends() int {
	n := 0
	for _, f := range k.effects {
		if f.Job != nil && f.Job.Kind == JobResend && f.Job.Data["challenge"] == challenge {
			n++
		}
	}
	return n
}

func TestACodeThatHasNotCome(t *testing.T) {
	for text, again := range map[string]int{
		"I didn't get the code": 1, "didnt receive my code yet": 1, "Resend please": 1, "send it again": 1, "new code": 1, "Where is my code?": 1, "no code yet": 1,
		"no me llegó el código": 1, "reenvíe el código por favor": 1, "je n'ai pas reçu le code": 1, "renvoyez le code svp": 1, "Kein Code bekommen": 1,
		"Bitte den Code nochmal senden": 1, "não recebi o código": 1, "non ho ricevuto il codice": 1, "un altro codice": 1,
		"I got the code": 0, "I didn't get my parcel": 0, "send money": 0, "code": 0, "did you get the code?": 0, "what is my code used for": 0,
		"resend the code to +1 202 555 0199": 0, "I didn't get the code, send it to my wife": 0, "ok": 0, "non": 0,
	} {
		k := codes(t)
		k.text(text)
		if got := k.resends(); got != again {
			t.Errorf("%q: sent again %d times, want %d", text, got, again)
		}
		if again == 1 && (len(k.sent) != 1 || k.c.State.Owner != "") {
			t.Errorf("%q: %d texts, owner %q", text, len(k.sent), k.c.State.Owner)
		}
	}
}

// TestACodeIsSentAgainOnce: the second time somebody has to look, and none that is over is
// sent again, nor one that the customer cannot have waited for.
func TestACodeIsSentAgainOnce(t *testing.T) {
	k := codes(t)
	k.text("resend the code")
	k.texted(challenge) // it is
	k.after(40 * time.Second)
	if k.text("resend the code"); k.resends() != 0 || k.c.State.Owner == "" {
		t.Errorf("asked for again: %d, owner %q", k.resends(), k.c.State.Owner)
	}
	k = codes(t).after(6 * time.Minute)
	if k.text("resend the code"); k.resends() != 0 {
		t.Error("a code that is over is sent again")
	}
	k = newTalk(t)
	if k.text("resend the code"); k.resends() != 0 {
		t.Error("sent again without a code")
	}
}

// TestWhatFitsAQuestionIsItsAnswer: and no word about the code.
func TestWhatFitsAQuestionIsItsAnswer(t *testing.T) {
	k := codes(t, `
flow: parcel
start: ask
states:
  ask:
    say: "Did it come?"
    replies:
      - {match: ["no me llego"], goto: lost}
  lost: {end: lost}
`)
	k.start("parcel", nil)
	k.taken().after(5 * time.Second)
	if k.text("no me llegó"); k.resends() != 0 || len(k.c.State.Runs) != 0 {
		t.Error("an answer was taken for a word about the code")
	}
}

func TestNotAgainIsTold(t *testing.T) {
	k := codes(t)
	k.apply(Event{Kind: KindVerified, Verified: &Verified{Challenge: challenge, Purpose: "login", Subject: "u1", Outcome: "not_again"}})
	if len(k.sent) != 2 || len(k.c.State.Codes) != 1 || k.codeChanges() != "" {
		t.Errorf("%+v, %+v, %s", k.sent, k.c.State.Codes, k.codeChanges())
	}
}
