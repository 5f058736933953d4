package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"parley/conversation"
	"parley/conversation/phone"
	"parley/conversation/verify"
	"parley/inbound"
)

// Account reads an account as it is now; one that nothing was ever heard of is active.
func (s *Store) Account(ctx context.Context, ref string, test bool) (verify.Account, error) {
	a := verify.Account{Ref: ref, Test: test}
	var now int64
	p := new(pipe)
	p.clock(&now)
	p.query(func(r row) (err error) {
		_, a, err = scanAccount(r)
		return err
	}, accountSQL, accountKey(ref, test))
	if err := s.db.read(ctx, p); err != nil {
		return verify.Account{}, fmt.Errorf("reading an account: %w", err)
	}
	a.Ref, a.Test = ref, test
	a, _, err := a.Apply(s.rules, verify.AccountEvent{Op: verify.OpTick}, now) // what is due is written by the sweep
	return a, err
}

// answered is what an inbox row keeps of a change of an account: what it was answered.
type answered struct {
	State   verify.LockState `json:"state"`
	Version int64            `json:"version"`
	Refused string           `json:"refused,omitempty"`
	Account verify.Account   `json:"account"`
}

// ChangeAccount carries out one event of the business's in a transaction of its own,
// with the callbacks and audit entries that it leads to. Under the same key it is
// carried out once, and answered alike.
func (s *Store) ChangeAccount(ctx context.Context, ref string, test bool, e verify.AccountEvent, once inbound.Once) (inbound.AccountAnswer, error) {
	tx := s.db.begin()
	defer tx.rollback()
	asks := []accountAsk{{ref: ref, test: test, new: e.Op == verify.OpLock, event: e}}
	now, fresh, found := int64(0), once.Key == "", make(map[string]verify.Account)
	p := new(pipe)
	p.clock(&now)
	if once.Key != "" {
		p.each(func(r row) error {
			var carrier, key string
			fresh = true
			return r.Scan(&carrier, &key)
		}, dedupeSQL, [][]any{{"", once.Key, once.BodyHash}})
	}
	lockAccounts(p, asks, found)
	if err := tx.flush(ctx, p); err != nil {
		return inbound.AccountAnswer{}, fmt.Errorf("changing an account: %w", err)
	}
	if !fresh {
		return answeredBefore(ctx, tx, ref, test, once)
	}
	p = new(pipe)
	d, err := decideAccounts(p, s.rules, now, asks, found)
	if err == nil {
		err = d.wrong[0]
	}
	if err != nil {
		return inbound.AccountAnswer{}, fmt.Errorf("changing an account: %w", err)
	}
	a := d.accounts[asks[0].key()]
	if once.Key != "" {
		text, err := json.Marshal(answered{a.State, a.Version, d.refused[0], a})
		if err != nil {
			return inbound.AccountAnswer{}, fmt.Errorf("keeping an answer: %w", err)
		}
		p.exec(resultSQL, "", once.Key, string(text))
	}
	if err := s.finish(ctx, tx, p, func() []conversation.Job { return d.jobs }); err != nil {
		return inbound.AccountAnswer{}, fmt.Errorf("changing an account: %w", err)
	}
	return inbound.AccountAnswer{Account: a, Refused: d.refused[0]}, nil
}

// answeredBefore gives the answer that the key was given the first time.
func answeredBefore(ctx context.Context, tx session, ref string, test bool, once inbound.Once) (inbound.AccountAnswer, error) {
	var result, bodyHash string
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&result, &bodyHash) }, storedSQL, "", once.Key)
	if err := tx.flush(ctx, p); err != nil {
		return inbound.AccountAnswer{}, fmt.Errorf("reading an answer: %w", err)
	}
	if bodyHash != once.BodyHash {
		return inbound.AccountAnswer{Conflict: true}, nil
	}
	var was answered
	if err := json.Unmarshal([]byte(result), &was); err != nil {
		return inbound.AccountAnswer{}, fmt.Errorf("reading an answer: %w", err)
	}
	a := was.Account
	a.Ref, a.Test, a.State, a.Version = ref, test, was.State, was.Version
	return inbound.AccountAnswer{Account: a, Refused: was.Refused}, nil
}

// mostDue is how many accounts SettleAccounts looks at in one call.
const mostDue = 100

// SettleAccounts carries out what time alone has brought to accounts, each in a
// transaction of its own, and returns how many it looked at: fewer than mostDue were
// all. Nodes may do so side by side.
func (s *Store) SettleAccounts(ctx context.Context) (int, error) {
	due, err := readAll(ctx, s, "looking for due accounts", scanText, dueAccountsSQL, int64(mostDue))
	if err != nil {
		return 0, err
	}
	var failed error
	for _, key := range due {
		if err := s.settleAccount(ctx, key); err != nil { // one must not hold the others up
			failed = errors.Join(failed, fmt.Errorf("settling an account: %w", err))
		}
	}
	return len(due), failed
}

func (s *Store) settleAccount(ctx context.Context, key string) error {
	ref, test := key, false
	if rest, ok := strings.CutPrefix(key, testAccounts); ok {
		ref, test = rest, true
	}
	tx := s.db.begin()
	defer tx.rollback()
	asks := []accountAsk{{ref: ref, test: test, event: verify.AccountEvent{Op: verify.OpTick}}}
	now, found := int64(0), make(map[string]verify.Account)
	p := new(pipe)
	p.clock(&now)
	lockAccounts(p, asks, found)
	if err := tx.flush(ctx, p); err != nil {
		return err
	}
	if len(found) == 0 {
		return nil
	}
	p = new(pipe)
	d, err := decideAccounts(p, s.rules, now, asks, found)
	if err != nil {
		return err
	}
	if err := s.finish(ctx, tx, p, func() []conversation.Job { return d.jobs }); err != nil {
		return err
	}
	for _, n := range d.notices {
		if _, late := n.Told.(conversation.AccountLockUnacknowledged); late {
			s.log.Error("nobody has said for a minute that a lock was applied: look at the system that holds the cards", "account", phone.Mask(ref))
		}
	}
	return nil
}
