package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/conversation"
	"parley/outbound"
)

const (
	// claimSQL walks the queue in its index's order, and asks of each row whether it
	// may go: with joins, PostgreSQL would sort the whole queue for every claim. It
	// decides every race: STOP, expiry and takeover change only queued
	// rows, and a row that one of them is changing is passed over. Rows that wait
	// behind others (o) stay:
	//   - behind any code or alert of the conversation that could go now and is more
	//     urgent or older,
	//   - codes and alerts aside, behind any older message that is being sent, that
	//     was claimed before and goes again (lease_until > 0), or that is due no later.
	claimSQL = `WITH best AS MATERIALIZED (
			SELECT m.id FROM messages m
			WHERE m.line = $1 AND m.status = 'queued' AND m.priority <= $4
			AND m.due_at <= {now} AND m.expires_at > {now}
			AND (m.exempt = 1 OR COALESCE((SELECT k.state FROM consents k WHERE k.phone = m.phone), '') <> 'out')
			AND (m.by_agent = 1 OR m.class IN ('code', 'alert')
				OR m.epoch >= (SELECT c.epoch FROM conversations c WHERE c.id = m.conversation))
			AND NOT EXISTS (
				SELECT 1 FROM messages o
				WHERE o.conversation = m.conversation AND o.status IN ('queued', 'sending') AND o.id <> m.id
				AND CASE WHEN o.status = 'sending' THEN m.priority > 2 AND o.position < m.position
					ELSE o.expires_at > {now} AND (
						o.priority <= 2 AND o.due_at <= {now}
						AND (o.priority < m.priority OR o.priority = m.priority AND o.position < m.position)
						OR m.priority > 2 AND o.position < m.position
						AND (o.lease_until > 0 OR o.due_at <= m.due_at))
					END)
			ORDER BY m.priority, m.due_at, m.id LIMIT $5 {lock} {skiplocked})
		UPDATE messages SET status = 'sending', node = $2, lease_until = {now} + $3, attempt = attempt + 1
		WHERE id IN (SELECT id FROM best)
		RETURNING ` + messageColumns

	// strandedSQL takes over expired leases, as claims do, and says whose phone has
	// opted out since the claim.
	strandedSQL = `WITH lost AS MATERIALIZED (
			SELECT id FROM messages WHERE status = 'sending' AND lease_until < {now}
			ORDER BY lease_until LIMIT $3 {lock} {skiplocked})
		UPDATE messages SET node = $1, lease_until = {now} + $2
		WHERE id IN (SELECT id FROM lost)
		RETURNING ` + messageColumns + `,
			CASE WHEN exempt = 0 AND (SELECT k.state FROM consents k WHERE k.phone = messages.phone) = 'out' THEN 1 ELSE 0 END`

	// linesSQL hops from line to line, and from priority to priority, through the
	// index: a long queue costs no more than a short one.
	linesSQL = `WITH RECURSIVE l(line) AS (
			SELECT min(line) FROM messages WHERE status = 'queued'
			UNION ALL
			SELECT (SELECT min(m.line) FROM messages m WHERE m.status = 'queued' AND m.line > l.line)
			FROM l WHERE l.line IS NOT NULL),
		p(priority) AS (SELECT 1 UNION ALL SELECT priority + 1 FROM p WHERE priority < 5)
		SELECT l.line, (SELECT min(m.due_at) FROM messages m
			WHERE m.status = 'queued' AND m.line = l.line AND m.priority = p.priority), {now}
		FROM l CROSS JOIN p WHERE l.line IS NOT NULL`
)

// Claim marks at most c.Limit queued messages of one line as Sending under a lease
// and returns them, best priority first. Claims never wait for one another.
func (s *Store) Claim(ctx context.Context, c outbound.Claim) ([]conversation.Message, error) {
	least := cmp.Or(c.Least, conversation.PriorityBulk)
	var all []conversation.Message
	p := new(pipe)
	p.query(appendTo(&all, scanMessage), claimSQL, c.Line, c.Node, c.Lease.Milliseconds(), int64(least), int64(c.Limit))
	if err := s.db.write(ctx, p); err != nil {
		return nil, fmt.Errorf("claiming messages: %w", err)
	}
	slices.SortFunc(all, func(x, y conversation.Message) int {
		return cmp.Or(cmp.Compare(x.Priority, y.Priority), cmp.Compare(x.DueAt, y.DueAt), strings.Compare(x.ID, y.ID))
	})
	return all, nil
}

// Stranded takes over, under a new lease for node, at most limit messages whose
// lease has expired. The Status of those whose phone has opted out since is Cancelled.
func (s *Store) Stranded(ctx context.Context, node string, lease time.Duration, limit int) ([]conversation.Message, error) {
	var all []conversation.Message
	p := new(pipe)
	p.query(appendTo(&all, func(r row, m *conversation.Message) error {
		var out int64
		err := scanMessageAnd(r, m, &out)
		if out == 1 {
			m.Status = conversation.Cancelled
		}
		return err
	}), strandedSQL, node, lease.Milliseconds(), int64(limit))
	if err := s.db.write(ctx, p); err != nil {
		return nil, fmt.Errorf("taking over stranded messages: %w", err)
	}
	return all, nil
}

// Lines lists the lines that have queued messages due now, and how long it is
// until the next one that is not yet due (zero: none).
func (s *Store) Lines(ctx context.Context) (lines []string, next time.Duration, err error) {
	due := make(map[string]bool)
	p := new(pipe)
	p.query(func(r row) error {
		var line string
		var at *int64
		var now int64
		if err := r.Scan(&line, &at, &now); err != nil || at == nil {
			return err
		}
		if *at <= now {
			due[line] = true
		} else if wait := time.Duration(*at-now) * time.Millisecond; next == 0 || wait < next {
			next = wait
		}
		return nil
	}, linesSQL)
	if err := s.db.read(ctx, p); err != nil {
		return nil, 0, fmt.Errorf("looking for due messages: %w", err)
	}
	for line := range due {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines, next, nil
}

// window is how many waiting messages one call of Overdue looks at.
const window = 4096

// cursor is where Overdue goes on: it walks a long queue in windows.
type cursor struct {
	mu    sync.Mutex
	after string
}

// aboveAll is above every conversation id.
const aboveAll = "zzzzzzzzzzzzzzzzzzzzzzzzzzz"

const (
	// windowSQL finds where a window ends; nothing: the rest of the queue fits into it.
	windowSQL = `SELECT conversation FROM messages WHERE status IN ('queued', 'sending') AND conversation > $1
		ORDER BY conversation, position LIMIT 1 OFFSET $2`

	// overdueSQL names what it joins by other names, since messageColumns are unqualified.
	// It asks for the status twice: as the index messages_open has it, and as it is meant.
	overdueSQL = `SELECT ` + messageColumns + `,
			CASE WHEN expires_at <= {now} THEN 'expired' WHEN consent = 'out' AND exempt = 0 THEN 'cancelled'
				ELSE 'superseded' END
		FROM messages
		JOIN (SELECT id AS owner, epoch AS present FROM conversations) AS c ON owner = conversation
		LEFT JOIN (SELECT phone AS who, state AS consent FROM consents) AS k ON who = phone
		WHERE status IN ('queued', 'sending') AND status = 'queued'
		AND conversation > $1 AND conversation <= $2
		AND (expires_at <= {now} OR (consent = 'out' AND exempt = 0)
			OR (epoch < present AND by_agent = 0 AND class NOT IN ('code', 'alert')))
		LIMIT $3`
)

// reasons say in a message's error why it was never sent.
var reasons = map[conversation.Status]string{
	conversation.Expired: "expired", conversation.Cancelled: "opted_out", conversation.Superseded: "superseded",
}

// Overdue lists at most limit queued messages that no claim will take any more. The
// Status of each is what it should become and its Error why: Expired, Cancelled
// (its phone opted out) or Superseded (an agent took over while it was being
// retried).
func (s *Store) Overdue(ctx context.Context, limit int) ([]conversation.Message, error) {
	s.walk.mu.Lock()
	defer s.walk.mu.Unlock()
	to := aboveAll
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&to) }, windowSQL, s.walk.after, int64(window))
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("looking for overdue messages: %w", err)
	}
	all, err := readAll(ctx, s, "looking for overdue messages", func(r row, m *conversation.Message) error {
		var fate conversation.Status
		err := scanMessageAnd(r, m, &fate)
		m.Status, m.Error = fate, reasons[fate]
		return err
	}, overdueSQL, s.walk.after, to, int64(limit))
	if err != nil {
		return nil, err
	}
	switch {
	case len(all) >= limit: // the same window again
	case to == aboveAll:
		s.walk.after = ""
	default:
		s.walk.after = to
	}
	return all, nil
}
