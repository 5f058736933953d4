package store

import (
	"context"
	"fmt"

	"parley/conversation"
)

const (
	consentOfSQL = `SELECT k.phone, k.state, k.at, k.source, k.word FROM consents k WHERE k.phone = $1`

	// noteConsentSQL writes what the business says of a phone's consent. What the
	// customer has said stands: their STOP is only undone by their START.
	noteConsentSQL = `INSERT INTO consents (phone, state, at, source, word) VALUES ($1, $2, {now}, 'api', $3)
		ON CONFLICT (phone) DO UPDATE SET state = excluded.state, at = excluded.at, source = excluded.source, word = excluded.word
		WHERE consents.state <> 'out' OR excluded.state = 'in' AND consents.source = 'api'`
)

// Consent reads what a phone has said about being texted; the zero state: nothing.
func (s *Store) Consent(ctx context.Context, phone string) (conversation.Consent, error) {
	c := conversation.Consent{Phone: phone}
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&c.Phone, &c.State, &c.At, &c.Source, &c.Word) }, consentOfSQL, phone)
	if err := s.db.read(ctx, p); err != nil {
		return c, fmt.Errorf("reading a consent: %w", err)
	}
	return c, nil
}

// NoteConsent writes what the business says of a phone's consent, how being its own
// words for how it was given, and tells who listens. False: the customer has opted out
// themselves, and nothing was written.
func (s *Store) NoteConsent(ctx context.Context, phone string, state conversation.ConsentState, how string) (bool, error) {
	var now int64
	written := false
	p := new(pipe)
	p.clock(&now)
	p.affected(func(n int64) { written = n == 1 }, noteConsentSQL, phone, string(state), how)
	tx := s.db.begin()
	defer tx.rollback()
	err := s.finish(ctx, tx, p, func() []conversation.Job {
		if !written {
			return nil
		}
		j := telling(conversation.ConsentChanged{State: string(state), Source: "api"}, now)
		j.Phone = phone
		return []conversation.Job{j}
	})
	if err != nil {
		return false, fmt.Errorf("writing a consent: %w", err)
	}
	return written, nil
}
