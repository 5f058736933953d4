package store

import (
	"context"
	"encoding/json"
	"fmt"

	"parley/agentui"
)

const (
	viewsSQL = `SELECT filter FROM views WHERE agent = $1 ORDER BY at, name`

	// saverSQL makes the tabs of one person save one after another: on PostgreSQL two that
	// count at the same moment would both find the last place free.
	saverSQL = `SELECT name FROM agents WHERE name = $1 {lock}`

	saveViewSQL = `INSERT INTO views (agent, name, filter, at) SELECT $1, $2, $3, {now} WHERE (SELECT COUNT(*) FROM views WHERE agent = $1 AND name <> $2) < $4
		ON CONFLICT (agent, name) DO UPDATE SET filter = excluded.filter`

	dropViewSQL = `DELETE FROM views WHERE agent = $1 AND name = $2`
)

// Views lists what somebody keeps of the list, in the order in which it was first kept.
func (s *Store) Views(ctx context.Context, agent string) ([]agentui.ListView, error) {
	return readAll(ctx, s, "reading views", func(r row, v *agentui.ListView) error {
		var filter string
		if err := r.Scan(&filter); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(filter), v); err != nil {
			return fmt.Errorf("a view of %s: %w", agent, err)
		}
		return nil
	}, viewsSQL, agent)
}

// SaveView keeps one, in place of another of its name; false: there are most already.
func (s *Store) SaveView(ctx context.Context, agent string, v agentui.ListView, most int) (bool, error) {
	filter, err := json.Marshal(v)
	if err != nil {
		return false, fmt.Errorf("encoding a view: %w", err)
	}
	var kept bool
	p := new(pipe)
	p.query(func(row) error { return nil }, saverSQL, agent)
	p.affected(func(n int64) { kept = n > 0 }, saveViewSQL, agent, v.Name, string(filter), int64(most))
	if err := s.db.write(ctx, p); err != nil {
		return false, fmt.Errorf("keeping a view: %w", err)
	}
	return kept, nil
}

// DropView takes one out; false: there is none of that name.
func (s *Store) DropView(ctx context.Context, agent, name string) (bool, error) {
	return s.change(ctx, "taking a view out", dropViewSQL, agent, name)
}
