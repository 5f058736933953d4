package verify

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// noted is what the last event left in the trail.
func (h *history) noted() (all []string) {
	for _, e := range h.news.Audit {
		all = append(all, fmt.Sprintf("%s %s: %s", e.Who, e.What, e.Detail))
	}
	return all
}

func (h *history) notes(want ...string) *history {
	h.Helper()
	if !slices.Equal(h.noted(), want) {
		h.Errorf("noted %q, want %q", h.noted(), want)
	}
	return h
}

// TestEveryMoveIsNoted: of a whole life the trail says who did what, and each way from one
// state to another; what time alone brings is nobody's doing.
func TestEveryMoveIsNoted(t *testing.T) {
	by := func(who string, e AccountEvent) AccountEvent { e.Who = who; return e }
	h := newHistory(t)
	h.act(by("flow", alerting("t1")), Alerted, "").notes("flow account.alert: active to alerted", "flow account.alerted: ")
	h.act(by("reply_no", no("t1")), Locked, "").notes("reply_no refund.opened: t1", "reply_no account.lock: alerted to locked", "reply_no account.lock: reply_no purchases")
	h.act(by("key_1", AccountEvent{Op: OpApplied, AppliedAt: h.at}), Locked, "").notes("key_1 account.applied: ")
	h.act(by("flow", AccountEvent{Op: OpVerify, Place: here}), Verifying, "").notes("flow account.ask: locked to verifying", "flow account.verification_asked: ")
	h.after(15*time.Minute).act(tick, Locked, "").notes("system account.give_up: verifying to locked")
	h.act(by("key_1", proof("app")), Verifying, "").notes("key_1 account.proof: app", "key_1 account.prove: locked to verifying")
	h.act(by("code", proof(ProofCode)), Cooling, "").notes("code account.proof: sms_code", "code account.unlock: verifying to cooling")
	h.after(time.Hour).act(tick, Active, "").notes("system account.cool: cooling to active", "system account.unlocked: proofs")
	h.act(by("key_1", proof("app")), Active, "not_locked").notes("key_1 account.unlock_refused: not_locked")

	h.act(by("key_1", locking("all")), Locked, "").after(30*24*time.Hour).act(tick, Suspended, "")
	h.notes("system account.lock_unacknowledged: ", "system account.suspend: locked to suspended", "system account.review: suspended")
	h.act(by("key_2", agent("Ann")), Suspended, "").notes("agent:ann by key_2 account.proposed: ")
	h.act(by("console", agent("ben")), Cooling, "").notes("agent:ben by console account.agreed: with agent:ann", "agent:ben by console account.agree: suspended to cooling")
	h.act(by("code", contest), Locked, "").notes("code account.contest: ", "code account.lock: cooling to locked", "code account.lock: unexpected_code all")
}

// TestTheTrailKeepsNoWords: the reason that a flow gives may hold the customer's words, and
// an account may be called as its customer's number is.
func TestTheTrailKeepsNoWords(t *testing.T) {
	h := newHistory(t)
	h.a.Ref = here.Phone
	said, given := no("t1"), locking("all")
	said.Reason, given.Reason = "they wrote: my word is swordfish", "lost in Rome"
	h.act(said, Locked, "")
	for _, e := range h.news.Audit {
		if e.Reason != "" || e.Subject == here.Phone || e.Subject == "" {
			t.Errorf("%+v", e)
		}
	}
	h.act(given, Locked, "")
	if e := h.news.Audit[len(h.news.Audit)-1]; e.Reason != "lost in Rome" {
		t.Errorf("%+v", e)
	}
}
