package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"parley/conversation/phone"
	"parley/flows"
)

// importing reads contacts from CSV and writes the good ones in batches.
type importing struct {
	store interface {
		ChangeContacts(ctx context.Context, phones []string, change func(c *flows.Contact) bool) (int, error)
	}
	region   string
	file     string // as complaints name it
	complain io.Writer
	size     int64 // of the file, bytes; 0: not known
	progress *progress

	header         []string
	batch          []imported
	rows, bad      int
	changed, wrote int
}

// imported is one row of the file.
type imported struct {
	line  int
	phone string
	cells []string
}

const (
	// mostImported is how many rows one transaction writes: few enough to be over
	// well within the two seconds that none may last.
	mostImported = 1000

	// mostComplaints is how many bad lines are named one by one.
	mostComplaints = 1000

	mostColumns = 60
)

// run reads to the end. Bad lines are named and left out; they are an error once the
// good ones are written.
func (r *importing) run(ctx context.Context, in io.Reader) error {
	rows, err := openTable(in)
	if err == nil {
		err = r.columns(rows.head)
	}
	if err != nil {
		return fmt.Errorf("%s:1: %w", r.file, err)
	}
	for {
		line, cells, problem, err := rows.row()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", r.file, err)
		}
		r.row(line, cells, problem)
		if len(r.batch) == mostImported {
			if err := r.flush(ctx); err != nil {
				return err
			}
			r.shows(rows.csv.InputOffset())
		}
	}
	if err := r.flush(ctx); err != nil {
		return err
	}
	r.progress.end()
	fmt.Fprintf(r.complain, "%d contacts read: %d good (%d new or changed), %d bad\n", r.rows, r.rows-r.bad, r.changed, r.bad)
	if r.bad > 0 {
		return fmt.Errorf("%s: %s not good; correct what is bad and import the file again", r.file, plural(r.bad, "line"))
	}
	return nil
}

// shows says how far the file is read: its rows are about as long as those so far.
func (r *importing) shows(read int64) {
	if r.size > 0 && read > 0 {
		r.progress.total = max(r.wrote, int(int64(r.wrote)*r.size/read))
	}
	r.progress.at(r.wrote)
}

// columns takes the header.
func (r *importing) columns(head []string) error {
	switch unnamed := slices.Index(head, ""); {
	case unnamed >= 0:
		return fmt.Errorf("the column %d has no name", unnamed+1)
	case !slices.Contains(head, "phone"):
		return errors.New("no column is named phone: begin the file with phone,name,language,timezone,tags")
	case len(head) > mostColumns:
		return fmt.Errorf("%d columns: at most %d", len(head), mostColumns)
	}
	for _, name := range head {
		r.header = append(r.header, untame(name))
	}
	return nil
}

// row takes one row.
func (r *importing) row(line int, cells []string, problem string) {
	r.rows++
	if problem != "" {
		r.complaint(line, problem)
		return
	}
	number, err := phone.Parse(strings.TrimSpace(cells[slices.Index(r.header, "phone")]), r.region)
	if err != nil {
		r.complaint(line, "phone: "+err.Error()+r.hint())
		return
	}
	r.batch = append(r.batch, imported{line, number, slices.Clone(cells)})
}

func (r *importing) hint() string {
	if r.region == "" {
		return "; write it with + and the country, or name --region"
	}
	return ""
}

func (r *importing) complaint(line int, why string) {
	r.bad++
	switch {
	case r.bad <= mostComplaints:
		r.progress.end()
		fmt.Fprintf(r.complain, "%s:%d: %s\n", r.file, line, why)
	case r.bad == mostComplaints+1:
		fmt.Fprintf(r.complain, "%s: more bad lines are only counted\n", r.file)
	}
}

// flush writes the batch in one transaction. Of two rows for one phone the later one
// is laid over the earlier.
func (r *importing) flush(ctx context.Context) error {
	of := make(map[string][]imported, len(r.batch))
	for _, row := range r.batch {
		of[row.phone] = append(of[row.phone], row)
	}
	changed, err := r.store.ChangeContacts(ctx, slices.Collect(maps.Keys(of)), func(c *flows.Contact) bool {
		good := false
		for _, row := range of[c.Phone] {
			next := r.merged(*c, row.cells)
			if problems := next.Problems(); len(problems) > 0 {
				r.complaint(row.line, strings.Join(problems, "; "))
				continue
			}
			*c, good = next, true
		}
		return good
	})
	if err != nil {
		return fmt.Errorf("%s: what stands before line %d may be written, nothing after it: %w", r.file, r.batch[0].line, err)
	}
	r.wrote += len(r.batch)
	r.changed += changed
	r.batch = r.batch[:0]
	return nil
}

// merged is the contact with the row's cells; an empty one takes a value away.
func (r *importing) merged(c flows.Contact, cells []string) flows.Contact {
	c.Fields = maps.Clone(c.Fields)
	for i, name := range r.header {
		cell := untame(strings.TrimSpace(cells[i]))
		switch name {
		case "phone":
		case "name":
			c.Name = cell
		case "language":
			c.Language = cell
		case "timezone":
			c.Timezone = cell
		case "tags":
			c.Tags = strings.FieldsFunc(cell, func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
		default:
			setField(&c, name, cell)
		}
	}
	return c
}

// setField gives a field a text. One whose text stays the same keeps its type: what
// was exported comes back as it was.
func setField(c *flows.Contact, name, cell string) {
	old, there := c.Fields[name]
	switch {
	case cell == "":
		delete(c.Fields, name)
	case there && fieldText(old) == cell:
	default:
		if c.Fields == nil {
			c.Fields = map[string]any{}
		}
		c.Fields[name] = cell
	}
}

// fieldText is a field as a cell: a text as it is, anything else as JSON.
func fieldText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}
