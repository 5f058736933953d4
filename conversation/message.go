package conversation

import (
	"parley/flows"
)

// Priority orders the messages that wait on one line; a smaller one goes first.
type Priority int

// The priorities. A reply is anything sent because the customer wrote.
const (
	PriorityCode Priority = iota + 1
	PriorityAlert
	PriorityReply
	PriorityNotice
	PriorityBulk
)

// Overtakes says whether messages of this priority may pass older ones of the
// same conversation.
func (p Priority) Overtakes() bool { return p <= PriorityAlert }

// Message is one text on its way out (an MT, mobile-terminated). Step makes it,
// the engine's transaction stores it, a sender claims it. Times are Unix
// milliseconds of the database's clock.
type Message struct {
	ID           string        `json:"id"`                  // UUIDv7, derived from the conversation, its rev and n
	Conversation string        `json:"conversation"`        // id of the conversation
	Position     int64         `json:"position"`            // rev<<8 | n: the order within the conversation
	Run          string        `json:"run,omitempty"`       // id of the run that said it; empty for consent replies and agents
	Line         string        `json:"line"`                // sender, E.164 or short code
	To           string        `json:"to"`                  // customer, E.164
	Class        flows.Class   `json:"class"`               // the flow's class
	Priority     Priority      `json:"priority"`            //
	Text         string        `json:"text"`                //
	Media        []flows.Media `json:"media,omitempty"`     //
	Segments     int           `json:"segments"`            // what the carrier will bill, at least 1
	Wait         int64         `json:"wait,omitempty"`      // the rev at which the wait began that this message opens; 0: it asks nothing
	Epoch        int64         `json:"epoch"`               // owner epoch it was decided under
	ByAgent      bool          `json:"by_agent,omitempty"`  // an agent wrote it; a takeover does not supersede it
	Exempt       bool          `json:"exempt,omitempty"`    // goes out to an opted-out phone: the confirmation of STOP, the answer to HELP
	Test         bool          `json:"test,omitempty"`      // decided by a test key: nothing leaves
	Challenge    string        `json:"challenge,omitempty"` // whose code takes the place of CodeBlank when it is sent
	CreatedAt    int64         `json:"created_at"`
	DueAt        int64         `json:"due_at"`     // not to be claimed before
	ExpiresAt    int64         `json:"expires_at"` // not to be claimed after

	// What sending adds.
	Status     Status `json:"status"`
	Carrier    string `json:"carrier,omitempty"` // config name of the carrier that took it
	ProviderID string `json:"provider_id,omitempty"`
	Attempt    int    `json:"attempt,omitempty"`
	SentAt     int64  `json:"sent_at,omitempty"`
	Error      string `json:"error,omitempty"` // the carrier's code or our reason; never the text
}

// Receipt is what a carrier says of a message that it took (a DLR).
type Receipt struct {
	Carrier    string // config name of the carrier
	ProviderID string // the carrier's id; may be of one part of a message
	Message    string // our id, where the carrier returns it; else empty
	Status     Status // Queued, Sent, Delivered or Failed; empty: unknown, stored and ignored
	Raw        string // the carrier's own word for it, at most 64 bytes
	Error      string // the carrier's error code, at most 64 bytes
	OptedOut   bool   // the error means that the carrier blocks the phone by its own opt-out list
	Unknown    bool   // the error means that nobody has this number: whoever gets it next is somebody else
	At         int64  // Unix milliseconds by the carrier's clock; 0: unknown
}

// Settlement is what became of one claimed message. It holds only while the row
// is still Sending under the same Node and Attempt (for Expired, Cancelled and
// Superseded: still Queued); otherwise it changes nothing but who owns the
// carrier's ids.
type Settlement struct {
	Message   string
	Node      string
	Attempt   int
	Status    Status   // Sent, Delivered, Failed, Expired, Cancelled, Superseded, or Queued to try again
	Carrier   string   // config name of the carrier
	Provider  []string // the carrier's ids, one per part
	Error     string   // the carrier's code or our reason, at most 128 bytes
	Parked    bool     // Failed because its fate is unknown: a late receipt may still deliver it
	At        int64    // when the carrier answered, Unix ms of the database's clock; 0: now
	DueAt     int64    // of Queued: not before
	Uncounted bool     // of Queued: the attempt does not count (throttled)
	Challenge string   // of the message: its code is out, or will not be
}
