package verify

import (
	"context"
	"time"
)

// Store keeps challenges. Every method is one transaction; all times are decided by
// the database's clock.
type Store interface {
	// ConversationID derives the id of the conversation between a line and a phone.
	ConversationID(line, phone string) string
	// Open counts the hits and writes a new challenge, unless a hit is over its limit
	// or the subject has a live one of this purpose; then no challenge is. One
	// with an Origin that was there already is given back.
	Open(ctx context.Context, c Challenge, ttl time.Duration, hits []Hit, entry Entry) (Opened, error)
	// Ask asks for another send of a live challenge, the same way.
	Ask(ctx context.Context, id string, test bool, cooldown time.Duration, hits []Hit, entry Entry) (Asked, error)
	// Again has a code sent once more for its customer: once, when the last send is long
	// enough ago. Nothing of it shows in what Ask goes by and gives. False: it may not be.
	Again(ctx context.Context, id string, entry Entry) (bool, error)
	// Spend spends one attempt, then compares, counts what is not right, and takes back what
	// a right code forgives; nobody hears of it before all of that is committed.
	Spend(ctx context.Context, s Spend) (Spent, error)
	// Credit counts an approval under the budgets' keys.
	Credit(ctx context.Context, keys []string) error
	// Work takes challenges that something is due for, for the length of a lease.
	Work(ctx context.Context, limit int, lease time.Duration) ([]Challenge, error)
	// Later looks at a challenge again after a while.
	Later(ctx context.Context, id string, after time.Duration) error
	// Cancel ends a challenge for whoever asked for it; Work gives it once more, if its
	// conversation has to hear of it.
	Cancel(ctx context.Context, id string, test bool, entry Entry) error
	// CloseChallenge ends what is left of one that is over.
	CloseChallenge(ctx context.Context, id string) error
	// Finish ends a live challenge that no conversation has to hear of.
	Finish(ctx context.Context, id string, to Status, reason string) (bool, error)
	// Challenge reads one.
	Challenge(ctx context.Context, id string) (Challenge, bool, error)
	// Recent lists the challenges of a phone of the last day, newest first, at most 20.
	Recent(ctx context.Context, phone string) ([]Challenge, error)
	// Wrong adds wrong codes to the installation's and returns how many there were.
	Wrong(ctx context.Context, n int64, window time.Duration) (WrongCodes, error)
	// Pause pauses something for a while; fresh: it was not paused before.
	Pause(ctx context.Context, key string, d time.Duration, reason string) (fresh bool, err error)
	// Rebound lists subjects whose number was changed, and the one before not told.
	Rebound(ctx context.Context, limit int) ([]Rebinding, error)
	// ToldRebound notes that it was.
	ToldRebound(ctx context.Context, b Rebinding) error
	// GrantOf reads a grant by its hash.
	GrantOf(ctx context.Context, hash string) (GrantRow, bool, error)
}

// Hit counts one happening under a key: at most Most in any Per. It is exact from
// above: what counts is everything of the last one to one and a half Per.
type Hit struct {
	Key  string
	Most int
	Per  time.Duration
	// Pauses is what pauses for so long as soon as the limit is reached; "": nothing does.
	Pauses string
	Pause  time.Duration
	Heard  bool // the customer hears of the pause, and not the business alone
	// Client: it is the client's own, and its pause is theirs alone. Once one of these is over, nothing of others is
	// counted: no code of that client's is right any more.
	Client bool
	InVain bool // it counts also when there is a live challenge in the way
	// Forgiven: a right code takes back what was counted before.
	Forgiven bool
}

// Opened is what Open did.
type Opened struct {
	Challenge  Challenge     // the one written, or that there was by its Origin
	Limited    *Hit          // over its limit: nothing was written
	Live       bool          // there is a live one: only what counts in vain was
	RetryAfter time.Duration // of Limited and Live
}

// Asked is what Ask did. Found false: there is no such live challenge, or its sends
// are used up.
type Asked struct {
	Found      bool
	Challenge  Challenge
	Limited    bool // a limit, or the pause between two sends
	RetryAfter time.Duration
}

// Spend is one check.
type Spend struct {
	ID      string
	Purpose Purpose
	Subject string
	Context string
	Client  string // its network, or the caller that did not name it
	Test    bool   // by a test key
	By      string // who asks, for the audit trail
	// Malformed: what was typed cannot be a code, or what was asked about no challenge. It
	// counts for the client alone, and is compared with nothing.
	Malformed bool

	settings     *Settings
	waits, right func(Challenge) bool
}

// Spent is what became of a check.
type Spent struct {
	Waits     bool      // the code must be hashed first, which takes long: nothing was spent or counted
	Spent     bool      // an attempt was
	Right     bool      // it was, on the right code, and nothing is over its limit
	Challenge Challenge // the zero value: there is none
	Reason    string    // for the audit trail alone
	Over      []Hit     // what is over its limit: the right code is refused as well
}

// WrongCodes are those of the whole installation.
type WrongCodes struct {
	Window int64    // in about the last window
	Hour   int64    // in this hour of the clock
	Days   [7]int64 // in each of the seven days before it, in no order
}

// GrantRow is a grant as the database keeps it.
type GrantRow struct {
	Challenge, Subject, Scope, Line, Phone string
	Test                                   bool
	Good                                   bool // neither used nor too old
}
