package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/agentui"
	"parley/conversation"
	"parley/conversation/verify"
)

const (
	deskSQL = `INSERT INTO desk (conversation, line, phone, owner, agent, queue, reason, priority, since, awaiting, urgency, snoozed, labels, wrote, replied, given, flow, overdue)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
		ON CONFLICT (conversation) DO UPDATE SET owner = excluded.owner, agent = excluded.agent, queue = excluded.queue,
			reason = excluded.reason, priority = excluded.priority, since = excluded.since, awaiting = excluded.awaiting, urgency = excluded.urgency,
			snoozed = excluded.snoozed, labels = excluded.labels, wrote = excluded.wrote, replied = excluded.replied, given = excluded.given, flow = excluded.flow, overdue = excluded.overdue`

	clearedSQL = `DELETE FROM desk WHERE conversation = $1`

	deskRow = `SELECT d.conversation, d.line, d.phone, d.owner, d.agent, d.queue, d.reason, d.priority, d.since, d.awaiting, d.snoozed, d.labels, d.wrote, d.replied, d.given, d.flow, COALESCE(k.name, ''),
			COALESCE((SELECT e.data FROM events AS e WHERE e.conversation = d.conversation AND e.kind = 'text' ORDER BY e.rev DESC LIMIT 1), '')
		FROM desk AS d LEFT JOIN contacts AS k ON k.phone = d.phone `

	// deskRowsSQL puts what was put aside last. It reads along the index desk_order.
	deskRowsSQL = deskRow + `WHERE ($1 = '' OR d.agent = $1) AND (d.aside, d.urgency, d.since, d.conversation) > ($2, $3, $4, $5)
		ORDER BY d.aside, d.urgency, d.since, d.conversation LIMIT $6`

	deskOfSQL = deskRow + `WHERE d.conversation IN ({ids})`

	mentionSQL = `INSERT INTO mentions (agent, conversation, by_agent, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (agent, conversation) DO UPDATE SET by_agent = excluded.by_agent, at = excluded.at`

	mentionsSQL = `SELECT m.conversation, m.by_agent, m.at, c.phone, COALESCE(k.name, '') FROM mentions AS m
		JOIN conversations AS c ON c.id = m.conversation LEFT JOIN contacts AS k ON k.phone = c.phone
		WHERE m.agent = $1 ORDER BY m.at DESC, m.conversation LIMIT $2`

	seenMentionSQL = `DELETE FROM mentions WHERE agent = $1 AND conversation = $2`
)

// writeDesk keeps what the people at work see, of which the last word on a conversation
// counts, and what they did.
func writeDesk(p *pipe, now int64, effects []conversation.Effect) error {
	last := map[string]*conversation.Desk{}
	var deeds []verify.Entry
	var given []conversation.Given
	for _, e := range effects {
		if e.Desk != nil {
			last[e.Desk.Conversation] = e.Desk
			writeHandover(p, *e.Desk)
		}
		if m := e.Mention; m != nil {
			p.exec(mentionSQL, m.Agent, m.Conversation, m.By, m.At)
		}
		if g := e.Given; g != nil {
			given = append(given, *g)
		}
		if d := e.Deed; d != nil {
			writeResponse(p, now, *d)
			who := "agent:" + d.Agent
			if d.Queue != "" {
				who = "queue:" + d.Queue
			}
			deeds = append(deeds, verify.Entry{What: "console." + d.Op, Who: who, ID: d.Conversation, Detail: d.Detail})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(last)) {
		d := last[id]
		if d.Owner == conversation.OwnerBot {
			p.exec(clearedSQL, id)
			continue
		}
		p.exec(deskSQL, id, d.Line, d.Phone, string(d.Owner), d.Agent, d.Queue, d.Reason, string(d.Priority), d.Since, d.Awaiting, agentui.PlaceOf(*d).Urgency, d.Snoozed, strings.Join(d.Labels, "\n"), d.Wrote, d.Replied, d.Given, d.Flow, d.Overdue)
	}
	writeGiven(p, given)
	return audit(p, now, deeds...)
}

// Desk lists the conversations that people have or should have, the most urgent first,
// behind after, at most limit: of one agent, or (agent "") of all.
func (s *Store) Desk(ctx context.Context, agent string, after agentui.Place, limit int) ([]conversation.Desk, error) {
	return readAll(ctx, s, "reading the desk", scanDesk, deskRowsSQL, agent, after.Aside, after.Urgency, after.Since, after.Conversation, int64(limit))
}

// DeskOf lists those of these conversations that people have or should have.
func (s *Store) DeskOf(ctx context.Context, ids []string) (all []conversation.Desk, err error) {
	p, sound := new(pipe), make([]string, len(ids))
	for i, id := range ids {
		sound[i] = storable(id)
	}
	p.inList(appendTo(&all, scanDesk), deskOfSQL, sound)
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("reading some of the desk: %w", err)
	}
	return all, nil
}

// scanDesk reads deskRow.
func scanDesk(r row, d *conversation.Desk) error {
	var labels, event string
	err := r.Scan(&d.Conversation, &d.Line, &d.Phone, &d.Owner, &d.Agent, &d.Queue, &d.Reason, &d.Priority, &d.Since, &d.Awaiting, &d.Snoozed, &labels, &d.Wrote, &d.Replied, &d.Given, &d.Flow, &d.Customer, &event)
	d.Text = cut(said(event))
	if labels != "" {
		d.Labels = strings.Split(labels, "\n")
	}
	return err
}

// mostGlance is how many characters of a text a list shows.
const mostGlance = 120

func cut(text string) string {
	all := []rune(text)
	return string(all[:min(len(all), mostGlance)])
}

// Mentions lists where colleagues call an agent to, newest first, at most limit.
func (s *Store) Mentions(ctx context.Context, agent string, limit int) ([]agentui.Mentioned, error) {
	return readAll(ctx, s, "reading mentions", func(r row, m *agentui.Mentioned) error {
		return r.Scan(&m.Conversation, &m.By, &m.At, &m.Phone, &m.Customer)
	}, mentionsSQL, agent, int64(limit))
}

// SeeMention takes one off the agent's list; false: it is not on it.
func (s *Store) SeeMention(ctx context.Context, agent, conversation string) (bool, error) {
	return s.change(ctx, "seeing a mention", seenMentionSQL, agent, storable(conversation))
}
