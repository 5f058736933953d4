package conversation

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

const challenge = "ver_aaaa"

// codes gives a talk in which a code was texted five seconds ago.
func codes(t *testing.T, sources ...string) *talk {
	k := newTalk(t, sources...)
	k.texted(challenge)
	return k.after(5 * time.Second)
}

// texted lets a code be texted, good for five minutes.
func (k *talk) texted(id string) {
	k.t.Helper()
	k.apply(Event{Kind: KindCode, Code: &Code{Challenge: id, Purpose: "login", Subject: "u1", Text: "Acme: " + CodeBlank + " is your code.", Segments: 1, Until: k.env.Now + 300_000}})
}

// codeChanges are what the last event made of codes.
func (k *talk) codeChanges() string {
	var all []string
	for _, f := range k.effects {
		if f.Code != nil {
			all = append(all, strings.TrimSpace(f.Code.To+" "+f.Code.Reason))
		}
	}
	return strings.Join(all, ", ")
}

// contested says whether the last event reported a code that nobody asked for.
func (k *talk) contested() bool {
	for _, f := range k.effects {
		if f.Account != nil && f.Account.Op == "contest" && f.Account.Account == "u1" {
			return true
		}
	}
	return false
}

func TestACodeIsAMessage(t *testing.T) {
	k := codes(t)
	m := k.sent[0]
	if m.Challenge != challenge || m.Class != "code" || m.Priority != PriorityCode || m.Text != "Acme: "+CodeBlank+" is your code." ||
		m.ExpiresAt != m.CreatedAt+300_000 || m.Wait != 0 {
		t.Errorf("%+v", m)
	}
	if len(k.c.State.Codes) != 1 || k.c.WakeAt != m.CreatedAt+300_000 {
		t.Errorf("%+v, wakes at %d", k.c.State.Codes, k.c.WakeAt)
	}
}

// TestACodeExpires: the conversation ends it, once.
func TestACodeExpires(t *testing.T) {
	k := codes(t).after(5 * time.Minute)
	k.apply(Event{Kind: KindTimer})
	if k.codeChanges() != "expired" || len(k.c.State.Codes) != 0 {
		t.Errorf("%s, %+v", k.codeChanges(), k.c.State)
	}
	k.callback("verification.expired")
	if k.text("no"); k.codeChanges() != "" {
		t.Errorf("denied after its time: %s", k.codeChanges())
	}
}

// TestNoDeniesACode: only a plain NO, and only while it is good.
func TestNoDeniesACode(t *testing.T) {
	for text, denied := range map[string]bool{"NO": true, "no.": true, "No!": true, "yes": false, "no that was me": false, "know": false, "n o": false} {
		k := codes(t)
		k.text(text)
		if got := k.codeChanges() == "canceled denied"; got != denied || k.contested() != denied {
			t.Errorf("%q: %s", text, k.codeChanges())
		}
	}
	k := codes(t)
	k.text("no")
	if job := k.callback("verification.failed"); job.Data["reason"] != "denied" || job.Data["verification"] != challenge {
		t.Errorf("%+v", job.Data)
	}
	if k.text("no"); k.codeChanges() != "" {
		t.Errorf("denied twice: %s", k.codeChanges())
	}
}

// TestANoBeforeTheCode: a text that was written before the code can have been seen
// says nothing of it.
func TestANoBeforeTheCode(t *testing.T) {
	k := newTalk(t)
	k.texted(challenge)
	k.after(2 * time.Second)
	k.apply(Event{Kind: KindText, At: k.env.Now - 5000, Text: &Text{Text: "no"}})
	if k.codeChanges() != "" {
		t.Errorf("denied: %s", k.codeChanges())
	}
}

// TestANoBeforeTheCodeCameAgain: it is about the code as it came first, which is the same, also
// when it is approved meanwhile; whoever asks for another send gains no time by it.
func TestANoBeforeTheCodeCameAgain(t *testing.T) {
	for _, purpose := range []string{"login", PurposeReset} {
		k := newTalk(t)
		code := Code{Challenge: challenge, Purpose: purpose, Subject: "u1", Text: CodeBlank, Segments: 1, Until: k.env.Now + 300_000}
		k.apply(Event{Kind: KindCode, Code: &code})
		k.after(40 * time.Second)
		written := k.env.Now
		k.after(2 * time.Second)
		k.apply(Event{Kind: KindCode, Code: &code})
		if purpose == PurposeReset {
			k.apply(Event{Kind: KindVerified, Verified: &Verified{Challenge: challenge, Purpose: purpose, Subject: "u1", Outcome: "approved"}})
		}
		k.after(time.Second)
		k.apply(Event{Kind: KindText, At: written, Text: &Text{Text: "no"}})
		if denied := k.c.State.Used == nil && len(k.c.State.Codes) == 0; !denied {
			t.Errorf("%s: %s, %+v %+v", purpose, k.codeChanges(), k.c.State.Codes, k.c.State.Used)
		}
	}
}

// TestNoForACodeOrAQuestion: which is meant decides the customer.
func TestNoForACodeOrAQuestion(t *testing.T) {
	ask := func() *talk {
		k := newTalk(t, parcel)
		k.start("parcel", nil)
		k.taken().after(time.Minute)
		k.texted(challenge)
		k.after(time.Minute).text("no")
		return k
	}
	k := ask()
	k.wantSaid("Is your NO for 1 or 2?\n1: the code we sent you\n2: Acme: did it arrive? YES or NO")
	if k.codeChanges() != "" || k.state("parcel") != "ask" {
		t.Errorf("%s, parcel %s", k.codeChanges(), k.state("parcel"))
	}
	if k.text("1"); k.codeChanges() != "canceled denied" || k.state("parcel") != "ask" {
		t.Errorf("1: %s, parcel %s", k.codeChanges(), k.state("parcel"))
	}
	k = ask()
	if k.text("2"); k.codeChanges() != "" || k.state("parcel") != "person" {
		t.Errorf("2: %s, parcel %s", k.codeChanges(), k.state("parcel"))
	}
	k = ask()
	k.text("yes") // changes their mind: the question takes it
	if k.codeChanges() != "" || k.state("parcel") != "how" {
		t.Errorf("yes: %s, parcel %s", k.codeChanges(), k.state("parcel"))
	}
}

// TestNoForACodeAndAnAlert: both are safe.
func TestNoForACodeAndAnAlert(t *testing.T) {
	k := newTalk(t, alarm)
	k.start("alarm", nil)
	k.taken().after(time.Minute)
	k.texted(challenge)
	k.after(time.Minute).text("no")
	if k.codeChanges() != "canceled denied" || k.state("alarm") != "" {
		t.Errorf("%s, alarm %q", k.codeChanges(), k.state("alarm"))
	}
}

// TestNoWhileAPersonHasTheConversation still cancels.
func TestNoWhileAPersonHasTheConversation(t *testing.T) {
	k := newTalk(t)
	k.apply(Event{Kind: KindAgent, Agent: &Agent{Op: "take", Name: "ann"}})
	k.texted(challenge)
	if k.after(time.Minute).text("no"); k.codeChanges() != "canceled denied" {
		t.Errorf("%s", k.codeChanges())
	}
}

func TestABurnedCode(t *testing.T) {
	k := codes(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Minute)
	k.apply(Event{Kind: KindText, Text: &Text{Text: "yes " + CodeBlank, Burned: Challenges{challenge}}})
	if k.codeChanges() != "canceled texted" || k.state("parcel") != "ask" || len(k.said()) != 1 || !strings.HasPrefix(k.said()[0], "Acme: Never text a code") {
		t.Errorf("%s, parcel %s, %q", k.codeChanges(), k.state("parcel"), k.said())
	}
	elsewhere := Challenges{"ver_bbbb", "ver_cccc"} // codes that came by other lines: their conversations hear of it
	if k.apply(Event{Kind: KindText, Text: &Text{Text: CodeBlank, Burned: elsewhere}}); k.codeChanges() != "burned, burned" || len(k.said()) != 1 {
		t.Errorf("%s, %q", k.codeChanges(), k.said())
	}
	for _, text := range []string{`{"text":"x"}`, `{"text":"x","burned":"ver_1"}`, `{"text":"x","burned":["ver_1","ver_2"]}`} {
		var read Text
		if err := json.Unmarshal([]byte(text), &read); err != nil {
			t.Error(err)
		}
		if wrote, err := json.Marshal(read); err != nil || string(wrote) != text {
			t.Errorf("%s, %v: want %s", wrote, err, text)
		}
	}
}

// TestOptingOutEndsCodes: and those who opted out are sent none.
func TestOptingOutEndsCodes(t *testing.T) {
	k := codes(t)
	if k.text("STOP"); k.codeChanges() != "canceled opted_out" || len(k.c.State.Codes) != 0 {
		t.Errorf("%s", k.codeChanges())
	}
	k.texted("ver_bbbb")
	if k.codeChanges() != "failed opted_out" || len(k.said()) != 0 {
		t.Errorf("%s, %q", k.codeChanges(), k.said())
	}
	if job := k.callback("verification.failed"); job.Data["reason"] != "opted_out" {
		t.Errorf("%+v", job.Data)
	}
}

// TestACodeSettlesNoLanguage: a code in the line's language, to whom the business knows by
// another, leaves what is texted afterwards in theirs. What is said of the code is in its.
func TestACodeSettlesNoLanguage(t *testing.T) {
	for known, want := range map[string]string{"fr": "fr", "": "de"} {
		k := newTalk(t, strings.Replace(guarded, "class: alert", "class: alert\nlanguages: [en, de, fr]", 1))
		k.env.Line.Language, k.env.Contact.Language = "de", known
		k.apply(Event{Kind: KindCode, Code: &Code{Challenge: challenge, Purpose: "login", Subject: "u1", Text: "Acme: " + CodeBlank + ".", Segments: 1, Until: k.env.Now + 300_000, Language: "de"}})
		k.apply(Event{Kind: KindVerified, Verified: &Verified{Challenge: challenge, Purpose: "login", Subject: "u1", Outcome: "not_again"}})
		k.wantSaid(ownText("code_waits", "de", k.env.Line))
		k.apply(Event{Kind: KindVerified, Verified: &Verified{Challenge: challenge, Purpose: "login", Subject: "u1", Outcome: "paused"}})
		k.wantSaid(ownText("paused", "de", k.env.Line))
		k.start("guarded", map[string]any{"account": "acc-1"})
		if got := k.c.State.Runs[0].Language; got != want {
			t.Errorf("known by %q: the flow speaks %q, want %q", known, got, want)
		}
	}
}

// TestHelpEndsNothing: whoever asks for help has denied no code and no payment.
func TestHelpEndsNothing(t *testing.T) {
	for _, word := range []string{"HELP", "INFO", "help please"} {
		k := newTalk(t, guarded)
		k.start("guarded", map[string]any{"account": "acc-1"})
		k.taken()
		k.texted(challenge)
		k.after(time.Minute).text(word)
		if k.codeChanges() != "" || len(k.c.State.Codes) != 1 || len(k.changes()) != 0 || k.state("guarded") != "ask" {
			t.Errorf("%q: %s, %+v, %s", word, k.codeChanges(), k.changes(), k.state("guarded"))
		}
		if k.text("no"); k.codeChanges() != "canceled denied" || len(k.changes()) != 2 { // both can still be denied
			t.Errorf("%q, then no: %s, %+v", word, k.codeChanges(), k.changes())
		}
	}
}

// TestWrongNumber: whoever has the number is left alone, and proves nothing for
// anybody.
func TestWrongNumber(t *testing.T) {
	k := codes(t)
	k.env.Reader = sayWrong{}
	k.text("you have the wrong number")
	if k.codeChanges() != "canceled opted_out, suspended wrong_number" || k.env.Consent.State != OptedOut {
		t.Errorf("%s, %+v", k.codeChanges(), k.env.Consent)
	}
	k.callback("number.wrong")
	k.wantSaid("Acme: Thank you. We will not text this number again. Reply START to undo this.")
}

type sayWrong struct{ ear }

func (r sayWrong) Read(text, language string, intents []string) (string, bool, bool) {
	if len(intents) == 1 && intents[0] == "wrong_number" && strings.Contains(text, "wrong number") {
		return "wrong_number", true, false
	}
	return r.ear.Read(text, language, intents)
}

// TestARunHearsOfItsCode: whatever becomes of it.
func TestARunHearsOfItsCode(t *testing.T) {
	const flow = `
flow: pay
title: Has a payment confirmed
class: notice
trigger: {events: [pay]}
start: verify
states:
  verify:
    do: [{issue_code: {purpose: payment, subject: A-1}}]
    on:
      events:
        verification.approved: {goto: paid}
        verification.failed: {goto: failed}
        verification.expired: {goto: late}
    silence: {after: 15m, goto: failed}
  paid: {say: "Acme: paid.", end: paid}
  failed: {say: "Acme: failed.", end: failed}
  late: {say: "Acme: too late.", end: late}
`
	for outcome, want := range map[string]string{"approved": "Acme: paid.", "failed": "Acme: failed.", "expired": "Acme: too late."} {
		k := newTalk(t, flow)
		k.start("pay", nil)
		var job *Job
		for _, f := range k.effects {
			if f.Job != nil && f.Job.Kind == JobIssue {
				job = f.Job
			}
		}
		if job == nil || job.Data["purpose"] != "payment" || job.Data["subject"] != "A-1" || job.Run == "" {
			t.Fatalf("%+v", job)
		}
		k.apply(Event{Kind: KindVerified, Verified: &Verified{Challenge: challenge, Purpose: "payment", Subject: "A-1", Run: job.Run, Outcome: outcome}})
		k.wantSaid(want)
		k.callback("verification." + outcome)
	}
}
