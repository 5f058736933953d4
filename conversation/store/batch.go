package store

import (
	"time"

	"parley/conversation"
)

// batch is one open transaction of the engine.
type batch struct {
	s      *Store
	tx     session
	events []conversation.Event
	now    int64

	fresh    []bool                        // the event's dedupe key is this batch's own
	seen     map[int]*conversation.Outcome // the key was there already
	refused  map[int]bool
	rows     map[string]*conversation.Loaded
	settling []*settling // of the guards
	news     *news       // of what the guards settled
	changing []*changing // of challenges
}

// Now is the database's clock, read once at the beginning.
func (b *batch) Now() time.Time { return time.UnixMilli(b.now) }

// Seen returns the stored result of the i-th event when its key was there.
func (b *batch) Seen(i int) (conversation.Outcome, bool) {
	if o := b.seen[i]; o != nil {
		return *o, true
	}
	return conversation.Outcome{}, false
}

// Refused says that the guard of the i-th event no longer holds.
func (b *batch) Refused(i int) bool { return b.refused[i] }

// Load returns the locked conversation of the i-th event and its consent.
func (b *batch) Load(i int) conversation.Loaded {
	e := &b.events[i]
	if l := b.rows[e.Conversation]; l != nil {
		return *l
	}
	return conversation.Loaded{
		Conversation: conversation.Conversation{ID: e.Conversation, Line: e.Line, Phone: e.Phone},
		Consent:      conversation.Consent{Phone: e.Phone},
	}
}

// Rollback ends the transaction without a trace; after Commit it does nothing.
func (b *batch) Rollback() { b.tx.rollback() }
