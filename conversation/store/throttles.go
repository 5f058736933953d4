package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/conversation/verify"
)

// sameHalf says that a row is of the present half window, or of one that the clock has
// gone back behind. A row that is further ahead was counted by another length of window,
// and begins anew.
const sameHalf = `excluded.bucket BETWEEN throttles.bucket - 1 AND throttles.bucket`

// addHalves adds to a key's present half window, and moves the halves on when time has.
const addHalves = `
		n0 = CASE WHEN ` + sameHalf + ` THEN throttles.n0 ELSE 0 END + excluded.n0,
		n1 = CASE WHEN ` + sameHalf + ` THEN throttles.n1 WHEN excluded.bucket = throttles.bucket + 1 THEN throttles.n0 ELSE 0 END,
		n2 = CASE WHEN ` + sameHalf + ` THEN throttles.n2 WHEN excluded.bucket = throttles.bucket + 1 THEN throttles.n1
			WHEN excluded.bucket = throttles.bucket + 2 THEN throttles.n0 ELSE 0 END,
		bucket = CASE WHEN ` + sameHalf + ` THEN throttles.bucket ELSE excluded.bucket END,
		idle_at = excluded.idle_at`

// hitSQL counts one happening in a key's present half window, unless the last three
// halves hold as many as may be: so that no window of the limit's length, wherever it
// begins, holds more. Rows are sorted by key.
const hitSQL = `INSERT INTO throttles (key, bucket, n0, most, idle_at) VALUES {each}($1, {now} / CAST($2 AS bigint), 1, $3, {now} + $4){/each}
	ON CONFLICT (key) DO UPDATE SET ` + addHalves + `, most = excluded.most
	WHERE CASE WHEN ` + sameHalf + ` THEN throttles.n0 + throttles.n1 + throttles.n2
		WHEN excluded.bucket = throttles.bucket + 1 THEN throttles.n0 + throttles.n1
		WHEN excluded.bucket = throttles.bucket + 2 THEN throttles.n0 ELSE 0 END < excluded.most
	RETURNING key`

// forgiveSQL takes back what was counted last; of a key that is gone meanwhile it leaves
// a row of long ago, which counts nothing. Rows are sorted by key.
const forgiveSQL = `INSERT INTO throttles (key, bucket, n0, most, idle_at) VALUES {each}($1, 0, $2, 0, 0){/each}
	ON CONFLICT (key) DO UPDATE SET n0 = CASE WHEN throttles.n0 > excluded.n0 THEN throttles.n0 - excluded.n0 ELSE 0 END`

// forgivenSQL takes back all that was counted. Its keys are locked.
const forgivenSQL = `UPDATE throttles SET n0 = 0, n1 = 0, n2 = 0 WHERE key IN ({ids})`

// countsSQL reads what was counted.
const countsSQL = `SELECT key, bucket, n0, n1, n2 FROM throttles WHERE key IN ({ids})`

// countManySQL counts several happenings of a key, whatever there were. Rows are sorted by key.
const countManySQL = `INSERT INTO throttles (key, bucket, n0, most, idle_at) VALUES {each}($1, {now} / CAST($2 AS bigint), $3, $4, {now} + $5){/each}
	ON CONFLICT (key) DO UPDATE SET ` + addHalves + `, most = excluded.most`

// wrongSQL adds to a gauge of the same form, which has no limit, and reads its last three
// halves: a minute begins anywhere.
const wrongSQL = `INSERT INTO throttles (key, bucket, n0, most, idle_at) VALUES ('wrong/all', {now} / CAST($1 AS bigint), $2, 0, {now} + 86400000)
	ON CONFLICT (key) DO UPDATE SET ` + addHalves + `
	RETURNING n0 + n1 + n2`

// wrongTallyKey is under what wrong codes are tallied by the hour.
const wrongTallyKey = "wrong/all"

// wrongDaysSQL sums them up by days before this hour; day 0 is this hour.
const wrongDaysSQL = `SELECT ({now} / 3600000 - hour + 23) / 24, SUM(sent) FROM tallies
	WHERE key = $1 AND hour > {now} / 3600000 - 169 GROUP BY ({now} / 3600000 - hour + 23) / 24`

// pauseKeySQL pauses anew only what is not paused, or for a shorter time.
const pauseKeySQL = `INSERT INTO pauses (key, until_at, reason, started_at) VALUES ($1, {now} + $2, $3, {now})
	ON CONFLICT (key) DO UPDATE SET until_at = excluded.until_at, reason = excluded.reason, started_at = excluded.started_at
	WHERE pauses.until_at <= excluded.started_at OR pauses.until_at - pauses.started_at < excluded.until_at - excluded.started_at`

// Wrong implements verify.Store.
func (s *Store) Wrong(ctx context.Context, n int64, window time.Duration) (all verify.WrongCodes, err error) {
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&all.Window) }, wrongSQL, window.Milliseconds()/2, n)
	if n > 0 {
		p.each(nil, tallySQL, [][]any{{wrongTallyKey, n, int64(0), int64(0)}})
	}
	p.query(func(r row) error {
		var day, sum int64
		err := r.Scan(&day, &sum)
		switch {
		case day == 0:
			all.Hour = sum
		case day <= int64(len(all.Days)):
			all.Days[day-1] = sum
		}
		return err
	}, wrongDaysSQL, wrongTallyKey)
	if err := s.db.write(ctx, p); err != nil {
		return verify.WrongCodes{}, fmt.Errorf("counting wrong codes: %w", err)
	}
	return all, nil
}

// Pause implements verify.Store.
func (s *Store) Pause(ctx context.Context, key string, d time.Duration, reason string) (bool, error) {
	return s.change(ctx, "pausing", pauseKeySQL, key, d.Milliseconds(), reason)
}

// Credit implements verify.Store. What arrives while others commit shares the next
// transaction: rows that all approvals count under are locked once for many of them, and
// for no longer than this.
func (s *Store) Credit(ctx context.Context, keys []string) error {
	if err := s.credits.do(ctx, [][]string{keys}, s.credit); err != nil {
		return fmt.Errorf("counting an approval: %w", err)
	}
	return nil
}

func (s *Store) credit(ctx context.Context, all [][]string) error {
	counts := make(tallied)
	for _, keys := range all {
		counts.add(keys, tally{approved: 1})
	}
	p := new(pipe)
	counts.write(p)
	return s.db.write(ctx, p)
}

// forgive queues what is taken back, by key.
func forgive(p *pipe, all map[string]int64) {
	rows := make([][]any, 0, len(all))
	for _, key := range slices.Sorted(maps.Keys(all)) {
		rows = append(rows, []any{key, all[key]})
	}
	p.each(nil, forgiveSQL, rows)
}

// hitting is what one caller counts, and what of it was taken.
type hitting struct {
	hits []verify.Hit
	took map[string]bool
}

// hit queues the hits of one caller, sorted by key.
func hit(p *pipe, hits []verify.Hit) *hitting {
	h := &hitting{hits: hits, took: map[string]bool{}}
	rows := make([][]any, len(hits))
	for i, one := range slices.SortedFunc(slices.Values(hits), func(x, y verify.Hit) int { return strings.Compare(x.Key, y.Key) }) {
		rows[i] = []any{one.Key, half(one), int64(one.Most), 2 * one.Per.Milliseconds()}
	}
	p.each(func(r row) error {
		var key string
		err := r.Scan(&key)
		h.took[key] = true
		return err
	}, hitSQL, rows)
	return h
}

// half is half a window, in milliseconds.
func half(h verify.Hit) int64 { return max(1, h.Per.Milliseconds()/2) }

// over lists the hits that were at their limit.
func (h *hitting) over() []verify.Hit {
	var all []verify.Hit
	for _, one := range h.hits {
		if !h.took[one.Key] {
			all = append(all, one)
		}
	}
	return all
}

// taken is what the hits have added, by key.
func (h *hitting) taken() map[string]int64 {
	all := map[string]int64{}
	for key := range h.took {
		all[key] = 1
	}
	return all
}

// takenForNothing is what they have added that does not count in vain.
func (h *hitting) takenForNothing() map[string]int64 {
	all := h.taken()
	for _, one := range h.hits {
		if one.InVain {
			delete(all, one.Key)
		}
	}
	return all
}

// retryAfter is when a place may be free again, at the earliest.
func retryAfter(one verify.Hit) time.Duration { return one.Per / 2 }
