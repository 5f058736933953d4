package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/conversation"
)

const (
	// receiptSQL remembers what a carrier said of one of its ids, forward only, and
	// tells whose message it is, if a settlement was here before.
	receiptSQL = `INSERT INTO provider_messages (carrier, provider_id, message, status, raw, error, at)
		VALUES {each}($1, $2, $3, $4, $5, $6, {now}){/each}
		ON CONFLICT (carrier, provider_id) DO UPDATE SET
			message = CASE WHEN provider_messages.message = '' THEN excluded.message ELSE provider_messages.message END,
			raw = excluded.raw,
			error = CASE WHEN excluded.status = 'failed' THEN excluded.error ELSE provider_messages.error END,
			status = CASE
				WHEN excluded.status = 'delivered' THEN 'delivered'
				WHEN excluded.status = 'failed' AND provider_messages.status <> 'delivered' THEN 'failed'
				WHEN excluded.status = 'sent' AND provider_messages.status IN ('', 'queued') THEN 'sent'
				WHEN excluded.status = 'queued' AND provider_messages.status = '' THEN 'queued'
				ELSE provider_messages.status END` + upsertReturning

	lockMessageSQL = `SELECT id FROM messages WHERE id = $1 {lock}`

	moveReturning = ` RETURNING id, conversation, run, wait, line, phone, status, error, untold` + tellColumns

	// moveSentSQL also takes a message that waits to be tried again: it was sent
	// after all.
	moveSentSQL = `UPDATE messages SET status = 'sent', lease_until = 0, error = '',
			sent_at = CASE WHEN sent_at = 0 THEN {now} ELSE sent_at END,
			carrier = CASE WHEN carrier = '' THEN $2 ELSE carrier END,
			provider_id = CASE WHEN provider_id = '' THEN $3 ELSE provider_id END,
			untold = CASE WHEN wait > 0 THEN 1 ELSE untold END
		WHERE id = $1 AND status IN ('queued', 'sending')` + moveReturning

	// moveDeliveredSQL waits for the last part. It alone leaves 'failed'; a question
	// that was parked is open from then on.
	moveDeliveredSQL = `UPDATE messages SET status = 'delivered', lease_until = 0, finished_at = {now}, parked = 0, error = '',
			sent_at = CASE WHEN sent_at = 0 THEN {now} ELSE sent_at END,
			carrier = CASE WHEN carrier = '' THEN $2 ELSE carrier END,
			provider_id = CASE WHEN provider_id = '' THEN $3 ELSE provider_id END,
			untold = CASE WHEN wait > 0 AND (status IN ('queued', 'sending') OR parked = 1) THEN 1 ELSE untold END
		WHERE id = $1 AND status IN ('queued', 'sending', 'sent', 'failed')
		AND NOT EXISTS (SELECT 1 FROM provider_messages p
			WHERE p.message = $1 AND p.parts > 1 AND p.status <> 'delivered')` + moveReturning

	// moveFailedSQL spares a message that waits to be tried again: what failed was
	// an earlier attempt.
	moveFailedSQL = `UPDATE messages SET status = 'failed', lease_until = 0, finished_at = {now}, error = $4,
			carrier = CASE WHEN carrier = '' THEN $2 ELSE carrier END,
			provider_id = CASE WHEN provider_id = '' THEN $3 ELSE provider_id END,
			untold = CASE WHEN wait > 0 THEN 1 ELSE untold END
		WHERE id = $1 AND status IN ('sending', 'sent')` + moveReturning
)

// Receive upserts the receipts by (carrier, provider id) and moves the messages'
// statuses forward, in one transaction that it shares with whoever calls meanwhile:
// receipts come one to a webhook, and a commit each would cost more than the rest.
// It returns the events that Step must hear of. Should the caller die before it
// submits them, Due returns them as well. ErrBusy means that they have to come again:
// too many wait, or one says something of a phone and it is not known yet of which.
func (s *Store) Receive(ctx context.Context, receipts []conversation.Receipt) ([]conversation.Event, error) {
	if len(receipts) == 0 {
		return nil, nil
	}
	all := make([]*received, len(receipts))
	for i := range receipts {
		all[i] = &received{Receipt: receipts[i]}
	}
	if err := s.receipts.do(ctx, all, s.receive); err != nil {
		return nil, fmt.Errorf("receiving receipts: %w", err)
	}
	for _, r := range all {
		if r.ofThePhone() && r.move.message == "" {
			return nil, fmt.Errorf("a receipt that says something of a phone came before its message was settled: %w", conversation.ErrBusy)
		}
	}
	return s.tell(all), nil
}

// ofThePhone says whether the carrier says more than what became of one message. Until
// it is known whose that is, it has to come again: settling tells only of the message.
func (r *received) ofThePhone() bool { return r.OptedOut || r.Unknown }

// receive stores receipts in one transaction.
func (s *Store) receive(ctx context.Context, all []*received) error {
	for _, r := range all {
		r.fate, r.move = nil, move{
			message: r.Message, carrier: r.Carrier, provider: r.ProviderID,
			status: r.Status, error: r.Error, parts: 1,
		}
	}
	tx := s.db.begin()
	defer tx.rollback()
	p := new(pipe)
	remember(p, all)
	if err := tx.flush(ctx, p); err != nil {
		return err
	}
	p, news := new(pipe), s.news()
	slices.SortStableFunc(all, func(x, y *received) int { return strings.Compare(x.move.message, y.move.message) })
	for _, r := range all {
		r.move.queue(p, func(answer row) error { return r.moved(answer, news) })
		r.find(p)
	}
	if !news.wanted() {
		return tx.commit(ctx, p)
	}
	return s.finish(ctx, tx, p, func() []conversation.Job { return news.jobs })
}

// received is one receipt on its way.
type received struct {
	conversation.Receipt
	move  move
	fate  *settled
	phone struct{ conversation, line, phone string }
}

// remember queues the upserts, sorted.
func remember(p *pipe, all []*received) {
	u := upserts[*received]{text: receiptSQL}
	for _, r := range all {
		if r.ProviderID != "" {
			u.add(carrierID{r.Carrier, r.ProviderID}, r, r.Message, string(r.Status), r.Raw, r.Error)
		}
	}
	u.queue(p, func(r *received, a upserted) {
		r.move.message, r.move.error, r.move.parts = a.message, a.error, a.parts
		r.move.status = conversation.Status(a.status)
	})
}

// move takes a message's status forward.
type move struct {
	message, carrier, provider string
	status                     conversation.Status
	error                      string
	parts                      int
}

// queue adds the statements of the move; a message that moved is given to moved.
func (m move) queue(p *pipe, moved func(row) error) {
	if m.message == "" {
		return
	}
	switch m.status {
	case conversation.Sent:
		p.query(moved, moveSentSQL, m.message, m.carrier, m.provider)
	case conversation.Failed:
		p.query(moved, moveFailedSQL, m.message, m.carrier, m.provider, m.error)
	case conversation.Delivered:
		if m.parts > 1 {
			// Two parts that arrive together must see each other: the lock makes the
			// second one's statement begin after the first one's commit.
			p.query(func(row) error { return nil }, lockMessageSQL, m.message)
			p.query(moved, moveSentSQL, m.message, m.carrier, m.provider)
		}
		p.query(moved, moveDeliveredSQL, m.message, m.carrier, m.provider)
	}
}

// settled is a message that reached a status. While untold is set, its conversation
// waits and does not know of it.
type settled struct {
	id, conversation, run, line, phone, error, class string
	wait, untold, segments, test, at                 int64
	status                                           conversation.Status
}

func scanSettled(r row) (*settled, error) {
	var f settled
	err := r.Scan(&f.id, &f.conversation, &f.run, &f.wait, &f.line, &f.phone, &f.status, &f.error, &f.untold,
		&f.class, &f.segments, &f.test, &f.at)
	return &f, err
}

// event tells the conversation.
func (f *settled) event() conversation.Event {
	kind := conversation.KindSent
	if f.status == conversation.Failed {
		kind = conversation.KindFailed
	}
	return conversation.Event{
		Kind: kind, Conversation: f.conversation, Line: f.line, Phone: f.phone,
		Dedupe:  string(kind) + "/" + f.id,
		Settled: &conversation.Settled{Message: f.id, Run: f.run, Wait: f.wait, Error: f.error},
	}
}

func (r *received) moved(answer row, news *news) error {
	f, err := scanSettled(answer)
	if err != nil {
		return err
	}
	news.moved(f)
	if f.untold == 1 {
		r.fate = f
	}
	return nil
}

const ownerSQL = `SELECT conversation, line, phone FROM messages WHERE id = $1`

// find asks whose message a carrier's word about a phone is about.
func (r *received) find(p *pipe) {
	if r.ofThePhone() && r.move.message != "" {
		p.query(func(answer row) error {
			return answer.Scan(&r.phone.conversation, &r.phone.line, &r.phone.phone)
		}, ownerSQL, r.move.message)
	}
}

func (s *Store) tell(all []*received) []conversation.Event {
	var events []conversation.Event
	for _, r := range all {
		if r.phone.conversation != "" {
			kind, dedupe := conversation.KindOptOut, "optout/"
			if r.Unknown {
				kind, dedupe = conversation.KindUnknown, "unknown/"
			}
			events = append(events, conversation.Event{
				Kind: kind, Conversation: r.phone.conversation,
				Line: r.phone.line, Phone: r.phone.phone, At: r.At,
				Dedupe:  dedupe + r.Carrier + "/" + cmp.Or(r.ProviderID, r.Message),
				Settled: &conversation.Settled{Message: r.move.message, Error: r.Error},
			})
		}
		if r.fate != nil {
			events = append(events, r.fate.event())
		}
	}
	return events
}
