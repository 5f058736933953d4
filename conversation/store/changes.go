package store

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"parley/conversation"
	"parley/conversation/verify"
)

const (
	// madeSQL keeps a code that was made for one send: of two nodes that make one, the
	// second finds another number of sends. None is made where all attempts are spent.
	madeSQL = `UPDATE challenges SET kid = $3, mac = $4, sealed = $5, sends = sends + 1, work_at = expires_at + 5000
		WHERE id = $1 AND sends = $2 AND status IN ('pending', 'sent') AND expires_at > {now} AND attempts < most_attempts`

	// lockChallengesSQL takes several in the order in which everybody takes them.
	lockChallengesSQL = `SELECT id FROM challenges WHERE id IN ({ids}) ORDER BY id {lock}`

	// approvedSQL decides which of two right answers is the first. What let a code be sent
	// must still be so: since then its number may have been called wrong, at whichever line;
	// where it is to take the place of another, that one may have proved itself for the first
	// time, or have been called wrong; and the account may be locked: a code that was judged
	// while a lock was being committed was not there for the lock to end it.
	approvedSQL = `UPDATE challenges SET status = 'approved', open = 0, sealed = '', work_at = 0, finished_at = {now}
		WHERE id IN ({ids}) AND status IN ('pending', 'sent') AND expires_at > {now}
		AND (proof <> '' OR NOT EXISTS (SELECT 1 FROM suspensions AS w WHERE w.phone = challenges.phone AND w.subject = challenges.subject))
		AND (purpose <> 'number_change' OR proof <> '' OR NOT EXISTS (SELECT 1 FROM bindings AS b WHERE b.subject = challenges.subject
			AND b.phone <> challenges.phone AND (b.suspended <> '' OR b.agreed_at < {now} - 900000 - 600000)))
		AND (purpose <> 'password_reset' AND (purpose <> 'number_change' OR proof = 'in_person') OR NOT EXISTS (SELECT 1 FROM accounts AS a
			WHERE a.ref = challenges.subject AND a.state IN ('locked', 'verifying', 'cooling', 'suspended')))
		RETURNING id, subject, phone, line, language`

	redeemedSQL = `UPDATE grants SET redeemed_at = {now} WHERE hash = $1 AND redeemed_at = 0 AND expires_at > {now}`

	grantSQL = `INSERT INTO grants (hash, challenge, subject, purpose, scope, line, phone, test, created_at, expires_at)
		SELECT $1, id, subject, purpose, $2, line, phone, test, {now}, {now} + $3 FROM challenges WHERE id = $4`

	// bindSQL notes that the subject has proved itself under this number: its first one,
	// or the one it had. Another one proves nothing for the subject but itself. Rows are
	// sorted by subject.
	bindSQL = `INSERT INTO bindings (subject, phone, confirmed_at, line, language)
		VALUES {each}($1, $2, {now}, $3, $4){/each}
		ON CONFLICT (subject) DO UPDATE SET confirmed_at = excluded.confirmed_at, line = excluded.line, language = excluded.language
		WHERE bindings.phone = excluded.phone AND bindings.suspended = ''`

	// unboundSQL keeps the number that is about to lose its place: it is to be told,
	// however many come after it before that.
	unboundSQL = `INSERT INTO rebindings (subject, previous, line, language, changed_at)
		SELECT b.subject, b.phone, c.line, c.language, {now} FROM bindings AS b JOIN challenges AS c ON c.subject = b.subject
		WHERE c.id = $1 AND b.phone <> c.phone
		ON CONFLICT (subject, changed_at, previous) DO NOTHING`

	// rebindSQL puts a number in the place of another, or of one that nobody here knows. It
	// is new, and some purposes wait for a while. The one that there was, if it is that, has
	// agreed to be replaced.
	rebindSQL = `INSERT INTO bindings (subject, phone, confirmed_at, changed_at, agreed_at, line, language)
		SELECT subject, phone, {now}, {now}, {now}, line, language FROM challenges WHERE id = $1
		ON CONFLICT (subject) DO UPDATE SET
			agreed_at = CASE WHEN bindings.phone <> excluded.phone THEN 0 ELSE excluded.confirmed_at END,
			changed_at = CASE WHEN bindings.phone <> excluded.phone THEN excluded.confirmed_at ELSE bindings.changed_at END,
			phone = excluded.phone, confirmed_at = excluded.confirmed_at, line = excluded.line, language = excluded.language, suspended = ''`

	// outdatedSQL ends the codes that are under way to the number before.
	outdatedSQL = `UPDATE challenges SET status = 'canceled', reason = 'number_changed', sealed = '', work_at = 0, finished_at = {now}
		WHERE status IN ('pending', 'sent') AND open = 1 AND id <> $1
		AND EXISTS (SELECT 1 FROM challenges AS c WHERE c.id = $1
			AND c.subject = challenges.subject AND c.phone <> challenges.phone)
		AND subject = (SELECT subject FROM challenges AS s WHERE s.id = $1)`

	// burnSQL ends a code that was texted to another line than it came by. The loop lets
	// its conversation know.
	burnSQL = `UPDATE challenges SET status = 'canceled', reason = 'texted elsewhere', sealed = '', work_at = {now}, finished_at = {now}
		WHERE id = $1 AND status IN ('pending', 'sent')`

	// suspendSQL also takes back what the number agreed to: it may have been somebody else who
	// did.
	suspendSQL = `UPDATE bindings SET suspended = $2, agreed_at = 0 WHERE phone = $1 AND suspended = ''`

	// disownSQL suspends a number for whoever was to be sent codes there, as long as those
	// are kept: they may have proved nothing yet, and somebody else could do it for them. It
	// stands for itself: no approval but that of a number_change takes it back.
	disownSQL = `INSERT INTO suspensions (phone, subject, reason, at)
		SELECT phone, subject, CAST($2 AS text), {now} FROM challenges WHERE phone = $1 GROUP BY phone, subject ORDER BY subject
		ON CONFLICT (phone, subject) DO NOTHING`

	// ownSQL takes it back: the business has asked the number before, or knows better.
	ownSQL = `DELETE FROM suspensions WHERE phone = (SELECT phone FROM challenges WHERE id = $1)
		AND subject = (SELECT subject FROM challenges WHERE id = $1)`

	pauseSQL = `INSERT INTO pauses (key, until_at, reason, started_at)
		SELECT 'code/' || purpose || '/' || subject, {now} + $2, $3, {now} FROM challenges WHERE id = $1
		ON CONFLICT (key) DO UPDATE SET until_at = excluded.until_at, reason = excluded.reason, started_at = excluded.started_at
		WHERE pauses.until_at < excluded.until_at`

	// tallySQL gets its rows sorted by key.
	tallySQL = `INSERT INTO tallies (key, hour, sent, approved, cost) VALUES {each}($1, {now} / 3600000, $2, $3, $4){/each}
		ON CONFLICT (key, hour) DO UPDATE SET sent = tallies.sent + excluded.sent, approved = tallies.approved + excluded.approved,
			cost = tallies.cost + excluded.cost`
)

// changing is a change of a challenge on its way, of the event at an index.
type changing struct {
	conversation.Change
	event int
	held  bool
	proof bound // of an approval
}

// bound is a subject that proved itself under a number.
type bound struct{ subject, phone, line, language string }

// changesOf collects the changes that must hold for their events, sorted by challenge.
func (b *batch) changesOf() []*changing {
	var all []*changing
	for i := range b.events {
		if c := b.events[i].Change; c != nil {
			all = append(all, &changing{Change: *c, event: i})
		}
	}
	slices.SortStableFunc(all, func(x, y *changing) int { return strings.Compare(x.Challenge, y.Challenge) })
	return all
}

// queueChanges asks for the changes themselves: approvals that nothing else of their
// challenge comes before in few statements, then the others, in the order of their events.
func (b *batch) queueChanges(p *pipe) {
	b.changing = b.changesOf()
	var locked, approved []string
	together := make(map[string]*changing)
	var others []*changing
	for i, c := range b.changing {
		if b.repeats(c.event) {
			continue
		}
		if c.To != "redeemed" {
			locked = append(locked, c.Challenge)
		}
		if c.To == "approved" && (i == 0 || b.changing[i-1].Challenge != c.Challenge) {
			approved, together[c.Challenge] = append(approved, c.Challenge), c
		} else {
			others = append(others, c)
		}
	}
	for _, g := range b.settling {
		if g.Challenge != "" {
			locked = append(locked, g.Challenge)
		}
	}
	slices.Sort(locked)
	if locked = slices.Compact(locked); len(locked) > 1 {
		p.inList(nil, lockChallengesSQL, locked)
	}
	p.inList(func(r row) error { return approvedRow(r, together) }, approvedSQL, approved)
	for _, c := range others {
		c.queue(p)
	}
}

// approvedRow notes that one of the approvals holds.
func approvedRow(r row, of map[string]*changing) error {
	var id string
	var proof bound
	err := r.Scan(&id, &proof.subject, &proof.phone, &proof.line, &proof.language)
	if c := of[id]; c != nil {
		c.held, c.proof = true, proof
	}
	return err
}

// queue asks for the change itself.
func (c *changing) queue(p *pipe) {
	held := func(n int64) { c.held = n == 1 }
	switch {
	case c.Made != nil:
		p.affected(held, madeSQL, c.Challenge, int64(c.Made.N-1), c.Made.Kid, c.Made.MAC, c.Made.Sealed)
	case c.To == "redeemed":
		p.affected(held, redeemedSQL, c.Grant.Hash)
	case c.To == "approved":
		p.inList(func(r row) error { return approvedRow(r, map[string]*changing{c.Challenge: c}) }, approvedSQL, []string{c.Challenge})
	default:
		p.affected(held, finishSQL, c.Challenge, c.To, c.Reason)
	}
}

// writeChanges queues what follows from the changes that held, and what Step decided
// about codes.
func (b *batch) writeChanges(p *pipe, effects []conversation.Effect) error {
	var entries []verify.Entry
	var proofs []bound
	for _, c := range b.changing {
		if !c.held {
			continue
		}
		if c.To == "approved" && !c.rebinds() {
			proofs = append(proofs, c.proof)
		}
		entries = append(entries, c.follow(p))
	}
	bind(p, proofs)
	var decided []*conversation.Change
	for i := range effects {
		if effects[i].Code != nil {
			decided = append(decided, effects[i].Code)
		}
	}
	slices.SortStableFunc(decided, func(x, y *conversation.Change) int { return strings.Compare(x.Challenge, y.Challenge) })
	for _, c := range decided {
		switch c.To {
		case "suspended":
			p.exec(suspendSQL, c.Phone, c.Reason)
			p.exec(disownSQL, c.Phone, c.Reason)
		case "burned":
			p.exec(burnSQL, c.Challenge)
		default:
			p.exec(finishSQL, c.Challenge, c.To, c.Reason)
		}
		if c.Pause > 0 {
			p.exec(pauseSQL, c.Challenge, c.Pause, c.Reason)
		}
		entries = append(entries, verify.Entry{What: "verification." + c.To, Who: "conversation", ID: c.Challenge, Reason: c.Reason})
	}
	return audit(p, b.now, entries...)
}

// follow queues what a change that held leads to, and says what the audit trail keeps
// of it.
func (c *changing) follow(p *pipe) verify.Entry {
	what := "verification." + cmp.Or(c.To, "made")
	switch {
	case c.To == "approved":
		if c.rebinds() {
			p.exec(unboundSQL, c.Challenge)
			p.exec(rebindSQL, c.Challenge)
			p.exec(ownSQL, c.Challenge)
			p.exec(outdatedSQL, c.Challenge)
		}
		if c.Grant != nil && c.Grant.Hash != "" {
			p.exec(grantSQL, c.Grant.Hash, c.Grant.Scope, c.Grant.For, c.Challenge)
		}
	case c.To == "redeemed":
		what = "grant.redeemed"
	}
	return verify.Entry{What: what, Who: "system", ID: c.Challenge, Reason: c.Reason}
}

func (c *changing) rebinds() bool { return c.Grant != nil && c.Grant.Rebind }

// bind queues what was proved, sorted by subject. A statement may not touch a row twice,
// so that what a subject proved besides goes into another one.
func bind(p *pipe, proofs []bound) {
	slices.SortStableFunc(proofs, func(x, y bound) int { return strings.Compare(x.subject, y.subject) })
	for len(proofs) > 0 {
		var rows [][]any
		var again []bound
		for i, one := range proofs {
			if i > 0 && one.subject == proofs[i-1].subject {
				again = append(again, one)
				continue
			}
			rows = append(rows, []any{one.subject, one.phone, one.line, one.language})
		}
		p.each(nil, bindSQL, rows)
		proofs = again
	}
}

// tally is what is counted under one key.
type tally struct{ sent, approved, cost int64 }

// tallied gathers what a transaction counts, so that each key is locked once, and all
// in one order.
type tallied map[string]tally

func (t tallied) add(keys []string, n tally) {
	for _, key := range keys {
		v := t[key]
		t[key] = tally{v.sent + n.sent, v.approved + n.approved, v.cost + n.cost}
	}
}

func (t tallied) write(p *pipe) {
	rows := make([][]any, 0, len(t))
	for _, key := range slices.Sorted(maps.Keys(t)) {
		rows = append(rows, []any{key, t[key].sent, t[key].approved, t[key].cost})
	}
	p.each(nil, tallySQL, rows)
}
