package agentui

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"parley/conversation"
	"parley/conversation/verify"
	"parley/flows"
)

// Stop is one thing that speaks against texting the customer now.
type Stop struct {
	Code   string `json:"code"` // opted_out, sender, quiet
	Detail string `json:"detail"`
	Until  int64  `json:"until,omitempty"` // Unix ms; 0: nobody knows
	// Anyway: somebody who has read it may send all the same.
	Anyway bool `json:"anyway,omitempty"`
}

// stops says what Step would say to a reply.
func (c *Console) stops(ctx context.Context, conv conversation.Conversation, now time.Time) ([]Stop, error) {
	all := []Stop{}
	consent, err := c.Reads.Consent(ctx, conv.Phone)
	if err != nil {
		return nil, err
	}
	if consent.State == conversation.OptedOut {
		all = append(all, Stop{Code: "opted_out", Detail: conversation.HasOptedOut})
	}
	line := c.Lines().Lines[conv.Line]
	if why := line.Barred(conv.Phone, now); why != "" {
		all = append(all, Stop{Code: "sender", Detail: why})
	}
	if conv.State.Awaiting == 0 && line.Quiet.Covers(now, line.Zone) {
		all = append(all, Stop{Code: "quiet", Detail: conversation.InQuietHours, Until: line.Quiet.After(now, line.Zone).UnixMilli(), Anyway: true})
	}
	return all, nil
}

// Customer is what is known of whom somebody talks to.
type Customer struct {
	Phone    string            `json:"phone"`
	Line     string            `json:"line"`
	Brand    string            `json:"brand,omitempty"`
	Name     string            `json:"name,omitempty"`
	Language string            `json:"language,omitempty"`
	Timezone string            `json:"timezone,omitempty"` // IANA: their own, else the brand's
	Tags     []string          `json:"tags"`
	Consent  Consented         `json:"consent"`
	Accounts []CustomerAccount `json:"accounts"`
	Others   []Other           `json:"others"` // their conversations with other lines
	Ends     []End             `json:"ends"`   // what the bot did for them before, newest first
}

// Consented is what the customer has said about being texted.
type Consented struct {
	State  conversation.ConsentState `json:"state"` // out, in, or "" for nothing
	At     int64                     `json:"at,omitempty"`
	Source string                    `json:"source,omitempty"`
}

// CustomerAccount is how an account stands. No text and no single person unlocks it: the
// business does by proofs, or two of the people at work.
type CustomerAccount struct {
	Name     string           `json:"name"`
	State    verify.LockState `json:"state"`
	Scopes   []string         `json:"scopes,omitempty"`
	Cause    string           `json:"cause,omitempty"`
	Since    int64            `json:"since,omitempty"`     // when it was locked, Unix ms
	Shut     bool             `json:"shut,omitempty"`      // it can be unlocked by two
	Proposed string           `json:"proposed,omitempty"`  // who would unlock it, and waits for a second
	Reason   string           `json:"reason,omitempty"`    // what they say shows that it is the customer
	UnlockAt int64            `json:"unlock_at,omitempty"` // when it unlocks unless somebody says NO
}

// Other is another conversation of the same customer.
type Other struct {
	ID    string             `json:"id"`
	Line  string             `json:"line"`
	Owner conversation.Owner `json:"owner"`
	Flows []string           `json:"flows"`
}

// End is one run that is over.
type End struct {
	Flow         string `json:"flow"`
	Conversation string `json:"conversation"`
	Outcome      string `json:"outcome"`
	At           int64  `json:"at"` // Unix ms
}

// mostEnds is how many runs that are over a pane lists.
const mostEnds = 20

// customer shows whom a conversation is with.
func (c *Console) customer(w http.ResponseWriter, r *http.Request, _ SignIn, _ Agent) {
	if k, ok := c.namedCustomer(w, r); ok {
		answer(w, http.StatusOK, k)
	}
}

// namedCustomer finds whom the conversation is with that the path names; false: it has been
// answered.
func (c *Console) namedCustomer(w http.ResponseWriter, r *http.Request) (Customer, bool) {
	conv, ok := c.named(w, r)
	if !ok {
		return Customer{}, false
	}
	k, err := c.customerOf(r.Context(), conv)
	if err != nil {
		c.Auth.failed(w, err)
		return Customer{}, false
	}
	return k, true
}

func (c *Console) customerOf(ctx context.Context, conv conversation.Conversation) (Customer, error) {
	line := c.Lines().Lines[conv.Line]
	k := Customer{Phone: conv.Phone, Line: conv.Line, Brand: line.Brand.Name, Tags: []string{}, Accounts: []CustomerAccount{}, Others: []Other{}, Ends: []End{}}
	contact, _, err := c.Reads.Contact(ctx, conv.Phone)
	if err != nil {
		return k, err
	}
	k.Name, k.Tags = contact.Name, append(k.Tags, contact.Tags...)
	k.Language, k.Timezone = cmp.Or(conv.State.Language, contact.Language, line.Language), cmp.Or(contact.Timezone, line.Brand.Timezone)
	consent, err := c.Reads.Consent(ctx, conv.Phone)
	if err != nil {
		return k, err
	}
	k.Consent = Consented{consent.State, consent.At, consent.Source}
	if err := c.past(ctx, conv, &k); err != nil {
		return k, err
	}
	return k, c.accounts(ctx, conv, contact, &k)
}

// past adds what there was and is besides this conversation.
func (c *Console) past(ctx context.Context, conv conversation.Conversation, k *Customer) error {
	all, err := c.Reads.Conversations(ctx, conv.Phone)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.ID == conv.ID {
			continue
		}
		other := Other{o.ID, o.Line, currentOf(o).Owner, []string{}}
		for _, r := range o.State.Runs {
			other.Flows = append(other.Flows, r.Flow)
		}
		k.Others = append(k.Others, other)
	}
	ends, err := c.Reads.Ends(ctx, conv.Phone, mostEnds)
	for _, e := range ends {
		k.Ends = append(k.Ends, End{e.Flow, e.Conversation, e.Outcome, e.EndedAt})
	}
	return err
}

// accounts adds those that live runs speak of, and those that the phone has proven.
func (c *Console) accounts(ctx context.Context, conv conversation.Conversation, contact flows.Contact, k *Customer) error {
	var names []string
	for _, r := range conv.State.Runs {
		f, err := c.version(ctx, r.Hash)
		if err != nil {
			return err
		}
		if f != nil {
			names = append(names, f.Accounts(flows.Scope{Now: time.Now(), Contact: contact, Line: conv.Line}, r.Run)...)
		}
	}
	slices.Sort(names)
	all, err := c.Reads.AccountsOf(ctx, conv.Phone, slices.Compact(names))
	for _, a := range all {
		shown := CustomerAccount{Name: a.Ref, State: a.State, Scopes: a.Scopes, Cause: a.Cause, Since: a.LockedAt, UnlockAt: a.UnlockAt,
			Shut: a.State == verify.Locked || a.State == verify.Verifying || a.State == verify.Suspended}
		if a.Proposal != nil {
			shown.Proposed, shown.Reason = a.Proposal.Agent, a.Proposal.Reason
		}
		k.Accounts = append(k.Accounts, shown)
	}
	return err
}
