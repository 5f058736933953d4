package store

import (
	"cmp"
	"slices"
	"strings"
)

// carrierID is a message's id as its carrier knows it: the key of
// provider_messages.
type carrierID struct{ carrier, id string }

// upserted is a row of provider_messages as an upsert left it.
type upserted struct {
	carrierID
	message, status, error string
	parts                  int
}

const upsertReturning = ` RETURNING carrier, provider_id, message, status, error, parts`

// upserts gathers rows of provider_messages, so that they travel as few
// statements, sorted by key. T is whom a row's answer is for.
type upserts[T any] struct {
	text string // the INSERT, which ends in upsertReturning
	rows []upsert[T]
}

type upsert[T any] struct {
	key  carrierID
	of   T
	args []any
}

// add takes a row: its key, then its further values.
func (u *upserts[T]) add(key carrierID, of T, values ...any) {
	u.rows = append(u.rows, upsert[T]{key, of, append([]any{key.carrier, key.id}, values...)})
}

// queue queues the statements. A statement may not touch a row twice, so that a
// key's second row goes into a second statement, and sees what the first one left.
func (u *upserts[T]) queue(p *pipe, answered func(T, upserted)) {
	slices.SortStableFunc(u.rows, func(x, y upsert[T]) int {
		return cmp.Or(strings.Compare(x.key.carrier, y.key.carrier), strings.Compare(x.key.id, y.key.id))
	})
	for left := u.rows; len(left) > 0; {
		var again []upsert[T]
		var rows [][]any
		whose := make(map[carrierID]T, len(left))
		for _, r := range left {
			if _, twice := whose[r.key]; twice {
				again = append(again, r)
				continue
			}
			whose[r.key] = r.of
			rows = append(rows, r.args)
		}
		p.each(func(r row) error {
			var a upserted
			err := r.Scan(&a.carrier, &a.id, &a.message, &a.status, &a.error, &a.parts)
			if of, ok := whose[a.carrierID]; ok {
				answered(of, a)
			}
			return err
		}, u.text, rows)
		left = again
	}
}
