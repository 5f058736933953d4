package verify

import (
	"slices"
	"testing"
	"time"

	"parley/conversation"
)

func silencedBy(p Place, why string) AccountEvent {
	return AccountEvent{Op: OpSilenced, Cause: why, Place: p}
}

// TestWhoStopsHasAnsweredNothing: the payments stay held, a person is to look, and
// whoever else is asked can still answer.
func TestWhoStopsHasAnsweredNothing(t *testing.T) {
	h := newHistory(t)
	h.act(alerting("t1", "t2", "t3"), Alerted, "").act(at(there, alerting("t4")), Alerted, "").act(yes("t3"), Alerted, "")
	all := here
	all.Run = ""
	h.after(time.Minute).act(silencedBy(all, "stopped"), Alerted, "").tells("account.review")
	n := h.news.Notices[0]
	told, _ := n.Told.(conversation.AccountReview)
	if told.Reason != "stopped" || !slices.Equal(told.Transactions, []string{"t1", "t2"}) || n.Heard || n.Quiet {
		t.Errorf("%+v", n)
	}
	if len(h.a.Reviews) != 1 || h.a.Reviews[0].Reason != "stopped" || h.a.Alerts[0].Status != AlertOpen || len(h.a.Refunds) != 0 || len(h.a.TextLocks) != 0 {
		t.Errorf("%+v", h.a)
	}
	h.act(at(there, no("t4")), Locked, "").tells("account.locked")
	h.act(silencedBy(all, "undeliverable"), Locked, "").tells("account.review") // under a lock as well

	h = newHistory(t)
	h.act(silencedBy(here, "stopped"), Active, "nothing_open").tells()
	h.act(alerting("t1"), Alerted, "").act(silencedBy(there, "stopped"), Alerted, "nothing_open")
	other := here
	other.Run = "c1.2"
	h.act(silencedBy(other, "undeliverable"), Alerted, "nothing_open").act(silencedBy(here, "undeliverable"), Alerted, "")
	h.after(24*time.Hour).act(tick, Active, "").tells("account.review") // nobody did
	h.act(silencedBy(here, "stopped"), Active, "nothing_open")
	if _, _, err := h.a.Apply(h.rules, silencedBy(here, "reply_no"), h.at); err == nil {
		t.Error("any cause will do")
	}
}
