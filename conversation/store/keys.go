package store

import (
	"context"
	"fmt"
	"strings"

	"parley/inbound"
)

const (
	keyColumns = `SELECT id, name, mode, scopes, created_at, last_used_at, revoked_at, agent FROM api_keys `

	// keySQL finds none of somebody who is disabled: they do nothing here any more, by
	// whatever door.
	keySQL = keyColumns + `WHERE hash = $1 AND revoked_at = 0
		AND NOT EXISTS (SELECT 1 FROM agents AS p WHERE p.name = api_keys.agent AND p.disabled_at > 0)`

	keysSQL = keyColumns + `ORDER BY created_at, id`

	// usedKeySQL writes once an hour at most.
	usedKeySQL = `UPDATE api_keys SET last_used_at = {now} / 3600000 * 3600000
		WHERE hash = $1 AND last_used_at < {now} / 3600000 * 3600000`

	createKeySQL = `INSERT INTO api_keys (id, hash, name, mode, scopes, agent, created_at) VALUES ($1, $2, $3, $4, $5, $6, {now})`

	revokeKeySQL = `UPDATE api_keys SET revoked_at = {now} WHERE id = $1 AND revoked_at = 0`
)

// Key finds a live key by the SHA-256 of its secret, hex, of nobody who is disabled, and notes the hour of
// its use.
func (s *Store) Key(ctx context.Context, hash string) (inbound.Key, bool, error) {
	var now int64
	p := new(pipe)
	p.clock(&now)
	all, err := s.keys(ctx, p, keySQL, hash)
	if err != nil || len(all) == 0 {
		return inbound.Key{}, false, err
	}
	if all[0].LastUsedAt < now/hourMs*hourMs {
		if _, err := s.change(ctx, "noting the use of a key", usedKeySQL, hash); err != nil {
			return inbound.Key{}, false, err
		}
	}
	return all[0], true, nil
}

// CreateKey stores a key under the SHA-256 of its secret, hex.
func (s *Store) CreateKey(ctx context.Context, k inbound.Key, hash string) error {
	_, err := s.change(ctx, "creating a key", createKeySQL, k.ID, hash, k.Name, k.Mode, strings.Join(k.Scopes, " "), k.Agent)
	return err
}

// ListKeys lists all keys, revoked ones too, oldest first.
func (s *Store) ListKeys(ctx context.Context) ([]inbound.Key, error) {
	return s.keys(ctx, new(pipe), keysSQL)
}

// RevokeKey returns false when there is no such live key.
func (s *Store) RevokeKey(ctx context.Context, id string) (bool, error) {
	return s.change(ctx, "revoking a key", revokeKeySQL, id)
}

func (s *Store) keys(ctx context.Context, p *pipe, text string, args ...any) ([]inbound.Key, error) {
	var all []inbound.Key
	p.query(func(r row) error {
		var k inbound.Key
		var scopes string
		err := r.Scan(&k.ID, &k.Name, &k.Mode, &scopes, &k.CreatedAt, &k.LastUsedAt, &k.RevokedAt, &k.Agent)
		k.Scopes = strings.Fields(scopes)
		all = append(all, k)
		return err
	}, text, args...)
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("reading API keys: %w", err)
	}
	return all, nil
}
