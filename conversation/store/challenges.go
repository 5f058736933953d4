package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"parley/conversation/verify"
)

// challengeColumns are read by scanChallenge.
const challengeColumns = `id, subject, purpose, line, phone, conversation, run, language, context, about, autofill, proof, origin, network, test, digits,
	kid, mac, sealed, status, open, reason, attempts, most_attempts, sends, asked, again, most_sends, rotate, next_send_at, created_at, expires_at`

const (
	// overSQL ends what stands in the way of a new challenge and is over, or was for another
	// transaction than the one that the customer is shown now. Of that one, if it is not
	// over, the loop lets its conversation know.
	overSQL = `UPDATE challenges SET open = 0, sealed = '', finished_at = CASE WHEN finished_at = 0 THEN {now} ELSE finished_at END,
			work_at = CASE WHEN status IN ('pending', 'sent') AND expires_at > {now} AND phone <> '' THEN {now} ELSE 0 END,
			reason = CASE WHEN status IN ('pending', 'sent') AND expires_at > {now} THEN 'canceled' ELSE reason END,
			status = CASE WHEN status NOT IN ('pending', 'sent') THEN status WHEN expires_at > {now} THEN 'canceled' ELSE 'expired' END
		WHERE subject = $1 AND purpose = $2 AND open = 1 AND (expires_at <= {now} OR context <> $3)`

	openSQL = `INSERT INTO challenges (id, subject, purpose, line, phone, conversation, run, context, about, autofill, origin, network,
			test, digits, most_attempts, most_sends, rotate, language, next_send_at, work_at, created_at, expires_at, proof)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
			CASE WHEN CAST($18 AS text) <> '' THEN CAST($18 AS text) ELSE COALESCE((SELECT language FROM contacts WHERE phone = $5), '') END,
			{now} + $19, {now}, {now}, {now} + $20, $21)
		ON CONFLICT DO NOTHING RETURNING ` + challengeColumns + `, {now}`

	originSQL = `SELECT ` + challengeColumns + `, {now} FROM challenges WHERE origin = $1`

	liveUntilSQL = `SELECT expires_at - {now} FROM challenges WHERE subject = $1 AND purpose = $2 AND open = 1`

	// askSQL asks for another send as long as whoever asks may: nothing is sent of a
	// challenge that is over, and nothing tells.
	askSQL = `UPDATE challenges SET asked = asked + 1, next_send_at = {now} + $2,
			work_at = CASE WHEN status IN ('pending', 'sent') THEN {now} ELSE work_at END
		WHERE id = $1 AND test = $3 AND open = 1 AND asked < most_sends AND next_send_at <= {now} AND expires_at > {now} AND attempts < most_attempts
		RETURNING ` + challengeColumns + `, {now}`

	// textedForSQL has a code sent once more for its customer. What whoever asked for it goes by
	// stays: they would else hear that it has a customer, and who texts for them.
	textedForSQL = `UPDATE challenges SET again = 1, work_at = {now}
		WHERE id = $1 AND status IN ('pending', 'sent') AND again = 0 AND asked < most_sends AND next_send_at <= {now} AND expires_at > {now} AND attempts < most_attempts`

	challengeSQL = `SELECT ` + challengeColumns + `, {now} FROM challenges WHERE id = $1`

	// recentSQL finds the codes that were sent to a number in a day, those first that are
	// good: what never had a code must not push one out.
	recentSQL = `SELECT ` + challengeColumns + `, {now} FROM challenges WHERE phone = $1 AND created_at > {now} - 86400000 AND mac <> ''
		ORDER BY CASE WHEN status IN ('pending', 'sent') AND expires_at > {now} THEN 0 ELSE 1 END, created_at DESC LIMIT 100`

	workSQL = `WITH due AS MATERIALIZED (
			SELECT id FROM challenges WHERE work_at > 0 AND work_at <= {now} ORDER BY work_at LIMIT $2 {lock} {skiplocked})
		UPDATE challenges SET work_at = {now} + $1 WHERE id IN (SELECT id FROM due)
		RETURNING ` + challengeColumns + `, {now}`

	// laterSQL puts off nothing whose attempts are all spent: that is only looked at sooner.
	laterSQL = `UPDATE challenges SET work_at = {now} + $2 WHERE id = $1 AND work_at > 0 AND (attempts < most_attempts OR work_at > {now} + $2)`

	// finishSQL ends a live challenge: no other statement's status comes after it. What
	// the asker did not bring about leaves it open to them, as if nothing had happened; a
	// flow is told anyway. Where all attempts are spent meanwhile, the loop closes it at
	// the moment at which it closes anybody's.
	finishSQL = `UPDATE challenges SET status = $2, reason = $3, sealed = '', finished_at = {now},
			work_at = CASE WHEN CAST($2 AS text) IN ('expired', 'max_attempts') OR run <> '' OR attempts < most_attempts THEN 0 ELSE work_at END,
			open = CASE WHEN CAST($2 AS text) IN ('expired', 'max_attempts') OR run <> '' THEN 0 ELSE open END
		WHERE id = $1 AND status IN ('pending', 'sent')`

	// cancelCodeSQL is the asker's own end of it. The loop lets the conversation know.
	cancelCodeSQL = `UPDATE challenges SET open = 0, sealed = '',
			work_at = CASE WHEN status IN ('pending', 'sent') AND phone <> '' THEN {now} ELSE 0 END,
			finished_at = CASE WHEN finished_at = 0 THEN {now} ELSE finished_at END,
			reason = CASE WHEN status IN ('pending', 'sent') THEN 'canceled' ELSE reason END,
			status = CASE WHEN status IN ('pending', 'sent') THEN 'canceled' ELSE status END
		WHERE id = $1 AND test = $2 AND open = 1`

	// closeCodeSQL ends what the asker has used up; of what ended otherwise they see nothing.
	closeCodeSQL = `UPDATE challenges SET open = CASE WHEN attempts >= most_attempts THEN 0 ELSE open END, work_at = 0
		WHERE id = $1 AND status NOT IN ('pending', 'sent')`

	grantOfSQL = `SELECT challenge, subject, scope, line, phone, test,
			CASE WHEN redeemed_at = 0 AND expires_at > {now} THEN 1 ELSE 0 END FROM grants WHERE hash = $1`
)

// triedColumns are those that a check goes by: less than half of them.
const triedColumns = `id, subject, purpose, line, phone, conversation, run, context, network, test, kid, mac, status, open, attempts, most_attempts, expires_at`

// scanTried reads triedColumns and the clock.
func scanTried(r row, c *verify.Challenge) error {
	var test, open int64
	err := r.Scan(&c.ID, &c.Subject, &c.Purpose, &c.Line, &c.Phone, &c.Conversation, &c.Run, &c.Context, &c.Client, &test, &c.Kid, &c.MAC, &c.Status, &open,
		&c.Attempts, &c.MostAttempts, &c.ExpiresAt, &c.Now)
	c.Test, c.Open = test == 1, open == 1
	return err
}

// scanChallenge reads challengeColumns and the clock.
func scanChallenge(r row, c *verify.Challenge) error {
	var about, autofill string
	var origin *string
	var test, rotate, open int64
	err := r.Scan(&c.ID, &c.Subject, &c.Purpose, &c.Line, &c.Phone, &c.Conversation, &c.Run, &c.Language, &c.Context, &about, &autofill, &c.Proof, &origin,
		&c.Client, &test, &c.Digits, &c.Kid, &c.MAC, &c.Sealed, &c.Status, &open, &c.Reason, &c.Attempts, &c.MostAttempts,
		&c.Sends, &c.Asked, &c.Again, &c.MostSends, &rotate, &c.NextSendAt, &c.CreatedAt, &c.ExpiresAt, &c.Now)
	if err != nil {
		return err
	}
	c.Test, c.Rotate, c.Open = test == 1, rotate == 1, open == 1
	if origin != nil {
		c.Origin = *origin
	}
	if about != "" {
		if err := json.Unmarshal([]byte(about), &c.About); err != nil {
			return fmt.Errorf("reading challenge %s: %w", c.ID, err)
		}
	}
	c.Autofill = autofillOf(autofill)
	return nil
}

// autofillText is how the last line that was asked for is kept.
func autofillText(a verify.Autofill) string {
	switch {
	case a.Origin != "":
		return "@" + a.Origin
	case a.App != "":
		return "#" + a.App
	}
	return ""
}

func autofillOf(text string) (a verify.Autofill) {
	if origin, ok := strings.CutPrefix(text, "@"); ok {
		a.Origin = origin
	} else if app, ok := strings.CutPrefix(text, "#"); ok {
		a.App = app
	}
	return a
}

// Open implements verify.Store.
func (s *Store) Open(ctx context.Context, c verify.Challenge, ttl time.Duration, hits []verify.Hit, entry verify.Entry) (verify.Opened, error) {
	o, err := s.open(ctx, c, ttl, hits, entry)
	if err != nil {
		return verify.Opened{}, fmt.Errorf("opening a challenge: %w", err)
	}
	return o, nil
}

func (s *Store) open(ctx context.Context, c verify.Challenge, ttl time.Duration, hits []verify.Hit, entry verify.Entry) (o verify.Opened, err error) {
	tx := s.db.begin()
	defer tx.rollback()
	about := ""
	if c.About != nil {
		b, err := json.Marshal(c.About)
		if err != nil {
			return o, err
		}
		about = string(b)
	}
	var origin *string
	if c.Origin != "" {
		origin = &c.Origin
	}
	p := new(pipe)
	counted := hit(p, hits)
	p.exec(overSQL, c.Subject, string(c.Purpose), c.Context)
	written := false
	p.query(into(&o.Challenge, &written, scanChallenge), openSQL, c.ID, c.Subject, string(c.Purpose), c.Line, c.Phone, c.Conversation, c.Run, c.Context, about,
		autofillText(c.Autofill), origin, c.Client, flag(c.Test), int64(c.Digits), int64(c.MostAttempts), int64(c.MostSends), flag(c.Rotate),
		c.Language, c.NextSendAt, ttl.Milliseconds(), c.Proof)
	if err := tx.flush(ctx, p); err != nil {
		return o, err
	}
	if !written {
		return notOpened(ctx, tx, c, origin, counted)
	}
	if over := counted.over(); len(over) > 0 {
		return tooMany(over[0]), nil
	}
	p = new(pipe)
	entry.ID = o.Challenge.ID
	if err := audit(p, o.Challenge.Now, entry); err != nil {
		return o, err
	}
	return o, tx.commit(ctx, p)
}

func tooMany(over verify.Hit) verify.Opened {
	return verify.Opened{Limited: &over, RetryAfter: retryAfter(over)}
}

// notOpened says why, and counts what counts in vain. A repeat is none too many.
func notOpened(ctx context.Context, tx session, c verify.Challenge, origin *string, counted *hitting) (verify.Opened, error) {
	o, err := inTheWay(ctx, tx, c, origin)
	if err != nil || !o.Live {
		return o, err
	}
	if over := counted.over(); len(over) > 0 {
		return tooMany(over[0]), nil
	}
	p := new(pipe)
	forgive(p, counted.takenForNothing())
	return o, tx.commit(ctx, p)
}

// inTheWay finds the challenge because of which another was not written.
func inTheWay(ctx context.Context, tx session, c verify.Challenge, origin *string) (o verify.Opened, err error) {
	known := false
	var left int64
	p := new(pipe)
	p.query(into(&o.Challenge, &known, scanChallenge), originSQL, origin)
	p.query(func(r row) error { return r.Scan(&left) }, liveUntilSQL, c.Subject, string(c.Purpose))
	if err := tx.flush(ctx, p); err != nil || known {
		return o, err
	}
	return verify.Opened{Live: true, RetryAfter: time.Duration(max(1, left)) * time.Millisecond}, nil
}

// Ask implements verify.Store.
func (s *Store) Ask(ctx context.Context, id string, test bool, cooldown time.Duration, hits []verify.Hit, entry verify.Entry) (a verify.Asked, err error) {
	tx := s.db.begin()
	defer tx.rollback()
	var before verify.Challenge
	var known bool
	p := new(pipe)
	counted := hit(p, hits)
	p.query(into(&before, &known, scanChallenge), challengeSQL, id)
	p.query(into(&a.Challenge, &a.Found, scanChallenge), askSQL, id, cooldown.Milliseconds(), flag(test))
	if err = tx.flush(ctx, p); err != nil {
		return verify.Asked{}, fmt.Errorf("asking for another send: %w", err)
	}
	if over := counted.over(); len(over) > 0 {
		return verify.Asked{Limited: true, RetryAfter: retryAfter(over[0])}, nil
	}
	if !a.Found {
		if known && before.Test == test && before.Open && before.Asked < before.MostSends && before.ExpiresAt > before.Now && before.NextSendAt > before.Now {
			return verify.Asked{Limited: true, RetryAfter: time.Duration(before.NextSendAt-before.Now) * time.Millisecond}, nil
		}
		return verify.Asked{}, nil
	}
	p = new(pipe)
	entry.ID = id
	if err = audit(p, a.Challenge.Now, entry); err == nil {
		err = tx.commit(ctx, p)
	}
	if err != nil {
		return verify.Asked{}, fmt.Errorf("asking for another send: %w", err)
	}
	return a, nil
}

// Again implements verify.Store.
func (s *Store) Again(ctx context.Context, id string, entry verify.Entry) (bool, error) {
	entry.ID = id
	return s.audited(ctx, "sending a code once more", entry, textedForSQL, id)
}

// Work implements verify.Store.
func (s *Store) Work(ctx context.Context, limit int, lease time.Duration) ([]verify.Challenge, error) {
	var all []verify.Challenge
	p := new(pipe)
	p.query(appendTo(&all, scanChallenge), workSQL, lease.Milliseconds(), int64(limit))
	if err := s.db.write(ctx, p); err != nil {
		return nil, fmt.Errorf("looking for codes to send: %w", err)
	}
	return all, nil
}

// Later implements verify.Store.
func (s *Store) Later(ctx context.Context, id string, after time.Duration) error {
	_, err := s.change(ctx, "putting a challenge off", laterSQL, id, after.Milliseconds())
	return err
}

// Finish implements verify.Store.
func (s *Store) Finish(ctx context.Context, id string, to verify.Status, reason string) (bool, error) {
	e := verify.Entry{What: "verification." + string(to), Who: "system", ID: id, Reason: reason}
	return s.audited(ctx, "ending a challenge", e, finishSQL, id, string(to), reason)
}

// Cancel implements verify.Store. The statements are the same for one that there is not.
func (s *Store) Cancel(ctx context.Context, id string, test bool, entry verify.Entry) error {
	tx := s.db.begin()
	defer tx.rollback()
	var now int64
	p := new(pipe)
	p.clock(&now)
	p.affected(func(n int64) {
		if n == 0 {
			entry.Reason = "nothing to cancel"
		}
	}, cancelCodeSQL, id, flag(test))
	err := tx.flush(ctx, p)
	if err == nil {
		p = new(pipe)
		if err = audit(p, now, entry); err == nil {
			err = tx.commit(ctx, p)
		}
	}
	if err != nil {
		return fmt.Errorf("canceling a challenge: %w", err)
	}
	return nil
}

// CloseChallenge implements verify.Store.
func (s *Store) CloseChallenge(ctx context.Context, id string) error {
	_, err := s.change(ctx, "closing a challenge", closeCodeSQL, id)
	return err
}

// Challenge implements verify.Store.
func (s *Store) Challenge(ctx context.Context, id string) (c verify.Challenge, found bool, err error) {
	p := new(pipe)
	p.query(into(&c, &found, scanChallenge), challengeSQL, id)
	if err := s.db.read(ctx, p); err != nil {
		return verify.Challenge{}, false, fmt.Errorf("reading a challenge: %w", err)
	}
	return c, found, nil
}

// Recent implements verify.Store.
func (s *Store) Recent(ctx context.Context, phone string) ([]verify.Challenge, error) {
	return readAll(ctx, s, "reading a phone's challenges", scanChallenge, recentSQL, phone)
}

// GrantOf implements verify.Store.
func (s *Store) GrantOf(ctx context.Context, hash string) (g verify.GrantRow, found bool, err error) {
	var test, good int64
	p := new(pipe)
	p.query(func(r row) error {
		found = true
		return r.Scan(&g.Challenge, &g.Subject, &g.Scope, &g.Line, &g.Phone, &test, &good)
	}, grantOfSQL, hash)
	if err := s.db.read(ctx, p); err != nil {
		return verify.GrantRow{}, false, fmt.Errorf("reading a grant: %w", err)
	}
	g.Test, g.Good = test == 1, good == 1
	return g, found, nil
}
