package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"parley/conversation"
	"parley/conversation/verify"
	"parley/flows"
)

const (
	deskSQL = `INSERT INTO desk (conversation, line, phone, owner, agent, queue, reason, priority, since, awaiting, urgency)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (conversation) DO UPDATE SET owner = excluded.owner, agent = excluded.agent, queue = excluded.queue,
			reason = excluded.reason, priority = excluded.priority, since = excluded.since, awaiting = excluded.awaiting, urgency = excluded.urgency`

	clearedSQL = `DELETE FROM desk WHERE conversation = $1`

	deskRowsSQL = `SELECT conversation, line, phone, owner, agent, queue, reason, priority, since, awaiting FROM desk
		WHERE ($1 = '' OR agent = $1) ORDER BY urgency, since, conversation LIMIT $2`
)

// urgency says whom to serve first.
var urgency = map[flows.Class]int64{flows.Alert: 0, flows.Code: 1, flows.Notice: 2, "": 2, flows.Bulk: 3}

// writeDesk keeps what the people at work see, of which the last word on a conversation
// counts, and what they did.
func writeDesk(p *pipe, now int64, effects []conversation.Effect) error {
	last := map[string]*conversation.Desk{}
	var deeds []verify.Entry
	for _, e := range effects {
		if e.Desk != nil {
			last[e.Desk.Conversation] = e.Desk
		}
		if d := e.Deed; d != nil {
			deeds = append(deeds, verify.Entry{What: "console." + d.Op, Who: "agent:" + d.Agent, ID: d.Conversation, Detail: d.Detail})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(last)) {
		d := last[id]
		if d.Owner == conversation.OwnerBot {
			p.exec(clearedSQL, id)
			continue
		}
		p.exec(deskSQL, id, d.Line, d.Phone, string(d.Owner), d.Agent, d.Queue, d.Reason, string(d.Priority), d.Since, d.Awaiting, urgency[d.Priority])
	}
	return audit(p, now, deeds...)
}

// Desk lists the conversations that people have or should have, the most urgent first,
// at most limit: of one agent, or (agent "") of all.
func (s *Store) Desk(ctx context.Context, agent string, limit int) (all []conversation.Desk, err error) {
	p := new(pipe)
	p.query(func(r row) error {
		var d conversation.Desk
		err := r.Scan(&d.Conversation, &d.Line, &d.Phone, &d.Owner, &d.Agent, &d.Queue, &d.Reason, &d.Priority, &d.Since, &d.Awaiting)
		all = append(all, d)
		return err
	}, deskRowsSQL, agent, int64(limit))
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("reading the desk: %w", err)
	}
	return all, nil
}
