package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parley/conversation/verify"
)

const (
	// spendSQL is what makes five guesses five: the attempt is spent, and committed,
	// before anything is compared, with or without a code to compare with. The last one
	// wakes the loop, which ends the challenge unless it was right.
	spendSQL = `UPDATE challenges SET attempts = attempts + 1,
			work_at = CASE WHEN attempts + 1 >= most_attempts THEN {now} + 2000 ELSE work_at END
		WHERE id = $1 AND purpose = $2 AND subject = $3 AND context = $4 AND open = 1
		AND attempts < most_attempts AND expires_at > {now}
		RETURNING ` + challengeColumns + `, {now}`
)

// spending is one check on its way.
type spending struct {
	verify.Spend
	out   verify.Spent
	known bool
	there verify.Challenge // when nothing was spent
}

// Spend implements verify.Store. Checks that arrive while others commit share the next
// transaction: a commit each would cost more than the rest. A check of an id that does
// not exist is counted like any other.
func (s *Store) Spend(ctx context.Context, v verify.Spend) (verify.Spent, error) {
	one := &spending{Spend: v}
	if err := s.spends.do(ctx, []*spending{one}, s.spend); err != nil {
		return verify.Spent{}, fmt.Errorf("spending an attempt: %w", err)
	}
	return one.out, nil
}

// spend locks in one order: the challenges by id, then what the checks count under.
func (s *Store) spend(ctx context.Context, all []*spending) error {
	tx := s.db.begin()
	defer tx.rollback()
	slices.SortStableFunc(all, func(x, y *spending) int { return cmp.Compare(x.ID, y.ID) })
	p := new(pipe)
	var now int64
	p.clock(&now)
	for _, v := range all {
		v.out, v.known = verify.Spent{}, false
		p.query(into(&v.out.Challenge, &v.out.OK, scanChallenge), spendSQL, v.ID, string(v.Purpose), v.Subject, v.Context)
	}
	if err := tx.flush(ctx, p); err != nil {
		return err
	}
	if err := whyNot(ctx, tx, all); err != nil {
		return err
	}
	p = new(pipe)
	counted := hitAll(p, all, func(v *spending) []verify.Hit {
		v.out.Hits = v.Hits(v.out.Challenge, v.out.OK)
		return v.out.Hits
	})
	if err := tried(p, now, all); err != nil {
		return err
	}
	if err := tx.commit(ctx, p); err != nil {
		return err
	}
	for i, v := range all {
		v.out.Over = counted[i].over()
	}
	return nil
}

// whyNot reads the challenges of which no attempt could be spent.
func whyNot(ctx context.Context, tx session, all []*spending) error {
	p := new(pipe)
	for _, v := range all {
		if v.there, v.known = v.out.Challenge, v.out.OK; !v.out.OK {
			p.query(into(&v.there, &v.known, scanChallenge), challengeSQL, v.ID)
		}
	}
	if len(p.statements) == 0 {
		return nil
	}
	return tx.flush(ctx, p)
}

// tried queues what the audit trail keeps of the checks.
func tried(p *pipe, now int64, all []*spending) error {
	entries := make([]verify.Entry, len(all))
	for i, v := range all {
		v.out.Reason = v.Why(v.there, v.known, v.out.OK)
		entries[i] = verify.Entry{What: "verification.check", Who: v.By, Subject: v.Subject, ID: v.ID, Reason: v.out.Reason, Detail: v.Network}
	}
	return audit(p, now, entries...)
}
