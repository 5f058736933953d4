package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parley/conversation"
	"parley/conversation/verify"
)

const (
	// triedSQL locks the challenges that are checked.
	triedSQL = `SELECT ` + triedColumns + `, {now} FROM challenges WHERE id IN ({ids}) ORDER BY id {lock}`

	// spendSQL is what makes five guesses five: the attempt is spent before anything is
	// compared, with or without a code to compare with. The last one wakes the loop, which
	// ends the challenge.
	spendSQL = `UPDATE challenges SET attempts = attempts + 1,
			work_at = CASE WHEN attempts + 1 >= most_attempts THEN {now} + 2000 ELSE work_at END
		WHERE id IN ({ids})`

	// rightLastSQL leaves the challenge to its approval, which may take longer than the
	// loop waits. Of one that nobody approves the loop ends what is left, with its time.
	rightLastSQL = `UPDATE challenges SET work_at = expires_at + 5000 WHERE id IN ({ids})`
)

// spending is one check on its way.
type spending struct {
	verify.Spend
	out  verify.Spent
	hits []verify.Hit // what it counts under, unless it is right
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

// spend locks in one order: the challenges by id, then what the checks count under. What
// is compared is compared inside of the transaction, behind the attempts and under the
// lock of the counts: guesses that come at once are as many as guesses one after
// another, and of a transaction that fails nobody hears anything.
func (s *Store) spend(ctx context.Context, all []*spending) error {
	tx := s.db.begin()
	defer tx.rollback()
	slices.SortStableFunc(all, func(x, y *spending) int { return cmp.Compare(x.ID, y.ID) })
	now, rows, err := tried(ctx, tx, all)
	if err != nil {
		return err
	}
	p := new(pipe)
	spendAll(p, all, rows)
	counts := newCounting()
	for _, v := range all {
		v.hits = v.Hits(v.out.Challenge, v.out.Spent || v.out.Waits && v.Takes(v.out.Challenge))
		counts.want(v.hits)
	}
	counts.lock(p, s.db)
	if err := tx.flush(ctx, p); err != nil {
		return err
	}
	if err := counts.lift(ctx, tx, now); err != nil {
		return err
	}
	p = new(pipe)
	pauses, entries := judgeAll(p, all, counts, now)
	counts.write(p)
	pauses.write(p)
	if err := audit(p, now, entries...); err != nil {
		return err
	}
	if len(pauses) == 0 {
		return tx.commit(ctx, p)
	}
	return s.finish(ctx, tx, p, func() []conversation.Job { return pauses.told(now) })
}

// judgeAll takes the checks one after another: each is held against what those before it
// added.
func judgeAll(p *pipe, all []*spending, counts *counting, now int64) (pauses pausing, entries []verify.Entry) {
	pauses = pausing{}
	var last []string
	for _, v := range all {
		v.out.Over = counts.over(v.hits, now)
		if v.out.Waits && len(v.out.Over) == 0 {
			continue // it comes again
		}
		v.judge()
		counts.note(v, now)
		if v.out.Right && v.out.Challenge.Spent() {
			last = append(last, v.ID)
		}
		pauses.reached(v, counts, now)
		entries = append(entries, verify.Entry{What: "verification.check", Who: v.By, Subject: v.Subject, ID: v.ID, Reason: v.out.Reason, Detail: v.Client})
	}
	p.inList(nil, rightLastSQL, last)
	return pauses, entries
}

// ofClient says that a limit of the client's own is reached.
func (v *spending) ofClient() bool {
	return slices.ContainsFunc(v.out.Over, func(h verify.Hit) bool { return h.Client })
}

// note counts a check that is not right; a right one takes back what it may.
func (c *counting) note(v *spending, now int64) {
	switch {
	case v.out.Right:
		c.forgive(v.hits, now)
	case v.ofClient():
		c.add(slices.DeleteFunc(slices.Clone(v.hits), func(h verify.Hit) bool { return !h.Client }), now)
	default:
		c.add(v.hits, now)
	}
}

// judge compares the code, and says why it is refused when nothing else has.
func (v *spending) judge() {
	right := !v.out.Waits && v.Matches(v.out.Challenge)
	v.out.Right = right && v.out.Spent && len(v.out.Over) == 0
	switch {
	case len(v.out.Over) > 0 && (v.out.Spent || v.out.Waits):
		v.out.Reason = "over a limit"
	case v.out.Reason != "": // something else is the matter
	case v.out.Right:
		v.out.Reason = "right"
	default:
		v.out.Reason = "wrong"
	}
}

// tried opens the transaction and reads the challenges, by id.
func tried(ctx context.Context, tx session, all []*spending) (now int64, rows map[string]*verify.Challenge, err error) {
	ids := make([]string, len(all))
	for i, v := range all {
		ids[i] = v.ID
	}
	rows = make(map[string]*verify.Challenge, len(all))
	p := new(pipe)
	p.clock(&now)
	p.inList(func(r row) error {
		c := new(verify.Challenge)
		err := scanTried(r, c)
		rows[c.ID] = c
		return err
	}, triedSQL, slices.Compact(ids))
	return now, rows, tx.flush(ctx, p)
}

// spendAll spends the attempts of checks that are sorted by id. A statement changes a row
// once, so that a challenge's second attempt goes into a second one.
func spendAll(p *pipe, all []*spending, rows map[string]*verify.Challenge) {
	var rounds [][]string
	n := 0
	for i, v := range all {
		if i == 0 || v.ID != all[i-1].ID {
			n = 0
		}
		c := rows[v.ID]
		v.out = verify.Spent{Reason: v.Why(verify.Challenge{}, false)}
		if c == nil {
			v.out.Waits = v.Waits(verify.Challenge{})
			continue
		}
		v.out.Reason, v.out.Waits = v.Why(*c, true), v.Waits(*c)
		if v.Takes(*c) && !v.out.Waits {
			v.out.Spent = true
			c.Attempts++
			if n == len(rounds) {
				rounds = append(rounds, nil)
			}
			rounds[n] = append(rounds[n], v.ID)
			n++
		}
		v.out.Challenge = *c
	}
	for _, ids := range rounds {
		p.inList(nil, spendSQL, ids)
	}
}
