package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// How long a minute, an hour and a day are, in the unit of all times.
const (
	minuteMs = 60_000
	hourMs   = 60 * minuteMs
	dayMs    = 24 * hourMs
)

// readAll runs one statement and gives what scan reads of each row.
func readAll[T any](ctx context.Context, s *Store, doing string, scan func(row, *T) error, text string, args ...any) ([]T, error) {
	var all []T
	p := new(pipe)
	p.query(appendTo(&all, scan), text, args...)
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return all, nil
}

// appendTo gives a row callback that appends what scan reads to all.
func appendTo[T any](all *[]T, scan func(row, *T) error) func(row) error {
	return func(r row) error {
		var v T
		err := scan(r, &v)
		*all = append(*all, v)
		return err
	}
}

// into gives a row callback for a statement that has one row at most, which scan reads
// into v.
func into[T any](v *T, found *bool, scan func(row, *T) error) func(row) error {
	return func(r row) error {
		*found = true
		return scan(r, v)
	}
}

// scanText reads a row of one text.
func scanText(r row, text *string) error { return r.Scan(text) }

// encoded is the JSON of a list or map of n entries; "" of none.
func encoded(v any, n int) (string, error) {
	if n == 0 {
		return "", nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}

// flag is a boolean as both engines store it.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// storable makes a text that PostgreSQL takes: strangers write it, or it could not be
// applied for this very reason.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
