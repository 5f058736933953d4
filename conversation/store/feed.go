package store

import (
	"context"
	"encoding/json"
	"fmt"

	"parley/conversation"
)

const (
	// takeHeadSQL finds nothing while another node relays.
	takeHeadSQL = `SELECT seq FROM feed_head WHERE id = 1 {lock} {skiplocked}`

	waitingSQL = `SELECT id, at, events FROM feed_pending ORDER BY id LIMIT $1`

	numberSQL = `INSERT INTO feed (seq, count, at, events) VALUES ($1, $2, $3, $4)`

	numberedSQL = `DELETE FROM feed_pending WHERE id = $1`

	moveHeadSQL = `UPDATE feed_head SET seq = $1 WHERE id = 1`

	feedSQL = `SELECT seq, count, events FROM feed WHERE seq > $1 ORDER BY seq LIMIT $2`

	feedHeadSQL = `SELECT epoch, seq FROM feed_head WHERE id = 1`
)

// waiting is one row of the feed before it is numbered.
type waiting struct {
	id, at int64
	events string
}

// Relay numbers what is pending, at most limit rows, and returns how many events
// it numbered. Only one node relays at a time; another finds nothing. Numbers are
// given to committed rows only, so that no reader can skip one.
func (s *Store) Relay(ctx context.Context, limit int) (int, error) {
	tx := s.db.begin()
	defer tx.rollback()
	seq := int64(-1)
	var rows []waiting
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&seq) }, takeHeadSQL)
	p.query(appendTo(&rows, func(r row, w *waiting) error { return r.Scan(&w.id, &w.at, &w.events) }), waitingSQL, int64(limit))
	if err := tx.flush(ctx, p); err != nil {
		return 0, fmt.Errorf("relaying the feed: %w", err)
	}
	if seq < 0 || len(rows) == 0 {
		return 0, nil
	}
	p = new(pipe)
	numbered := 0
	for _, w := range rows {
		var events []pendingEvent
		if err := json.Unmarshal([]byte(w.events), &events); err != nil {
			return 0, fmt.Errorf("relaying the feed: row %d: %w", w.id, err)
		}
		n := len(events)
		numbered += n
		if n > 0 {
			p.exec(numberSQL, seq+int64(numbered), int64(n), w.at, w.events)
		}
		p.exec(numberedSQL, w.id)
	}
	p.exec(moveHeadSQL, seq+int64(numbered))
	if err := tx.commit(ctx, p); err != nil {
		return 0, fmt.Errorf("relaying the feed: %w", err)
	}
	return numbered, nil
}

// Feed returns numbered events after seq, in order, at most limit.
func (s *Store) Feed(ctx context.Context, after int64, limit int) (epoch string, entries []conversation.FeedEntry, err error) {
	var head int64
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&epoch, &head) }, feedHeadSQL)
	p.query(func(r row) error {
		var seq, count int64
		var text string
		if err := r.Scan(&seq, &count, &text); err != nil || len(entries) >= limit {
			return err
		}
		var events []pendingEvent
		if err := json.Unmarshal([]byte(text), &events); err != nil {
			return fmt.Errorf("feed row %d: %w", seq, err)
		}
		for i, e := range events {
			n := seq - count + 1 + int64(i)
			if n > after && len(entries) < limit {
				entries = append(entries, conversation.FeedEntry{Seq: n, Conversation: e.Conversation, Rev: e.Rev, Kind: e.Kind})
			}
		}
		return nil
	}, feedSQL, after, int64(limit))
	if err := s.db.read(ctx, p); err != nil {
		return "", nil, fmt.Errorf("reading the feed: %w", err)
	}
	return epoch, entries, nil
}

// FeedHead is the newest number.
func (s *Store) FeedHead(ctx context.Context) (epoch string, seq int64, err error) {
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&epoch, &seq) }, feedHeadSQL)
	if err := s.db.read(ctx, p); err != nil {
		return "", 0, fmt.Errorf("reading the feed's head: %w", err)
	}
	return epoch, seq, nil
}
