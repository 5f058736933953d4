package verify

import (
	"testing"
	"time"

	"parley/conversation"
)

// TestTheNumberBefore: what an account's number was says nothing for it any more. A NO from
// there still locks, but a text from there moves no code for an unlock back to it; a YES
// clears nothing; and what becomes of the account and its refunds is read at the new one.
func TestTheNumberBefore(t *testing.T) {
	changed := at(there, AccountEvent{Op: OpNumber})
	h := newHistory(t)
	h.act(alerting("t1", "t2"), Alerted, "").act(no("t2"), Locked, "").act(changed, Locked, "")
	for _, e := range []AccountEvent{no("t2"), {Op: OpVerify, Place: here}, contest} {
		h.a, _, _ = h.a.Apply(h.rules, e, h.at)
		if h.a.Phone() != there.Phone {
			t.Fatalf("%s from the number before: codes for an unlock go to %s", e.Op, h.a.Phone())
		}
	}
	h.act(AccountEvent{Op: OpRefund, Status: RefundPending, Transactions: payments("t2")}, h.a.State, "")
	if p := h.news.Notices[0].Places; len(p) != 1 || p[0].Phone != there.Phone {
		t.Errorf("the refund is told to %+v", p)
	}

	h = newHistory(t)
	h.act(alerting("t1"), Alerted, "").act(no("t1"), Locked, "").act(changed, Locked, "")
	h.act(agent("ann"), Locked, "").act(agent("ben"), Cooling, "").after(time.Hour).act(tick, Active, "").tells("account.unlocked")
	if p := h.news.Notices[0].Places; len(p) != 1 || p[0].Phone != there.Phone {
		t.Errorf("the unlock is told to %+v", p)
	}

	h = newHistory(t)
	h.act(alerting("t1"), Alerted, "").act(changed, Alerted, "").act(yes("t1"), Alerted, "nothing_open")
	h.act(at(there, alerting("t1")), Alerted, "").act(at(there, yes("t1")), Alerted, "")
	if told := h.news.Notices[0].Told.(conversation.AccountRecognised); told.Transactions[0] != "t1" {
		t.Errorf("%+v", told)
	}
	h.act(no("t1"), Locked, "")
}
