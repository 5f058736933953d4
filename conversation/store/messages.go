package store

import (
	"encoding/json"
	"fmt"

	"parley/conversation"
)

// messageColumns are read by scanMessage, unqualified: SQLite's RETURNING knows no alias.
const messageColumns = `id, conversation, position, run, line, phone, class, priority, body, media,
	segments, wait, epoch, by_agent, exempt, test, created_at, due_at, expires_at,
	status, carrier, provider_id, attempt, sent_at, error, challenge`

func scanMessage(r row, m *conversation.Message) error { return scanMessageAnd(r, m) }

// scanMessageAnd reads further columns behind those of the message.
func scanMessageAnd(r row, m *conversation.Message, also ...any) error {
	var byAgent, exempt, test int64
	var media string
	dest := []any{
		&m.ID, &m.Conversation, &m.Position, &m.Run, &m.Line, &m.To, &m.Class, &m.Priority, &m.Text, &media,
		&m.Segments, &m.Wait, &m.Epoch, &byAgent, &exempt, &test, &m.CreatedAt, &m.DueAt, &m.ExpiresAt,
		&m.Status, &m.Carrier, &m.ProviderID, &m.Attempt, &m.SentAt, &m.Error, &m.Challenge,
	}
	if err := r.Scan(append(dest, also...)...); err != nil {
		return err
	}
	m.ByAgent, m.Exempt, m.Test = byAgent == 1, exempt == 1, test == 1
	if media != "" {
		if err := json.Unmarshal([]byte(media), &m.Media); err != nil {
			return fmt.Errorf("reading the media of message %s: %w", m.ID, err)
		}
	}
	return nil
}
