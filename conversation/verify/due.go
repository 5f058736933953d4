package verify

import (
	"slices"

	"parley/conversation"
)

// due carries out what time alone brings, in the order in which it fell due. It is
// nobody's doing.
func (c *change) due() {
	event := c.event
	c.event = AccountEvent{Op: OpTick}
	c.expireAlerts()
	c.endVerifying()
	if c.State == Cooling && c.at >= c.UnlockAt {
		c.cool()
	}
	if c.State.Shut() && c.AppliedAt == 0 && !c.Alarmed && c.at >= c.AskedAt+acknowledgedIn {
		c.Alarmed, c.moved = true, true
		c.audit("account.lock_unacknowledged", "")
		c.tell(conversation.AccountLockUnacknowledged{Account: c.Ref, Scopes: c.Scopes, Since: c.AskedAt}, false)
	}
	if c.State == Locked && c.at >= c.LockedAt+suspendedAfter {
		c.fire("suspend")
		c.review("suspended", false)
	}
	c.event = event
}

// expireAlerts closes the alerts that nobody answered, and forgets old ones.
func (c *change) expireAlerts() {
	var unanswered []string
	for i := range c.Alerts {
		a := &c.Alerts[i]
		if c.at < a.Expires || a.Status == AlertExpired {
			continue
		}
		if a.Status == AlertOpen {
			unanswered = append(unanswered, a.ID)
		}
		if a.Status != AlertDenied {
			a.Status, c.moved = AlertExpired, true
		}
	}
	before := len(c.Alerts)
	c.Alerts = slices.DeleteFunc(c.Alerts, func(a Alert) bool { return c.at >= a.Expires+keptFor })
	c.moved = c.moved || len(c.Alerts) != before
	if len(unanswered) > 0 {
		c.review("alert_expired", false, unanswered...)
		c.cleared()
	}
}

// endVerifying drops proofs that are too old, an agent's word that nobody joined, and
// the attempt with the last of them.
func (c *change) endVerifying() {
	before := len(c.Proofs)
	c.Proofs = slices.DeleteFunc(c.Proofs, func(p Proof) bool { return c.at >= p.At+proofsWithin })
	c.moved = c.moved || len(c.Proofs) != before
	if c.Proposal != nil && c.at >= c.Proposal.At+agreedWithin {
		c.Proposal, c.moved = nil, true
	}
	if c.State == Verifying && len(c.Proofs) == 0 && c.at >= c.VerifyAt+proofsWithin {
		c.fire("give_up")
	}
}

// next is when something falls due, Unix ms; 0: nothing will.
func (c *change) next() int64 {
	var next int64
	at := func(t int64) {
		if next == 0 || t < next {
			next = t
		}
	}
	for _, a := range c.Alerts {
		switch a.Status {
		case AlertOpen, AlertRecognised, AlertUnnamed:
			at(a.Expires)
		default:
			at(a.Expires + keptFor)
		}
	}
	for _, p := range c.Proofs {
		at(p.At + proofsWithin)
	}
	if c.State == Verifying && c.at < c.VerifyAt+proofsWithin {
		at(c.VerifyAt + proofsWithin)
	}
	if c.Proposal != nil {
		at(c.Proposal.At + agreedWithin)
	}
	if c.State == Cooling {
		at(c.UnlockAt)
	}
	if c.State.Shut() && c.AppliedAt == 0 && !c.Alarmed {
		at(c.AskedAt + acknowledgedIn)
	}
	if c.State == Locked {
		at(c.LockedAt + suspendedAfter)
	}
	return next
}
