package verify

import (
	"slices"
	"testing"
	"time"
)

func TestNoWhileUnlocking(t *testing.T) {
	h := newHistory(t)
	h.act(locking("transfers"), Locked, "").act(proof(ProofCode), Verifying, "").act(no(), Locked, "")
	if !slices.Equal(h.a.Scopes, []string{"purchases", "transfers"}) || len(h.a.Proofs) != 0 {
		t.Errorf("%+v", h.a)
	}
	h.act(proof("app"), Verifying, "").act(proof(ProofCode), Cooling, "").act(no(), Locked, "").after(2*time.Hour).act(tick, Locked, "")
	h.act(proof("app"), Verifying, "").act(proof(ProofCode), Cooling, "").act(contest, Locked, "")
	h.act(agent("ann"), Locked, "").act(no(), Locked, "").act(agent("ben"), Locked, "") // a NO takes a proposal back
	h.act(proof("app"), Verifying, "").act(proof(ProofCode), Cooling, "").act(no("t5"), Locked, "")
	if !slices.Contains(h.told(), "account.review") {
		t.Errorf("a fourth NO within a day told only %v", h.told())
	}
}

func TestWhatUnlocksNot(t *testing.T) {
	moved, unknown := proof("app"), proof("app")
	moved.Moved, unknown.Moved = NumberChanged, ""
	agentMoved := agent("ann")
	agentMoved.Moved = NumberUnknown
	h := newHistory(t)
	h.act(proof("app"), Active, "not_locked").tells("account.unlock_refused")
	h.act(locking("all"), Locked, "")
	h.act(moved, Locked, "number_changed").act(unknown, Locked, "number_unknown").act(agentMoved, Locked, "number_unknown")
	h.act(proof(ProofCode), Verifying, "").after(15*time.Minute).act(proof("totp"), Verifying, "") // too late for the first
	h.after(15*time.Minute).act(tick, Locked, "")
	for _, class := range ProofsGiven { // the business alone does not
		h.act(proof(class), Verifying, "")
	}
	h.after(time.Hour).act(agent("Ann"), Locked, "").act(agent("ann"), Locked, "same_agent")
	h.after(24*time.Hour).act(agent("ben"), Locked, "").act(agent("cy"), Cooling, "")
}

// A code proves who has the account's own number, and no other, in whatever order the
// proofs come.
func TestCodesFromAnotherNumber(t *testing.T) {
	foreign := at(there, proof(ProofCode))
	h := newHistory(t)
	h.act(alerting("t1"), Alerted, "").act(no("t1"), Locked, "")
	h.act(proof("app"), Verifying, "").act(foreign, Verifying, "number_changed").tells("account.unlock_refused")
	h.after(15*time.Minute).act(foreign, Locked, "number_changed").act(proof("app"), Verifying, "")
	h.act(at(there, contest), Locked, "").act(foreign, Locked, "number_changed") // a denied code gives nobody an account
	h.act(proof("app"), Verifying, "").act(proof(ProofCode), Cooling, "")

	h = newHistory(t) // nobody knows the number, until a payment is asked about
	h.act(locking("all"), Locked, "").act(foreign, Verifying, "").act(alerting("t1"), Verifying, "")
	h.act(proof("app"), Verifying, "").act(proof(ProofCode), Cooling, "")

	h = newHistory(t) // another of its customers asks: what was shown of the first counts no more
	h.act(at(there, alerting("t2")), Alerted, "").act(alerting("t1"), Alerted, "").act(no("t1"), Locked, "").act(proof("app"), Verifying, "")
	h.act(at(there, AccountEvent{Op: OpVerify}), Verifying, "").act(at(there, proof(ProofCode)), Verifying, "")
	if needs := h.a.Missing(); len(needs) != 1 || needs[0] == ProofCode {
		t.Errorf("needs %v", needs)
	}
	h.act(proof("app"), Cooling, "")
}

// A text may come from anybody who can name the account: it gives nobody the codes for an
// unlock, unless no number is known at all. Then the first stands, until the customer is texted.
func TestATextIsFromNobody(t *testing.T) {
	named := func(e AccountEvent) AccountEvent { e.Said = true; return at(there, e) } // by a run that a text started
	byFlow := no("t8")
	byFlow.Cause = "flow"
	strange := []AccountEvent{at(there, no("t9")), at(there, AccountEvent{Op: OpVerify}), named(alerting("t9")), named(byFlow), at(there, contest), at(there, contest)}
	h := newHistory(t)
	h.act(alerting("t1"), Alerted, "").act(no("t1"), Locked, "")
	for _, e := range strange {
		h.a, _, _ = h.a.Apply(h.rules, e, h.at)
		h.act(at(there, proof(ProofCode)), h.a.State, "number_changed")
	}
	for i := range 2 * mostPlaces { // many do
		e := at(there, AccountEvent{Op: OpVerify})
		e.Place.Conversation += string(rune('a' + i))
		h.after(24*time.Hour).act(e, Verifying, "")
	}
	if len(h.a.Places) > mostPlaces || h.a.Phone() != here.Phone {
		t.Errorf("%+v", h.a.Places)
	}
	h.act(proof(ProofCode), Verifying, "").act(proof("app"), Cooling, "")

	h = newHistory(t)
	h.act(no("t1"), Locked, "").act(at(there, no("t1")), Locked, "").act(at(there, AccountEvent{Op: OpVerify}), Verifying, "")
	h.act(at(there, proof(ProofCode)), Verifying, "number_changed")
	h.act(at(there, alerting("t2")), Verifying, "").act(at(there, proof(ProofCode)), Verifying, "")
	e := locking("all") // of a payment that the business heard of, nobody unknown does
	e.Transactions = payments("t7")
	h = newHistory(t)
	h.act(at(there, no("t1")), Locked, "").act(e, Locked, "")
	if r := h.a.Refunds; len(r) != 2 || !r[0].Texted() || r[1].Texted() {
		t.Errorf("%+v", r)
	}
}

// TestNobodyAgreesUnawares: who would propose, and comes second, does not agree.
func TestNobodyAgreesUnawares(t *testing.T) {
	seeing := func(name, proposer string) AccountEvent { e := agent(name); e.Seen = &proposer; return e }
	h := newHistory(t)
	h.act(locking("all"), Locked, "").act(seeing("ben", "ann"), Locked, "moved_on") // ann's word is over by now
	h.act(seeing("ann", ""), Locked, "").act(seeing("ben", ""), Locked, "moved_on").act(seeing("ben", "cy"), Locked, "moved_on")
	h.act(seeing("ben", "ann"), Cooling, "")
}

func TestFailures(t *testing.T) {
	failed := AccountEvent{Op: OpFailure, Proof: ProofCode}
	h := newHistory(t)
	h.act(failed, Active, "not_locked").act(locking("all"), Locked, "").act(failed, Locked, "").act(proof("app"), Verifying, "").act(failed, Verifying, "")
	h.act(failed, Locked, "").tells("account.review")
	h.act(proof("app"), Locked, "too_many_failures").act(proof(ProofCode), Locked, "too_many_failures")
	h.act(agent("ann"), Locked, "").act(agent("ben"), Cooling, "")
}

// Texts give nobody more tries: failures count until the account has been unlocked.
func TestFailuresOutliveTexts(t *testing.T) {
	failed := AccountEvent{Op: OpFailure, Proof: ProofCode}
	h := newHistory(t)
	h.act(locking("all"), Locked, "").act(failed, Locked, "")
	h.act(AccountEvent{Op: OpVerify, Place: here}, Verifying, "").act(no(), Locked, "").act(failed, Locked, "")
	h.act(proof("app"), Verifying, "").act(contest, Locked, "").act(failed, Locked, "").tells("account.review")
	h.act(agent("ann"), Locked, "").act(agent("ben"), Cooling, "").act(no(), Locked, "").act(proof("app"), Locked, "too_many_failures")
	h.act(agent("ann"), Locked, "").act(agent("ben"), Cooling, "").after(time.Hour).act(tick, Active, "")
	h.act(locking("all"), Locked, "").act(failed, Locked, "").act(failed, Locked, "").act(proof("app"), Verifying, "")
}

// A text may ask for the customer to be verified. It proves nothing, and tells the
// business three times a day at most.
func TestAskedToVerify(t *testing.T) {
	asks := AccountEvent{Op: OpVerify, Place: here}
	h := newHistory(t)
	h.act(asks, Active, "not_locked").tells()
	h.act(alerting("t1"), Alerted, "").act(asks, Alerted, "not_locked")
	h.act(no("t1"), Locked, "").act(asks, Verifying, "").tells("account.verification_asked")
	h.after(15*time.Minute-time.Second).act(tick, Verifying, "")
	h.after(time.Second).act(tick, Locked, "")
	h.act(asks, Verifying, "").act(no(), Locked, "") // it was somebody else
	h.act(asks, Verifying, "").act(proof(ProofCode), Verifying, "")
	h.after(16*time.Minute).act(tick, Locked, "")
	h.act(asks, Locked, "too_many_asks").tells()
	h.after(24*time.Hour).act(asks, Verifying, "")
	h.after(time.Hour).act(proof(ProofCode), Verifying, "")
	h.act(proof("app"), Cooling, "").act(asks, Cooling, "not_locked")
	h = newHistory(t)
	h.act(locking("all"), Locked, "").after(31*24*time.Hour).act(asks, Suspended, "agents_only")
}

// TestAnotherNumber: what was changed for another is where codes for an unlock go from now
// on; those of the number before prove nothing. Of an account that is not known nothing is
// kept.
func TestAnotherNumber(t *testing.T) {
	h := newHistory(t)
	changed := at(there, AccountEvent{Op: OpNumber})
	h.act(changed, Active, "unknown")
	if h.a.Version != 0 {
		t.Error("an account is made of a number")
	}
	h.act(alerting("t1"), Alerted, "").act(no(), Locked, "").act(at(here, proof(ProofCode)), Verifying, "")
	h.act(changed, Verifying, "")
	if h.a.Phone() != there.Phone || len(h.a.Missing()) != 2 {
		t.Errorf("codes go to %s, missing %v", h.a.Phone(), h.a.Missing())
	}
	h.act(at(here, proof(ProofCode)), Verifying, "number_changed").act(at(there, proof(ProofCode)), Verifying, "")
}
