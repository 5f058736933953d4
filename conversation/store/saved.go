package store

import (
	"context"
	"fmt"

	"parley/agentui"
	"parley/conversation/verify"
)

const (
	savedSQL = `SELECT name, text, by_agent, at FROM saved_replies ORDER BY name LIMIT $1`

	saveReplySQL = `INSERT INTO saved_replies (name, text, by_agent, at) VALUES ($1, $2, $3, {now})
		ON CONFLICT (name) DO UPDATE SET text = excluded.text, by_agent = excluded.by_agent, at = excluded.at`

	dropReplySQL = `DELETE FROM saved_replies WHERE name = $1`
)

// SavedReplies lists them by name, at most limit.
func (s *Store) SavedReplies(ctx context.Context, limit int) (all []agentui.SavedReply, err error) {
	p := new(pipe)
	p.query(func(r row) error {
		var a agentui.SavedReply
		err := r.Scan(&a.Name, &a.Text, &a.By, &a.At)
		all = append(all, a)
		return err
	}, savedSQL, int64(limit))
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("reading saved replies: %w", err)
	}
	return all, nil
}

// SaveReply keeps one, in place of another of its name.
func (s *Store) SaveReply(ctx context.Context, name, text, by string) error {
	_, err := s.saved(ctx, "console.save_reply", name, by, saveReplySQL, name, text, by)
	return err
}

// DropReply takes one out; false: there is none of that name.
func (s *Store) DropReply(ctx context.Context, name, by string) (bool, error) {
	return s.saved(ctx, "console.drop_reply", name, by, dropReplySQL, name)
}

// saved changes one, with the entry of the audit trail that tells of it.
func (s *Store) saved(ctx context.Context, what, name, by, text string, args ...any) (changed bool, err error) {
	return s.noted(ctx, "changing a saved reply", verify.Entry{What: what, Who: "agent:" + by, ID: name}, text, args...)
}

// noted changes something, and where it did so leaves an entry of the audit trail.
func (s *Store) noted(ctx context.Context, doing string, e verify.Entry, text string, args ...any) (changed bool, err error) {
	var now int64
	tx := s.db.begin()
	defer tx.rollback()
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&now) }, nowSQL)
	p.affected(func(n int64) { changed = n > 0 }, text, args...)
	if err = tx.flush(ctx, p); err == nil && changed {
		p = new(pipe)
		if err = audit(p, now, e); err == nil {
			err = tx.commit(ctx, p)
		}
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", doing, err)
	}
	return changed, nil
}
