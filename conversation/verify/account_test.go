package verify

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/conversation"
)

// history is an account's life in a test: each act says what it expects.
type history struct {
	*testing.T
	a     Account
	rules Rules
	at    int64
	news  News
}

func newHistory(t *testing.T) *history {
	t.Helper()
	return &history{T: t, a: Account{Ref: "acc-1"}, at: 1_772_442_000_000, rules: Rules{Cooling: time.Hour}}
}

var (
	here  = Place{Conversation: "c1", Line: "+12025550100", Phone: "+12025550123", Run: "c1.1"}
	there = Place{Conversation: "c2", Line: "+12025550100", Phone: "+12025559876", Run: "c2.1"} // another number
)

func (h *history) act(e AccountEvent, want LockState, refused string) *history {
	h.Helper()
	before := h.a.clone()
	next, news, err := h.a.Apply(h.rules, e, h.at)
	if err != nil {
		h.Fatalf("%s: %v", e.Op, err)
	}
	if !reflect.DeepEqual(before, h.a) {
		h.Fatalf("%s changed what it was given", e.Op)
	}
	h.a, h.news = next, news
	if h.a.State != want || news.Refused != refused {
		h.Fatalf("%s: %s, refused %q; want %s, %q", e.Op, h.a.State, news.Refused, want, refused)
	}
	if (len(h.a.Scopes) > 0) != h.a.State.Shut() {
		h.Fatalf("%s: %s with the scopes %v", e.Op, h.a.State, h.a.Scopes)
	}
	return h
}

func (h *history) after(d time.Duration) *history { h.at += d.Milliseconds(); return h }

func (h *history) told() (names []string) {
	for _, n := range h.news.Notices {
		names = append(names, n.Event())
	}
	return names
}

func (h *history) tells(want ...string) *history {
	h.Helper()
	if !slices.Equal(h.told(), want) {
		h.Errorf("told %v, want %v", h.told(), want)
	}
	return h
}

func payments(ids ...string) (all []conversation.AccountTransaction) {
	for _, id := range ids {
		all = append(all, conversation.AccountTransaction{ID: id, Merchant: "Garage 24", Amount: "900.00 USD"})
	}
	return all
}

func alerting(ids ...string) AccountEvent {
	return AccountEvent{Op: OpAlert, Place: here, Transactions: payments(ids...)}
}

func yes(ids ...string) AccountEvent {
	return AccountEvent{Op: OpRecognise, Place: here, Transactions: payments(ids...)}
}

func no(ids ...string) AccountEvent {
	return AccountEvent{Op: OpLock, Place: here, Scope: "purchases", Cause: "reply_no", Transactions: payments(ids...)}
}

func locking(scope string) AccountEvent { return AccountEvent{Op: OpLock, Scope: scope, Cause: "api"} }

func proof(class string) AccountEvent {
	if class == ProofCode {
		return AccountEvent{Op: OpProof, Proof: class, Place: here}
	}
	return AccountEvent{Op: OpProof, Proof: class, Moved: NumberKept}
}

// at is an event that comes from a place.
func at(p Place, e AccountEvent) AccountEvent {
	e.Place = p
	return e
}

func agent(name string) AccountEvent {
	return AccountEvent{Op: OpAgent, Agent: name, Reason: "passport seen", Moved: NumberKept}
}

var tick, contest = AccountEvent{Op: OpTick}, AccountEvent{Op: OpContest, Place: here}

func TestFromAlertToUnlock(t *testing.T) {
	h := newHistory(t)
	h.act(alerting("t1", "t2"), Alerted, "").tells("account.alerted")
	h.after(time.Minute).act(no("t2"), Locked, "").tells("account.locked")
	if n := h.news.Notices[0]; !n.Heard || n.Quiet || n.Places[0] != here || !reflect.DeepEqual(n.Told, conversation.AccountLocked{Account: "acc-1", Scopes: []string{"purchases"}, Cause: "reply_no", Transactions: []string{"t2"}}) {
		t.Errorf("%+v", n)
	}
	if len(h.a.Refunds) != 1 || h.a.Refunds[0].ID != "t2" || h.a.Refunds[0].Status != RefundNone || h.a.Alerts[0].Status != AlertUnnamed || h.a.Alerts[1].Status != AlertDenied {
		t.Errorf("%+v %+v", h.a.Refunds, h.a.Alerts)
	}
	for _, id := range []string{"t2", "t1"} { // the run hears why nothing is cleared, and the business knows
		h.act(yes(id), Locked, "locked").tells("account.locked")
		if n := h.news.Notices[0]; !n.Heard || !n.Quiet || len(n.Places) != 1 || n.Places[0] != here {
			t.Errorf("%+v", n)
		}
	}
	h.act(AccountEvent{Op: OpApplied, AppliedAt: h.at + 500}, Locked, "")
	h.after(time.Hour).act(tick, Locked, "").tells()
	h.act(proof("app"), Verifying, "").after(time.Minute).act(proof("app"), Verifying, "")
	h.act(proof("passkey"), Verifying, "").act(proof(ProofCode), Cooling, "")
	h.after(59*time.Minute).act(tick, Cooling, "").after(time.Minute).act(tick, Active, "").tells("account.unlocked")
	if h.a.Refunds[0].Status != RefundNone {
		t.Error("the unlock moved a refund")
	}
}

func TestNoBeatsYes(t *testing.T) {
	h := newHistory(t)
	h.act(alerting("t1"), Alerted, "").act(yes("t1"), Active, "").tells("account.recognised")
	if n := h.news.Notices[0]; !n.Heard || n.Quiet || len(n.Places) != 1 || n.Places[0] != here {
		t.Errorf("the run does not hear of it: %+v", n)
	}
	h.act(alerting("t1"), Active, "").tells() // the same report again asks nothing again
	h.after(23*time.Hour).act(no("t1"), Locked, "").act(yes("t1"), Locked, "locked")

	h = newHistory(t)
	h.act(alerting("t1", "t2"), Alerted, "").act(yes("t1"), Alerted, "")
	elsewhere := yes("t2")
	elsewhere.Place.Conversation = "c2"
	h.act(elsewhere, Alerted, "nothing_open") // of another number
	h.act(yes("t2"), Active, "")
}

func TestLateNo(t *testing.T) {
	h := newHistory(t)
	h.act(alerting("t1"), Alerted, "").after(24*time.Hour).act(tick, Active, "").tells("account.review")
	h.after(time.Hour).act(no("t1"), Active, "late_no").tells("account.review")
	if !h.news.Notices[0].Heard || len(h.a.Refunds) != 0 {
		t.Errorf("%+v", h.news)
	}
	h = newHistory(t) // without a sweep in between
	h.act(alerting("t1"), Alerted, "").after(25*time.Hour).act(no("t1"), Active, "late_no")
	h.act(no("t9"), Locked, "") // nothing is known of that one
}

// A payment that is reported again after its alert is over is asked about again, and can
// be denied; not so one that was denied.
func TestReportedAgain(t *testing.T) {
	for name, answer := range map[string]AccountEvent{"unanswered": tick, "recognised": yes("t1"), "unnamed": no("t2")} {
		h := newHistory(t)
		h.rules.Cooling = -1
		h.act(alerting("t1", "t2"), Alerted, "")
		h.a, _, _ = h.a.Apply(h.rules, answer, h.at)
		if name == "unnamed" {
			h.act(agent("ann"), Locked, "").act(agent("ben"), Active, "")
		}
		h.after(25*time.Hour).act(tick, Active, "").act(alerting("t1"), Alerted, "").tells("account.alerted")
		if a := h.a.Alerts[len(h.a.Alerts)-1]; len(h.a.Alerts) != 2 || a.ID != "t1" || a.Status != AlertOpen || a.Opened != h.at {
			t.Errorf("%s: %+v", name, h.a.Alerts)
		}
		h.after(time.Hour).act(no("t1"), Locked, "").tells("account.locked")
	}
	h := newHistory(t)
	h.act(alerting("t1"), Alerted, "").act(no("t1"), Locked, "").after(25*time.Hour).act(tick, Locked, "").act(alerting("t1"), Locked, "").tells()
	if h.a.Alerts[0].Status != AlertDenied {
		t.Errorf("%+v", h.a.Alerts)
	}
}

func TestThreeLocksByTextADay(t *testing.T) {
	h := newHistory(t)
	free := func() {
		h.act(agent("ann"), Locked, "").act(agent("ben"), Cooling, "").after(time.Hour).act(tick, Active, "")
	}
	for range 3 {
		h.act(no("t1"), Locked, "")
		free()
	}
	h.act(no("t1"), Active, "too_many_locks").tells("account.review")
	if !h.news.Notices[0].Heard {
		t.Error("no run hears that a person is needed")
	}
	h.act(contest, Active, "").act(contest, Active, "too_many_locks")
	h.act(locking("all"), Locked, "") // the business may
	free()
	h.after(24*time.Hour).act(no("t1"), Locked, "")
}

func TestClocksOfALock(t *testing.T) {
	h := newHistory(t)
	h.act(locking("purchases"), Locked, "")
	if h.a.CheckAt != h.at+60_000 {
		t.Errorf("looked at in %d ms", h.a.CheckAt-h.at)
	}
	h.after(time.Minute).act(tick, Locked, "").tells("account.lock_unacknowledged").act(tick, Locked, "").tells()
	h.act(AccountEvent{Op: OpApplied, AppliedAt: h.at}, Locked, "").act(locking("transfers"), Locked, "").tells("account.locked")
	if h.a.AppliedAt != 0 {
		t.Error("a wider lock counts as applied")
	}
	h.act(AccountEvent{Op: OpApplied, AppliedAt: h.at}, Locked, "").act(locking("transfers"), Locked, "")
	if !h.news.Notices[0].Quiet || h.a.AppliedAt == 0 {
		t.Error("the same lock again is told again")
	}
	h.at = h.a.LockedAt
	h.after(30*24*time.Hour-time.Millisecond).act(tick, Locked, "").after(time.Millisecond).act(tick, Suspended, "").tells("account.review").act(proof("app"), Suspended, "agents_only")
	h.act(agent("ann"), Suspended, "").act(agent("ben"), Cooling, "").after(time.Hour).act(tick, Active, "")
	if h.a.CheckAt != 0 {
		t.Error("nothing is due, and it is looked at")
	}
}

// TestStaleAcknowledgements: clocks may differ by five minutes, but what says that one
// lock is in force says nothing of a later one.
func TestStaleAcknowledgements(t *testing.T) {
	applied := func(h *history, at int64) error {
		a, _, err := h.a.Apply(h.rules, AccountEvent{Op: OpApplied, AppliedAt: at}, h.at)
		if err == nil {
			h.a = a
		}
		return err
	}
	h := newHistory(t)
	h.rules.Cooling = -1
	first := h.act(locking("purchases"), Locked, "").at
	if err := applied(h, first-4*60_000); err != nil || h.a.AppliedAt == 0 {
		t.Errorf("a clock that is slow: %v", err)
	}
	h.after(1500*time.Millisecond).act(locking("transfers"), Locked, "")
	if err := applied(h, first); err == nil {
		t.Error("what applied the first lock applied the second")
	}
	h.after(time.Minute).act(tick, Locked, "").tells("account.lock_unacknowledged")
	if err := applied(h, h.a.AskedAt); err != nil {
		t.Error(err)
	}
	h.act(agent("ann"), Locked, "").act(agent("ben"), Active, "")
	before := h.at
	h.after(time.Second).act(locking("transfers"), Locked, "")
	if err := applied(h, before); err == nil {
		t.Error("it was of the lock before this one")
	}
	h.after(6*time.Minute).act(locking("purchases"), Locked, "")
	if err := applied(h, h.at-4*60_000); err != nil {
		t.Errorf("no lock was asked for in so long: %v", err)
	}
}

// TestRulesHaveBounds: an alert lives three days at most, and an account cools a day at most.
func TestRulesHaveBounds(t *testing.T) {
	h := newHistory(t)
	h.rules = Rules{Cooling: 100 * time.Hour, AlertFor: 100 * time.Hour}
	h.act(alerting("t1"), Alerted, "").after(72*time.Hour-time.Millisecond).act(tick, Alerted, "")
	h.after(time.Millisecond)
	h.act(tick, Active, "").act(locking("all"), Locked, "").act(agent("ann"), Locked, "").act(agent("ben"), Cooling, "")
	h.after(24*time.Hour).act(tick, Active, "")
}

func TestAlertsUnderALock(t *testing.T) {
	h := newHistory(t)
	h.rules.Cooling = -1
	h.act(locking("all"), Locked, "").act(alerting("t1"), Locked, "").tells("account.alerted")
	h.act(agent("ann"), Locked, "").act(agent("ben"), Alerted, "").tells("account.unlocked").act(yes("t1"), Active, "")
}

func TestUnexpectedCodes(t *testing.T) {
	h := newHistory(t)
	h.act(contest, Active, "").tells("account.review").after(25*time.Hour).act(contest, Active, "").after(time.Hour).act(contest, Locked, "")
	if h.a.Cause != "unexpected_code" || !slices.Equal(h.a.Scopes, []string{"all"}) {
		t.Errorf("%+v", h.a)
	}
}

func TestRefunds(t *testing.T) {
	move := func(status, id string) AccountEvent {
		return AccountEvent{Op: OpRefund, Status: status, Transactions: payments(id)}
	}
	h := newHistory(t)
	h.act(alerting("t1"), Alerted, "").act(no("t1"), Locked, "").act(move("pending", "t2"), Locked, "no_refund")
	h.act(move("final", "t1"), Locked, "wrong_order").act(move("pending", "t1"), Locked, "").tells("refund.changed").act(move("pending", "t1"), Locked, "").tells()
	h.act(move("provisional", "t1"), Locked, "").act(move("denied", "t1"), Locked, "wrong_order").act(move("final", "t1"), Locked, "")
	if n := h.news.Notices[0]; !n.Heard || n.Places[0] != here || !n.Told.(conversation.RefundChanged).Paid {
		t.Errorf("%+v", n)
	}
	h.act(move("pending", "t1"), Locked, "wrong_order")
	h.act(no("t3"), Locked, "").act(move("pending", "t3"), Locked, "").act(move("denied", "t3"), Locked, "").act(move("final", "t3"), Locked, "")
	if n := h.news.Notices[0]; n.Told.(conversation.RefundChanged).Paid || h.a.Refunds[1].Paid {
		t.Errorf("denied for good, and paid: %+v", n)
	}
	h.act(no("t1"), Locked, "") // the same payment denied again opens no second
	if !h.news.Notices[0].Quiet {
		t.Error("the business is told what it knows")
	}
	if len(h.a.Refunds) != 2 || h.a.Refunds[0].Status != RefundFinal {
		t.Errorf("%+v", h.a.Refunds)
	}
	if h.act(no("t4"), Locked, ""); h.news.Notices[0].Quiet {
		t.Error("the business is not told of another payment that is denied under the lock")
	}
}

func TestWrongByThemselves(t *testing.T) {
	locked, _, _ := Account{}.Apply(Rules{}, locking("all"), 1_000_000)
	for name, e := range map[string]AccountEvent{
		"an unknown op":        {Op: "open"},
		"an alert of nothing":  {Op: OpAlert},
		"a scope":              {Op: OpLock, Scope: "аll", Cause: "api"},
		"a cause":              {Op: OpLock, Scope: "all", Cause: "whim"},
		"a proof":              {Op: OpProof, Proof: "text"},
		"a nameless agent":     {Op: OpAgent, Reason: "r"},
		"a lookalike":          {Op: OpAgent, Agent: "аnn", Reason: "r"},
		"an agent's silence":   {Op: OpAgent, Agent: "ann", Reason: " "},
		"a refund of nothing":  {Op: OpRefund, Status: RefundFinal},
		"a refund's status":    {Op: OpRefund, Status: RefundNone, Transactions: payments("t")},
		"applied in no time":   {Op: OpApplied, AppliedAt: 9_000_000},
		"applied before asked": {Op: OpApplied, AppliedAt: 1},
	} {
		if _, _, err := locked.Apply(Rules{}, e, 1_000_000); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// TestNothingGrowsForEver: whatever is asked for, the row stays small.
func TestNothingGrowsForEver(t *testing.T) {
	h := newHistory(t)
	for i := range 100 {
		ids := strings.Split(strings.Repeat("t"+time.Duration(i).String()+" ", 10), " ")
		for j := range ids {
			ids[j] += time.Duration(j).String()
		}
		h.a, _, _ = h.a.Apply(h.rules, alerting(ids...), h.at)
		h.a, _, _ = h.a.Apply(h.rules, no(ids...), h.at)
		e := contest
		e.Place.Conversation = ids[0]
		h.a, _, _ = h.a.Apply(h.rules, e, h.at)
	}
	if len(h.a.Alerts) > mostAlerts || len(h.a.Refunds) > mostRefunds || len(h.a.Places) > mostPlaces || len(h.a.Contests) > mostKept || len(h.a.Reviews) > mostKept || len(h.a.TextLocks) > 10 {
		t.Errorf("%d alerts, %d refunds, %d places, %d locks", len(h.a.Alerts), len(h.a.Refunds), len(h.a.Places), len(h.a.TextLocks))
	}
}

// What is marked for a person stays until one says what they found.
func TestReviewed(t *testing.T) {
	seen := AccountEvent{Op: OpReviewed, Who: "key_1", Reason: "called her: hers"}
	h := newHistory(t)
	h.act(seen, Active, "no_review")
	h.act(alerting("t1"), Alerted, "").after(25*time.Hour).act(tick, Active, "").tells("account.review")
	if _, _, err := h.a.Apply(h.rules, AccountEvent{Op: OpReviewed}, h.at); err == nil {
		t.Error("a mark was taken away without a reason")
	}
	if h.act(seen, Active, ""); len(h.a.Reviews) != 0 || len(h.news.Audit) != 1 || h.news.Audit[0].Reason != seen.Reason {
		t.Errorf("%+v %+v", h.a.Reviews, h.news.Audit)
	}
}
