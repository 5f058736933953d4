package store

import (
	"context"

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
func (s *Store) SavedReplies(ctx context.Context, limit int) ([]agentui.SavedReply, error) {
	return readAll(ctx, s, "reading saved replies", func(r row, a *agentui.SavedReply) error {
		return r.Scan(&a.Name, &a.Text, &a.By, &a.At)
	}, savedSQL, int64(limit))
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
	return s.audited(ctx, "changing a saved reply", verify.Entry{What: what, Who: "agent:" + by, ID: name}, text, args...)
}
