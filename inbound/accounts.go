package inbound

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/conversation"
	"parley/conversation/verify"
	"parley/flows"
)

// mountAccounts registers the operations on customer accounts. Their scope is implied
// by no other.
func (a *API) mountAccounts(api huma.API, guard func(huma.Context, func(huma.Context))) {
	op := func(id, method, path string, status int, summary string) huma.Operation {
		return operation(guard, id, method, "/v1/accounts/{ref}"+path, "accounts", status, summary)
	}
	huma.Register(api, op("get-account", http.MethodGet, "", http.StatusOK,
		"Read where an account stands. One that Parley never heard of is active."), a.getAccount)
	huma.Register(api, op("lock-account", http.MethodPost, "/lock", http.StatusOK,
		"Lock an account, or make a lock wider. Denied transactions get a refund each."), a.lockAccount)
	huma.Register(api, op("acknowledge-lock", http.MethodPut, "/lock", http.StatusOK,
		"Say that a lock is in force. Nobody saying so for a minute is an alarm."), a.acknowledgeLock)
	huma.Register(api, op("unlock-account", http.MethodPost, "/unlock", http.StatusAccepted,
		"Give one proof, or one agent's word, towards an unlock. 202: more is needed, or the account still cools; only state active is unlocked."), a.unlockAccount)
	huma.Register(api, op("review-account", http.MethodPost, "/reviewed", http.StatusOK,
		"Say what was found about what an account is marked for, in reviews: the marks go, the audit trail keeps it."), a.reviewAccount)
	huma.Register(api, op("change-password", http.MethodPut, "/password", http.StatusOK,
		"Say that the customer has chosen another password, where change_password asks for one. It changes nothing else."), a.passwordChanged)
	huma.Register(api, op("move-refund", http.MethodPut, "/refunds/{transaction}", http.StatusOK,
		"Move a refund on. The customer is texted, where it is known at which number: see texted in the answer."), a.moveRefund)
}

// OfAccount names an account.
type OfAccount struct {
	Ref string `path:"ref" maxLength:"128" doc:"The account, as you call it; percent-encoded."`
}

// LockInput is POST /v1/accounts/{ref}/lock.
type LockInput struct {
	OfAccount
	Keyed
	Body struct {
		Scope        string              `json:"scope,omitempty" enum:"purchases,transfers,all" default:"all" doc:"What is stopped. Several locks add up."`
		Cause        string              `json:"cause,omitempty" enum:"api,agent,rule" default:"api"`
		Agent        string              `json:"agent,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9._@-]*$" doc:"Who locks, of cause agent."`
		Reason       string              `json:"reason,omitempty" maxLength:"500" doc:"In words, for the audit trail."`
		Transactions []DeniedTransaction `json:"transactions,omitempty" maxItems:"20" doc:"Payments that the customer denies."`
	}
}

// DeniedTransaction is a payment that the customer denies.
type DeniedTransaction struct {
	ID       string `json:"id" minLength:"1" maxLength:"128"`
	Merchant string `json:"merchant,omitempty" maxLength:"200"`
	Amount   any    `json:"amount,omitempty" doc:"\"12.50 USD\" or {\"amount\": 12.5, \"currency\": \"USD\"}"`
	At       string `json:"at,omitempty" format:"date-time"`
}

// AppliedInput is PUT /v1/accounts/{ref}/lock.
type AppliedInput struct {
	OfAccount
	Keyed
	Body struct {
		AppliedAt time.Time `json:"applied_at" doc:"When the lock came into force. Clocks may differ by five minutes; of a lock that follows another one within five minutes, or makes it wider, it must not lie before the moment at which that was asked for."`
	}
}

// UnlockInput is POST /v1/accounts/{ref}/unlock: a proof, or an agent.
type UnlockInput struct {
	OfAccount
	Keyed
	Body struct {
		Proof  string `json:"proof,omitempty" enum:"app,passkey,totp,email,in_person" doc:"How you know the customer: together with a code of purpose account_unlock, checked within 15 minutes, it unlocks."`
		Failed bool   `json:"failed,omitempty" doc:"The proof was tried and failed; the third ends the attempt for a day."`
		Agent  string `json:"agent,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._@-]*$" doc:"The agent who gives their word, with a key of their own; another has to agree within a day."`
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"Of an agent: why, and what shows it."`
	}
}

// ReviewedInput is POST /v1/accounts/{ref}/reviewed.
type ReviewedInput struct {
	OfAccount
	Keyed
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"What was found, and what was done about it."`
	}
}

// PasswordInput is PUT /v1/accounts/{ref}/password.
type PasswordInput struct {
	OfAccount
	Keyed
	Body struct {
		ChangedAt time.Time `json:"changed_at" doc:"When the password was changed: after the lock that asks for it, by your clock, for a change of before that may be what the lock is about."`
	}
}

// RefundInput is PUT /v1/accounts/{ref}/refunds/{transaction}.
type RefundInput struct {
	OfAccount
	Transaction string `path:"transaction" maxLength:"128"`
	Keyed
	Body struct {
		Status string `json:"status" enum:"pending,provisional,denied,final" doc:"none → pending → provisional or denied → final"`
	}
}

func (a *API) getAccount(ctx context.Context, in *OfAccount) (*AccountOutput, error) {
	if !flows.GoodAccount(in.Ref) {
		return nil, badRef()
	}
	account, err := a.Accounts.Account(ctx, in.Ref, caller(ctx).Test())
	if err != nil {
		return nil, a.unavailable(err)
	}
	return &AccountOutput{http.StatusOK, shownAccount(account)}, nil
}

func (a *API) lockAccount(ctx context.Context, in *LockInput) (*AccountOutput, error) {
	if in.Body.Cause == "agent" && in.Body.Agent == "" {
		return nil, invalid("agent", "say which agent locks")
	}
	e := verify.AccountEvent{Op: verify.OpLock, Scope: in.Body.Scope, Cause: in.Body.Cause, Agent: strings.ToLower(in.Body.Agent), Reason: in.Body.Reason}
	for i, t := range in.Body.Transactions {
		if _, ok := flows.Money(t.Amount); t.Amount != nil && !ok {
			return nil, invalid(fmt.Sprintf("transactions[%d].amount", i), `want "12.50 USD" or {"amount": 12.5, "currency": "USD"}`)
		}
		e.Transactions = append(e.Transactions, conversation.AccountTransaction{ID: t.ID, Merchant: t.Merchant, Amount: t.Amount, At: t.At})
	}
	return a.changeAccount(ctx, in.Ref, "lock", e, in.Keyed)
}

func (a *API) acknowledgeLock(ctx context.Context, in *AppliedInput) (*AccountOutput, error) {
	e := verify.AccountEvent{Op: verify.OpApplied, AppliedAt: in.Body.AppliedAt.UnixMilli()}
	return a.changeAccount(ctx, in.Ref, "applied", e, in.Keyed)
}

func (a *API) unlockAccount(ctx context.Context, in *UnlockInput) (*AccountOutput, error) {
	if (in.Body.Proof == "") == (in.Body.Agent == "") {
		return nil, invalid("proof", "give either a proof or an agent")
	}
	if in.Body.Agent != "" && in.Body.Failed {
		return nil, invalid("failed", "is of a proof, not of an agent")
	}
	e := verify.AccountEvent{Op: verify.OpProof, Proof: in.Body.Proof, Reason: in.Body.Reason}
	switch {
	case in.Body.Agent != "" && !strings.EqualFold(in.Body.Agent, caller(ctx).Agent):
		return nil, huma.Error403Forbidden("an agent gives their word with a key of their own: parley keys create NAME --agent AGENT --scopes accounts")
	case in.Body.Agent != "":
		e.Op, e.Agent = verify.OpAgent, in.Body.Agent
	case in.Body.Failed:
		e.Op = verify.OpFailure
	}
	if !flows.GoodAccount(in.Ref) {
		return nil, badRef()
	}
	if e.Op != verify.OpFailure {
		account, err := a.Accounts.Account(ctx, in.Ref, caller(ctx).Test())
		if err != nil {
			return nil, a.unavailable(err)
		}
		e.Moved = a.numbers().NumberMoved(ctx, in.Ref, account.Phone())
	}
	return a.changeAccount(ctx, in.Ref, "unlock", e, in.Keyed)
}

func (a *API) numbers() verify.NumberCheck {
	if a.Numbers == nil {
		return verify.NoNumberCheck{}
	}
	return a.Numbers
}

func (a *API) reviewAccount(ctx context.Context, in *ReviewedInput) (*AccountOutput, error) {
	e := verify.AccountEvent{Op: verify.OpReviewed, Agent: caller(ctx).Agent, Reason: in.Body.Reason}
	return a.changeAccount(ctx, in.Ref, "reviewed", e, in.Keyed)
}

func (a *API) passwordChanged(ctx context.Context, in *PasswordInput) (*AccountOutput, error) {
	e := verify.AccountEvent{Op: verify.OpPassword, AppliedAt: in.Body.ChangedAt.UnixMilli()}
	return a.changeAccount(ctx, in.Ref, "password", e, in.Keyed)
}

func (a *API) moveRefund(ctx context.Context, in *RefundInput) (*MovedOutput, error) {
	e := verify.AccountEvent{Op: verify.OpRefund, Status: in.Body.Status, Transactions: []conversation.AccountTransaction{{ID: in.Transaction}}}
	account, err := a.changed(ctx, in.Ref, "refunds/"+url.PathEscape(in.Transaction), e, in.Keyed)
	if err != nil {
		return nil, err
	}
	moved := func(r verify.Refund) bool { return r.ID == in.Transaction && r.Texted() }
	return &MovedOutput{MovedBody{shownAccount(account), slices.ContainsFunc(account.Refunds, moved)}}, nil
}

// changeAccount carries an event out and shows what became of the account.
func (a *API) changeAccount(ctx context.Context, ref, path string, e verify.AccountEvent, k Keyed) (*AccountOutput, error) {
	account, err := a.changed(ctx, ref, path, e, k)
	if err != nil {
		return nil, err
	}
	out := &AccountOutput{http.StatusOK, shownAccount(account)}
	if path == "unlock" && account.State.Shut() {
		out.Status = http.StatusAccepted
	}
	return out, nil
}

// changed carries an event out, once under an idempotency key.
func (a *API) changed(ctx context.Context, ref, path string, e verify.AccountEvent, k Keyed) (none verify.Account, err error) {
	if !flows.GoodAccount(ref) {
		return none, badRef()
	}
	key := caller(ctx)
	e.Who = key.ID
	answer, err := a.Accounts.ChangeAccount(ctx, ref, key.Test(), e, k.once(ctx, "accounts/"+url.PathEscape(ref)+"/"+path))
	var wrong verify.WrongError
	switch {
	case errors.As(err, &wrong):
		field, why, _ := strings.Cut(wrong.Error(), ": ")
		return none, invalid(field, why)
	case err != nil:
		return none, a.unavailable(err)
	case answer.Conflict:
		return none, huma.Error422UnprocessableEntity("this Idempotency-Key was used with another body")
	case answer.Refused == "no_refund":
		return none, huma.Error404NotFound("there is no refund of this transaction")
	case answer.Refused != "":
		return none, huma.Error409Conflict(answer.Refused + ": " + verify.Refusal(answer.Refused))
	}
	return answer.Account, nil
}

func badRef() error {
	return huma.Error422UnprocessableEntity("ref: no account can have this name", &huma.ErrorDetail{Location: "path.ref", Message: "want at most 128 bytes of visible characters"})
}
