package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/conversation"
	"parley/flows"
)

var errVanished = errors.New("a conversation that was there is gone")

const (
	// dedupeSQL waits for whoever is inserting the same key, until it commits.
	dedupeSQL = `INSERT INTO inbox (carrier, key, at, body_hash) VALUES {each}($1, $2, {now}, $3){/each}
		ON CONFLICT DO NOTHING RETURNING carrier, key`

	createSQL = `INSERT INTO conversations (id, line, phone, created_at, updated_at)
		VALUES {each}($1, $2, $3, {now}, {now}){/each} ON CONFLICT DO NOTHING RETURNING id`

	lockSQL = `SELECT id, line, phone, rev, wake_at, state FROM conversations WHERE id IN ({ids}) ORDER BY id {lock}`

	// knownSQL is a statement of its own: a join would see consents and contacts as
	// they were before the wait for the lock. It is one for both, because to find the
	// conversations once more is most of its cost (a second one cost SQLite a quarter).
	knownSQL = `SELECT c.id, COALESCE(s.state, ''), COALESCE(s.at, 0), COALESCE(s.source, ''), COALESCE(s.word, ''),
			COALESCE(k.name, ''), COALESCE(k.language, ''), COALESCE(k.timezone, ''), COALESCE(k.fields, ''), COALESCE(k.tags, '')
		FROM conversations c LEFT JOIN consents s ON s.phone = c.phone LEFT JOIN contacts k ON k.phone = c.phone
		WHERE c.id IN ({ids}) AND (s.phone IS NOT NULL OR k.phone IS NOT NULL)`

	storedSQL = `SELECT result, body_hash FROM inbox WHERE carrier = $1 AND key = $2`
)

// Begin opens a batch in one round trip; repeated keys and guards cost a second
// one.
func (s *Store) Begin(ctx context.Context, events []conversation.Event) (conversation.Batch, error) {
	events = slices.Clone(events)
	for i := range events {
		if e := &events[i]; e.Conversation == "" {
			e.Conversation = s.ConversationID(e.Line, e.Phone)
		}
	}
	b, err := s.tryBegin(ctx, events)
	if errors.Is(err, errVanished) {
		b, err = s.tryBegin(ctx, events)
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

func (s *Store) tryBegin(ctx context.Context, events []conversation.Event) (*batch, error) {
	b := &batch{
		s: s, tx: s.db.begin(), events: events,
		fresh: make([]bool, len(events)),
		seen:  make(map[int]*conversation.Outcome), refused: make(map[int]bool),
		rows: make(map[string]*conversation.Loaded), news: s.news(),
	}
	err := b.open(ctx)
	if err == nil {
		err = b.second(ctx)
	}
	if err != nil {
		b.tx.rollback()
		return nil, err
	}
	return b, nil
}

// open dedupes, creates, locks and loads.
func (b *batch) open(ctx context.Context) error {
	p := new(pipe)
	p.clock(&b.now)
	b.dedupe(p)
	ids, inserts := b.conversations()
	created := make(map[string]bool)
	p.each(func(r row) error {
		var id string
		err := r.Scan(&id)
		created[id] = true
		return err
	}, createSQL, inserts)
	p.inList(b.loadRow, lockSQL, ids)
	p.inList(b.loadKnown, knownSQL, ids)
	b.settling = b.guards()
	claimProviderIDs(p, b.settling)
	if err := b.tx.flush(ctx, p); err != nil {
		return fmt.Errorf("opening a batch: %w", err)
	}
	return b.complete(created)
}

// dedupe queues the keys, sorted. A key that comes twice in the batch is inserted
// by its first event.
func (b *batch) dedupe(p *pipe) {
	order := make([]int, 0, len(b.events))
	for i, e := range b.events {
		if e.Dedupe != "" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		x, y := &b.events[i], &b.events[j]
		return cmp.Or(strings.Compare(x.Carrier, y.Carrier), strings.Compare(x.Dedupe, y.Dedupe))
	})
	type key struct{ carrier, dedupe string }
	firsts := make(map[key]int, len(order))
	rows := make([][]any, 0, len(order))
	for k, i := range order {
		e := &b.events[i]
		if k > 0 {
			first := &b.events[order[k-1]]
			if first.Carrier == e.Carrier && first.Dedupe == e.Dedupe {
				b.seen[i] = repeated(conversation.Outcome{Status: conversation.Applied}, first.BodyHash, e.BodyHash)
				continue
			}
		}
		firsts[key{e.Carrier, e.Dedupe}] = i
		rows = append(rows, []any{e.Carrier, e.Dedupe, e.BodyHash})
	}
	p.each(func(r row) error {
		var k key
		err := r.Scan(&k.carrier, &k.dedupe)
		if i, ok := firsts[k]; ok {
			b.fresh[i] = true
		}
		return err
	}, dedupeSQL, rows)
}

// conversations gives the ids to lock, and an event for each row that may have to
// be inserted first, both sorted by id.
func (b *batch) conversations() (ids []string, inserts [][]any) {
	pairs := make(map[string]*conversation.Event)
	for i := range b.events {
		e := &b.events[i]
		old, met := pairs[e.Conversation]
		if !met {
			ids = append(ids, e.Conversation)
		}
		if old == nil && e.Line != "" && e.Phone != "" && !b.s.known.has(e.Conversation) {
			old = e
		}
		pairs[e.Conversation] = old
	}
	slices.Sort(ids)
	for _, id := range ids {
		if e := pairs[id]; e != nil {
			inserts = append(inserts, []any{e.Conversation, e.Line, e.Phone})
		}
	}
	return ids, inserts
}

func (b *batch) loadRow(r row) error {
	l := &conversation.Loaded{Existed: true}
	if err := scanConversation(r, &l.Conversation); err != nil {
		return err
	}
	l.Consent.Phone = l.Conversation.Phone
	b.rows[l.Conversation.ID] = l
	return nil
}

// loadKnown takes what the phone has said about being texted, and its contact.
func (b *batch) loadKnown(r row) error {
	var id, fields, tags string
	var s conversation.Consent
	var k flows.Contact
	if err := r.Scan(&id, &s.State, &s.At, &s.Source, &s.Word, &k.Name, &k.Language, &k.Timezone, &fields, &tags); err != nil {
		return err
	}
	l := b.rows[id]
	if l == nil {
		return nil
	}
	s.Phone, k.Phone = l.Conversation.Phone, l.Conversation.Phone
	l.Consent, l.Contact = s, k
	return decodeContact(&l.Contact, fields, tags)
}

// complete compares what was loaded with what was expected.
func (b *batch) complete(created map[string]bool) error {
	var there []string
	vanished := false
	for i := range b.events {
		e := &b.events[i]
		l := b.rows[e.Conversation]
		switch {
		case l != nil:
			l.Existed = !created[e.Conversation]
			there = append(there, e.Conversation)
		case e.Line != "" && e.Phone != "" && b.s.known.has(e.Conversation):
			b.s.known.forget(e.Conversation)
			vanished = true
		}
	}
	if vanished { // all are forgotten before the second try
		return unavailable(errVanished)
	}
	b.s.known.add(there)
	return nil
}

// second asks for what the first round trip turned up: the stored results of
// repeated keys, and whether the guards hold.
func (b *batch) second(ctx context.Context) error {
	p := new(pipe)
	for i, e := range b.events {
		if b.repeats(i) && b.seen[i] == nil {
			p.query(func(r row) error { return b.loadResult(r, i) }, storedSQL, e.Carrier, e.Dedupe)
		}
	}
	b.queueChanges(p)
	settleAll(p, b.settling, b.news)
	if len(p.statements) == 0 {
		return nil
	}
	if err := b.tx.flush(ctx, p); err != nil {
		return fmt.Errorf("opening a batch: %w", err)
	}
	for _, g := range b.settling {
		b.refused[g.event] = !g.held
	}
	for _, c := range b.changing {
		b.refused[c.event] = b.refused[c.event] || !c.held
	}
	for i := range b.events {
		if b.repeats(i) && b.seen[i] == nil {
			return unavailable(fmt.Errorf("the dedupe key of event %d vanished", i))
		}
	}
	return nil
}

// repeats says that the i-th event's key was there already.
func (b *batch) repeats(i int) bool { return b.events[i].Dedupe != "" && !b.fresh[i] }

func (b *batch) loadResult(r row, i int) error {
	var result, bodyHash string
	if err := r.Scan(&result, &bodyHash); err != nil {
		return err
	}
	o := conversation.Outcome{Status: conversation.Applied}
	if result != "" {
		if err := json.Unmarshal([]byte(result), &o); err != nil {
			return fmt.Errorf("reading a stored result: %w", err)
		}
	}
	b.seen[i] = repeated(o, bodyHash, b.events[i].BodyHash)
	return nil
}

// repeated is the answer to a key that was there already.
func repeated(o conversation.Outcome, bodyHash, another string) *conversation.Outcome {
	if bodyHash != another {
		o = conversation.Outcome{Status: conversation.Conflicting}
	}
	o.Repeated = true
	return &o
}

// guards collects the settlements that must hold for their events.
func (b *batch) guards() []*settling {
	var all []*settling
	for i := range b.events {
		if g := b.events[i].Guard; g != nil {
			all = append(all, &settling{Settlement: *g, event: i, told: true})
		}
	}
	return all
}
