package verify

import "context"

// What is known of a customer's number (docs/design.md: never unlock by a number that
// may be somebody else's).
const (
	NumberKept    = "kept"    // neither moved to another SIM nor changed within 168 h
	NumberChanged = "changed" // moved or changed
	NumberUnknown = "unknown" // nobody can tell: as good as changed
)

// NumberCheck says whether the number that codes for an account go to may be somebody
// else's by now: moved to another SIM, or changed, within 168 hours.
type NumberCheck interface {
	// NumberMoved is asked before every step of an unlock, outside any transaction.
	// phone is where the account's customer was texted last; "": nowhere yet. It gives
	// NumberKept or NumberChanged; NumberUnknown when it cannot tell, which counts as
	// changed.
	NumberMoved(ctx context.Context, account, phone string) string
}

// NoNumberCheck takes every number for what it was.
type NoNumberCheck struct{}

// NumberMoved gives NumberKept.
func (NoNumberCheck) NumberMoved(context.Context, string, string) string { return NumberKept }
