package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/conversation"
)

const (
	saveVersionSQL = `INSERT INTO flow_versions (hash, name, source, created_at) VALUES ($1, $2, $3, {now}) ON CONFLICT DO NOTHING`

	versionOfSQL = `SELECT name, source FROM flow_versions WHERE hash = $1`

	flowNamesSQL = `SELECT DISTINCT name FROM flow_versions ORDER BY name`
)

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

// FlowVersion reads a stored flow version; found=false when no node ever stored it.
func (s *Store) FlowVersion(ctx context.Context, hash string) (name string, source []byte, found bool, err error) {
	return flowVersion(hash, func(p *pipe) error { return s.db.read(ctx, p) })
}

// FlowVersion reads a stored flow version on the batch's own connection.
func (b *batch) FlowVersion(ctx context.Context, hash string) (name string, source []byte, found bool, err error) {
	return flowVersion(hash, func(p *pipe) error { return b.tx.flush(ctx, p) })
}

func flowVersion(hash string, run func(*pipe) error) (name string, source []byte, found bool, err error) {
	var text string
	p := new(pipe)
	p.query(func(r row) error {
		found = true
		return r.Scan(&name, &text)
	}, versionOfSQL, hash)
	if err := run(p); err != nil {
		return "", nil, false, fmt.Errorf("reading a flow version: %w", err)
	}
	return name, []byte(text), found, nil
}

// FlowNames lists every flow that was ever loaded, by name.
func (s *Store) FlowNames(ctx context.Context) ([]string, error) {
	return readAll(ctx, s, "reading the names of flows", scanText, flowNamesSQL)
}
