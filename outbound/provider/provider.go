// Package provider speaks the carriers' wire protocols, one file per provider
// and both directions in it: verifying and decoding webhooks, sending, looking up.
//
// A provider holds no state of the house: it turns bytes into values and values
// into requests. Verification always comes before decoding (Strangers' bytes:
// limit, verify, parse), secrets are compared in constant time, and a missing
// secret or header fails closed.
package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"parley/conversation"
	"parley/flows"
)

// Provider is one carrier's protocol under one set of credentials. Its methods
// may be called from many goroutines.
type Provider interface {
	// Receive verifies a webhook and decodes it. The request's body is complete
	// and at most 64 KiB. ErrSignature: not from the carrier (403). ErrMalformed:
	// from the carrier, yet nonsense (400). Strings are valid UTF-8 without U+0000,
	// ids at most 128 bytes.
	Receive(Request) (Delivery, error)
	// Send hands one message over, within ctx. A nil error means that the carrier
	// has accepted it. Any other outcome is an *Error; one that is not an *Error is
	// treated as Ambiguous.
	Send(context.Context, Outgoing) (Accepted, error)
}

// Looker is implemented where the carrier can be asked about a message whose
// fate is unknown, by our id.
type Looker interface {
	// Look returns found=false when the carrier never saw the message.
	Look(ctx context.Context, id string) (a Accepted, found bool, err error)
}

// Keeper is implemented where media are kept behind the carrier's credentials.
type Keeper interface {
	// Unlock adds the credentials to a request for a medium, if it goes to the
	// carrier's own host; to any other it adds nothing.
	Unlock(*http.Request)
}

// Request is a webhook as it arrived.
type Request struct {
	URL    *url.URL // rebuilt from public_url, never from the Host header
	Header http.Header
	Body   []byte
	Now    time.Time
}

// Delivery is what one webhook brought: texts and receipts, and what to answer.
type Delivery struct {
	Texts       []Text
	Receipts    []conversation.Receipt // Carrier is the door's to say
	ContentType string                 // of the answer; "" with an empty Answer is 204
	Answer      string
	// Nonce, when set, must not have been seen before (replay protection); it is
	// remembered with the delivery.
	Nonce string
}

// Text is one customer's text (MO) as the carrier handed it over.
type Text struct {
	ID       string // the carrier's id, the dedupe key; "" where the carrier has none
	From, To string // as the carrier writes them; inbound normalises
	Text     string
	Media    []flows.Media
	At       time.Time // by the carrier's clock; zero: unknown
	// OptOut is STOP, START or HELP when the carrier's own opt-out service has
	// acted on this text (and answered it); its words may be others than ours.
	OptOut string
}

// Outgoing is one message to hand over (MT).
type Outgoing struct {
	ID        string // ours: idempotency key, client reference, callback parameter
	From, To  string // E.164 or a short code or alphanumeric sender
	Text      string
	Media     []flows.Media
	ExpiresAt time.Time // zero: the carrier's default
	Callback  string    // where receipts shall go: public_url/webhooks/{carrier}?…; "" : none
	Repeat    bool      // sent before with unknown fate
}

// Accepted is a carrier's yes.
type Accepted struct {
	IDs []string // the carrier's ids, one per part where it splits
}

// Traits says what a provider can do, for the treatment of unknown fates.
type Traits struct {
	// Idempotent: a repeat under the same id is absorbed by the carrier, so a
	// message of unknown fate may be sent again.
	Idempotent bool
}

// Class says what a failed send means for the next step.
type Class string

// The classes of send errors (notes of the field: courier's errors that carry
// the retry decision).
const (
	Throttled Class = "throttled" // too fast: try again after RetryAfter, not an attempt
	Invalid   Class = "invalid"   // the number cannot be texted
	OptedOut  Class = "opted_out" // the carrier's opt-out list blocks it
	Rejected  Class = "rejected"  // content or sender refused
	Config    Class = "config"    // credentials, account, geography: every message will fail
	Temporary Class = "temporary" // surely not taken; try again
	Ambiguous Class = "ambiguous" // may have been taken (a timeout or 5xx after the request was written)
)

// Error is a send that did not succeed. It never holds a text or a whole number.
type Error struct {
	Class      Class
	Code       string        // the carrier's own, at most 64 bytes
	RetryAfter time.Duration // of Throttled; 0: unknown
	Err        error         // for the log; may be nil
}

// Error names the class and the carrier's code.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s (%s): %v", e.Class, e.Code, e.Err)
	}
	return fmt.Sprintf("%s (%s)", e.Class, e.Code)
}

// Unwrap gives the underlying error.
func (e *Error) Unwrap() error { return e.Err }

// What Receive refuses with.
var (
	ErrSignature = errors.New("the signature does not fit")
	ErrMalformed = errors.New("the webhook cannot be read")
)

// Settings are one carrier's entry in the config, secrets resolved. Each
// provider's constructor says which it needs and refuses what is missing.
type Settings struct {
	Name       string            // of the carrier in the config
	Provider   string            // key into the table
	BaseURL    string            // elsewhere than the provider's own: an emulator, a regional host
	AccountSID string            // twilio
	AuthToken  string            // twilio
	Username   string            // kannel
	Password   string            // kannel
	Secret     string            // webhooks: generic, kannel, loopback
	Secrets    []string          // further live secrets while one is rotated
	Options    map[string]string // what only one provider knows
	Client     *http.Client      // nil: one with a 10 s timeout
}
