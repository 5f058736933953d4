package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/conversation/phone"
	"parley/flows"
	"parley/inbound"
)

// list reads a table as events, row by row.
type list struct {
	*table
	fields []field // one for each column
	event  inbound.BatchRow
	label  string
	region string        // where phones without + are dialled
	flows  []*flows.Flow // those that the event starts
}

// field says where a column goes: to, language, line, brand, key, or data.NAME; ""
// is nowhere.
type field struct{ kind, name string }

// listed is one row: its event, or what is wrong with it.
type listed struct {
	line     int
	cells    int // bytes of its cells
	row      inbound.BatchRow
	problems []string
}

// openList reads the head of a list and finds out where its columns go.
func openList(file io.Reader, mapping []string) (*list, error) {
	rows, err := openTable(file)
	if err != nil {
		return nil, err
	}
	l := &list{table: rows}
	return l, l.place(mapping)
}

var inputName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// plainFields are the parts of an event that a column can fill besides its data.
var plainFields = []string{"to", "language", "line", "brand", "key"}

// place gives every column its field: by the mapping, else by its name.
func (l *list) place(mapping []string) error {
	l.fields = make([]field, len(l.head))
	taken := map[field]bool{}
	for _, m := range mapping {
		target, column, ok := strings.Cut(m, "=")
		kind, name, isData := strings.Cut(target, ".")
		i := slices.Index(l.head, column)
		switch {
		case !ok || isData && (kind != "data" || !inputName.MatchString(name)) || !isData && !slices.Contains(plainFields, kind):
			return fmt.Errorf("--map %q: want FIELD=COLUMN, FIELD being %s or data.NAME", m, strings.Join(plainFields, ", "))
		case i < 0:
			return fmt.Errorf("--map %q: there is no column %q, but %s", m, column, strings.Join(l.head, ", "))
		case taken[field{kind, name}]:
			return fmt.Errorf("--map %q: %s is filled twice", m, target)
		}
		l.fields[i], taken[field{kind, name}] = field{kind, name}, true
	}
	for i, column := range l.head {
		f := field{"data", column}
		if slices.Contains(plainFields[:4], column) {
			f = field{column, ""}
		}
		if l.fields[i].kind == "" && !taken[f] && (f.kind != "data" || inputName.MatchString(column)) {
			l.fields[i], taken[f] = f, true
		}
	}
	if !taken[field{"to", ""}] {
		return fmt.Errorf("no column has the phones: name it to, or say --map to=COLUMN (columns: %s)", strings.Join(l.head, ", "))
	}
	return nil
}

// unused lists the columns that go nowhere.
func (l *list) unused() (names []string) {
	for i, f := range l.fields {
		if f.kind == "" && l.head[i] != "" {
			names = append(names, l.head[i])
		}
	}
	return names
}

// next reads a row; io.EOF at the end. An error means that the rest cannot be read.
func (l *list) next() (listed, error) {
	line, record, problem, err := l.row()
	if err != nil || problem != "" {
		return listed{line: line, problems: []string{problem}}, err
	}
	out := listed{line: line, row: l.event}
	out.row.Data = map[string]any{}
	for i, cell := range record {
		out.cells += len(cell)
		if problem := l.fill(&out.row, l.fields[i], cell); problem != "" {
			out.problems = append(out.problems, problem)
		}
	}
	if len(out.problems) == 0 {
		l.check(&out)
	}
	return out, nil
}

// fill puts one cell where it belongs; an empty one is left out.
func (l *list) fill(row *inbound.BatchRow, f field, cell string) (problem string) {
	cell = strings.TrimSpace(cell)
	if !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) {
		return "it is not UTF-8 text: save the file as UTF-8"
	}
	if cell == "" {
		return ""
	}
	switch f.kind {
	case "to":
		row.To = cell
	case "language":
		row.Language = cell
	case "line":
		row.Line = cell
	case "brand":
		row.Brand = cell
	case "key":
		row.IdempotencyKey = cell
	case "data":
		for _, flow := range l.flows {
			if value, problem := flow.ReadInput(f.name, cell); problem != "" {
				return problem
			} else if row.Data[f.name] == nil || value != any(cell) {
				row.Data[f.name] = value
			}
		}
		if len(l.flows) == 0 {
			row.Data[f.name] = cell
		}
	}
	return ""
}

// check looks at a row as a whole and names it.
func (l *list) check(r *listed) {
	to, err := phone.Parse(r.row.To, l.region)
	if err != nil {
		hint := ""
		if l.region == "" && !strings.HasPrefix(r.row.To, "+") {
			hint = ": write it with + and the country, or say --region US"
		}
		r.problems = append(r.problems, "to: "+cmp.Or(err.Error(), "")+hint)
		return
	}
	r.row.To = to
	for _, flow := range l.flows {
		_, problems := flow.CheckInput(r.row.Data)
		r.problems = append(r.problems, problems...)
	}
	r.row.IdempotencyKey = l.keyOf(r.row)
}

// keyOf names a row by what it says, so that the same row is applied once, wherever
// it stands and however often the list is sent under one label.
func (l *list) keyOf(row inbound.BatchRow) string {
	own := row.IdempotencyKey
	named := any(row)
	if own != "" {
		named = own // the list says itself what counts as the same
	}
	text, err := json.Marshal([]any{l.label, row.Type, named})
	if err != nil { // texts, numbers and lists of them: it cannot be
		return ""
	}
	sum := sha256.Sum256(text)
	return "list/" + hex.EncodeToString(sum[:16])
}
