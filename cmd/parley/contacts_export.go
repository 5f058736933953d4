package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"parley/flows"
)

// contactPages reads contacts by phone, a page at a time.
type contactPages interface {
	Contacts(ctx context.Context, after string, limit int) ([]flows.Contact, error)
}

const (
	contactPage = 1000
	mostFields  = 1000 // columns of one file
)

// eachContact hands over all contacts by phone. No more than a page is held.
func eachContact(ctx context.Context, s contactPages, take func(c flows.Contact) error) error {
	for after := ""; ; {
		page, err := s.Contacts(ctx, after, contactPage)
		if err != nil {
			return err
		}
		for _, c := range page {
			if err := take(c); err != nil {
				return err
			}
			after = c.Phone
		}
		if len(page) < contactPage {
			return nil
		}
	}
}

// exportContacts writes all contacts as CSV. They are read twice: the header names
// every field that any of them has.
func exportContacts(ctx context.Context, s contactPages, w io.Writer) error {
	seen := map[string]bool{}
	err := eachContact(ctx, s, func(c flows.Contact) error {
		for name := range c.Fields {
			seen[name] = true
		}
		if len(seen) > mostFields {
			return fmt.Errorf("the contacts have more than %d different fields: a file cannot hold them", mostFields)
		}
		return nil
	})
	if err != nil {
		return err
	}
	fields := slices.Sorted(maps.Keys(seen))
	buffered := bufio.NewWriterSize(w, 64<<10)
	out := csv.NewWriter(buffered)
	row := slices.Clone(flows.ContactColumns)
	for _, name := range fields {
		row = append(row, tame(name))
	}
	if err := out.Write(row); err != nil {
		return err
	}
	err = eachContact(ctx, s, func(c flows.Contact) error {
		row = append(row[:0], c.Phone, tame(c.Name), c.Language, c.Timezone, strings.Join(c.Tags, " "))
		for _, name := range fields {
			cell := ""
			if v, ok := c.Fields[name]; ok {
				cell = tame(fieldText(v))
			}
			row = append(row, cell)
		}
		return out.Write(row)
	})
	if err != nil {
		return err
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}
