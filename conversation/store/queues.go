package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"parley/agentui"
	"parley/conversation"
	"parley/conversation/verify"
)

const (
	sceneSQL = `SELECT conversation, line, phone, owner, agent, queue, priority, since, awaiting, snoozed, wrote, replied, given, overdue FROM desk
		ORDER BY urgency, since, conversation LIMIT $1`

	peopleSQL = `SELECT a.name, a.role, COALESCE(p.away, 0), COALESCE(p.since, 0), COALESCE(p.seen, 0)
		FROM agents AS a LEFT JOIN presence AS p ON p.agent = a.name WHERE a.disabled_at = 0 ORDER BY a.name`

	assignmentsSQL = `SELECT queue, agent, turn FROM assignments`

	givenSQL = `INSERT INTO assignments (queue, agent, turn) VALUES ($1, $2, $3)
		ON CONFLICT (queue, agent) DO UPDATE SET turn = excluded.turn WHERE assignments.turn < excluded.turn`

	ruleSQL = `UPDATE ruling SET node = $1, until = {now} + $2 WHERE id = 1 AND (until < {now} OR node = $1)`

	seenHereSQL = `INSERT INTO presence (agent, away, since, seen) VALUES {each}($1, 0, {now}, {now}){/each}
		ON CONFLICT (agent) DO UPDATE SET seen = excluded.seen`

	setAwaySQL = `INSERT INTO presence (agent, away, since, seen) VALUES ($1, $2, {now}, {now})
		ON CONFLICT (agent) DO UPDATE SET away = excluded.away, since = excluded.since WHERE presence.away <> excluded.away`
)

// Scene reads what the rules of queues go by, at most limit conversations.
func (s *Store) Scene(ctx context.Context, limit int) (agentui.Scene, error) {
	scene := agentui.Scene{Turns: map[string]map[string]int64{}}
	p := new(pipe)
	p.clock(&scene.Now)
	p.query(appendTo(&scene.Desk, func(r row, d *conversation.Desk) error {
		return r.Scan(&d.Conversation, &d.Line, &d.Phone, &d.Owner, &d.Agent, &d.Queue, &d.Priority, &d.Since, &d.Awaiting, &d.Snoozed, &d.Wrote, &d.Replied, &d.Given, &d.Overdue)
	}), sceneSQL, int64(limit))
	p.query(appendTo(&scene.People, func(r row, who *agentui.Presence) error {
		var away int64
		err := r.Scan(&who.Name, &who.Role, &away, &who.Since, &who.Seen)
		who.Away = away == 1
		return err
	}), peopleSQL)
	p.query(func(r row) error {
		var queue, agent string
		var turn int64
		if err := r.Scan(&queue, &agent, &turn); err != nil {
			return err
		}
		if scene.Turns[queue] == nil {
			scene.Turns[queue] = map[string]int64{}
		}
		scene.Turns[queue][agent] = turn
		return nil
	}, assignmentsSQL)
	if err := s.db.read(ctx, p); err != nil {
		return scene, fmt.Errorf("reading what the queues go by: %w", err)
	}
	return scene, nil
}

// Rules makes the node the one that carries the rules out, for so long; false: another is.
func (s *Store) Rules(ctx context.Context, node string, lease time.Duration) (bool, error) {
	return s.change(ctx, "taking up the rules of queues", ruleSQL, node, lease.Milliseconds())
}

// SeenHere notes that a node has sockets of these agents.
func (s *Store) SeenHere(ctx context.Context, names []string) error {
	rows := make([][]any, len(names))
	for i, name := range slices.Sorted(slices.Values(names)) {
		rows[i] = []any{name}
	}
	p := new(pipe)
	p.each(nil, seenHereSQL, rows)
	if err := s.db.write(ctx, p); err != nil {
		return fmt.Errorf("noting who is there: %w", err)
	}
	return nil
}

// SetAway keeps whether somebody says that they are away, with an entry of the audit trail
// where that is new.
func (s *Store) SetAway(ctx context.Context, name string, away bool) error {
	detail := "present"
	if away {
		detail = "away"
	}
	_, err := s.audited(ctx, "keeping who is away", verify.Entry{What: "console.presence", Who: "agent:" + name, Detail: detail}, setAwaySQL, name, flag(away))
	return err
}

// writeGiven keeps to whom rules gave something, in one order.
func writeGiven(p *pipe, all []conversation.Given) {
	slices.SortFunc(all, func(a, b conversation.Given) int {
		return cmp.Or(cmp.Compare(a.Queue, b.Queue), cmp.Compare(a.Agent, b.Agent))
	})
	for _, g := range all {
		p.exec(givenSQL, g.Queue, g.Agent, g.Turn)
	}
}
