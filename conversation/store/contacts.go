package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"parley/conversation"
	"parley/flows"
)

const ofContact = `k.phone, k.name, k.language, k.timezone, k.fields, k.tags FROM contacts k`

const (
	peekContactSQL = `SELECT ` + ofContact + `
		WHERE k.phone = COALESCE((SELECT c.phone FROM conversations c WHERE c.id = $1), $2)`

	contactSQL = `SELECT ` + ofContact + ` WHERE k.phone = $1`

	// createContactSQL makes whom two transactions may be about to make: the second
	// waits for the first, and then works on what that has left.
	createContactSQL = `INSERT INTO contacts (phone, created_at, updated_at) VALUES {each}($1, {now}, {now}){/each}
		ON CONFLICT DO NOTHING RETURNING phone`

	// unmadeContactSQL takes out a row that this transaction made and left empty.
	unmadeContactSQL = `DELETE FROM contacts WHERE phone = $1`

	lockContactsSQL = `SELECT ` + ofContact + ` WHERE k.phone IN ({ids}) ORDER BY k.phone {lock}`

	contactPageSQL = `SELECT ` + ofContact + ` WHERE k.phone > $1 ORDER BY k.phone LIMIT $2`

	putContactSQL = `INSERT INTO contacts (phone, name, language, timezone, fields, tags, created_at, updated_at)
		VALUES {each}($1, $2, $3, $4, $5, $6, {now}, {now}){/each}
		ON CONFLICT (phone) DO UPDATE SET name = excluded.name, language = excluded.language, timezone = excluded.timezone,
			fields = excluded.fields, tags = excluded.tags, updated_at = excluded.updated_at`
)

// scanContact reads ofContact.
func scanContact(r row, c *flows.Contact) error {
	var fields, tags string
	if err := r.Scan(&c.Phone, &c.Name, &c.Language, &c.Timezone, &fields, &tags); err != nil {
		return err
	}
	return decodeContact(c, fields, tags)
}

// decodeContact reads the columns that hold JSON.
func decodeContact(c *flows.Contact, fields, tags string) error {
	if fields != "" {
		if err := json.Unmarshal([]byte(fields), &c.Fields); err != nil {
			return fmt.Errorf("reading a contact's fields: %w", err)
		}
	}
	if tags != "" {
		if err := json.Unmarshal([]byte(tags), &c.Tags); err != nil {
			return fmt.Errorf("reading a contact's tags: %w", err)
		}
	}
	return nil
}

// Contact reads what is known of a phone.
func (s *Store) Contact(ctx context.Context, phone string) (c flows.Contact, found bool, err error) {
	p := new(pipe)
	p.query(into(&c, &found, scanContact), contactSQL, phone)
	if err := s.db.read(ctx, p); err != nil {
		return flows.Contact{}, false, fmt.Errorf("reading a contact: %w", err)
	}
	return c, found, nil
}

// Contacts lists contacts by phone, those after the given one, at most limit.
func (s *Store) Contacts(ctx context.Context, after string, limit int) ([]flows.Contact, error) {
	return readAll(ctx, s, "reading contacts", scanContact, contactPageSQL, after, int64(limit))
}

// ChangeContacts locks the contacts of the phones, lets change work on each (a
// new one comes with its phone only), and writes those of which it says so and that
// are others than before, in one transaction. It returns how many were written.
func (s *Store) ChangeContacts(ctx context.Context, phones []string, change func(c *flows.Contact) bool) (written int, err error) {
	tx := s.db.begin()
	defer tx.rollback()
	p := new(pipe)
	written, err = changeContacts(ctx, tx, p, phones, change)
	if err == nil {
		err = tx.commit(ctx, p)
	}
	if err != nil {
		return 0, fmt.Errorf("writing contacts: %w", err)
	}
	return written, nil
}

// changeContacts queues on out what has to be written.
func changeContacts(ctx context.Context, tx session, out *pipe, phones []string, change func(c *flows.Contact) bool) (int, error) {
	phones = slices.Compact(slices.Sorted(slices.Values(phones)))
	look := new(pipe)
	before, made := lockContacts(look, phones)
	if err := tx.flush(ctx, look); err != nil {
		return 0, err
	}
	var rows [][]any
	for _, phone := range phones {
		c := before[phone]
		c.Phone = phone
		old, err := contactRow(c)
		if err != nil {
			return 0, err
		}
		c.Fields, c.Tags = maps.Clone(c.Fields), slices.Clone(c.Tags)
		if !change(&c) {
			if made[phone] {
				out.exec(unmadeContactSQL, phone)
			}
			continue
		}
		next, err := contactRow(c)
		if err != nil {
			return 0, err
		}
		if made[phone] || !slices.Equal(old, next) {
			rows = append(rows, next)
		}
	}
	out.each(nil, putContactSQL, rows)
	return len(rows), nil
}

// lockContacts queues the rows, sorted, so that no two of these wait for each other: they
// are made where there are none, then locked. before and made are filled by the flush.
func lockContacts(p *pipe, sorted []string) (before map[string]flows.Contact, made map[string]bool) {
	before, made = make(map[string]flows.Contact, len(sorted)), make(map[string]bool)
	inserts := make([][]any, len(sorted))
	for i, phone := range sorted {
		inserts[i] = []any{phone}
	}
	p.each(func(r row) error {
		var phone string
		err := r.Scan(&phone)
		made[phone] = true
		return err
	}, createContactSQL, inserts)
	p.inList(func(r row) error {
		var c flows.Contact
		err := scanContact(r, &c)
		before[c.Phone] = c
		return err
	}, lockContactsSQL, sorted)
	return before, made
}

func contactRow(c flows.Contact) ([]any, error) {
	fields, err := encoded(c.Fields, len(c.Fields))
	if err != nil {
		return nil, fmt.Errorf("encoding a contact: %w", err)
	}
	tags, err := encoded(c.Tags, len(c.Tags))
	if err != nil {
		return nil, fmt.Errorf("encoding a contact: %w", err)
	}
	return []any{c.Phone, c.Name, c.Language, c.Timezone, fields, tags}, nil
}

// writeTags queues the labels that the batch's flows gave.
func (b *batch) writeTags(ctx context.Context, p *pipe, effects []conversation.Effect) error {
	var phones []string
	for _, e := range effects {
		if e.Contact != nil {
			phones = append(phones, e.Contact.Phone)
		}
	}
	if len(phones) == 0 {
		return nil
	}
	_, err := changeContacts(ctx, b.tx, p, phones, func(c *flows.Contact) bool {
		for _, e := range effects {
			if e.Contact != nil && e.Contact.Phone == c.Phone {
				c.Tags = flows.Retag(c.Tags, e.Contact.Add, e.Contact.Remove)
			}
		}
		return true
	})
	return err
}
