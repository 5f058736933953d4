package store

import (
	"context"
	"fmt"
	"time"

	"parley/conversation"
)

const (
	dueSQL = `SELECT id, line, phone FROM conversations WHERE wake_at > 0 AND wake_at <= {now} ORDER BY wake_at LIMIT $1`

	// untoldSQL leaves those alone that whoever settled them is about to tell.
	untoldSQL = `SELECT id, conversation, run, wait, line, phone, status, error, untold` + tellColumns + ` FROM messages
		WHERE untold = 1 AND sent_at < {now} - 3000 AND finished_at < {now} - 3000 ORDER BY id LIMIT $1`

	peekSQL = `SELECT id, line, phone, rev, wake_at, state FROM conversations WHERE id = $1`

	peekConsentSQL = `SELECT k.phone, k.state, k.at, k.source, k.word FROM consents k
		WHERE k.phone = COALESCE((SELECT c.phone FROM conversations c WHERE c.id = $1), $2)`
)

// Due lists what conversations should hear of: those whose WakeAt has passed,
// earliest first, and fates of questions that nobody told them within three
// seconds, because a process died; at most limit of each. It only reads: the
// engine looks again under the lock.
func (s *Store) Due(ctx context.Context, limit int) ([]conversation.Event, error) {
	var events []conversation.Event
	p := new(pipe)
	p.query(func(r row) error {
		e := conversation.Event{Kind: conversation.KindTimer}
		err := r.Scan(&e.Conversation, &e.Line, &e.Phone)
		events = append(events, e)
		return err
	}, dueSQL, int64(limit))
	p.query(func(r row) error {
		f, err := scanSettled(r)
		if err == nil {
			events = append(events, f.event())
		}
		return err
	}, untoldSQL, int64(limit))
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("looking for due timers: %w", err)
	}
	return events, nil
}

// Peek reads the conversation of an event without locking it, and the clock. One
// that does not exist yet comes with the event's line and phone, and with what the
// phone said to another line.
func (s *Store) Peek(ctx context.Context, e conversation.Event) (conversation.Loaded, time.Time, error) {
	id := e.Conversation
	l := conversation.Loaded{Conversation: conversation.Conversation{ID: id, Line: e.Line, Phone: e.Phone}}
	var now int64
	p := new(pipe)
	p.clock(&now)
	p.query(func(r row) error {
		l.Existed = true
		return scanConversation(r, &l.Conversation)
	}, peekSQL, id)
	p.query(func(r row) error {
		k := &l.Consent
		return r.Scan(&k.Phone, &k.State, &k.At, &k.Source, &k.Word)
	}, peekConsentSQL, id, e.Phone)
	p.query(func(r row) error { return scanContact(r, &l.Contact) }, peekContactSQL, id, e.Phone)
	if err := s.db.read(ctx, p); err != nil {
		return conversation.Loaded{}, time.Time{}, fmt.Errorf("reading a conversation: %w", err)
	}
	l.Consent.Phone = l.Conversation.Phone
	return l, time.UnixMilli(now), nil
}

// scanConversation reads id, line, phone, rev, wake_at and state.
func scanConversation(r row, c *conversation.Conversation) error {
	var state string
	if err := r.Scan(&c.ID, &c.Line, &c.Phone, &c.Rev, &c.WakeAt, &state); err != nil {
		return err
	}
	return c.State.Decode(state)
}
