package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/conversation"
)

const (
	beatSQL = `INSERT INTO nodes (id, started_at, seen_at) VALUES ($1, {now}, {now})
		ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`

	liveSQL = `SELECT count(*) FROM nodes WHERE seen_at > {now} - $1`

	leaveSQL = `DELETE FROM nodes WHERE id = $1`

	saveVersionSQL = `INSERT INTO flow_versions (hash, name, source, created_at) VALUES ($1, $2, $3, {now}) ON CONFLICT DO NOTHING`
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

// SaveFlowVersions stores those that are new.
func (s *Store) SaveFlowVersions(ctx context.Context, versions []conversation.FlowVersion) error {
	if len(versions) == 0 {
		return nil
	}
	sorted := slices.Clone(versions)
	slices.SortFunc(sorted, func(x, y conversation.FlowVersion) int { return strings.Compare(x.Hash, y.Hash) })
	p := new(pipe)
	for _, v := range sorted {
		p.exec(saveVersionSQL, v.Hash, v.Name, string(v.Source))
	}
	if err := s.db.write(ctx, p); err != nil {
		return fmt.Errorf("storing flow versions: %w", err)
	}
	return nil
}
