package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"parley/conversation"
	"parley/conversation/verify"
)

const (
	endsSQL = `SELECT flow, hash, conversation, outcome, ended_at, details FROM results WHERE phone = $1 AND test = 0 ORDER BY ended_at DESC, run LIMIT $2`

	boundSQL = `SELECT subject FROM bindings WHERE phone = $1 AND suspended = '' ORDER BY subject LIMIT $2`

	accountsNamedSQL = `SELECT ` + ofAccount + ` IN ({ids})`
)

// mostAccounts is how many accounts of one customer are read.
const mostAccounts = 32

// Ends lists the latest results of a phone's runs, newest first, at most limit.
func (s *Store) Ends(ctx context.Context, phone string, limit int) ([]conversation.Ended, error) {
	return readAll(ctx, s, "reading a phone's results", func(r row, e *conversation.Ended) error {
		e.Phone = phone
		var details string
		if err := r.Scan(&e.Flow, &e.Hash, &e.Conversation, &e.Outcome, &e.EndedAt, &details); err != nil {
			return err
		}
		return json.Unmarshal([]byte(details), &e.Details)
	}, endsSQL, phone, int64(limit))
}

// AccountsOf reads the accounts of these names, and those that have proven themselves
// under the phone, by name; what nothing was ever heard of is left out.
func (s *Store) AccountsOf(ctx context.Context, phone string, names []string) ([]verify.Account, error) {
	bound, err := readAll(ctx, s, "reading a phone's accounts", scanText, boundSQL, phone, int64(mostAccounts))
	if err != nil {
		return nil, err
	}
	names = slices.Compact(slices.Sorted(slices.Values(slices.Concat(names, bound))))
	names = names[:min(len(names), mostAccounts)]
	if len(names) == 0 {
		return nil, nil
	}
	var all []verify.Account
	p := new(pipe)
	p.inList(func(r row) error {
		key, a, err := scanAccount(r)
		a.Ref = key
		all = append(all, a)
		return err
	}, accountsNamedSQL, names)
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("reading a phone's accounts: %w", err)
	}
	slices.SortFunc(all, func(a, b verify.Account) int { return strings.Compare(a.Ref, b.Ref) })
	return all, nil
}
