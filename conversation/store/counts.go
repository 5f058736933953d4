package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/agentui"
	"parley/conversation"
)

const (
	// handoverSQL keeps the first reason: giving a conversation back to its queue, or a more
	// urgent reason while it waits, is the same handover.
	handoverSQL = `INSERT INTO handovers (conversation, at, queue, reason, test) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (conversation, at) DO NOTHING`

	responseSQL = `UPDATE handovers SET answered_at = $2, agent = $3
		WHERE conversation = $1 AND answered_at = 0 AND at = (SELECT MAX(at) FROM handovers WHERE conversation = $1)`

	queuesSQL = `SELECT d.queue, COUNT(*), COALESCE(MIN(NULLIF(d.awaiting, 0)), 0) FROM desk AS d
		WHERE d.owner = 'queue' AND d.snoozed = 0
			AND NOT EXISTS (SELECT 1 FROM handovers AS h WHERE h.conversation = d.conversation AND h.at = d.since AND h.test = 1)
		GROUP BY d.queue ORDER BY COUNT(*) DESC, d.queue LIMIT $1`

	// tookSQL gives how long each response took; ranks are for Go, which sorts them in a
	// third of the time that window functions take on SQLite.
	tookSQL = `SELECT (at - $1) / 86400000, answered_at - at FROM handovers
		WHERE at >= $1 AND at < $2 AND test = 0 AND answered_at > 0 AND reason NOT IN ('taken', 'begun') ORDER BY at LIMIT $3`

	handoversSQL = `SELECT reason, COUNT(*), COUNT(NULLIF(answered_at, 0)) FROM handovers
		WHERE at >= $1 AND at < $2 AND test = 0 GROUP BY reason ORDER BY COUNT(*) DESC, reason LIMIT $3`

	// outcomesSQL goes flow by flow, as the key of results does.
	outcomesSQL = `SELECT r.flow, r.outcome, COUNT(*) FROM (SELECT DISTINCT name FROM flow_versions) AS v
		JOIN results AS r ON r.flow = v.name AND r.ended_at >= $1 AND r.ended_at < $2
		WHERE r.test = 0 GROUP BY r.flow, r.outcome ORDER BY r.flow, COUNT(*) DESC, r.outcome LIMIT $3`

	codesSentSQL = `SELECT purpose, COUNT(*), COUNT(CASE WHEN status = 'approved' THEN 1 END) FROM challenges
		WHERE created_at >= $1 AND created_at < $2 AND test = 0 AND sends > 0 GROUP BY purpose ORDER BY purpose LIMIT $3`

	optOutsSQL = `SELECT (at - $1) / 3600000, COUNT(*) FROM consents
		WHERE state = 'out' AND at >= $1 AND at < $2 GROUP BY 1 ORDER BY 1`

	waysSQL = `SELECT path, state, outcome, COUNT(*) FROM results
		WHERE flow = $1 AND ended_at >= $2 AND ended_at < $3 AND test = 0
		GROUP BY path, state, outcome ORDER BY COUNT(*) DESC, path, state, outcome LIMIT $4`
)

// mostKinds is how many queues, reasons, purposes or outcomes are counted, mostResponses
// how many responses are ranked.
const (
	mostKinds     = 500
	mostResponses = 500_000
)

// writeHandover keeps when people were asked for.
func writeHandover(p *pipe, d conversation.Desk) {
	if d.Owner != conversation.OwnerBot && d.Since > 0 {
		p.exec(handoverSQL, d.Conversation, d.Since, d.Queue, d.Reason, flag(d.Test))
	}
}

// writeResponse keeps when a person first wrote.
func writeResponse(p *pipe, now int64, d conversation.Deed) {
	if d.Op == "reply" {
		p.exec(responseSQL, d.Conversation, now, d.Agent)
	}
}

// Numbers counts what happened from one moment to before another, and what waits now.
func (s *Store) Numbers(ctx context.Context, from, to int64) (agentui.Numbers, error) {
	n := agentui.Numbers{From: from, To: to, Waiting: []agentui.Waiting{}, Days: []agentui.ResponseDay{}, Handovers: []agentui.Handovers{},
		Outcomes: []agentui.FlowOutcome{}, Codes: []agentui.CodesSent{}, OptOuts: []agentui.OptOuts{}}
	p := new(pipe)
	p.clock(&n.At)
	p.query(appendTo(&n.Waiting, func(r row, w *agentui.Waiting) error {
		return r.Scan(&w.Queue, &w.Count, &w.Since)
	}), queuesSQL, int64(mostKinds))
	took := map[int64][]int64{} // by day
	p.query(func(r row) error {
		var day, ms int64
		err := r.Scan(&day, &ms)
		took[day] = append(took[day], ms)
		return err
	}, tookSQL, from, to, int64(mostResponses))
	p.query(appendTo(&n.Handovers, func(r row, h *agentui.Handovers) error {
		return r.Scan(&h.Reason, &h.Count, &h.Answered)
	}), handoversSQL, from, to, int64(mostKinds))
	p.query(appendTo(&n.Outcomes, func(r row, o *agentui.FlowOutcome) error {
		return r.Scan(&o.Flow, &o.Outcome, &o.Count)
	}), outcomesSQL, from, to, int64(mostKinds))
	p.query(appendTo(&n.Codes, func(r row, c *agentui.CodesSent) error {
		return r.Scan(&c.Purpose, &c.Sent, &c.Approved)
	}), codesSentSQL, from, to, int64(mostKinds))
	p.query(appendTo(&n.OptOuts, func(r row, o *agentui.OptOuts) error {
		err := r.Scan(&o.At, &o.Count)
		o.At = from + o.At*hourMs
		return err
	}), optOutsSQL, from, to)
	if err := s.db.read(ctx, p); err != nil {
		return agentui.Numbers{}, fmt.Errorf("counting what happened: %w", err)
	}
	rank(&n, took)
	n.CodesFrom = max(from, n.At-keepCodes.Milliseconds())
	return n, nil
}

// rank finds medians and ninth tenths, by nearest rank, of each day and of all.
func rank(n *agentui.Numbers, took map[int64][]int64) {
	var all []int64
	for _, day := range slices.Sorted(maps.Keys(took)) {
		all = append(all, took[day]...)
		n.Days = append(n.Days, agentui.ResponseDay{At: n.From + day*dayMs, FirstResponse: ranked(took[day])})
	}
	n.Response = ranked(all)
}

func ranked(all []int64) agentui.FirstResponse {
	many := len(all)
	if many == 0 {
		return agentui.FirstResponse{}
	}
	slices.Sort(all)
	return agentui.FirstResponse{Answered: int64(many), Median: all[(many-1)/2], P90: all[(many*9+9)/10-1]}
}

// Ways counts the runs of a flow that ended in a range by the way they went, the most
// frequent first, at most limit.
func (s *Store) Ways(ctx context.Context, flow string, from, to int64, limit int) ([]agentui.Way, error) {
	return readAll(ctx, s, "counting a flow's ways", func(r row, w *agentui.Way) error {
		var path string
		err := r.Scan(&path, &w.State, &w.Outcome, &w.Count)
		w.Path = strings.Fields(path)
		return err
	}, waysSQL, flow, from, to, int64(limit))
}
