package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// keepDays is how long dedupe keys and feed numbers are kept: longer than any
// carrier repeats a webhook.
const keepDays = 8 * 24 * time.Hour

// keepCallbacks is how long a callback that was given up can be retried. While an
// endpoint is disabled, everything that it would have been told is among them.
const keepCallbacks = 30 * 24 * time.Hour

// sweepSize is how many rows one transaction of Sweep removes.
const sweepSize = 1000

const (
	oldKeysSQL = `SELECT carrier, key FROM inbox WHERE at < {now} - $1 LIMIT $2`

	oldFeedSQL = `DELETE FROM feed WHERE seq IN (
		SELECT seq FROM (SELECT seq, at FROM feed ORDER BY seq LIMIT $2) AS oldest WHERE at < {now} - $1)`

	oldCallbacksSQL = `SELECT id FROM dead_letters WHERE kind = 'callback' AND at < {now} - $1 LIMIT $2`

	dropCallbackSQL = `DELETE FROM dead_letters WHERE id = $1 AND at < {now} - $2`

	deadNodesSQL = `DELETE FROM nodes WHERE seen_at < {now} - $1`
)

// Sweep removes what has been kept long enough, in small transactions, until none is
// left or ctx ends, and returns how many rows that were: dedupe keys, feed rows and nodes
// after eight days, callbacks that were given up after thirty, and what codes, sign-ins
// and questions to an LLM have left behind.
func (s *Store) Sweep(ctx context.Context) (int, error) {
	removed := 0
	for {
		n, err := s.sweepOnce(ctx)
		removed += n
		if err != nil {
			return removed, fmt.Errorf("sweeping: %w", err)
		}
		if n == 0 {
			return removed, nil
		}
	}
}

// sweepOnce looks for old keys as a reader: on SQLite, which has no index on
// their age, the search must not hold the writer.
func (s *Store) sweepOnce(ctx context.Context) (int, error) {
	p, deletes := new(pipe), new(pipe)
	age := keepDays.Milliseconds()
	var removed int64
	count := func(n int64) { removed += n }
	p.query(func(r row) error {
		var carrier, key string
		err := r.Scan(&carrier, &key)
		deletes.affected(count, forgetSQL, carrier, key)
		return err
	}, oldKeysSQL, age, int64(sweepSize))
	p.query(func(r row) error {
		var id string
		err := r.Scan(&id)
		deletes.affected(count, dropCallbackSQL, id, keepCallbacks.Milliseconds())
		return err
	}, oldCallbacksSQL, keepCallbacks.Milliseconds(), int64(sweepSize))
	sweepCodes(p, deletes, count)
	if err := s.db.read(ctx, p); err != nil {
		return 0, err
	}
	slices.SortStableFunc(deletes.statements, byKey)
	deletes.affected(count, oldFeedSQL, age, int64(sweepSize))
	deletes.affected(count, deadNodesSQL, age)
	sweepAsks(deletes, count)
	if err := s.db.write(ctx, deletes); err != nil {
		return 0, err
	}
	return int(removed), nil
}

// byKey sorts deletions of one kind by their first argument: whoever counts under several
// keys at that moment locks their rows in this order.
func byKey(x, y statement) int {
	return cmp.Or(strings.Compare(x.text, y.text), strings.Compare(x.args[0].(string), y.args[0].(string)))
}
