package store

import (
	"context"
	"errors"
	"time"

	"parley/conversation"
	"parley/conversation/verify"
)

const (
	labelSQL = `INSERT INTO labels (conversation, event, text, language, flow, state, intent, agent, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, {now})
		ON CONFLICT (conversation, event) DO UPDATE SET text = excluded.text, language = excluded.language, flow = excluded.flow,
			state = excluded.state, intent = excluded.intent, agent = excluded.agent, at = excluded.at
			WHERE (labels.text, labels.flow, labels.state, labels.intent, labels.agent) <> (excluded.text, excluded.flow, excluded.state, excluded.intent, excluded.agent)`

	labelsOfSQL = `SELECT event, intent, agent FROM labels WHERE conversation = $1 AND CAST(event AS bigint) BETWEEN $2 AND $3`

	dropLabelSQL = `DELETE FROM labels WHERE conversation = $1 AND event = $2`

	labelsSQL = `SELECT conversation, event, text, language, flow, state, intent, agent, at FROM labels
		WHERE flow = $1 AND at >= $2 ORDER BY at, conversation, event LIMIT $3`
)

// mostLabels is how many labels are read at once.
const mostLabels = 100_000

// Label keeps what an agent says that a text meant; another label of the same text
// takes its place. The text must have been masked.
func (s *Store) Label(ctx context.Context, l conversation.Label) error {
	_, err := s.change(ctx, "writing a label", labelSQL, l.Conversation, l.Event, l.Text, l.Language, l.Flow, l.State, l.Intent, l.Agent)
	return err
}

// NoteLabel is Label by somebody at work, with an entry of the audit trail where it says
// something new. The trail says which text and what it meant, never what stands in it.
func (s *Store) NoteLabel(ctx context.Context, l conversation.Label) error {
	e := verify.Entry{What: "console.mean", Who: "agent:" + l.Agent, ID: l.Conversation, Detail: "text " + l.Event + ": " + l.Flow + " " + l.Intent}
	_, err := s.audited(ctx, "writing a label", e, labelSQL, l.Conversation, l.Event, l.Text, l.Language, l.Flow, l.State, l.Intent, l.Agent)
	return err
}

// DropLabel takes one back; false: there is none.
func (s *Store) DropLabel(ctx context.Context, conversation, event, by string) (bool, error) {
	e := verify.Entry{What: "console.unmean", Who: "agent:" + by, ID: conversation, Detail: "text " + event}
	return s.audited(ctx, "taking a label back", e, dropLabelSQL, conversation, event)
}

// LabelsOf reads the labels of a conversation's texts from one event to another.
func (s *Store) LabelsOf(ctx context.Context, id string, from, to int64) ([]conversation.Label, error) {
	return readAll(ctx, s, "reading the labels of a conversation", func(r row, l *conversation.Label) error {
		l.Conversation = id
		return r.Scan(&l.Event, &l.Intent, &l.Agent)
	}, labelsOfSQL, id, from, to)
}

// Labels lists the labels of a flow's texts since a moment, oldest first.
func (s *Store) Labels(ctx context.Context, flow string, since time.Time) ([]conversation.Label, error) {
	all, err := readAll(ctx, s, "reading labels", func(r row, l *conversation.Label) error {
		return r.Scan(&l.Conversation, &l.Event, &l.Text, &l.Language, &l.Flow, &l.State, &l.Intent, &l.Agent, &l.At)
	}, labelsSQL, flow, since.UnixMilli(), int64(mostLabels))
	if err != nil {
		return nil, err
	}
	if len(all) == mostLabels {
		return nil, errors.New("there are too many labels to read at once: give a later --since")
	}
	return all, nil
}
