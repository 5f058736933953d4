package conversation

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

const guarded = `
flow: guarded
class: alert
trigger: {events: [card.odd]}
input: {account: {type: string, max: 200}}
start: ask
states:
  ask:
    do: [{alert_account: {account: "{{ account }}", transactions: [{id: t1, amount: "9.00 USD"}]}}]
    say: "Acme: yours? Reply NO or YES."
    replies:
      - {intent: no, goto: stop}
      - {intent: yes, do: [{recognise_payment: {account: "{{ account }}", transactions: [t1]}}], goto: over}
    silence: {after: 1h, goto: stop}
    otherwise: {say: "NO or YES?", tries: 9, goto: over}
  stop: {do: [{lock_account: {account: "{{ account }}", scope: all, transactions: [t1]}}], goto: over}
  over: {end: done}
`

// changes are what the last event asks of accounts.
func (k *talk) changes() (all []AccountChange) {
	for _, f := range k.effects {
		if f.Account != nil {
			all = append(all, *f.Account)
		}
	}
	return all
}

func (k *talk) wantChange(op, account, cause string) {
	k.t.Helper()
	all := k.changes()
	if len(all) != 1 || all[0].Op != op || all[0].Account != account || all[0].Cause != cause {
		k.t.Fatalf("%+v, want one %s of %s because of %s", all, op, account, cause)
	}
	if all[0].Conversation != "cv" || all[0].Line == "" || all[0].Phone == "" || all[0].At == 0 {
		k.t.Errorf("it does not say where it comes from: %+v", all[0])
	}
}

func TestFlowsAskForChangesOfAccounts(t *testing.T) {
	k := newTalk(t, guarded)
	k.start("guarded", map[string]any{"account": "acc-1"})
	k.wantChange("alert", "acc-1", "flow")
	if ts := k.changes()[0].Transactions; len(ts) != 1 || ts[0].ID != "t1" || ts[0].Amount != "9.00 USD" {
		t.Errorf("%+v", ts)
	}
	asked := k.env.Now
	k.taken().after(time.Minute).text("no")
	k.wantChange("lock", "acc-1", "reply_no")
	if at := k.changes()[0].Asked; at != asked {
		t.Errorf("asked at %d, want %d", at, asked)
	}

	k = newTalk(t, guarded)
	k.start("guarded", map[string]any{"account": "acc-1"})
	k.taken().after(time.Minute).text("yes")
	k.wantChange("recognise", "acc-1", "flow")

	k = newTalk(t, guarded)
	k.start("guarded", map[string]any{"account": "acc-1"})
	k.taken()
	k.until("2026-03-02T13:00:01Z") // nobody answers: no text did it
	k.wantChange("lock", "acc-1", "flow")
}

// TestATextLocksAlsoByWayOfACall: what a text leads to is its doing, also when the bank's
// service is asked in between, by the flow or by one that it starts, or does not answer. What
// the business's own event leads to is not.
func TestATextLocksAlsoByWayOfACall(t *testing.T) {
	const asks = `
  hold:
    do: [{call: {url: "https://bank.example.com/hold", result: {held: boolean}, on: {failed: stop}}}]
    branch: [{goto: stop}]
`
	byCall := strings.Replace(guarded, "{intent: no, goto: stop}", "{intent: no, goto: hold}", 1) + asks
	sub := `
flow: holding
title: Holds a card
class: notice
start: hold
states:` + asks + `  stop: {end: held}
`
	bySub := strings.Replace(strings.Replace(guarded, "{intent: no, goto: stop}", "{intent: no, goto: hold}", 1), "class: alert", "class: alert\non: {events: {card.stolen: {goto: hold}}}", 1) + `
  hold:
    do: [{start: {flow: holding, wait: true}}]
    goto: stop
`
	byEvent := strings.Replace(byCall, "class: alert", "class: alert\non: {events: {card.stolen: {goto: hold}}}", 1)
	for name, source := range map[string][]string{"a call": {byCall}, "a flow": {bySub, sub}, "an event": {byEvent}} {
		for _, answer := range []string{`{"status": 200, "body": {"held": true}}`, ""} {
			k := newTalk(t, source...)
			k.start("guarded", map[string]any{"account": "acc-1"})
			k.taken().after(time.Minute)
			want := "reply_no"
			if name == "an event" {
				k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "card.stolen", Data: map[string]any{"account": "acc-1"}}})
				want = "flow"
			} else {
				k.text("no")
			}
			if j := k.call(); answer != "" {
				k.answer(j, answer, "")
			} else {
				k.after(callTimeout * time.Millisecond).apply(Event{Kind: KindTimer})
			}
			k.wantChange("lock", "acc-1", want)
		}
	}
}

// TestWhoNamesAnAccount: what a run that a text started says of an account, or one that it
// starts, is marked so, whatever leads to it; what the business's event named is not.
func TestWhoNamesAnAccount(t *testing.T) {
	const word = `
flow: word
title: Has an account looked at
class: alert
trigger: {keywords: [WORD]}
input: {account: {type: string, max: 20, default: acc-1}}
start: go
states:
  go: {do: [{start: {flow: guarded, input: {account: "{{ account }}"}}}], end: done}
`
	direct := strings.NewReplacer("flow: guarded", "flow: direct", "events: [card.odd]", `keywords: [DIRECT]`, "max: 200}", "max: 200, default: acc-1}").Replace(guarded)
	for text, said := range map[string]bool{"": false, "WORD": true, "DIRECT": true} {
		k := newTalk(t, guarded, direct, word)
		if text == "" {
			k.start("guarded", map[string]any{"account": "acc-1"})
		} else {
			k.text(text)
		}
		k.wantChange("alert", "acc-1", "flow")
		if got := k.changes()[0].Said; got != said {
			t.Errorf("%q: said %v", text, got)
		}
		k.taken()
		k.until("2026-03-02T13:00:01Z") // nobody answers
		k.wantChange("lock", "acc-1", "flow")
		if got := k.changes()[0].Said; got != said {
			t.Errorf("%q, unanswered: said %v", text, got)
		}
	}
}

func TestAccountsWithoutANameGoToAPerson(t *testing.T) {
	for _, account := range []string{"", " ", "a\u200b", "test:acc-1"} {
		k := newTalk(t, guarded)
		k.start("guarded", map[string]any{"account": account})
		if len(k.changes()) != 0 || k.c.State.Handoff == nil {
			t.Errorf("%q: %+v, handoff %v", account, k.changes(), k.c.State.Handoff)
		}
	}
}

func TestCodesProveWhereTheyWereAskedFor(t *testing.T) {
	verified := func(purpose, outcome, reason string) Event {
		return Event{Kind: KindVerified, Verified: &Verified{Challenge: "ver_1", Purpose: purpose, Subject: "acc-1", Outcome: outcome, Reason: reason}}
	}
	k := newTalk(t, guarded)
	k.apply(verified("account_unlock", "approved", ""))
	k.wantChange("proof", "acc-1", "code")
	k.apply(verified("account_unlock", "failed", "max_attempts"))
	k.wantChange("failure", "acc-1", "code")
	for _, e := range []Event{verified("login", "approved", ""), verified("account_unlock", "expired", ""), verified("account_unlock", "failed", "opted_out")} {
		k.apply(e)
		if len(k.changes()) != 0 {
			t.Errorf("%+v led to %+v", e.Verified, k.changes())
		}
	}
}

// TestNoTextIsAProof: whatever texts come, also while a code for the unlock is good,
// none leads to more than an alert, a recognition, a lock, a contest or silence.
func TestNoTextIsAProof(t *testing.T) {
	texts := []string{"no", "yes", "unlock", "12345678", "1234 5678", "1", "2", "1 no", "hm", "approved", "account_unlock", "stop", "start", "help", "wrong number"}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		k := newTalk(t, guarded)
		for range 20 {
			k.after(time.Duration(r.IntN(900)) * time.Second)
			switch r.IntN(5) {
			case 0:
				k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Flow: "guarded", Data: map[string]any{"account": "acc-1"}}})
			case 1:
				k.apply(Event{Kind: KindCode, Code: &Code{Challenge: "ver_1", Purpose: PurposeUnlock, Subject: "acc-1", Text: "Acme: " + CodeBlank, Segments: 1, Until: k.env.Now + 300_000}})
			case 2:
				k.apply(Event{Kind: KindText, Text: &Text{Text: CodeBlank, Burned: Challenges{"ver_1"}}})
			default:
				k.text(texts[r.IntN(len(texts))])
			}
			for _, c := range k.changes() {
				if c.Op == "proof" || c.Op == "failure" {
					t.Fatalf("life %d: %s led to a %s", seed, k.c.ID, c.Op)
				}
			}
			k.taken()
		}
	}
}

// TestReviewsReachAPerson: also when no run says how.
func TestReviewsReachAPerson(t *testing.T) {
	k := newTalk(t, guarded)
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "account.review", Data: map[string]any{"account": "acc-1", "reason": "unlock_failures"}}})
	if h := k.c.State.Handoff; k.out.Status != Applied || h == nil || h.Queue != "fraud" || h.Reason != "account_review" {
		t.Errorf("%+v, %+v", k.out, h)
	}
	k.apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: "account.locked", Data: map[string]any{"account": "acc-1"}}})
	if k.out.Status != Refused {
		t.Errorf("news that nobody waits for: %+v", k.out)
	}
}
