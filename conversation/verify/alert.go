package verify

import (
	"slices"
	"time"

	"parley/conversation"
	"parley/flows"
)

// Alert is one payment that a customer was asked about.
type Alert struct {
	ID       string `json:"id"` // of the transaction
	Merchant string `json:"merchant,omitempty"`
	Amount   any    `json:"amount,omitempty"`
	At       string `json:"at,omitempty"` // of the payment, RFC 3339
	Place    Place  `json:"place"`        // whose answer counts
	Opened   int64  `json:"opened"`       // Unix ms
	Expires  int64  `json:"expires"`
	Status   string `json:"status"`
}

// The statuses of an alert. NO beats YES: until it expires, what was recognised can
// still be denied, and never the other way round.
const (
	AlertOpen       = "open"
	AlertRecognised = "recognised"
	AlertDenied     = "denied"
	AlertUnnamed    = "unnamed" // another payment of the same question was denied, not this one
	AlertExpired    = "expired"
)

// keptFor is how long an alert is remembered after it expired: an answer that comes
// then is a late one. mostAlerts is how many are kept in all, mostNamed how many one
// event may name.
const (
	keptFor    = int64(72 * time.Hour / time.Millisecond)
	mostAlerts = 64
	mostNamed  = 20
)

const errNoTransactions = WrongError("transactions: name at least one, and twenty at most")

// alert opens an alert for each transaction. One that is known is left as it is: the
// same report twice must not take a NO back. One that is over is opened anew, since the
// customer is asked anew.
func (c *change) alert() error {
	if n := len(c.event.Transactions); n == 0 || n > mostNamed {
		return errNoTransactions
	}
	c.remember()
	var opened []string
	for _, t := range c.event.Transactions {
		i := c.alertOf(t.ID)
		if t.ID == "" || i >= 0 && c.Alerts[i].Status != AlertExpired {
			continue
		}
		if i >= 0 {
			c.Alerts = slices.Delete(c.Alerts, i, i+1)
		}
		if !c.room() {
			c.review("too_much", true, t.ID)
			continue
		}
		c.Alerts = append(c.Alerts, Alert{ID: t.ID, Merchant: merchant(t.Merchant), Amount: money(t.Amount), At: t.At, Place: c.event.Place,
			Opened: c.at, Expires: c.at + c.rules.alertFor(), Status: AlertOpen})
		opened = append(opened, t.ID)
	}
	if len(opened) == 0 {
		return nil
	}
	c.moved = true
	c.fire("alert") // leads nowhere from a lock, under which alerts may be opened too
	c.audit("account.alerted", "")
	c.tell(conversation.AccountAlerted{Account: c.Ref, Transactions: opened, Expires: c.at + c.rules.alertFor()}, false)
	return nil
}

// money is an amount that can be shown; nil: it is none.
func money(v any) any {
	m, _ := flows.Money(v)
	return m
}

// merchant is a name short enough for a text.
func merchant(name string) string {
	const most = 40
	if r := []rune(name); len(r) > most {
		return string(r[:most])
	}
	return name
}

// room makes some for one more alert; false: all that there are still matter.
func (c *change) room() bool {
	if len(c.Alerts) < mostAlerts {
		return true
	}
	i := slices.IndexFunc(c.Alerts, func(a Alert) bool { return a.Status != AlertOpen && a.Status != AlertRecognised })
	if i < 0 {
		return false
	}
	c.Alerts = slices.Delete(c.Alerts, i, i+1)
	return true
}

// alertOf finds the alert of a transaction in the event's conversation; -1: there is none.
func (c *change) alertOf(id string) int {
	return slices.IndexFunc(c.Alerts, func(a Alert) bool { return a.ID == id && a.Place.Conversation == c.event.Place.Conversation })
}

// denied says whether anybody has said NO to a payment within its alert's time.
func (c *change) denied(id string) bool {
	return slices.ContainsFunc(c.Alerts, func(a Alert) bool { return a.ID == id && a.Status == AlertDenied })
}

// recognise closes the alerts that the customer says yes to: these only, where they
// were asked about, unless the account's number is another since or somebody has said NO to
// the payment, and only while nothing is locked. The runs hear what came of it: one waits
// for that, before it says that anything is cleared.
func (c *change) recognise() {
	if c.State.Shut() {
		c.refuse("locked")
		c.answer(conversation.AccountLocked{Account: c.Ref, Scopes: c.Scopes, Cause: c.Cause, Reason: c.Reason}, true)
		return
	}
	if c.State != Alerted {
		c.refuse("nothing_open")
		return
	}
	var known []string
	for _, t := range c.event.Transactions {
		if i := c.alertOf(t.ID); i >= 0 && c.Alerts[i].Status == AlertOpen && !c.Alerts[i].Place.Said && !c.denied(t.ID) {
			c.Alerts[i].Status = AlertRecognised
			known = append(known, t.ID)
		}
	}
	if len(known) == 0 {
		c.refuse("nothing_open")
		return
	}
	c.moved = true
	c.audit("account.recognised", "")
	c.answer(conversation.AccountRecognised{Account: c.Ref, Transactions: known}, false)
	c.cleared()
}

// silenced marks the account for a person when its customer can no longer answer what
// they are asked: they opted out, or the question did not reach them. That is neither a
// YES nor a NO. The alerts stay open, so that the payments stay held; another holder, or
// the same customer asked anew, can still answer them.
func (c *change) silenced() error {
	if c.event.Cause != "stopped" && c.event.Cause != "undeliverable" {
		return WrongError("cause: want stopped or undeliverable")
	}
	var open []string
	for _, a := range c.Alerts {
		of := a.Place.Conversation == c.event.Place.Conversation && (c.event.Place.Run == "" || a.Place.Run == c.event.Place.Run)
		if of && a.Status == AlertOpen {
			open = append(open, a.ID)
		}
	}
	if len(open) == 0 {
		c.refuse("nothing_open")
		return nil
	}
	c.review(c.event.Cause, false, open...)
	return nil
}

// answer lets the runs hear what came of an event where it came from, and nowhere else.
func (c *change) answer(t conversation.Told, quiet bool) {
	if c.event.Place.Conversation == "" {
		return
	}
	c.news.Notices = append(c.news.Notices, Notice{Told: t, Places: []Place{c.event.Place}, Heard: true, Quiet: quiet})
}

// cleared lets an account that was only alerted be active when no alert is open.
func (c *change) cleared() {
	if c.State == Alerted && !c.open() {
		c.fire("clear")
	}
}

func (c *change) open() bool {
	return slices.ContainsFunc(c.Alerts, func(a Alert) bool { return a.Status == AlertOpen })
}

// deny closes the alerts of the named transactions, whoever was asked about them, and those
// that the same question named besides.
func (c *change) deny(ids []string) {
	for i := range c.Alerts {
		a := &c.Alerts[i]
		switch {
		case a.Status == AlertExpired:
		case slices.Contains(ids, a.ID):
			a.Status = AlertDenied
		case a.Place.Conversation != c.event.Place.Conversation:
		case a.Status == AlertOpen && len(ids) > 0 && a.Place.Run != "" && a.Place.Run == c.event.Place.Run:
			a.Status = AlertUnnamed
		}
	}
}

// late says whether a text answers alerts whose time is over, and no other. One that is
// forgotten is over when what asked has asked that long ago.
func (c *change) late(ids []string) bool {
	for _, id := range ids {
		over := c.event.Asked > 0 && c.at >= c.event.Asked+c.rules.alertFor()
		if i := c.alertOf(id); i >= 0 {
			over = c.at >= c.Alerts[i].Expires
		}
		if !over {
			return false
		}
	}
	return len(ids) > 0
}
