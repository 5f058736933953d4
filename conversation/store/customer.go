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
func (s *Store) Ends(ctx context.Context, phone string, limit int) (all []conversation.Ended, err error) {
	p := new(pipe)
	p.query(func(r row) error {
		e := conversation.Ended{Phone: phone}
		var details string
		if err := r.Scan(&e.Flow, &e.Hash, &e.Conversation, &e.Outcome, &e.EndedAt, &details); err != nil {
			return err
		}
		all = append(all, e)
		return json.Unmarshal([]byte(details), &all[len(all)-1].Details)
	}, endsSQL, phone, int64(limit))
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("reading a phone's results: %w", err)
	}
	return all, nil
}

// AccountsOf reads the accounts of these names, and those that have proven themselves
// under the phone, by name; what nothing was ever heard of is left out.
func (s *Store) AccountsOf(ctx context.Context, phone string, names []string) (all []verify.Account, err error) {
	p := new(pipe)
	p.query(func(r row) error {
		var name string
		err := r.Scan(&name)
		names = append(slices.Clip(names), name)
		return err
	}, boundSQL, phone, int64(mostAccounts))
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("reading a phone's accounts: %w", err)
	}
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	names = names[:min(len(names), mostAccounts)]
	if len(names) == 0 {
		return nil, nil
	}
	p = new(pipe)
	seen := map[string]bool{} // a list is filled up with its first name
	p.inList(func(r row) error {
		key, a, err := scanAccount(r)
		a.Ref = key
		if err == nil && !seen[a.Ref] {
			seen[a.Ref] = true
			all = append(all, a)
		}
		return err
	}, accountsNamedSQL, names)
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("reading a phone's accounts: %w", err)
	}
	slices.SortFunc(all, func(a, b verify.Account) int { return strings.Compare(a.Ref, b.Ref) })
	return all, nil
}
