package inbound

import (
	"time"

	"parley/conversation/verify"
)

// AccountOutput is an account, answered by a read or a change of it.
type AccountOutput struct {
	Status int
	Body   AccountBody
}

// AccountBody is an account as the business sees it.
type AccountBody struct {
	Account   string       `json:"account"`
	State     string       `json:"state" enum:"active,alerted,locked,verifying,cooling,suspended" doc:"In the last four, what scopes names is to be refused."`
	Scopes    []string     `json:"scopes" doc:"What is stopped: purchases, transfers, or all."`
	Cause     string       `json:"cause,omitempty"`
	LockedAt  *time.Time   `json:"locked_at,omitempty"`
	AppliedAt *time.Time   `json:"applied_at,omitempty" doc:"When you said that the lock came into force."`
	UnlockAt  *time.Time   `json:"unlock_at,omitempty" doc:"Of state cooling: when it ends."`
	Needs     []string     `json:"needs,omitempty" doc:"Of states locked and verifying: the proofs that an unlock still needs."`
	Proposed  string       `json:"proposed_by,omitempty" doc:"The agent whose word another has to join."`
	Alerts    []AlertBody  `json:"alerts"`
	Refunds   []RefundBody `json:"refunds"`
	Reviews   []ReviewBody `json:"reviews" doc:"What a person should look at."`
	Password  bool         `json:"change_password" doc:"Somebody else may know the password: the customer is to choose another before anything else. Until you say that it is another, by PUT …/password."`
}

// MovedOutput is an account of which a refund was moved on.
type MovedOutput struct {
	Body MovedBody
}

// MovedBody is the account, and who hears of the refund.
type MovedBody struct {
	AccountBody
	Texted bool `json:"texted" doc:"Whether the customer is texted of it, unless they have opted out. false: they were never texted about the account, so that no number is known. Let them know yourself."`
}

// AlertBody is a payment that the customer was asked about.
type AlertBody struct {
	Transaction string    `json:"transaction"`
	Status      string    `json:"status" enum:"open,recognised,denied,unnamed,expired"`
	Expires     time.Time `json:"expires_at"`
}

// RefundBody is what becomes of a denied payment.
type RefundBody struct {
	Transaction string    `json:"transaction"`
	Status      string    `json:"status" enum:"none,pending,provisional,denied,final"`
	Paid        bool      `json:"paid" doc:"It is credited: provisionally, or of final for good."`
	Merchant    string    `json:"merchant,omitempty"`
	Amount      any       `json:"amount,omitempty"`
	ChangedAt   time.Time `json:"changed_at"`
}

// ReviewBody is a mark for a person.
type ReviewBody struct {
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

func shownAccount(a verify.Account) AccountBody {
	b := AccountBody{Account: a.Ref, State: string(a.State), Scopes: a.Scopes, Cause: a.Cause,
		LockedAt: moment(a.LockedAt), AppliedAt: moment(a.AppliedAt), UnlockAt: moment(a.UnlockAt),
		Password: a.ChangePassword(), Alerts: []AlertBody{}, Refunds: []RefundBody{}, Reviews: []ReviewBody{}}
	if b.Scopes == nil {
		b.Scopes = []string{}
	}
	if a.State == verify.Locked || a.State == verify.Verifying {
		b.Needs = a.Missing()
	}
	if a.Proposal != nil {
		b.Proposed = a.Proposal.Agent
	}
	for _, l := range a.Alerts {
		b.Alerts = append(b.Alerts, AlertBody{l.ID, l.Status, time.UnixMilli(l.Expires).UTC()})
	}
	for _, r := range a.Refunds {
		b.Refunds = append(b.Refunds, RefundBody{r.ID, r.Status, r.Paid, r.Merchant, r.Amount, time.UnixMilli(r.At).UTC()})
	}
	for _, r := range a.Reviews {
		b.Reviews = append(b.Reviews, ReviewBody{r.Reason, time.UnixMilli(r.At).UTC()})
	}
	return b
}
