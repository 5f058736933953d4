package store

import (
	"encoding/json"
	"fmt"

	"parley/conversation"
)

// messageColumns are read by scanMessage, of messages m.
const messageColumns = `m.id, m.conversation, m.position, m.run, m.line, m.phone, m.class, m.priority, m.body, m.media,
	m.segments, m.wait, m.epoch, m.by_agent, m.exempt, m.test, m.created_at, m.due_at, m.expires_at,
	m.status, m.carrier, m.provider_id, m.attempt, m.sent_at, m.error`

func scanMessage(r row, also ...any) (conversation.Message, error) {
	var m conversation.Message
	var byAgent, exempt, test int64
	var media string
	dest := []any{
		&m.ID, &m.Conversation, &m.Position, &m.Run, &m.Line, &m.To, &m.Class, &m.Priority, &m.Text, &media,
		&m.Segments, &m.Wait, &m.Epoch, &byAgent, &exempt, &test, &m.CreatedAt, &m.DueAt, &m.ExpiresAt,
		&m.Status, &m.Carrier, &m.ProviderID, &m.Attempt, &m.SentAt, &m.Error,
	}
	if err := r.Scan(append(dest, also...)...); err != nil {
		return m, err
	}
	m.ByAgent, m.Exempt, m.Test = byAgent == 1, exempt == 1, test == 1
	if media != "" {
		if err := json.Unmarshal([]byte(media), &m.Media); err != nil {
			return m, fmt.Errorf("reading the media of message %s: %w", m.ID, err)
		}
	}
	return m, nil
}

// collect gives a row callback that appends messages to all.
func collect(all *[]conversation.Message) func(row) error {
	return func(r row) error {
		m, err := scanMessage(r)
		*all = append(*all, m)
		return err
	}
}
