package inbound

import (
	"context"

	"parley/conversation"
	"parley/conversation/verify"
	"parley/flows"
)

// Engine is what the doors need of the conversation engine.
type Engine interface {
	// Submit applies events and returns their outcomes in order. ErrBusy and
	// ErrUnavailable mean that nothing was stored.
	Submit(ctx context.Context, events []conversation.Event) ([]conversation.Outcome, error)
	// DryRun decides one event against the present state and writes nothing.
	DryRun(ctx context.Context, e conversation.Event) (conversation.Outcome, error)
	// Bury stores an event that belongs to no conversation, with the reason.
	Bury(ctx context.Context, e conversation.Event, reason string) error
}

// Receipts is where carriers' receipts are written down.
type Receipts interface {
	// Receive upserts the receipts by (carrier, provider id) and moves the
	// messages' statuses forward, never back. It returns the events that Step must
	// hear of: a question that took off, a permanent failure, a carrier's opt-out.
	// The doors submit them before they answer.
	Receive(ctx context.Context, receipts []conversation.Receipt) ([]conversation.Event, error)
}

// Keys keeps API keys; only their hashes are stored.
type Keys interface {
	// Key finds a live key by the SHA-256 of its secret, hex.
	Key(ctx context.Context, hash string) (Key, bool, error)
}

// Key is one API key as it may be shown.
type Key struct {
	ID         string
	Name       string
	Mode       string   // live or test
	Scopes     []string // events verifications accounts contacts read admin
	CreatedAt  int64    // Unix ms
	LastUsedAt int64    // Unix ms, to the hour; 0: never
	RevokedAt  int64    // Unix ms; 0: live
	Agent      string   // the one person who has it, as verify.GoodAgent names them; "": a program
}

// Test says that nothing of what is done by the key leaves the house.
func (k Key) Test() bool { return k.Mode == "test" }

// Contacts keeps what is known of phones.
type Contacts interface {
	Contact(ctx context.Context, phone string) (flows.Contact, bool, error)
	// ChangeContacts lets change work on the contact of each phone (a new one comes
	// with its phone only), once, and writes together those of which it says so and
	// that are others than before. It returns how many were written.
	ChangeContacts(ctx context.Context, phones []string, change func(c *flows.Contact) bool) (written int, err error)
}

// Consents keeps what phones have said about being texted.
type Consents interface {
	Consent(ctx context.Context, phone string) (conversation.Consent, error)
	// NoteConsent writes what the business says of it; how is its own words for how it
	// was given. False: the customer has opted out themselves, and nothing was written.
	NoteConsent(ctx context.Context, phone string, state conversation.ConsentState, how string) (bool, error)
}

// Accounts keeps customer accounts. What test keys do is kept apart from live ones.
type Accounts interface {
	// Account reads an account as it is now; one that nothing was ever heard of is active.
	Account(ctx context.Context, ref string, test bool) (verify.Account, error)
	// ChangeAccount carries out one event in a transaction of its own, with the callbacks
	// that it leads to; under the same key once. A verify.WrongError is the caller's
	// fault, and nothing was stored.
	ChangeAccount(ctx context.Context, ref string, test bool, e verify.AccountEvent, once Once) (AccountAnswer, error)
}

// AccountAnswer is what became of a change. Conflict says that its key was used with
// another body; nothing else is set then.
type AccountAnswer struct {
	Account  verify.Account
	Refused  string // why it was not carried out, a word; "": it was
	Conflict bool
}

// Reads answers the API's questions.
type Reads interface {
	// Message reads one message with its status.
	Message(ctx context.Context, id string) (conversation.Message, bool, error)
	// Conversations lists a phone's conversations, newest first.
	Conversations(ctx context.Context, phone string) ([]conversation.Conversation, error)
	// Conversation reads one by its id.
	Conversation(ctx context.Context, id string) (conversation.Conversation, bool, error)
	// Thread lists a conversation's events and messages, newest first, before
	// position (0: from the end), at most limit.
	Thread(ctx context.Context, id string, before int64, limit int) ([]conversation.Logged, []conversation.Message, error)
	// Texts lists what the customer of a conversation wrote, newest first, at most limit.
	Texts(ctx context.Context, id string, limit int) ([]conversation.Text, error)
	// Results lists results of a flow, oldest end first: a page of at most limit.
	Results(ctx context.Context, q conversation.ResultQuery, limit int) ([]conversation.Ended, error)
	// Ends lists the latest results of a phone's runs, newest first, at most limit.
	Ends(ctx context.Context, phone string, limit int) ([]conversation.Ended, error)
}
