package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"parley/conversation"
)

const (
	// saveSQL finds every row: all are locked. It is an INSERT because that takes many in
	// one statement on both engines.
	saveSQL = `INSERT INTO conversations (id, line, phone, state, rev, epoch, created_at, updated_at)
			VALUES {each}($1, $2, $3, $4, $5, $6, $7, $8){/each}
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, rev = excluded.rev, epoch = excluded.epoch, updated_at = excluded.updated_at`

	// saveWakeSQL alone touches the indexed wake_at: all other updates stay heap-only.
	saveWakeSQL = `INSERT INTO conversations (id, line, phone, state, rev, epoch, created_at, updated_at, wake_at)
			VALUES {each}($1, $2, $3, $4, $5, $6, $7, $8, $9){/each}
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, rev = excluded.rev, epoch = excluded.epoch, updated_at = excluded.updated_at,
			wake_at = excluded.wake_at`

	// unbornSQL takes out a row that this transaction made and nothing happened to.
	unbornSQL = `DELETE FROM conversations WHERE id = $1 AND rev = 0`

	eventSQL = `INSERT INTO events (conversation, rev, at, kind, data) VALUES {each}($1, $2, $3, $4, $5){/each}`

	consentSQL = `INSERT INTO consents (phone, state, at, source, word) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (phone) DO UPDATE SET state = excluded.state, at = excluded.at, source = excluded.source, word = excluded.word`

	resultSQL = `UPDATE inbox SET result = $3 WHERE carrier = $1 AND key = $2`

	forgetSQL = `DELETE FROM inbox WHERE carrier = $1 AND key = $2`

	pendingSQL = `INSERT INTO feed_pending (at, events) VALUES ($1, $2)`

	// heardSQL marks that a conversation heard of a message's fate, unless the fate
	// has changed since.
	heardSQL = `UPDATE messages SET untold = 0 WHERE id = $1 AND untold = 1 AND (status = 'failed') = ($2 = 'failed')`
)

// Commit writes everything and commits, in one round trip. Cancellations, labels and
// accounts cost one more each, to look first, and jobs two.
func (b *batch) Commit(ctx context.Context, w conversation.Writes) error {
	if err := b.commit(ctx, w); err != nil {
		return fmt.Errorf("committing a batch: %w", err)
	}
	return nil
}

func (b *batch) commit(ctx context.Context, w conversation.Writes) error {
	plan, err := b.plan(ctx, w.Effects)
	if err != nil {
		return err
	}
	p := new(pipe)
	jobs, err := b.write(ctx, p, plan, w)
	if err != nil {
		return err
	}
	lines := plan.lines()
	if len(lines) > 0 {
		b.s.db.notify(p, hint(lines))
	}
	if err := b.finish(ctx, p, jobs); err != nil {
		return err
	}
	if len(lines) > 0 {
		b.s.db.committed(hint(lines))
	}
	return nil
}

// write queues all that the batch leaves behind, and gives the jobs that this leads to.
func (b *batch) write(ctx context.Context, p *pipe, plan *plan, w conversation.Writes) ([]conversation.Job, error) {
	if err := b.save(p, w.Conversations); err != nil {
		return nil, err
	}
	for _, id := range w.Unborn {
		b.s.known.forget(id)
		p.exec(unbornSQL, id)
	}
	events := make([][]any, len(w.Events))
	for i, e := range w.Events {
		events[i] = []any{e.Conversation, e.Rev, e.At, string(e.Kind), e.Data}
	}
	p.each(nil, eventSQL, events)
	plan.writeConsents(p)
	if err := writeDesk(p, b.now, w.Effects); err != nil {
		return nil, err
	}
	if err := b.writeTags(ctx, p, w.Effects); err != nil {
		return nil, err
	}
	if err := b.writeChanges(p, w.Effects); err != nil {
		return nil, err
	}
	accounts, err := b.writeAccounts(ctx, p, w.Effects)
	if err != nil {
		return nil, err
	}
	b.writeKeys(p, w)
	b.writeFeed(p, w.Events)
	if err := b.writeDead(p, w.Dead); err != nil {
		return nil, err
	}
	plan.writeMessages(p, b.told())
	return slices.Concat(plan.jobs, b.news.jobs, accounts), writeResults(p, w.Effects)
}

func (b *batch) finish(ctx context.Context, p *pipe, all []conversation.Job) error {
	if len(all) == 0 {
		return b.tx.commit(ctx, p)
	}
	return b.s.finish(ctx, b.tx, p, func() []conversation.Job { return all })
}

func (b *batch) save(p *pipe, all []conversation.Saved) error {
	var saved, waking [][]any
	for _, v := range all {
		c := &v.Conversation
		if b.rows[c.ID] == nil {
			return fmt.Errorf("conversation %q has no row", c.ID)
		}
		row := []any{c.ID, c.Line, c.Phone, v.Encoded, c.Rev, c.State.Epoch, b.now, b.now}
		if v.WakeChanged {
			waking = append(waking, append(row, c.WakeAt))
		} else {
			saved = append(saved, row)
		}
	}
	p.each(nil, saveSQL, saved)
	p.each(nil, saveWakeSQL, waking)
	return nil
}

// writeKeys stores the outcomes that a repeat of an API request is given again,
// and takes out the keys of refused events. Both touch only this batch's own keys.
func (b *batch) writeKeys(p *pipe, w conversation.Writes) {
	for _, i := range slices.Sorted(maps.Keys(w.Outcomes)) {
		e, o := &b.events[i], w.Outcomes[i]
		asked := e.Change != nil && o.Status == conversation.Applied // a repeat asks only whether it held
		if !b.fresh[i] || e.Carrier != "" || asked || plain(o) {
			continue
		}
		if text, err := json.Marshal(o); err == nil {
			p.exec(resultSQL, e.Carrier, e.Dedupe, string(text))
		}
	}
	for _, i := range w.Forget {
		if e := &b.events[i]; b.fresh[i] {
			p.exec(forgetSQL, e.Carrier, e.Dedupe)
		}
	}
}

// plain says that an outcome carries nothing beyond "applied", which an empty
// result stands for.
func plain(o conversation.Outcome) bool {
	return o.Status == conversation.Applied && o.ID == "" && o.Conversation == "" && o.Run == "" &&
		len(o.Messages) == 0 && len(o.Problems) == 0 && len(o.Records) == 0
}

// pendingEvent is one event in a feed row.
type pendingEvent struct {
	Conversation string            `json:"c"`
	Rev          int64             `json:"r"`
	Kind         conversation.Kind `json:"k"`
}

func (b *batch) writeFeed(p *pipe, events []conversation.Logged) {
	if len(events) == 0 {
		return
	}
	all := make([]pendingEvent, len(events))
	for i, e := range events {
		all[i] = pendingEvent{e.Conversation, e.Rev, e.Kind}
	}
	text, _ := json.Marshal(all) // strings and numbers: it cannot fail
	p.exec(pendingSQL, b.now, string(text))
}

// told lists the messages of whose fate this batch's events tell, and which fate.
func (b *batch) told() map[string]string {
	all := make(map[string]string)
	for i := range b.events {
		e := &b.events[i]
		kind := e.Kind
		if e.Poisoned != nil { // it stands for one that told
			kind = e.Poisoned.Kind
		}
		switch {
		case e.Settled == nil || e.Guard != nil: // a guard has told already
		case kind == conversation.KindFailed:
			all[e.Settled.Message] = "failed"
		case kind == conversation.KindSent:
			all[e.Settled.Message] = "sent"
		}
	}
	return all
}
