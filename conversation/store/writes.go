package store

import (
	"context"
	"fmt"

	"parley/conversation/verify"
)

// change runs one statement and says whether it changed a row.
func (s *Store) change(ctx context.Context, doing, text string, args ...any) (bool, error) {
	var changed bool
	p := new(pipe)
	p.affected(func(n int64) { changed = n > 0 }, text, args...)
	if err := s.db.write(ctx, p); err != nil {
		return false, fmt.Errorf("%s: %w", doing, err)
	}
	return changed, nil
}

// audited is change with an entry of the audit trail, where a row was changed.
func (s *Store) audited(ctx context.Context, doing string, e verify.Entry, text string, args ...any) (changed bool, err error) {
	var now int64
	tx := s.db.begin()
	defer tx.rollback()
	p := new(pipe)
	p.clock(&now)
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
