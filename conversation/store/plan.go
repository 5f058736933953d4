package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/conversation"
	"parley/flows"
)

// plan is what a batch's effects come to, once its own cancellations have met its
// own messages.
type plan struct {
	messages []*conversation.Message
	media    []string
	dropped  map[string]conversation.Cancel // messages of earlier batches, by id
	consents map[string]conversation.Consent
	jobs     []conversation.Job
}

const (
	// queuedSQL looks without a lock: claims may still win.
	queuedSQL = `SELECT id, conversation, run, class, epoch, by_agent FROM messages
		WHERE conversation = $1 AND status = 'queued'`

	cancelSQL = `UPDATE messages SET status = $2, error = $3, finished_at = {now} WHERE id = $1 AND status = 'queued'`

	messageSQL = `INSERT INTO messages (id, conversation, position, run, line, phone, class, priority, body, media,
			segments, wait, epoch, by_agent, exempt, test, created_at, due_at, expires_at, status, error, challenge)
		VALUES {each}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22){/each}`
)

// plan sorts the effects out. The order of effects matters between Send and Cancel
// only: a cancellation ends what came before it.
func (b *batch) plan(ctx context.Context, effects []conversation.Effect) (*plan, error) {
	p := &plan{dropped: make(map[string]conversation.Cancel), consents: make(map[string]conversation.Consent)}
	var cancels []conversation.Cancel
	for i := range effects {
		switch e := &effects[i]; {
		case e.Send != nil:
			m := *e.Send
			m.Status = cmp.Or(m.Status, conversation.Queued)
			media, err := encoded(m.Media, len(m.Media))
			if err != nil {
				return nil, fmt.Errorf("encoding media: %w", err)
			}
			p.messages, p.media = append(p.messages, &m), append(p.media, media)
		case e.Cancel != nil:
			cancels = append(cancels, *e.Cancel)
			p.cancelOwn(*e.Cancel)
		case e.Consent != nil:
			p.consents[e.Consent.Phone] = *e.Consent
		case e.Job != nil:
			p.jobs = append(p.jobs, *e.Job)
		}
	}
	if len(cancels) == 0 {
		return p, nil
	}
	return p, p.cancelStored(ctx, b.tx, cancels)
}

func (p *plan) cancelOwn(c conversation.Cancel) {
	for _, m := range p.messages {
		if m.Status == conversation.Queued && ends(c, m) {
			m.Status, m.Error = c.As, c.Reason
		}
	}
}

// ends says whether a cancellation is meant for a queued message.
func ends(c conversation.Cancel, m *conversation.Message) bool {
	return c.Conversation == m.Conversation &&
		(c.Run == "" || c.Run == m.Run) &&
		(c.Message == "" || c.Message == m.ID) &&
		(c.Before == 0 || m.Epoch < c.Before && !m.ByAgent) &&
		!(c.Spare && (m.Class == flows.Code || m.Class == flows.Alert))
}

// cancelStored finds the messages of earlier batches, so that they can be updated
// in the order of their ids.
func (p *plan) cancelStored(ctx context.Context, tx session, cancels []conversation.Cancel) error {
	ids := make(map[string]bool)
	for _, c := range cancels {
		ids[c.Conversation] = true
	}
	look := new(pipe)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		look.query(func(r row) error {
			var m conversation.Message
			var byAgent int64
			if err := r.Scan(&m.ID, &m.Conversation, &m.Run, &m.Class, &m.Epoch, &byAgent); err != nil {
				return err
			}
			m.ByAgent = byAgent == 1
			for _, c := range cancels {
				if _, done := p.dropped[m.ID]; !done && ends(c, &m) {
					p.dropped[m.ID] = c
				}
			}
			return nil
		}, queuedSQL, id)
	}
	return tx.flush(ctx, look)
}

// writeConsents queues the consents, sorted: two conversations of one phone may be
// in different batches.
func (p *plan) writeConsents(out *pipe) {
	for _, phone := range slices.Sorted(maps.Keys(p.consents)) {
		k := p.consents[phone]
		out.exec(consentSQL, k.Phone, string(k.State), k.At, k.Source, k.Word)
	}
}

// writeMessages queues everything that touches messages, existing rows sorted by
// id. told are those of whose fate the batch's events tell.
func (p *plan) writeMessages(out *pipe, told map[string]string) {
	ids := slices.Concat(slices.Collect(maps.Keys(p.dropped)), slices.Collect(maps.Keys(told)))
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if c, ok := p.dropped[id]; ok {
			out.exec(cancelSQL, id, string(c.As), c.Reason)
		}
		if fate, ok := told[id]; ok {
			out.exec(heardSQL, id, fate)
		}
	}
	rows := make([][]any, len(p.messages))
	for i, m := range p.messages {
		rows[i] = []any{m.ID, m.Conversation, m.Position, m.Run, m.Line, m.To, string(m.Class), int64(m.Priority),
			m.Text, p.media[i], int64(m.Segments), m.Wait, m.Epoch, flag(m.ByAgent), flag(m.Exempt), flag(m.Test),
			m.CreatedAt, m.DueAt, m.ExpiresAt, string(m.Status), m.Error, m.Challenge}
	}
	out.each(nil, messageSQL, rows)
}

// lines lists the lines that got work, sorted.
func (p *plan) lines() []string {
	var lines []string
	for _, m := range p.messages {
		if m.Status == conversation.Queued {
			lines = append(lines, m.Line)
		}
	}
	slices.SortFunc(lines, strings.Compare)
	return slices.Compact(lines)
}
