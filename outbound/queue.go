package outbound

import (
	"context"
	"time"

	"parley/conversation"
)

// Queue is the dispatcher's side of the messages table. All times are decided by
// the database's clock.
type Queue interface {
	// Lines lists the lines that have queued messages due now, for the poll that
	// covers lost hints, and when the next one that is not yet due will be (zero: none).
	Lines(ctx context.Context) (lines []string, next time.Duration, err error)
	// Claim marks at most Limit queued messages of one line as Sending under a
	// lease and returns them, best priority first. It takes only what is due and not
	// expired, whose phone has not opted out (exempt messages aside), whose owner
	// epoch is current (codes, alerts and agents' messages aside), and which has no
	// older unsettled message in its conversation (codes and alerts may overtake; one
	// that is not due before it does not count, unless it was claimed before);
	// at most one message per conversation and call.
	Claim(ctx context.Context, c Claim) ([]conversation.Message, error)
	// Settle writes what became of claimed messages, and their provider ids. It
	// returns which of them still held (same order).
	Settle(ctx context.Context, s []conversation.Settlement) ([]bool, error)
	// Stranded takes over, under a new lease for node, at most limit messages whose
	// lease has expired: their fate is unknown. Attempt is not counted up for them. The
	// Status is Cancelled where the phone has opted out since: not to be sent again.
	Stranded(ctx context.Context, node string, lease time.Duration, limit int) ([]conversation.Message, error)
	// Overdue lists at most limit queued messages that no claim will take any more.
	// The Status of each is what it should be settled as, its Error the reason:
	// Expired, Cancelled (its phone opted out) or Superseded (an agent took over
	// while it waited to be tried again).
	Overdue(ctx context.Context, limit int) ([]conversation.Message, error)
}

// Claim asks for work.
type Claim struct {
	Line  string
	Node  string
	Limit int
	Lease time.Duration
	// Least is the least urgent priority that may go now, in quiet hours; 0: any.
	Least conversation.Priority
}

// Codes keeps one-time codes sealed until they are sent.
type Codes interface {
	// Fill puts a challenge's code into the blanks of a text. An error means that the
	// code is over; conversation.ErrUnavailable, that the database does not answer.
	Fill(ctx context.Context, challenge, text string) (string, error)
}
