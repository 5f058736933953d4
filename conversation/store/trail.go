package store

import (
	"context"
	"encoding/json"
	"fmt"

	"parley/conversation/verify"
)

// The audit trail is only ever added to: there is no statement that changes a row of
// it or takes one out, and the database refuses any.
const (
	// chainingSQL finds nothing while another node chains.
	chainingSQL = `SELECT id FROM installation WHERE id = 1 {lock} {skiplocked}`

	auditHeadSQL = `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`

	auditWaitingSQL = `SELECT id, data FROM audit_pending ORDER BY id LIMIT $1`

	chainSQL = `INSERT INTO audit (seq, at, data, hash) VALUES {each}($1, $2, $3, $4){/each}`

	chainedSQL = `DELETE FROM audit_pending WHERE id IN ({ids})`

	unchainedSQL = `SELECT count(*) FROM audit_pending`

	auditLinksSQL = `SELECT seq, at, data, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2`
)

// RelayAudit chains what was committed since, at most limit entries, and returns how
// many. Only one node does so at a time; another finds nothing.
func (s *Store) RelayAudit(ctx context.Context, limit int) (int, error) {
	tx := s.db.begin()
	defer tx.rollback()
	head, rows, err := unchained(ctx, tx, limit)
	if err != nil {
		return 0, fmt.Errorf("chaining the audit trail: %w", err)
	}
	if len(rows) == 0 {
		return 0, nil
	}
	links, ids := make([][]any, len(rows)), make([]int64, len(rows))
	for i, w := range rows {
		var e struct{ At int64 } // of verify.Entry
		if err := json.Unmarshal([]byte(w.data), &e); err != nil {
			return 0, fmt.Errorf("chaining the audit trail: entry %d: %w", w.id, err)
		}
		head.Seq++
		head.Hash = verify.LinkHash(head.Hash, head.Seq, w.data)
		links[i], ids[i] = []any{head.Seq, e.At, w.data, head.Hash}, w.id
	}
	p := new(pipe)
	p.each(nil, chainSQL, links)
	listed(p, nil, chainedSQL, ids)
	if err := tx.commit(ctx, p); err != nil {
		return 0, fmt.Errorf("chaining the audit trail: %w", err)
	}
	return len(rows), nil
}

// pendingEntry is one row of the audit trail before it is chained.
type pendingEntry struct {
	id   int64
	data string
}

// unchained reads the end of the chain and what comes behind it; nothing comes while
// another node chains.
func unchained(ctx context.Context, tx session, limit int) (head verify.Link, rows []pendingEntry, err error) {
	mine := false
	p := new(pipe)
	p.query(func(r row) error {
		var id int64
		mine = true
		return r.Scan(&id)
	}, chainingSQL)
	p.query(func(r row) error { return r.Scan(&head.Seq, &head.Hash) }, auditHeadSQL)
	p.query(appendTo(&rows, func(r row, w *pendingEntry) error { return r.Scan(&w.id, &w.data) }), auditWaitingSQL, int64(limit))
	if err := tx.flush(ctx, p); err != nil || !mine {
		return verify.Link{}, nil, err
	}
	return head, rows, nil
}

// AuditLinks lists rows of the audit trail after seq, in order, at most limit.
func (s *Store) AuditLinks(ctx context.Context, after int64, limit int) ([]verify.Link, error) {
	return readAll(ctx, s, "reading the audit trail", func(r row, l *verify.Link) error {
		return r.Scan(&l.Seq, &l.At, &l.Data, &l.Hash)
	}, auditLinksSQL, after, int64(limit))
}

// AuditWaiting is how many entries wait to be chained: nothing shows yet whether one of
// them is changed or taken out.
func (s *Store) AuditWaiting(ctx context.Context) (n int64, err error) {
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&n) }, unchainedSQL)
	if err := s.db.read(ctx, p); err != nil {
		return 0, fmt.Errorf("counting what waits for the audit trail: %w", err)
	}
	return n, nil
}
