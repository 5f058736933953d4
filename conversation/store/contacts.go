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

// contactColumns is a contact as its row has it.
type contactColumns struct {
	flows.Contact
	fields, tags string // JSON
}

func (k *contactColumns) contact() (flows.Contact, error) {
	if k.fields != "" {
		if err := json.Unmarshal([]byte(k.fields), &k.Fields); err != nil {
			return flows.Contact{}, fmt.Errorf("reading a contact's fields: %w", err)
		}
	}
	if k.tags != "" {
		if err := json.Unmarshal([]byte(k.tags), &k.Tags); err != nil {
			return flows.Contact{}, fmt.Errorf("reading a contact's tags: %w", err)
		}
	}
	return k.Contact, nil
}

// scanContact reads ofContact.
func scanContact(r row) (flows.Contact, error) {
	var k contactColumns
	if err := r.Scan(&k.Phone, &k.Name, &k.Language, &k.Timezone, &k.fields, &k.tags); err != nil {
		return flows.Contact{}, err
	}
	return k.contact()
}

// Contact reads what is known of a phone.
func (s *Store) Contact(ctx context.Context, phone string) (c flows.Contact, found bool, err error) {
	p := new(pipe)
	p.query(func(r row) (err error) {
		found = true
		c, err = scanContact(r)
		return err
	}, contactSQL, phone)
	if err := s.db.read(ctx, p); err != nil {
		return flows.Contact{}, false, fmt.Errorf("reading a contact: %w", err)
	}
	return c, found, nil
}

// Contacts lists contacts by phone, those after the given one, at most limit.
func (s *Store) Contacts(ctx context.Context, after string, limit int) ([]flows.Contact, error) {
	all := make([]flows.Contact, 0, limit)
	p := new(pipe)
	p.query(func(r row) error {
		c, err := scanContact(r)
		all = append(all, c)
		return err
	}, contactPageSQL, after, int64(limit))
	if err := s.db.read(ctx, p); err != nil {
		return nil, fmt.Errorf("reading contacts: %w", err)
	}
	return all, nil
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

// changeContacts queues on out what has to be written; rows are made, then locked,
// sorted, so that no two of these wait for each other.
func changeContacts(ctx context.Context, tx session, out *pipe, phones []string, change func(c *flows.Contact) bool) (int, error) {
	phones = slices.Compact(slices.Sorted(slices.Values(phones)))
	before, made := make(map[string]flows.Contact, len(phones)), make(map[string]bool)
	inserts := make([][]any, len(phones))
	for i, phone := range phones {
		inserts[i] = []any{phone}
	}
	look := new(pipe)
	look.each(func(r row) error {
		var phone string
		err := r.Scan(&phone)
		made[phone] = true
		return err
	}, createContactSQL, inserts)
	look.inList(func(r row) error {
		c, err := scanContact(r)
		before[c.Phone] = c
		return err
	}, lockContactsSQL, phones)
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

func contactRow(c flows.Contact) ([]any, error) {
	fields, tags := "", ""
	if len(c.Fields) > 0 {
		b, err := json.Marshal(c.Fields)
		if err != nil {
			return nil, fmt.Errorf("encoding a contact: %w", err)
		}
		fields = string(b)
	}
	if len(c.Tags) > 0 {
		b, err := json.Marshal(c.Tags)
		if err != nil {
			return nil, fmt.Errorf("encoding a contact: %w", err)
		}
		tags = string(b)
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
