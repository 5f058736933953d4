package conversation

// CodeBlank stands in the text of a message for the one-time code that it brings.
// The code is put in when the message is handed to the carrier, and nowhere else.
const CodeBlank = "[code ••••]"

// Code asks for a one-time code to be texted. Whoever made it keeps it sealed beside
// the challenge; nothing of it is in here.
type Code struct {
	Challenge string `json:"challenge"`
	Purpose   string `json:"purpose"`
	Subject   string `json:"subject"`
	Run       string `json:"run,omitempty"`      // the flow's run that asked for it
	Text      string `json:"text"`               // with CodeBlank in the code's place
	Segments  int    `json:"segments"`           // of the text with a code in it
	Until     int64  `json:"until"`              // of no use after it, Unix ms
	Language  string `json:"language,omitempty"` // that the text is in; "": English
}

// Verified says what became of a code.
type Verified struct {
	Challenge string `json:"challenge"`
	Purpose   string `json:"purpose"`
	Subject   string `json:"subject"`
	Run       string `json:"run,omitempty"`
	Outcome   string `json:"outcome"`          // approved, failed, expired; or paused: somebody guesses them
	Reason    string `json:"reason,omitempty"` // of failed: see VerificationFailed
}

// Change is what becomes of one challenge: one statement, which holds only while the
// challenge is still live.
type Change struct {
	Challenge string `json:"challenge"`
	// To is the status that it ends in: approved, canceled, expired, max_attempts or
	// failed; "": a code was made and is being sent. "suspended" and "redeemed" are
	// about Phone and Grant instead.
	To     string `json:"to,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Phone, of "suspended": it proves nothing any more, for whomever it did.
	Phone string `json:"phone,omitempty"`
	// Pause is for how long no code of its purpose is sent to its subject (ms).
	Pause int64 `json:"pause,omitempty"`

	Made  *Made  `json:"-"`
	Grant *Grant `json:"-"`
}

// Made is a code that was made, as the database keeps it, and the number of the
// send that it is made for: two nodes that make one at the same time cannot both
// write it.
type Made struct {
	N        int // 1 for the first
	Kid, MAC string
	Sealed   string
}

// Grant is what an approval gives: its hash, and for how long it is good (ms). An
// approval without one has an empty Hash.
type Grant struct {
	Hash   string
	Scope  string
	For    int64
	Rebind bool // the number takes the place of the one before
}

// LiveCode is a code that has been texted and is still good: until then the customer
// can say that they did not ask for it.
type LiveCode struct {
	Challenge string `json:"c"`
	Purpose   string `json:"p"`
	Subject   string `json:"s"`
	Run       string `json:"r,omitempty"`
	At        int64  `json:"at"` // when it was first queued, Unix ms
	Until     int64  `json:"u"`  // Unix ms
	Test      bool   `json:"te,omitempty"`
	Language  string `json:"l,omitempty"` // that its text is in: what is answered about it is, too
	Again     bool   `json:"a,omitempty"` // its customer has texted for it once more
}

// AccountChange asks for something to become of a customer account. What that is
// is decided in the engine's transaction, under the account's lock.
type AccountChange struct {
	Op           string               `json:"op"` // alert, recognise, silenced, verify, lock, contest; proof, failure and number, of a code that was given where it was asked for
	Account      string               `json:"account"`
	Scope        string               `json:"scope,omitempty"` // of lock: purchases, transfers or all
	Asked        int64                `json:"asked,omitempty"` // of lock: when the run last opened an alert of the account, Unix ms; 0: it has not
	Said         bool                 `json:"said,omitempty"`  // a text may have named the account: where it came from may be anybody's
	Cause        string               `json:"cause"`           // reply_no, unexpected_code, flow; of silenced: stopped or undeliverable
	Reason       string               `json:"reason,omitempty"`
	Transactions []AccountTransaction `json:"transactions,omitempty"`
	Conversation string               `json:"conversation"`
	Line         string               `json:"line"`
	Phone        string               `json:"phone"`
	Run          string               `json:"run,omitempty"`
	Language     string               `json:"language,omitempty"`
	At           int64                `json:"at"` // Unix ms
	Test         bool                 `json:"test,omitempty"`
}

// AccountTransaction is one payment that an alert is about.
type AccountTransaction struct {
	ID       string `json:"id"`
	Merchant string `json:"merchant,omitempty"`
	Amount   any    `json:"amount,omitempty"` // money, as flows keep it
	At       string `json:"at,omitempty"`     // RFC 3339
}
