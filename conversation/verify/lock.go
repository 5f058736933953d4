package verify

import (
	"slices"
	"time"

	"parley/conversation"
)

// The bounds of locks by text, and of what follows a lock.
const (
	day             = int64(24 * time.Hour / time.Millisecond)
	mostTextLocks   = 3                                     // within a day; then a person is asked
	acknowledgedIn  = int64(time.Minute / time.Millisecond) // then nobody having said so is an alarm
	suspendedAfter  = 30 * day
	clockDifference = int64(5 * time.Minute / time.Millisecond) // between the business's clock and ours
)

// Scopes are what a lock may stop.
var Scopes = []string{"purchases", "transfers", "all"}

// Causes are why an account is locked. The first two come of texts.
var Causes = []string{"reply_no", "unexpected_code", "flow", "api", "agent", "rule"}

func byText(cause string) bool { return cause == "reply_no" || cause == "unexpected_code" }

// askedToLock locks, unless a text asks for what a text may not do: answer an alert
// that is over, or lock a fourth time within a day. Then a person is asked instead,
// never nobody. What is being unlocked is locked again in any case.
func (c *change) askedToLock() error {
	e := c.event
	switch {
	case !slices.Contains(Scopes, e.Scope):
		return WrongError("scope: want purchases, transfers or all")
	case !slices.Contains(Causes, e.Cause):
		return WrongError("cause: want one of reply_no, unexpected_code, flow, api, agent and rule")
	case len(e.Transactions) > mostNamed:
		return errNoTransactions
	}
	if byText(e.Cause) {
		c.rememberText()
	} else {
		c.remember()
	}
	ids := idsOf(e.Transactions)
	unlocking := c.State == Verifying || c.State == Cooling
	switch {
	case byText(e.Cause) && !unlocking && c.late(ids):
		c.refuse("late_no")
		c.review("late_no", true, ids...)
		return nil
	case byText(e.Cause) && !c.State.Shut() && c.textLocks() >= mostTextLocks:
		c.refuse("too_many_locks")
		c.review("too_many_locks", true, ids...)
		return nil
	}
	c.lock(ids)
	return nil
}

func idsOf(all []conversation.AccountTransaction) []string {
	var ids []string
	for _, t := range all {
		if t.ID != "" && !slices.Contains(ids, t.ID) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// textLocks counts those of the last day.
func (c *change) textLocks() int {
	c.TextLocks = c.withinDay(c.TextLocks)
	return len(c.TextLocks)
}

// lock locks, or makes a lock wider, and opens a refund for each transaction. The
// runs hear of it in any case: one may wait for it to say so.
func (c *change) lock(ids []string) {
	was := c.State
	if byText(c.event.Cause) && (!was.Shut() || was == Verifying || was == Cooling) {
		again := c.textLocks() >= mostTextLocks
		c.TextLocks = latest(append(c.TextLocks, c.at), mostKept)
		if again { // it was being unlocked
			c.review("too_many_locks", true, ids...)
		}
	}
	if !was.Shut() { // texts give nobody more tries at a proof
		c.Scopes, c.Failures, c.BlockedTo = nil, 0, 0
	}
	scopes := union(c.Scopes, c.event.Scope)
	wider := !slices.Equal(scopes, c.Scopes)
	c.Scopes, c.moved = scopes, true
	c.deny(ids)
	opened := c.openRefunds(ids)
	if was != Locked && was != Suspended {
		c.LockedAt, c.Cause, c.Reason = c.at, c.event.Cause, c.event.Reason
		wider = true
	}
	c.forgetProofs() // what was shown before counts no more
	if c.speaksOfTakeover(ids) {
		c.TakenAt = c.at
	}
	if wider {
		c.EarlierAt, c.AskedAt, c.AppliedAt, c.Alarmed = max(c.EarlierAt, c.AskedAt), c.at, 0, false
	}
	c.fire("lock")
	c.audit("account.lock", c.event.Cause+" "+c.event.Scope)
	n := Notice{Told: conversation.AccountLocked{Account: c.Ref, Scopes: c.Scopes, Cause: c.event.Cause, Reason: c.event.Reason, Transactions: opened},
		Places: c.around(), Heard: true, Quiet: !wider && len(opened) == 0}
	c.news.Notices = append(c.news.Notices, n)
}

// speaksOfTakeover says whether a lock is because somebody else may be in the account, or
// know its password: codes came that its customer had not asked for, or the customer
// denied what was done to the whole account, like a changed password. A NO that names
// payments denies those: whoever has a card's number needs no password. Why the business
// itself locks, it knows.
func (c *change) speaksOfTakeover(denied []string) bool {
	e := c.event
	return e.Cause == "unexpected_code" || e.Cause == "reply_no" && e.Scope == "all" && len(denied) == 0
}

// ChangePassword says whether the customer must choose another password before the
// account is theirs alone. An unlock does not end that, nor does a grant that is redeemed:
// only the business knows that a password is another, and who was made to choose it.
func (a Account) ChangePassword() bool { return a.TakenAt > 0 }

// passwordChanged ends that. A change of before the lock may be the very one that was
// denied, so that a difference between clocks excuses nothing.
func (c *change) passwordChanged() error {
	switch at := c.event.AppliedAt; {
	case at > c.at+clockDifference:
		return WrongError("changed_at: lies in the future")
	case !c.ChangePassword():
	case at <= c.TakenAt:
		return WrongError("changed_at: lies before the lock that asked for another password: it may be what the lock is about")
	default:
		c.TakenAt, c.moved = 0, true
		c.audit("account.password_changed", "")
	}
	return nil
}

func (c *change) forgetProofs() {
	c.Proofs, c.Proposal, c.VerifyAt, c.UnlockAt, c.UnlockBy = nil, nil, 0, 0, ""
}

// union adds a scope; all takes the others in.
func union(scopes []string, more string) []string {
	if more == "all" || slices.Contains(scopes, "all") {
		return []string{"all"}
	}
	all := append(slices.Clone(scopes), more)
	slices.Sort(all)
	return slices.Compact(all)
}

// contest notes that the customer denies a code that came unasked: the second within
// a day locks the account, and one that comes while the account is being unlocked
// does so at once.
func (c *change) contest() {
	if !c.elsewhere(c.event.Place.Phone) { // codes go to numbers that are not the account's as well
		c.rememberText()
	}
	c.Contests = latest(append(c.withinDay(c.Contests), c.at), mostKept)
	c.moved = true
	c.audit("account.contest", "")
	if len(c.Contests) < 2 && c.State != Verifying && c.State != Cooling {
		c.review("code_denied", false)
		return
	}
	c.event.Cause, c.event.Scope, c.event.Transactions = "unexpected_code", "all", nil
	if !c.State.Shut() && c.textLocks() >= mostTextLocks {
		c.refuse("too_many_locks")
		c.review("too_many_locks", true)
		return
	}
	c.lock(nil)
}

// applied notes that the business has put the lock into force. Clocks may differ, unless
// what it says could then be of the lock before.
func (c *change) applied() error {
	at, since := c.event.AppliedAt, c.AskedAt-clockDifference
	if c.EarlierAt >= since {
		since = c.AskedAt
	}
	switch {
	case !c.State.Shut():
		c.refuse("not_locked")
	case at > c.at+clockDifference:
		return WrongError("applied_at: lies in the future")
	case at < since:
		return WrongError("applied_at: lies before the lock was asked for: it may be of an earlier one")
	case c.AppliedAt == 0:
		c.AppliedAt, c.moved = at, true
		c.audit("account.applied", "")
	}
	return nil
}
