package store

import (
	"encoding/json"
	"fmt"

	"parley/conversation/verify"
)

// auditSQL leaves an entry for the relay, which chains what is committed.
const auditSQL = `INSERT INTO audit_pending (data) VALUES {each}($1){/each}`

// audit queues entries of the audit trail: they commit with what they tell of.
func audit(p *pipe, now int64, entries ...verify.Entry) error {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		if e.At == 0 {
			e.At = now
		}
		text, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encoding an audit entry: %w", err)
		}
		rows[i] = []any{string(text)}
	}
	p.each(nil, auditSQL, rows)
	return nil
}
