package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/conversation"
)

// settling is one settlement on its way into the tables.
type settling struct {
	conversation.Settlement
	event int  // of a guard: the event's index in its batch
	told  bool // of a guard: its conversation hears of it in the same transaction
	held  bool
	early []early
}

// early is a receipt that came before the settlement.
type early struct {
	carrier, id   string
	status, error string
}

const (
	// providerSQL takes the carrier's id for a message. The unique key orders it
	// with receipts: whichever comes second sees the other.
	providerSQL = `INSERT INTO provider_messages (carrier, provider_id, message, parts, at)
		VALUES {each}($1, $2, $3, $4, {now}){/each}
		ON CONFLICT (carrier, provider_id) DO UPDATE SET message = excluded.message, parts = excluded.parts` + upsertReturning

	takenSQL = `UPDATE messages SET status = $4, carrier = $5, provider_id = $6, error = '', lease_until = 0,
			sent_at = CASE WHEN CAST($7 AS bigint) = 0 THEN {now} ELSE CAST($7 AS bigint) END,
			finished_at = CASE WHEN $4 = 'delivered' THEN {now} ELSE 0 END,
			untold = CASE WHEN wait > 0 AND CAST($8 AS bigint) = 0 THEN 1 ELSE 0 END
		WHERE id = $1 AND status = 'sending' AND node = $2 AND attempt = $3`

	// failedSQL tells the conversation nothing of a message that is parked: it may have
	// arrived, and be answered.
	failedSQL = `UPDATE messages SET status = 'failed', carrier = $4, provider_id = $5, error = $6, parked = $7,
			lease_until = 0, finished_at = {now},
			untold = CASE WHEN wait > 0 AND CAST($8 AS bigint) = 0 THEN 1 ELSE 0 END
		WHERE id = $1 AND status = 'sending' AND node = $2 AND attempt = $3`

	// The same when somebody listens for the fates of messages.
	takenToldSQL  = takenSQL + moveReturning
	failedToldSQL = failedSQL + moveReturning

	// againSQL leaves lease_until above zero: such a message keeps its place before
	// later ones of its conversation, see claimSQL.
	againSQL = `UPDATE messages SET status = 'queued', node = '', due_at = $4, attempt = attempt - $5, error = $6
		WHERE id = $1 AND status = 'sending' AND node = $2 AND attempt = $3`

	// droppedSQL passes a row that a claim or a cancellation is holding.
	droppedSQL = `UPDATE messages SET status = $2, error = $3, finished_at = {now}
		WHERE id IN (SELECT id FROM messages WHERE id = $1 AND status = 'queued' {lock} {skiplocked})`
)

// Settle writes what became of claimed messages in one transaction and returns
// which of them still held, in the same order. Expired, Cancelled and Superseded
// hold for messages that are still queued. A receipt that came before the
// settlement is taken over. What a waiting conversation did not hear by a guard is
// told by Due.
func (s *Store) Settle(ctx context.Context, settlements []conversation.Settlement) ([]bool, error) {
	if len(settlements) == 0 {
		return nil, nil
	}
	all := make([]*settling, len(settlements))
	var codes, others []*settling // codes lock challenges as well: they go alone, before anything else is held
	for i := range settlements {
		all[i] = &settling{Settlement: settlements[i]}
		if all[i].Challenge != "" {
			codes = append(codes, all[i])
		} else {
			others = append(others, all[i])
		}
	}
	for _, some := range [][]*settling{codes, others} {
		if err := s.settle(ctx, some); err != nil {
			return nil, fmt.Errorf("settling messages: %w", err)
		}
	}
	held := make([]bool, len(all))
	for i, one := range all {
		held[i] = one.held
	}
	return held, nil
}

// settle is one transaction of Settle.
func (s *Store) settle(ctx context.Context, all []*settling) error {
	if len(all) == 0 {
		return nil
	}
	tx := s.db.begin()
	defer tx.rollback()
	p := new(pipe)
	claimProviderIDs(p, all)
	if len(p.statements) > 0 {
		if err := tx.flush(ctx, p); err != nil {
			return err
		}
	}
	p, news := new(pipe), s.news()
	settleAll(p, all, news)
	if news.wanted() {
		return s.finish(ctx, tx, p, func() []conversation.Job { return news.jobs })
	}
	return tx.commit(ctx, p)
}

// claimProviderIDs queues the upserts of all provider ids, sorted. They stand even
// when the settlement no longer holds: the carrier did take the message.
func claimProviderIDs(p *pipe, all []*settling) {
	u := upserts[*settling]{text: providerSQL}
	for _, one := range all {
		for _, id := range one.Provider {
			if id != "" {
				u.add(carrierID{one.Carrier, id}, one, one.Message, int64(len(one.Provider)))
			}
		}
	}
	u.queue(p, func(one *settling, a upserted) {
		one.early = append(one.early, early{carrier: a.carrier, id: a.id, status: a.status, error: a.error})
	})
}

// settleAll queues the updates of the messages, sorted by id.
func settleAll(p *pipe, all []*settling, news *news) {
	settleCodes(p, all)
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(x, y *settling) int { return strings.Compare(x.Message, y.Message) })
	for _, one := range sorted {
		one.settle(p, news)
		for _, e := range one.early {
			move{
				message: one.Message, carrier: e.carrier, provider: e.id, parts: len(one.Provider),
				status: conversation.Status(e.status), error: e.error,
			}.queue(p, func(answer row) error {
				f, err := scanSettled(answer)
				if err == nil {
					news.moved(f)
				}
				return err
			})
		}
	}
}

func (o *settling) settle(p *pipe, news *news) {
	held := func(n int64) { o.held = n == 1 }
	// fate asks for the row only when somebody listens.
	fate := func(text, told string, args ...any) {
		if !news.wanted() {
			p.affected(held, text, args...)
			return
		}
		p.query(func(answer row) error {
			f, err := scanSettled(answer)
			if err == nil {
				o.held = true
				news.moved(f)
			}
			return err
		}, told, args...)
	}
	var provider string
	if len(o.Provider) > 0 {
		provider = o.Provider[0]
	}
	switch o.Status {
	case conversation.Sent, conversation.Delivered:
		fate(takenSQL, takenToldSQL, o.Message, o.Node, int64(o.Attempt), string(o.Status), o.Carrier, provider, o.At, flag(o.told))
	case conversation.Failed:
		fate(failedSQL, failedToldSQL, o.Message, o.Node, int64(o.Attempt), o.Carrier, provider, o.Error, flag(o.Parked), flag(o.told || o.Parked))
	case conversation.Queued:
		p.affected(held, againSQL, o.Message, o.Node, int64(o.Attempt), o.DueAt, flag(o.Uncounted), o.Error)
	case conversation.Expired, conversation.Cancelled, conversation.Superseded:
		p.affected(held, droppedSQL, o.Message, string(o.Status), o.Error)
	}
}
