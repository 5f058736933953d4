package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"parley/conversation"
	"parley/conversation/verify"
)

const (
	// personSQL always gives one row. The number that is asked about is the one of the
	// binding, where none is named.
	personSQL = `SELECT {now},
			COALESCE((SELECT until_at FROM pauses WHERE key = $2), 0),
			COALESCE((SELECT phone FROM bindings WHERE subject = $1), ''),
			COALESCE((SELECT confirmed_at FROM bindings WHERE subject = $1), 0),
			COALESCE((SELECT changed_at FROM bindings WHERE subject = $1), 0),
			COALESCE((SELECT agreed_at FROM bindings WHERE subject = $1), 0),
			COALESCE((SELECT reason FROM suspensions WHERE phone = $3 AND subject = $1),
				(SELECT suspended FROM bindings WHERE subject = $1 AND (phone = $3 OR $3 = '')), ''),
			COALESCE((SELECT 1 FROM accounts WHERE ref = $1 AND state IN ('locked', 'verifying', 'cooling', 'suspended')), 0)`

	// holdSQL locks what a send counts under, sorted by key: of two sends at the same
	// time, the second sees the first.
	holdSQL = `INSERT INTO tallies (key, hour) VALUES {each}($1, {now} / 3600000){/each}
		ON CONFLICT (key, hour) DO UPDATE SET sent = tallies.sent`

	countSQL = `SELECT key,
			CAST(sum(CASE WHEN hour >= {now} / 3600000 - 1 THEN sent ELSE 0 END) AS bigint),
			CAST(sum(CASE WHEN hour >= {now} / 3600000 - 1 THEN approved ELSE 0 END) AS bigint),
			CAST(sum(sent) AS bigint), CAST(sum(approved) AS bigint), CAST(sum(cost) AS bigint)
		FROM tallies WHERE key IN ({ids}) AND hour > {now} / 3600000 - 24 GROUP BY key`

	// bestSQL is the best day of the last fourteen.
	bestSQL = `SELECT CAST(COALESCE(max(n), 0) AS bigint) FROM (
		SELECT sum(approved) AS n FROM tallies WHERE key = $1 AND hour > {now} / 3600000 - 336 GROUP BY hour / 24) AS days`

	pausedSQL = `SELECT 1 FROM pauses WHERE key = $1 AND until_at > {now}`

	judgedSQL = `SELECT judged FROM challenges WHERE id = $1`

	judgeSQL = `UPDATE challenges SET judged = $2 WHERE id = $1 AND judged < $2`
)

// Person implements verify.GateStore.
func (s *Store) Person(ctx context.Context, subject, number string, purpose verify.Purpose) (is verify.Person, err error) {
	p := new(pipe)
	p.query(func(r row) error {
		var locked int64
		err := r.Scan(&is.Now, &is.PausedUntil, &is.Phone, &is.ConfirmedAt, &is.ChangedAt, &is.AgreedAt, &is.Suspended, &locked)
		is.Locked = locked == 1
		return err
	}, personSQL, subject, verify.PauseKey(purpose, subject), number)
	if purpose == verify.AccountUnlock || purpose == verify.NumberChange {
		p.query(func(r row) error {
			_, a, err := scanAccount(r)
			is.Told = a.Phone()
			return err
		}, accountSQL, subject)
	}
	if err := s.db.read(ctx, p); err != nil {
		return verify.Person{}, fmt.Errorf("reading what is known of a subject: %w", err)
	}
	return is, nil
}

// mostWeighing is how many sends are weighed at once: one that commits, and some that
// are ready when it has.
const mostWeighing = 4

// Weigh implements verify.GateStore. Sends of one country lock one another out: most of
// them wait here and not for a lock, each with a connection that requests could have.
func (s *Store) Weigh(ctx context.Context, send verify.Send, decide func(verify.Counts) verify.Verdict) (verify.Verdict, error) {
	select {
	case s.scales <- struct{}{}:
		defer func() { <-s.scales }()
	case <-ctx.Done():
		return verify.Verdict{}, fmt.Errorf("weighing a code: %w", errors.Join(conversation.ErrUnavailable, context.Cause(ctx)))
	}
	v, err := s.weigh(ctx, send, decide)
	if err != nil {
		return verify.Verdict{}, fmt.Errorf("weighing a code: %w", err)
	}
	return v, nil
}

func (s *Store) weigh(ctx context.Context, send verify.Send, decide func(verify.Counts) verify.Verdict) (v verify.Verdict, err error) {
	tx := s.db.begin()
	defer tx.rollback()
	w := &weighing{send: send, counts: verify.Counts{HasNetwork: send.Network != ""}}
	p := new(pipe)
	w.read(p)
	if err := tx.flush(ctx, p); err != nil || w.judged >= int64(send.N) {
		return verify.Verdict{}, err
	}
	w.counts.NumberFull = len(w.counted.over()) > 0
	v = decide(w.counts)
	p = new(pipe)
	if v.Reason == "" {
		p.exec(judgeSQL, send.Challenge, int64(send.N))
		w.count(p)
		return v, tx.commit(ctx, p)
	}
	forgive(p, w.counted.taken())
	var told []conversation.Job
	for _, m := range v.Marks {
		p.affected(func(n int64) {
			if n == 1 {
				told = append(told, telling(m.Told, w.now))
			}
		}, pauseKeySQL, send.Mark(m), m.For.Milliseconds(), m.Reason)
	}
	return v, s.finish(ctx, tx, p, func() []conversation.Job { return told })
}

// weighing is one send on the scales.
type weighing struct {
	send    verify.Send
	counts  verify.Counts
	counted *hitting
	judged  int64
	now     int64
}

// keys are the tallies of the send, and where their counts go.
func (w *weighing) keys() map[string]*verify.Count {
	if w.send.Country == "" {
		return nil
	}
	all := map[string]*verify.Count{w.send.Country: &w.counts.Country, w.send.Block: &w.counts.Block}
	if w.counts.HasNetwork {
		all[w.send.Network], all[w.send.Pair], all[w.send.Spread] = &w.counts.Network, &w.counts.Pair, &w.counts.Spread
	}
	return all
}

// read locks in one order: what the number counts under, which only sends to it do, then
// the tallies, for which a whole country waits; the challenge is changed last. Whether
// the send was counted before is read under these locks: of two that weigh it, the
// second sees what the first did.
func (w *weighing) read(p *pipe) {
	into := w.keys()
	keys := make([]string, 0, len(into))
	for key := range into {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	rows := make([][]any, len(keys))
	for i, key := range keys {
		rows[i] = []any{key}
	}
	p.clock(&w.now)
	w.counted = hit(p, w.send.Hits)
	p.each(nil, holdSQL, rows)
	p.query(func(r row) error { return r.Scan(&w.judged) }, judgedSQL, w.send.Challenge)
	if len(keys) == 0 {
		return
	}
	p.inList(func(r row) error {
		var key string
		var c verify.Count
		err := r.Scan(&key, &c.HourSent, &c.HourApproved, &c.DaySent, &c.DayApproved, &c.DayCost)
		if to := into[key]; to != nil {
			c.Best = to.Best
			*to = c
		}
		return err
	}, countSQL, keys)
	p.query(func(r row) error { return r.Scan(&w.counts.Country.Best) }, bestSQL, w.send.Country)
	p.query(func(row) error { w.counts.Blocked = true; return nil }, pausedSQL, w.send.BlockedKey())
}

// count tallies the send that goes.
func (w *weighing) count(p *pipe) {
	if w.send.Country == "" {
		return
	}
	t := make(tallied)
	t.add([]string{w.send.Country}, tally{sent: 1, cost: w.send.Cost})
	t.add([]string{w.send.Block}, tally{sent: 1})
	if w.counts.HasNetwork {
		t.add([]string{w.send.Network, w.send.Pair}, tally{sent: 1})
		if w.counts.Pair.DaySent == 0 {
			t.add([]string{w.send.Spread}, tally{sent: 1})
		}
	}
	t.write(p)
}

const (
	reboundSQL = `SELECT subject, previous, line, language, changed_at FROM rebindings ORDER BY changed_at LIMIT $1`

	toldReboundSQL = `DELETE FROM rebindings WHERE subject = $1 AND changed_at = $2 AND previous = $3`
)

// Rebound implements verify.Store.
func (s *Store) Rebound(ctx context.Context, limit int) ([]verify.Rebinding, error) {
	return readAll(ctx, s, "looking for changed numbers", func(r row, b *verify.Rebinding) error {
		return r.Scan(&b.Subject, &b.Previous, &b.Line, &b.Language, &b.At)
	}, reboundSQL, int64(limit))
}

// ToldRebound implements verify.Store.
func (s *Store) ToldRebound(ctx context.Context, b verify.Rebinding) error {
	_, err := s.change(ctx, "noting that a number was told", toldReboundSQL, b.Subject, b.At, b.Previous)
	return err
}

const (
	notedSQL = `SELECT value FROM noted WHERE key = $1 {lock}`

	noteSQL = `INSERT INTO noted (key, value, at) VALUES ($1, $2, {now})
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, at = excluded.at`
)

// Note keeps a value under a key. When it is another than before, the audit trail gets
// what differ makes of it.
func (s *Store) Note(ctx context.Context, key, value string, differ func(before string) verify.Entry) error {
	tx := s.db.begin()
	defer tx.rollback()
	var before string
	var now int64
	p := new(pipe)
	p.clock(&now)
	p.query(func(r row) error { return r.Scan(&before) }, notedSQL, key)
	if err := tx.flush(ctx, p); err != nil {
		return fmt.Errorf("noting settings: %w", err)
	}
	if before == value {
		return nil
	}
	p = new(pipe)
	p.exec(noteSQL, key, value)
	err := audit(p, now, differ(before))
	if err == nil {
		err = tx.commit(ctx, p)
	}
	if err != nil {
		return fmt.Errorf("noting settings: %w", err)
	}
	return nil
}
