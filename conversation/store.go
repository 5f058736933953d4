package conversation

import (
	"context"
	"errors"
	"time"

	"parley/flows"
)

// ErrBusy means that a shard is full: the caller tells its peer to come back
// (503, Retry-After 1). Nothing was stored.
var ErrBusy = errors.New("too many events are waiting")

// ErrUnavailable wraps infrastructure errors (connection, deadlock,
// serialization, lock or statement timeout, shutdown, disk full, busy): nothing
// was stored and the same batch may be tried again.
var ErrUnavailable = errors.New("the database is unavailable")

// Store is the engine's side of the database. Its transactions follow one lock
// order: dedupe keys sorted, conversations by id, messages by id, jobs.
type Store interface {
	// ConversationID derives the id of the conversation between a line and a
	// phone. The same pair gives the same id on every node; without the
	// installation's salt it cannot be computed.
	ConversationID(line, phone string) string

	// Begin opens a batch: one transaction, which dedupes, creates, locks and
	// loads what the events need, in one or two round trips. Every event has its
	// Conversation set. An infrastructure error wraps ErrUnavailable.
	Begin(ctx context.Context, events []Event) (Batch, error)

	// Peek reads the conversation of an event without locking it, and the database's
	// clock: for dry runs. One that does not exist yet comes with the event's line and
	// phone, and with what the phone said to another line.
	Peek(ctx context.Context, e Event) (Loaded, time.Time, error)

	// Bury stores in one transaction what could not be applied: the dedupe key of
	// the event and a dead letter. It returns false when the key was there already.
	// Either way Due does not bring the event again.
	Bury(ctx context.Context, e Event, reason string) (bool, error)

	// Due lists conversations whose WakeAt has passed, earliest first, and the fates
	// of questions that nobody told their conversations within three seconds (the
	// process that knew died); at most limit of each.
	Due(ctx context.Context, limit int) ([]Event, error)
}

// Batch is one open transaction. It ends with Commit or Rollback, and must end
// within two seconds: nothing in it waits for a network other than the database's.
type Batch interface {
	// Now is the database's clock, read once at the beginning.
	Now() time.Time
	// Seen returns the stored result of the i-th event when its dedupe key was
	// already there. A key that came with another body gives Status Conflicting.
	Seen(i int) (Outcome, bool)
	// Refused says that the guard of the i-th event no longer holds.
	Refused(i int) bool
	// Load returns the locked conversation of the i-th event and the consent of
	// its phone. Events of one conversation get equal values: the engine carries
	// the changes from one to the next.
	Load(i int) Loaded
	// Commit writes everything and commits. An error means that nothing was
	// written, unless the connection broke while the COMMIT was under way: the
	// dedupe keys tell the next try.
	Commit(ctx context.Context, w Writes) error
	// FlowVersion reads a stored flow version on the batch's own connection:
	// found=false when no node ever stored it.
	FlowVersion(ctx context.Context, hash string) (name string, source []byte, found bool, err error)
	// Rollback ends the transaction without a trace; after Commit it does nothing.
	Rollback()
}

// Loaded is a conversation as the database has it.
type Loaded struct {
	Conversation Conversation
	Consent      Consent
	Contact      flows.Contact // the zero value: nothing is known of the phone
	Existed      bool
}

// Writes is what a batch leaves behind.
type Writes struct {
	Conversations []Saved  // one per conversation that changed, any order
	Events        []Logged // every applied event, in the order applied
	Effects       []Effect // of all events, in order
	Outcomes      map[int]Outcome
	Dead          []DeadLetter
	Forget        []int    // events that were refused or ignored: their dedupe keys are taken out again
	Unborn        []string // conversations that this batch created and nothing happened to: their rows are taken out again
}

// Saved is a conversation's new row. State is encoded by the engine.
type Saved struct {
	Conversation Conversation
	Encoded      string
	WakeChanged  bool // WakeAt got earlier, or was spent by a sweep: the indexed column is written
}

// Logged is one row of the events table: the event, what Step took from its Env,
// and the decisions, as JSON.
type Logged struct {
	Conversation string
	Rev          int64
	At           int64
	Kind         Kind
	Data         string
}

// Outcome is what Submit answers for one event. It is stored with the dedupe key
// of API requests and given again to a repeat.
type Outcome struct {
	Status       OutcomeStatus `json:"status"`
	ID           string        `json:"id,omitempty"` // of the request
	Conversation string        `json:"conversation,omitempty"`
	Run          string        `json:"run,omitempty"`
	Messages     []string      `json:"messages,omitempty"`
	Problems     []string      `json:"problems,omitempty"` // of a refusal: one sentence each
	Records      []Decision    `json:"records,omitempty"`  // of a dry run
	Repeated     bool          `json:"-"`                  // the dedupe key was there already, or the guard was settled before
}

// OutcomeStatus says what became of an event.
type OutcomeStatus string

// What became of an event.
const (
	Applied     OutcomeStatus = "applied"     // stored and carried out
	Ignored     OutcomeStatus = "ignored"     // stale or without effect; nothing was written
	Refused     OutcomeStatus = "refused"     // wrong by its own content: Problems says why
	Conflicting OutcomeStatus = "conflicting" // the idempotency key came with another body, or the agent's view was stale
	Buried      OutcomeStatus = "buried"      // could not be applied: stored as a dead letter and handed to a person
)

// FeedStore is the relay's and the readers' side of the feed. Each batch leaves
// one pending row; a relay numbers committed rows, so that a reader that resumes
// after a seq can never skip an event.
type FeedStore interface {
	// Relay numbers what is pending, at most limit rows, and returns how many
	// events it numbered. Only one node relays at a time; another finds nothing.
	Relay(ctx context.Context, limit int) (int, error)
	// Feed returns numbered events after seq, in order, at most limit or a few
	// more; epoch changes when numbers start anew.
	Feed(ctx context.Context, after int64, limit int) (epoch string, entries []FeedEntry, err error)
	// FeedHead is the newest number.
	FeedHead(ctx context.Context) (epoch string, seq int64, err error)
}

// FeedEntry is one numbered event.
type FeedEntry struct {
	Seq          int64  `json:"seq"`
	Conversation string `json:"conversation"`
	Rev          int64  `json:"rev"`
	Kind         Kind   `json:"kind"`
}

// DeadStore is the operator's side of dead letters.
type DeadStore interface {
	// DeadLetters lists the open ones, oldest first.
	DeadLetters(ctx context.Context, limit int) ([]DeadLetter, error)
	// DeadLetter reads one, in any status.
	DeadLetter(ctx context.Context, id string) (DeadLetter, bool, error)
	// CloseDeadLetter marks an open one as retried or dropped; false: it was not open.
	CloseDeadLetter(ctx context.Context, id, status string) (bool, error)
}

// KindCallback is the kind of a dead letter that no event led to: a callback that
// was given up.
const KindCallback Kind = "callback"

// DeadLetter is an event that could not be applied or belongs nowhere, or a
// callback that its endpoint did not take.
type DeadLetter struct {
	ID           string
	At           int64 // Unix ms
	Carrier, Key string
	Kind         Kind
	Reason       string
	Conversation string
	Event        Event // holds the customer's text: never printed
	Job          *Job  // of KindCallback instead of Event: never printed either
	Status       string
	Tries        int
}

// GivenUp is a callback that its endpoint did not take.
type GivenUp struct {
	Job    Job
	Reason string // in words that hold nothing of Job's data
	Gone   string // the endpoint's URL, when it said that it is gone: it is disabled
	Tell   *Job   // what the other endpoints are told of it; nil: nothing
}

// VersionStore keeps flow versions for the runs that stay on them.
type VersionStore interface {
	// SaveFlowVersions stores those that are new.
	SaveFlowVersions(ctx context.Context, versions []FlowVersion) error
}

// FlowVersion is one version of a flow, with its canonical source.
type FlowVersion struct {
	Hash, Name string
	Source     []byte
}

// NodeStore keeps the nodes' heartbeats.
type NodeStore interface {
	// Beat says that node lives and returns how many nodes do: those that were
	// seen within dead.
	Beat(ctx context.Context, node string, dead time.Duration) (live int, err error)
	// Leave removes the node at a clean shutdown.
	Leave(ctx context.Context, node string) error
}

// Hints carries wake-ups between nodes. They may be lost and repeated: whoever
// listens polls as well.
type Hints interface {
	// Listen calls heard with the lines that have new work until ctx ends; ""
	// stands for all lines. It reconnects by itself.
	Listen(ctx context.Context, heard func(lines []string)) error
}
