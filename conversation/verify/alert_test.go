package verify

import (
	"testing"
	"time"
)

// TestNoBeatsYesWhereverItIsSaid: a payment that one holder has denied, or the business, is
// recognised by no other, also when the account has been unlocked meanwhile.
func TestNoBeatsYesWhereverItIsSaid(t *testing.T) {
	byTheBank := locking("purchases")
	byTheBank.Transactions = payments("t1")
	for name, denies := range map[string]AccountEvent{"another holder": no("t1"), "the business": byTheBank} {
		t.Run(name, func(t *testing.T) {
			h := newHistory(t)
			h.rules.Cooling = -1
			h.act(alerting("t1"), Alerted, "").act(at(there, alerting("t1", "t2")), Alerted, "").act(denies, Locked, "")
			h.act(agent("ann"), Locked, "").act(agent("ben"), Alerted, "")
			h.act(at(there, yes("t1")), Alerted, "nothing_open").act(at(there, yes("t2")), Active, "")
			h.act(at(there, no("t1")), Locked, "")

			h = newHistory(t) // the other is asked when it has been denied
			h.rules.Cooling = -1
			h.act(alerting("t1"), Alerted, "").act(denies, Locked, "").act(at(there, alerting("t1")), Locked, "")
			h.act(agent("ann"), Locked, "").act(agent("ben"), Alerted, "").act(at(there, yes("t1")), Alerted, "nothing_open")
		})
	}
}

// TestALateNoStaysOne: however long after the question somebody says NO to it, and whether
// it is remembered still.
func TestALateNoStaysOne(t *testing.T) {
	h := newHistory(t)
	late := no("t1")
	late.Asked = h.at
	h.act(alerting("t1"), Alerted, "").after(24*time.Hour-time.Millisecond).act(tick, Alerted, "")
	before := h.a
	h.act(late, Locked, "")
	h.a = before
	h.after(time.Millisecond).act(tick, Active, "")
	for _, since := range []time.Duration{0, 71 * time.Hour, time.Hour, 20 * 24 * time.Hour} {
		h.after(since).act(late, Active, "late_no").tells("account.review")
	}
	h.act(no("t1"), Locked, "") // nobody was asked: it is news
}
