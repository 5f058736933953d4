package conversation

import (
	"strings"

	"parley/flows"
)

// PurposeUnlock is the purpose of codes that prove, towards an unlock, who has the
// phone. Their subject is the account.
const PurposeUnlock = "account_unlock"

// PurposeNumber is the purpose of codes by which another number takes the place of one.
const PurposeNumber = "number_change"

// account asks for something to become of an account: what that is is decided under
// the account's own lock, and comes back as a business event.
func (s *step) account(a AccountChange) {
	a.Conversation, a.Line, a.Phone, a.At, a.Test = s.c.ID, s.c.Line, s.c.Phone, s.env.Now, a.Test || s.e.Test || s.testing(a.Run)
	if !flows.GoodAccount(a.Account) { // flows have failed over theirs; this is the subject of a code
		s.record(Decision{About: "account", Choice: "not " + a.Op, Why: "no account can have this name", Run: a.Run})
		return
	}
	s.effects = append(s.effects, Effect{Account: &a})
}

// lockAccount asks for an account to be locked. What a text led to counts as a NO:
// it has bounds that the business's own doing has not.
func (s *step) lockAccount(run Run, a flows.Action) {
	account, _ := a.Data["account"].(string)
	scope, _ := a.Data["scope"].(string)
	reason, _ := a.Data["reason"].(string)
	cause := "flow"
	if s.byText() {
		cause = "reply_no"
	}
	s.account(AccountChange{Op: "lock", Account: account, Asked: s.askedOf(run.ID, account), Said: s.texted(run.ID), Scope: scope, Cause: cause, Reason: reason,
		Transactions: transactionsOf(a.Data["transactions"]), Run: run.ID, Language: run.Language})
}

// askAbout notes what the customer is asked about, has recognised, or asks for.
func (s *step) askAbout(run Run, a flows.Action) {
	account, _ := a.Data["account"].(string)
	op, _, _ := strings.Cut(a.Kind, "_")
	if op == "alert" {
		s.asksAbout(run.ID, account)
	}
	s.account(AccountChange{Op: op, Account: account, Said: s.texted(run.ID), Cause: "flow", Transactions: transactionsOf(a.Data["transactions"]), Run: run.ID, Language: run.Language})
}

// proved counts a code of the unlock's purpose as a proof, or as one that failed, and takes
// the number that another was changed for as the account's. It comes of a code that was
// given where it was asked for, never of a text.
func (s *step) proved(v Verified) {
	if s.e.Kind != KindVerified {
		return
	}
	switch {
	case v.Purpose == PurposeNumber && v.Outcome == "approved":
		s.account(AccountChange{Op: "number", Account: v.Subject, Cause: "code", Run: v.Run})
	case v.Purpose != PurposeUnlock:
	case v.Outcome == "approved":
		s.account(AccountChange{Op: "proof", Account: v.Subject, Cause: "code", Run: v.Run})
	case v.Outcome == "failed" && v.Reason == "max_attempts":
		s.account(AccountChange{Op: "failure", Account: v.Subject, Cause: "code", Run: v.Run})
	}
}

// transactionsOf reads what a flow says of transactions: their ids, or objects.
func transactionsOf(v any) []AccountTransaction {
	list, _ := v.([]any)
	var all []AccountTransaction
	for _, item := range list {
		switch item := item.(type) {
		case string:
			all = append(all, AccountTransaction{ID: item})
		case map[string]any:
			id, _ := item["id"].(string)
			merchant, _ := item["merchant"].(string)
			at, _ := item["at"].(string)
			all = append(all, AccountTransaction{ID: id, Merchant: merchant, Amount: item["amount"], At: at})
		}
	}
	return all
}

// reviewed hands over when a person should look at the customer's account and no run
// says how: a NO that was not carried out must not go unanswered.
func (s *step) reviewed(t Trigger) bool {
	if t.Type != (AccountReview{}).Event() {
		return false
	}
	reason, _ := t.Data["reason"].(string)
	s.handoff(Handing{Queue: fraudQueue, Reason: "account_review", Note: "look at the customer's account: " + reason, Priority: flows.Alert})
	return true
}
