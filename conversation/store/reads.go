package store

import (
	"context"
	"encoding/json"
	"fmt"

	"parley/conversation"
)

const (
	readMessageSQL = `SELECT ` + messageColumns + ` FROM messages WHERE id = $1`

	ofPhoneSQL = `SELECT id, line, phone, rev, wake_at, state FROM conversations WHERE phone = $1 ORDER BY updated_at DESC, id`

	threadEventsSQL = `SELECT conversation, rev, at, kind, data FROM events
		WHERE conversation = $1 AND rev < $2 ORDER BY rev DESC LIMIT $3`

	threadMessagesSQL = `SELECT ` + messageColumns + ` FROM messages
		WHERE conversation = $1 AND position < $2 ORDER BY position DESC LIMIT $3`

	textsSQL = `SELECT data FROM events WHERE conversation = $1 AND kind = 'text' ORDER BY rev DESC LIMIT $2`

	pingSQL = `SELECT 1`
)

// Message reads one message with its status.
func (s *Store) Message(ctx context.Context, id string) (m conversation.Message, found bool, err error) {
	p := new(pipe)
	p.query(into(&m, &found, scanMessage), readMessageSQL, id)
	if err := s.db.read(ctx, p); err != nil {
		return conversation.Message{}, false, fmt.Errorf("reading a message: %w", err)
	}
	return m, found, nil
}

// Conversations lists a phone's conversations, the one that changed last first.
func (s *Store) Conversations(ctx context.Context, phone string) ([]conversation.Conversation, error) {
	return readAll(ctx, s, "reading conversations", scanConversation, ofPhoneSQL, phone)
}

// Conversation reads one by its id.
func (s *Store) Conversation(ctx context.Context, id string) (conversation.Conversation, bool, error) {
	l, _, err := s.Peek(ctx, conversation.Event{Conversation: id})
	return l.Conversation, l.Existed, err
}

// Thread lists a conversation's events and messages, newest first, before position
// (0: from the end): together at most limit, or one more. An event stands at position rev<<8,
// so that the smallest position of a page is where the next one goes on.
func (s *Store) Thread(ctx context.Context, id string, before int64, limit int) ([]conversation.Logged, []conversation.Message, error) {
	if before <= 0 {
		before = 1 << 62
	}
	var events []conversation.Logged
	var messages []conversation.Message
	p := new(pipe)
	p.query(appendTo(&events, func(r row, e *conversation.Logged) error {
		return r.Scan(&e.Conversation, &e.Rev, &e.At, &e.Kind, &e.Data)
	}), threadEventsSQL, id, (before+255)>>8, int64(limit))
	p.query(appendTo(&messages, scanMessage), threadMessagesSQL, id, before, int64(limit))
	if err := s.db.read(ctx, p); err != nil {
		return nil, nil, fmt.Errorf("reading a thread: %w", err)
	}
	e, m := newest(events, messages, limit)
	return events[:e], messages[:m], nil
}

// Texts lists what the customer of a conversation wrote, newest first, at most limit.
func (s *Store) Texts(ctx context.Context, id string, limit int) ([]conversation.Text, error) {
	var texts []conversation.Text
	p := new(pipe)
	p.query(func(r row) error {
		var data string
		var past conversation.Record
		if err := r.Scan(&data); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(data), &past); err != nil {
			return fmt.Errorf("an event of %s: %w", id, err)
		}
		if past.Event.Text != nil {
			texts = append(texts, *past.Event.Text)
		}
		return nil
	}, textsSQL, id, int64(limit))
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("reading what a customer wrote: %w", err)
	}
	return texts, nil
}

// newest counts how many of each belong to the limit newest of both, and to one more where
// an event would be parted from its first message, which stands at its position.
func newest(events []conversation.Logged, messages []conversation.Message, limit int) (e, m int) {
	for e+m < limit && (e < len(events) || m < len(messages)) {
		if m == len(messages) || e < len(events) && events[e].Rev<<8 > messages[m].Position {
			e++
		} else {
			m++
		}
	}
	if m > 0 && e < len(events) && events[e].Rev<<8 == messages[m-1].Position {
		e++ // the next page begins before both
	}
	return e, m
}

// Ping says whether the database answers, for /readyz.
func (s *Store) Ping(ctx context.Context) error {
	p := new(pipe)
	p.query(func(row) error { return nil }, pingSQL)
	if err := s.db.read(ctx, p); err != nil {
		return fmt.Errorf("asking the database: %w", err)
	}
	return nil
}
