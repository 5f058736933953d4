package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"parley/conversation"
)

const (
	buryKeySQL = `INSERT INTO inbox (carrier, key, at, result, body_hash) VALUES ($1, $2, {now}, $3, $4) ON CONFLICT DO NOTHING`

	burySQL = `INSERT INTO dead_letters (id, at, carrier, key, kind, reason, conversation, event)
		VALUES ($1, {now}, $2, $3, $4, $5, $6, $7)`

	// The statements that keep Due from bringing an event again and again that cannot
	// be applied.
	spentWakeSQL = `UPDATE conversations SET wake_at = 0 WHERE id = $1 AND wake_at <= {now}`
	toldSQL      = `UPDATE messages SET untold = 0 WHERE id = $1 AND untold = 1`

	deadColumns = `SELECT id, at, carrier, key, kind, reason, conversation, event, status, tries FROM dead_letters `

	deadLettersSQL = deadColumns + `WHERE status = 'dead' ORDER BY id LIMIT $1`

	deadLetterSQL = deadColumns + `WHERE id = $1`

	closeDeadSQL = `UPDATE dead_letters SET status = $2, tries = tries + CASE WHEN $2 = 'retried' THEN 1 ELSE 0 END
		WHERE id = $1 AND status = 'dead'`
)

// Bury stores in one transaction what could not be applied: the dedupe key of the
// event and a dead letter. It returns false when the key was there already. Either
// way Due does not bring the event again.
func (s *Store) Bury(ctx context.Context, e conversation.Event, reason string) (bool, error) {
	e.Guarded = e.Change != nil
	text, err := json.Marshal(e)
	if err != nil {
		text = []byte("{}") // whatever made it unreadable is worth keeping as a reason
		reason += "; " + err.Error()
	}
	result, err := json.Marshal(conversation.Outcome{Status: conversation.Buried})
	if err != nil {
		return false, fmt.Errorf("burying an event: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return false, fmt.Errorf("burying an event: %w", err)
	}
	if e.Conversation == "" && e.Line != "" {
		e.Conversation = s.ConversationID(e.Line, e.Phone)
	}
	tx := s.db.begin()
	defer tx.rollback()
	isNew := true
	p := new(pipe)
	if e.Dedupe != "" {
		p.affected(func(n int64) { isNew = n == 1 }, buryKeySQL, storable(e.Carrier), storable(e.Dedupe), string(result), storable(e.BodyHash))
	}
	switch {
	case e.Kind == conversation.KindTimer:
		p.exec(spentWakeSQL, storable(e.Conversation))
	case e.Settled != nil:
		p.exec(toldSQL, storable(e.Settled.Message))
	}
	if err := tx.flush(ctx, p); err != nil {
		return false, fmt.Errorf("burying an event: %w", err)
	}
	p = new(pipe)
	if isNew {
		p.exec(burySQL, id.String(), storable(e.Carrier), storable(e.Dedupe), string(e.Kind), storable(reason), storable(e.Conversation), storable(string(text)))
	}
	if err := tx.commit(ctx, p); err != nil {
		return false, fmt.Errorf("burying an event: %w", err)
	}
	return isNew, nil
}

// DeadLetters lists the open ones, oldest first.
func (s *Store) DeadLetters(ctx context.Context, limit int) ([]conversation.DeadLetter, error) {
	return s.deadLetters(ctx, deadLettersSQL, int64(limit))
}

// DeadLetter reads one, in any status.
func (s *Store) DeadLetter(ctx context.Context, id string) (conversation.DeadLetter, bool, error) {
	all, err := s.deadLetters(ctx, deadLetterSQL, id)
	if err != nil || len(all) == 0 {
		return conversation.DeadLetter{}, false, err
	}
	return all[0], true, nil
}

func (s *Store) deadLetters(ctx context.Context, text string, arg any) ([]conversation.DeadLetter, error) {
	return readAll(ctx, s, "reading dead letters", func(r row, d *conversation.DeadLetter) error {
		var event string
		if err := r.Scan(&d.ID, &d.At, &d.Carrier, &d.Key, &d.Kind, &d.Reason, &d.Conversation, &event, &d.Status, &d.Tries); err != nil {
			return err
		}
		var err error
		if d.Kind == conversation.KindCallback {
			err = json.Unmarshal([]byte(event), &d.Job)
		} else {
			d.Event, err = conversation.ParseEvent([]byte(event))
		}
		if err != nil {
			return fmt.Errorf("reading the content of dead letter %s: %w", d.ID, err)
		}
		return nil
	}, text, arg)
}

// CloseDeadLetter marks an open one as retried or dropped; false: it was not open.
func (s *Store) CloseDeadLetter(ctx context.Context, id, status string) (bool, error) {
	return s.change(ctx, "closing a dead letter", closeDeadSQL, id, status)
}

// writeDead keeps the events that this batch stands for: their dedupe keys are the
// batch's own.
func (b *batch) writeDead(p *pipe, dead []conversation.DeadLetter) error {
	for _, d := range dead {
		d.Event.Guarded = d.Event.Change != nil
		text, err := json.Marshal(d.Event)
		if err != nil {
			return fmt.Errorf("encoding a dead letter: %w", err)
		}
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("naming a dead letter: %w", err)
		}
		p.exec(burySQL, id.String(), storable(d.Event.Carrier), storable(d.Event.Dedupe), string(d.Kind), storable(d.Reason), d.Conversation, storable(string(text)))
	}
	return nil
}
