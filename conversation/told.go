package conversation

import "encoding/json"

//go:generate go test -run TestCallbacksAreDocumented -update .

// Told is something of Parley's own that the business is told of by a callback. The
// type's fields are the callback's data; docs/callbacks.md is written from this
// file and from told_accounts.go.
type Told interface {
	// Event is the callback's type.
	Event() string
}

// RunStarted says that a flow began for this customer.
type RunStarted struct {
	Flow string `json:"flow"` // name of the flow
	Key  string `json:"key"`  // what the run is about, as the flow's key makes it of the inputs; empty when it has none, or when it is made of a secret
	// Only there, and true, when an answer that came late takes a run up again that had
	// ended by silence; it will end a second time.
	Late bool `json:"late,omitempty"`
}

// RunEnded says that a run is over, and how.
type RunEnded struct {
	Flow    string `json:"flow"`    // name of the flow
	Key     string `json:"key"`     // what the run was about, as the flow's key makes it of the inputs; empty when it has none, or when it is made of a secret
	Outcome string `json:"outcome"` // as the flow calls its end; or opted_out, undeliverable (its question could not be sent), by_agent (a person ended it), replaced (by a newer run of the flow), or what POST /v1/runs/{id}/end gave
	// What came of it, by the variables' names: captured answers, choices, values that
	// the flow set or fetched; neither inputs nor what the flow calls secret.
	Answers map[string]any `json:"answers,omitempty"`
}

// OptOutWhileOpen says that a customer answered an open question with a word that opts
// out, like CANCEL, and may have meant the question. They are opted out; a person
// should look.
type OptOutWhileOpen struct {
	Word string `json:"word"` // what was written: cancel, for CANCEL and END
}

// MessageSent says that the carrier accepted a message.
type MessageSent struct {
	MessageFate
}

// MessageDelivered says that the carrier reported a message as delivered, all its
// parts. It may follow a message.failed, when a carrier corrects itself.
type MessageDelivered struct {
	MessageFate
}

// MessageFailed says that a message was not delivered and is not tried again.
type MessageFailed struct {
	MessageFate
	Error string `json:"error"` // why: the carrier's error code, or a word of Parley's
}

// MessageFate is what the callbacks about messages have in common. The message's
// text is never among it.
type MessageFate struct {
	Message  string `json:"message"`  // id of the message, as the API returned it
	Class    string `json:"class"`    // code, alert, notice or bulk
	Segments int64  `json:"segments"` // how many SMS segments it takes, which is what carriers charge for
}

// HandoffRequested says that a conversation waits for a person; the bot answers
// nothing in it any more.
type HandoffRequested struct {
	Queue string `json:"queue"` // where it waits; empty: the general queue
	// Why: flow (the flow says so, or nothing in it fits the answer), unclear (nobody can tell what was meant), late_answer
	// (an answer came after its run had ended), too_many_held (texts came faster than
	// they could be read), problem (the flow failed), undeliverable (a question could not
	// be sent), opt_out_while_open, account_review (see account.review), released (an agent gave
	// it back to the queue), reassigned (the customer answered while their agent was away),
	// abandoned (their agent let them wait too long), version_gone or poisoned (Parley could not go on).
	Reason string `json:"reason"`
}

// HandoffTaken says that an agent took the conversation over.
type HandoffTaken struct {
	Agent string `json:"agent"` // the agent's name
}

// HandoffReturned says that the conversation went back to the bot.
type HandoffReturned struct {
	Agent  string `json:"agent"`  // who gave it back; empty: nobody texted for as long as the queue allows
	Closed bool   `json:"closed"` // true: the agent ended all that was open; false: the bot goes on with it
}

// ConsentChanged says that a phone opted out or in again.
type ConsentChanged struct {
	State  string `json:"state"`  // out or in
	Source string `json:"source"` // text, carrier or api
}

// VerificationApproved says that the right code was given where it was asked for.
type VerificationApproved struct {
	AboutVerification
}

// VerificationExpired says that nobody gave a code before its time was over.
type VerificationExpired struct {
	AboutVerification
}

// VerificationFailed says that a code is no longer good, and why.
type VerificationFailed struct {
	AboutVerification
	// Why: max_attempts (wrong too often), denied (the customer answered NO: they had not
	// asked for it; codes of this purpose are paused for a day), texted (the customer
	// texted the code to us: somebody may have asked them for it), opted_out,
	// undeliverable, too_late, refused (see GET /v1/verifications/{id}), canceled.
	Reason string `json:"reason"`
}

// AboutVerification is what the callbacks about codes have in common. The code is
// never among it.
type AboutVerification struct {
	Verification string `json:"verification"` // its id
	Purpose      string `json:"purpose"`      // login, password_reset, payment, account_unlock, number_change or custom
	Subject      string `json:"subject"`      // whose code it was
}

// VerificationAlarm says that somebody abuses the codes.
type VerificationAlarm struct {
	// What: guessing (more wrong codes in all than may be; new ones have eight digits),
	// paused (codes of a purpose are paused for a subject, whose code is being guessed),
	// client (one network guesses at a subject's codes: for a day none is accepted there),
	// spend (the day's budget for a country is used up), pumping (a block of numbers
	// asks for codes and checks none).
	What    string `json:"what"`
	Purpose string `json:"purpose,omitempty"` // of paused and client
	Subject string `json:"subject,omitempty"` // of paused and client
	Network string `json:"network,omitempty"` // of client
	Country string `json:"country,omitempty"` // of spend and pumping: ISO 3166-1 alpha-2
	Count   int64  `json:"count,omitempty"`   // of guessing: how many in the last minute
}

// NumberWrong says that a number is not the customer's, or nobody's: it proves nothing
// any more until a code of purpose number_change was given for one.
type NumberWrong struct {
	// What says so: wrong_number (whoever has it texted that, and gets no more texts),
	// unknown_subscriber (the carrier knows nobody of this number).
	Word string `json:"word"`
}

// CallbackDead says that a callback to another endpoint was given up. It can be
// seen with parley dead show, and told again with parley dead retry.
type CallbackDead struct {
	Endpoint string `json:"endpoint"` // name of the endpoint that did not take it
	Type     string `json:"type"`     // the callback's type
	ID       string `json:"id"`       // its webhook-id
	Tries    int    `json:"tries"`    // how often it was tried
	Reason   string `json:"reason"`   // why it was given up
}

// CallbackTest is sent by parley callbacks test, to one endpoint.
type CallbackTest struct {
	Message string `json:"message"` // a greeting
}

// Event is "run.started".
func (RunStarted) Event() string { return "run.started" }

// Event is "run.ended".
func (RunEnded) Event() string { return "run.ended" }

// Event is "run.optout_while_open".
func (OptOutWhileOpen) Event() string { return "run.optout_while_open" }

// Event is "message.sent".
func (MessageSent) Event() string { return "message.sent" }

// Event is "message.delivered".
func (MessageDelivered) Event() string { return "message.delivered" }

// Event is "message.failed".
func (MessageFailed) Event() string { return "message.failed" }

// Event is "handoff.requested".
func (HandoffRequested) Event() string { return "handoff.requested" }

// Event is "handoff.taken".
func (HandoffTaken) Event() string { return "handoff.taken" }

// Event is "handoff.returned".
func (HandoffReturned) Event() string { return "handoff.returned" }

// Event is "consent.changed".
func (ConsentChanged) Event() string { return "consent.changed" }

// Event is "verification.approved".
func (VerificationApproved) Event() string { return "verification.approved" }

// Event is "verification.expired".
func (VerificationExpired) Event() string { return "verification.expired" }

// Event is "verification.failed".
func (VerificationFailed) Event() string { return "verification.failed" }

// Event is "verification.alarm".
func (VerificationAlarm) Event() string { return "verification.alarm" }

// Event is "number.wrong".
func (NumberWrong) Event() string { return "number.wrong" }

// Event is "callback.dead".
func (CallbackDead) Event() string { return "callback.dead" }

// Event is "callback.test".
func (CallbackTest) Event() string { return "callback.test" }

var fateExample = MessageFate{Message: "01980f3e-7c1b-7d3a-9f51-6b2f6f2f7c11", Class: "notice", Segments: 1}

var verificationExample = AboutVerification{Verification: "ver_5kq2hyl4mxx7rtdq3xcd2vbq6e", Purpose: "login", Subject: "user-17"}

// ToldExamples are all that Parley tells on its own, each with an example of its
// data, in the order of docs/callbacks.md.
var ToldExamples = []Told{
	RunStarted{Flow: "delivery_check", Key: "A-7"},
	RunEnded{Flow: "delivery_check", Key: "A-7", Outcome: "confirmed", Answers: map[string]any{"condition": "the box is crushed"}},
	OptOutWhileOpen{Word: "cancel"},
	MessageSent{fateExample},
	MessageDelivered{fateExample},
	MessageFailed{fateExample, "unreachable"},
	HandoffRequested{Queue: "deliveries", Reason: "flow"},
	HandoffTaken{Agent: "Ann"},
	HandoffReturned{Agent: "Ann", Closed: true},
	ConsentChanged{State: "out", Source: "text"},
	VerificationApproved{verificationExample},
	VerificationExpired{verificationExample},
	VerificationFailed{verificationExample, "max_attempts"},
	VerificationAlarm{What: "paused", Purpose: "login", Subject: "user-17"},
	NumberWrong{Word: "wrong_number"},
	AccountAlerted{Account: "acc-7", Transactions: []string{"t1", "t2"}, Expires: 1772528400000},
	AccountRecognised{Account: "acc-7", Transactions: []string{"t1"}},
	AccountLocked{Account: "acc-7", Scopes: []string{"purchases"}, Cause: "reply_no", Transactions: []string{"t2"}},
	AccountLockUnacknowledged{Account: "acc-7", Scopes: []string{"purchases"}, Since: 1772442000000},
	AccountVerificationAsked{Account: "acc-7", Needs: []string{"sms_code", "one of app, passkey, totp, email, in_person"}},
	AccountUnlocked{Account: "acc-7", By: "proofs", ChangePassword: true},
	AccountUnlockRefused{Account: "acc-7", Reason: "number_changed"},
	AccountReview{Account: "acc-7", Reason: "late_no", Transactions: []string{"t2"}},
	RefundChanged{Account: "acc-7", Transaction: "t2", Status: "provisional", Merchant: "Garage 24", Amount: map[string]any{"amount": 900, "currency": "USD"}},
	CallbackDead{Endpoint: "shop", Type: "delivery.confirmed", ID: "job_6f1d0c2a9b7e4f3382d15a60", Tries: 10, Reason: "answered 500"},
	CallbackTest{Message: "This is a test."},
}

// DataOf gives a callback's data.
func DataOf(t Told) map[string]any {
	switch t := t.(type) { // the most frequent need not go by way of JSON
	case HandoffRequested:
		return map[string]any{"queue": t.Queue, "reason": t.Reason}
	case RunStarted:
		data := map[string]any{"flow": t.Flow, "key": t.Key}
		if t.Late {
			data["late"] = true
		}
		return data
	case RunEnded:
		data := map[string]any{"flow": t.Flow, "key": t.Key, "outcome": t.Outcome}
		if len(t.Answers) > 0 {
			data["answers"] = t.Answers
		}
		return data
	}
	var data map[string]any
	text, err := json.Marshal(t)
	if err == nil {
		err = json.Unmarshal(text, &data)
	}
	if err != nil { // strings, numbers, and what a flow's variables can hold: it cannot be
		return map[string]any{}
	}
	return data
}
