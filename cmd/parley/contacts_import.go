package main

import (
	"context"
	"encoding/csv"
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
	rows := csv.NewReader(in)
	rows.ReuseRecord = true
	header, err := rows.Read()
	if err != nil {
		return fmt.Errorf("%s: reading the header: %w", r.file, err)
	}
	if r.header, err = columns(header); err != nil {
		return fmt.Errorf("%s:1: %w", r.file, err)
	}
	for {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err := r.row(rows, cells, err); err != nil {
			return err
		}
		if len(r.batch) == mostImported {
			if err := r.flush(ctx); err != nil {
				return err
			}
			r.shows(rows.InputOffset())
		}
	}
	if err := r.flush(ctx); err != nil {
		return err
	}
	r.progress.end()
	fmt.Fprintf(r.complain, "%d contacts read: %d good (%d new or changed), %d bad\n", r.rows, r.rows-r.bad, r.changed, r.bad)
	if r.bad > 0 {
		return fmt.Errorf("%s: %d lines are not good; correct them and import the file again", r.file, r.bad)
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

// columns checks the header.
func columns(header []string) ([]string, error) {
	out := slices.Clone(header)
	out[0] = strings.TrimPrefix(out[0], "\ufeff") // as spreadsheets begin a file
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
		switch {
		case out[i] == "":
			return nil, fmt.Errorf("the column %d has no name", i+1)
		case slices.Contains(out[:i], out[i]):
			return nil, fmt.Errorf("two columns are named %q", out[i])
		}
	}
	switch {
	case !slices.Contains(out, "phone"):
		return nil, errors.New("no column is named phone: begin the file with phone,name,language,timezone,tags")
	case len(out) > mostColumns:
		return nil, fmt.Errorf("%d columns: at most %d", len(out), mostColumns)
	}
	return out, nil
}

// row takes one row; only an error of the file itself is returned.
func (r *importing) row(rows *csv.Reader, cells []string, err error) error {
	var wrong *csv.ParseError
	switch {
	case errors.As(err, &wrong):
		r.rows++
		r.complaint(wrong.StartLine, wrong.Err.Error()) // its own message names the line again
		return nil
	case err != nil:
		return fmt.Errorf("reading %s: %w", r.file, err)
	}
	r.rows++
	line, _ := rows.FieldPos(0)
	number, err := phone.Parse(strings.TrimSpace(cells[slices.Index(r.header, "phone")]), r.region)
	if err != nil {
		r.complaint(line, "phone: "+err.Error()+r.hint())
		return nil
	}
	r.batch = append(r.batch, imported{line, number, slices.Clone(cells)})
	return nil
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
