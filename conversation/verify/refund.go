package verify

import (
	"slices"

	"parley/conversation"
)

// Refund is what becomes of a payment that the customer denied. Nothing but the
// business moves it on.
type Refund struct {
	ID       string `json:"id"` // of the transaction
	Status   string `json:"status"`
	Paid     bool   `json:"paid,omitempty"` // it was credited, provisionally or for good
	Merchant string `json:"merchant,omitempty"`
	Amount   any    `json:"amount,omitempty"`
	At       int64  `json:"at"`    // of the last change, Unix ms
	Place    Place  `json:"place"` // who is texted of it; zero: nobody
}

// Texted says whether a customer hears of its changes: somebody was texted of the account.
func (r Refund) Texted() bool { return r.Place.Conversation != "" }

// mostRefunds is how many an account keeps; those that are final make room.
const mostRefunds = 200

// openRefunds opens one for each transaction that has none, and returns those.
func (c *change) openRefunds(ids []string) (opened []string) {
	for _, id := range ids {
		if c.refundOf(id) >= 0 {
			continue
		}
		if len(c.Refunds) >= mostRefunds {
			i := slices.IndexFunc(c.Refunds, func(r Refund) bool { return r.Status == RefundFinal })
			if i < 0 {
				c.review("too_much", true, id)
				continue
			}
			c.Refunds = slices.Delete(c.Refunds, i, i+1)
		}
		c.Refunds = append(c.Refunds, c.newRefund(id))
		opened = append(opened, id)
		c.audit("refund.opened", id)
	}
	return opened
}

// newRefund takes what the event or an alert knows of the payment.
func (c *change) newRefund(id string) Refund {
	r := Refund{ID: id, Status: RefundNone, At: c.at, Place: c.event.Place}
	i := slices.IndexFunc(c.event.Transactions, func(t conversation.AccountTransaction) bool { return t.ID == id })
	r.Merchant, r.Amount = merchant(c.event.Transactions[i].Merchant), money(c.event.Transactions[i].Amount)
	for _, a := range c.Alerts {
		if a.ID != id {
			continue
		}
		if r.Merchant == "" && r.Amount == nil {
			r.Merchant, r.Amount = a.Merchant, a.Amount
		}
		if r.Place.Conversation == "" {
			r.Place = a.Place
		}
	}
	c.place(&r)
	return r
}

// place lets the customer who was texted last hear of a refund, when nobody else does.
func (c *change) place(r *Refund) {
	if !r.Texted() {
		r.Place = c.told()
	}
}

func (c *change) refundOf(id string) int {
	return slices.IndexFunc(c.Refunds, func(r Refund) bool { return r.ID == id })
}

// refund moves a refund on. The same status again changes nothing.
func (c *change) refund() error {
	if len(c.event.Transactions) != 1 {
		return errNoTransactions
	}
	i := c.refundOf(c.event.Transactions[0].ID)
	switch {
	case !slices.Contains(RefundStatuses[1:], c.event.Status):
		return WrongError("status: want pending, provisional, denied or final")
	case i < 0:
		c.refuse("no_refund")
		return nil
	}
	r := &c.Refunds[i]
	if r.Status == c.event.Status {
		return nil
	}
	to, ok := refundMachine.Fire(r.Status, c.event.Status)
	if !ok {
		c.refuse("wrong_order")
		return nil
	}
	c.audit("refund."+to, r.ID)
	r.Status, r.At, c.moved = to, c.at, true
	r.Paid = to == RefundProvisional || to == RefundFinal && r.Paid
	c.place(r)
	n := Notice{Heard: true, Told: conversation.RefundChanged{Account: c.Ref, Transaction: r.ID, Status: to, Paid: r.Paid && to == RefundFinal, Merchant: r.Merchant, Amount: r.Amount}}
	if r.Texted() {
		n.Places = []Place{r.Place}
	}
	c.news.Notices = append(c.news.Notices, n)
	return nil
}
