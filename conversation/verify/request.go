package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/conversation/phone"
)

// Request asks for a code.
type Request struct {
	To          string // E.164; "": a subject that nobody knows
	Line        string
	Purpose     Purpose
	Subject     string
	Language    string
	IP          string // of the client; "": not known
	Transaction map[string]any
	Autofill    Autofill
	Proof       string // of number_change, one of ProofsGiven; "": the number before is to agree
	Run         string // of a flow that asks
	Origin      string // asks once; a repeat gets the same challenge
	Test        bool
	By          string // who asks, for the audit trail
}

// check says what is wrong with a request by its own content.
func (r Request) check() error {
	if err := r.Autofill.check(); err != nil {
		return err
	}
	switch {
	case marked(r.Subject):
		return errSubject
	case r.Proof != "" && (r.Purpose != NumberChange || !slices.Contains(ProofsGiven, r.Proof)):
		return errProof
	case r.Test && r.To != "" && !phone.Reserved(r.To):
		return errReserved
	}
	return nil
}

// why is what the audit trail keeps of what is asked for.
func (r Request) why() string {
	if r.Proof == "" {
		return string(r.Purpose)
	}
	return string(r.Purpose) + ", shown by " + r.Proof
}

// ErrAsked means that a request is wrong by its own content.
var ErrAsked = errors.New("the request does not fit")

// ErrOtherBody means that the key of a repeat stands for another request.
var ErrOtherBody = fmt.Errorf("%w: this Idempotency-Key was used with another body", ErrAsked)

var errSubject = fmt.Errorf("%w: subject: %q begins the names of what test keys play with", ErrAsked, testMark)

var errProof = fmt.Errorf("%w: proof: only number_change takes one, of %s", ErrAsked, strings.Join(ProofsGiven, ", "))

// errReserved keeps the codes that everybody knows from customers: who takes a test key to
// work by mistake finds out at the first of them.
var errReserved = fmt.Errorf("%w: to: a test key, whose codes everybody knows, takes reserved numbers only, such as +12025550100 to +12025550199, +447700900000 to +447700900999 and +15005550006", ErrAsked)

var errTransaction = fmt.Errorf("%w: transaction: it cannot be read", ErrAsked)

// contextOf is the SHA-256 of what the customer is shown, as JSON with its keys
// sorted, hex; "" when nothing is. A code for one transaction is good for no other.
func contextOf(transaction map[string]any) (string, error) {
	if len(transaction) == 0 {
		return "", nil
	}
	b, err := json.Marshal(transaction)
	if err != nil {
		return "", errTransaction
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}
