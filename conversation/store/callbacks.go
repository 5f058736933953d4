package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"parley/conversation"
	"parley/conversation/jobs"
)

const (
	disabledSQL = `SELECT 1 FROM callback_endpoints WHERE name = $1 AND address = $2`

	disableSQL = `INSERT INTO callback_endpoints (name, address, disabled_at) VALUES ($1, $2, {now})
		ON CONFLICT (name) DO UPDATE SET address = excluded.address, disabled_at = excluded.disabled_at`

	enableSQL = `DELETE FROM callback_endpoints WHERE name = $1`

	// buryCallbackSQL opens the letter again of a callback that was retried by hand
	// and given up anew.
	buryCallbackSQL = `INSERT INTO dead_letters (id, at, key, kind, reason, conversation, event)
		VALUES ($1, {now}, $2, 'callback', $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET at = excluded.at, reason = excluded.reason, status = 'dead' WHERE dead_letters.status <> 'dead'`

	deadCallbacksSQL = `SELECT count(*) FROM dead_letters WHERE status = 'dead' AND kind = 'callback' AND key = $1`

	// pendingCallbacksSQL reads River's table, whose client counts nothing by queue.
	pendingCallbacksSQL = `SELECT count(*) FROM river_job
		WHERE queue = $1 AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled')`
)

// addressHash stands for an endpoint's URL, which may hold a secret.
func addressHash(url string) string {
	sum := sha256.Sum256([]byte(url))
	return hex.EncodeToString(sum[:])
}

// Disabled says whether an endpoint said that it is gone, at this address. One
// whose address was changed since is not disabled.
func (s *Store) Disabled(ctx context.Context, endpoint, url string) (bool, error) {
	disabled := false
	p := new(pipe)
	p.query(func(r row) error {
		var one int64
		disabled = true
		return r.Scan(&one)
	}, disabledSQL, endpoint, addressHash(url))
	if err := s.db.read(ctx, p); err != nil {
		return false, fmt.Errorf("asking whether endpoint %s is disabled: %w", endpoint, err)
	}
	return disabled, nil
}

// Enable tells a disabled endpoint again; false: it was not disabled.
func (s *Store) Enable(ctx context.Context, endpoint string) (bool, error) {
	return s.change(ctx, "enabling an endpoint", enableSQL, endpoint)
}

// GiveUp makes a callback a dead letter, disables its endpoint where it said so,
// and tells the other endpoints, all in one transaction. It may be repeated.
func (s *Store) GiveUp(ctx context.Context, g conversation.GivenUp) error {
	text, err := json.Marshal(g.Job)
	if err != nil {
		return fmt.Errorf("giving a callback up: %w", err)
	}
	isNew := false
	p := new(pipe)
	p.affected(func(n int64) { isNew = n == 1 }, buryCallbackSQL, letterID(g.Job), g.Job.Endpoint, storable(g.Reason), g.Job.Conversation, storable(string(text)))
	if g.Gone != "" {
		p.exec(disableSQL, g.Job.Endpoint, addressHash(g.Gone))
	}
	tx := s.db.begin()
	defer tx.rollback()
	err = s.finish(ctx, tx, p, func() []conversation.Job {
		if !isNew || g.Tell == nil {
			return nil
		}
		return slices.DeleteFunc(s.toEach([]conversation.Job{*g.Tell}), func(j conversation.Job) bool {
			return j.Endpoint == g.Job.Endpoint || j.Endpoint == ""
		})
	})
	if err != nil {
		return fmt.Errorf("giving a callback up: %w", err)
	}
	return nil
}

// letterID is a UUIDv7 (RFC 9562) of a callback to one endpoint: a repeat has the
// same. Letters are listed in the order of what they tell of.
func letterID(j conversation.Job) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:], uint64(j.At)<<16)
	sum := sha256.Sum256([]byte(j.ID + "\x00" + j.Endpoint))
	copy(id[6:], sum[:])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return id.String()
}

// RetryCallback closes a dead letter and tells its endpoint again, with all tries
// anew and under the same id; false: the letter is not open.
func (s *Store) RetryCallback(ctx context.Context, d conversation.DeadLetter) (bool, error) {
	if d.Job == nil {
		return false, fmt.Errorf("dead letter %s is not about a callback", d.ID)
	}
	open := false
	p := new(pipe)
	p.affected(func(n int64) { open = n == 1 }, closeDeadSQL, d.ID, "retried")
	tx := s.db.begin()
	defer tx.rollback()
	err := s.finish(ctx, tx, p, func() []conversation.Job {
		if !open {
			return nil
		}
		return []conversation.Job{*d.Job}
	})
	if err != nil {
		return false, fmt.Errorf("retrying a callback: %w", err)
	}
	return open, nil
}

// CallbackCounts says how many callbacks to an endpoint wait or are under way, and
// how many were given up.
func (s *Store) CallbackCounts(ctx context.Context, endpoint string) (pending, dead int64, err error) {
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&pending) }, pendingCallbacksSQL, jobs.QueueOf(endpoint))
	p.query(func(r row) error { return r.Scan(&dead) }, deadCallbacksSQL, endpoint)
	if err := s.db.read(ctx, p); err != nil {
		return 0, 0, fmt.Errorf("counting callbacks: %w", err)
	}
	return pending, dead, nil
}
