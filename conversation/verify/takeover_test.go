package verify

import (
	"testing"
	"time"

	"parley/conversation"
)

// everything is a NO to what was done to the whole account, a changed password say.
func everything(ids ...string) AccountEvent {
	e := no(ids...)
	e.Scope = "all"
	return e
}

func changedAt(at int64) AccountEvent { return AccountEvent{Op: OpPassword, AppliedAt: at} }

// TestWhatAsksForAnotherPassword: of what locks, this is what says that somebody else may
// be in the account.
func TestWhatAsksForAnotherPassword(t *testing.T) {
	agents := func(h *history) { h.act(agent("ann"), Locked, "").act(agent("ben"), Cooling, "") }
	for name, c := range map[string]struct {
		events []AccountEvent
		want   bool
	}{
		"codes that nobody asked for":     {[]AccountEvent{contest, contest}, true},
		"a NO to a changed password":      {[]AccountEvent{everything()}, true},
		"a NO to a payment":               {[]AccountEvent{alerting("t1"), no("t1")}, false},
		"one that stops everything":       {[]AccountEvent{alerting("t1"), everything("t1")}, false},
		"a NO that names nothing":         {[]AccountEvent{no()}, false},
		"one code that nobody asked for":  {[]AccountEvent{contest, locking("all")}, false},
		"the business":                    {[]AccountEvent{locking("all")}, false},
		"under another lock":              {[]AccountEvent{no("t1"), everything()}, true},
		"a payment under such a lock":     {[]AccountEvent{everything(), no("t1")}, true},
		"a code under the business's":     {[]AccountEvent{locking("all"), contest, contest}, true},
		"a code while it is being opened": {[]AccountEvent{locking("all"), proof("app"), contest}, true},
	} {
		h := newHistory(t)
		for _, e := range c.events {
			h.a, _, _ = h.a.Apply(h.rules, e, h.at)
			h.after(time.Minute)
		}
		if h.a.ChangePassword() != c.want {
			t.Errorf("%s: %v", name, h.a.ChangePassword())
		}
		agents(h)
		h.after(time.Hour).act(tick, Active, "")
		told, _ := h.news.Notices[len(h.news.Notices)-1].Told.(conversation.AccountUnlocked)
		if told.ChangePassword != c.want || h.a.ChangePassword() != c.want {
			t.Errorf("%s: told %+v, kept %v", name, told, h.a.ChangePassword())
		}
	}
}

// TestOnlyALaterPasswordIsAnother: what was changed before the NO may be what was denied.
func TestOnlyALaterPasswordIsAnother(t *testing.T) {
	h := newHistory(t)
	h.act(changedAt(h.at), Active, "").act(everything(), Locked, "")
	denied := h.at
	for _, at := range []int64{denied - 1, denied, denied + clockDifference + 1} {
		if _, _, err := h.a.Apply(h.rules, changedAt(at), h.at); err == nil {
			t.Errorf("a password of %d ms after the NO was taken", at-denied)
		}
	}
	h.after(time.Hour).act(everything(), Locked, "") // it was denied once more
	if _, _, err := h.a.Apply(h.rules, changedAt(denied+1), h.at); err == nil {
		t.Error("a password of between two such NOs was taken")
	}
	h.after(time.Minute).act(changedAt(h.at), Locked, "")
	if h.a.ChangePassword() || len(h.news.Audit) != 1 || h.news.Audit[0].What != "account.password_changed" {
		t.Errorf("%+v", h.news.Audit)
	}
	if h.act(changedAt(h.at), Locked, ""); len(h.news.Audit) != 0 { // it says so again
		t.Errorf("%+v", h.news.Audit)
	}
}
