package store

import (
	"context"
	"fmt"
	"time"
)

const (
	beatSQL = `INSERT INTO nodes (id, started_at, seen_at) VALUES ($1, {now}, {now})
		ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`

	liveSQL = `SELECT count(*) FROM nodes WHERE seen_at > {now} - $1`

	leaveSQL = `DELETE FROM nodes WHERE id = $1`
)

// Beat says that node lives and returns how many nodes do: those that were seen
// within dead.
func (s *Store) Beat(ctx context.Context, node string, dead time.Duration) (live int, err error) {
	p := new(pipe)
	p.exec(beatSQL, node)
	p.query(func(r row) error { return r.Scan(&live) }, liveSQL, dead.Milliseconds())
	if err := s.db.write(ctx, p); err != nil {
		return 0, fmt.Errorf("beating: %w", err)
	}
	return live, nil
}

// Leave removes the node at a clean shutdown.
func (s *Store) Leave(ctx context.Context, node string) error {
	_, err := s.change(ctx, "leaving", leaveSQL, node)
	return err
}
