package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/conversation"
)

const (
	labelSQL = `INSERT INTO labels (conversation, event, text, language, flow, state, intent, agent, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, {now})
		ON CONFLICT (conversation, event) DO UPDATE SET text = excluded.text, language = excluded.language, flow = excluded.flow,
			state = excluded.state, intent = excluded.intent, agent = excluded.agent, at = excluded.at`

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

// Labels lists the labels of a flow's texts since a moment, oldest first.
func (s *Store) Labels(ctx context.Context, flow string, since time.Time) (all []conversation.Label, err error) {
	p := new(pipe)
	p.query(func(r row) error {
		var l conversation.Label
		err := r.Scan(&l.Conversation, &l.Event, &l.Text, &l.Language, &l.Flow, &l.State, &l.Intent, &l.Agent, &l.At)
		all = append(all, l)
		return err
	}, labelsSQL, flow, since.UnixMilli(), int64(mostLabels))
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("reading labels: %w", err)
	}
	if len(all) == mostLabels {
		return nil, errors.New("there are too many labels to read at once: give a later --since")
	}
	return all, nil
}
