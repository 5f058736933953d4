package conversation

// AccountAlerted says that payments of an account look wrong and that its customer is
// being asked about them: hold them until the answer is there.
type AccountAlerted struct {
	Account      string   `json:"account"`      // as the business calls it
	Transactions []string `json:"transactions"` // ids of the payments
	Expires      int64    `json:"expires"`      // when an answer is too late, Unix ms
}

// AccountRecognised says that the customer answered that payments were their own.
// Nothing but these is cleared, and what is locked stays locked.
type AccountRecognised struct {
	Account      string   `json:"account"`      // as the business calls it
	Transactions []string `json:"transactions"` // ids of the payments
}

// AccountLocked says that an account is locked, or that a lock got wider. Apply it, and
// say so by PUT /v1/accounts/{ref}/lock {"applied_at"}: a 2xx to this callback only
// says that it has arrived.
type AccountLocked struct {
	Account      string   `json:"account"`                // as the business calls it
	Scopes       []string `json:"scopes"`                 // what is stopped: purchases, transfers, or all
	Cause        string   `json:"cause"`                  // reply_no (the customer), unexpected_code (codes that the customer had not asked for), flow, api, agent or rule
	Reason       string   `json:"reason,omitempty"`       // in words, where whoever locked gave one
	Transactions []string `json:"transactions,omitempty"` // payments that were denied: a refund was opened for each
}

// AccountLockUnacknowledged says that nobody has said for a minute that a lock was
// applied. Look at the system that holds the cards.
type AccountLockUnacknowledged struct {
	Account string   `json:"account"` // as the business calls it
	Scopes  []string `json:"scopes"`  // what should be stopped
	Since   int64    `json:"since"`   // since when, Unix ms
}

// AccountVerificationAsked says that the customer of a locked account asked by text to
// be let in again. The text proves nothing: ask them in the app, or wherever you know
// them, for what an unlock needs.
type AccountVerificationAsked struct {
	Account string   `json:"account"` // as the business calls it
	Needs   []string `json:"needs"`   // the proofs that an unlock still needs
}

// AccountUnlocked says that an account may be used again.
type AccountUnlocked struct {
	Account string `json:"account"` // as the business calls it
	By      string `json:"by"`      // proofs (two of different kinds) or agents (two of them)
	// Whether somebody else may know the password: let the customer choose another before
	// anything else, and say so by PUT /v1/accounts/{ref}/password {"changed_at"}.
	ChangePassword bool `json:"change_password"`
}

// AccountUnlockRefused says that a proof, or an agent's word, was not taken.
type AccountUnlockRefused struct {
	Account string `json:"account"` // as the business calls it
	// Why: not_locked, number_changed (its number was moved to another SIM or changed
	// within seven days, or the code went to another), number_unknown (nobody can tell),
	// too_many_failures (only two agents can unlock it now), same_agent (another has to
	// agree), agents_only (it was locked for 30 days).
	Reason string `json:"reason"`
}

// AccountReview says that a person should look at an account.
type AccountReview struct {
	Account string `json:"account"` // as the business calls it
	// Why: late_no (a NO after the alert was over: nothing was locked), too_many_locks
	// (a fourth NO within a day), alert_expired (nobody answered: treat the payments as
	// declined), unlock_failures (three proofs failed), too_much (more alerts or refunds
	// than are kept), stopped (the customer opted out while they were asked, or the number is
	// somebody else's: that is neither YES nor NO, and no text goes there any more; hold the
	// payments and ask in another way), undeliverable (the question did not reach them),
	// suspended (it has been locked for 30 days), code_denied (the customer did not
	// ask for a code that they were sent: somebody may be at the account), codes_guessed (twenty wrong
	// codes within a day: no more of this purpose are sent for a day).
	Reason       string   `json:"reason"`
	Transactions []string `json:"transactions,omitempty"` // payments that it is about
}

// RefundChanged says that the business moved a refund on, by PUT
// /v1/accounts/{ref}/refunds/{transaction}; the customer is texted, if they ever were
// about the account.
type RefundChanged struct {
	Account     string `json:"account"`            // as the business calls it
	Transaction string `json:"transaction"`        // id of the payment
	Status      string `json:"status"`             // pending, provisional, denied or final
	Paid        bool   `json:"paid"`               // of final: whether the money was credited for good
	Merchant    string `json:"merchant,omitempty"` // of the payment, as it was alerted
	Amount      any    `json:"amount,omitempty"`   // of the payment, as it was alerted
}

// Event is "account.alerted".
func (AccountAlerted) Event() string { return "account.alerted" }

// Event is "account.recognised".
func (AccountRecognised) Event() string { return "account.recognised" }

// Event is "account.locked".
func (AccountLocked) Event() string { return "account.locked" }

// Event is "account.lock_unacknowledged".
func (AccountLockUnacknowledged) Event() string { return "account.lock_unacknowledged" }

// Event is "account.verification_asked".
func (AccountVerificationAsked) Event() string { return "account.verification_asked" }

// Event is "account.unlocked".
func (AccountUnlocked) Event() string { return "account.unlocked" }

// Event is "account.unlock_refused".
func (AccountUnlockRefused) Event() string { return "account.unlock_refused" }

// Event is "account.review".
func (AccountReview) Event() string { return "account.review" }

// Event is "refund.changed".
func (RefundChanged) Event() string { return "refund.changed" }
