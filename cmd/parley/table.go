package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// table reads a CSV file (RFC 4180; comma, semicolon or tab), row by row. The first
// row names the columns.
type table struct {
	csv   *csv.Reader
	limit *rowLimit
	head  []string
}

// mostRow is the longest row, in bytes.
const mostRow = 256 << 10

// rowLimit refuses a row that does not end: a quote that is left open would read
// the whole file into memory.
type rowLimit struct {
	r    io.Reader
	left int
}

var errLongRow = fmt.Errorf("a row of more than %d KiB: is a quote left open?", mostRow>>10)

// Read reads while the row may go on.
func (l *rowLimit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLongRow
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// openTable reads the head: its names are UTF-8, without blanks around them, and no
// two are the same; they may be empty.
func openTable(file io.Reader) (*table, error) {
	buffered := bufio.NewReaderSize(file, 64<<10)
	if bom, _ := buffered.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = buffered.Discard(3) // it has been seen
	}
	first, _ := buffered.Peek(32 << 10)
	t := &table{limit: &rowLimit{r: buffered, left: mostRow}}
	t.csv = csv.NewReader(t.limit)
	t.csv.Comma, t.csv.ReuseRecord = separator(first), true
	head, err := t.csv.Read()
	if err != nil {
		return nil, fmt.Errorf("its first line must name the columns: %w", err)
	}
	for _, name := range head {
		name = strings.TrimSpace(name)
		if !utf8.ValidString(name) {
			return nil, errors.New("the file is not UTF-8: save it as UTF-8")
		}
		if name != "" && slices.Contains(t.head, name) {
			return nil, fmt.Errorf("two columns are called %q", name)
		}
		t.head = append(t.head, name)
	}
	return t, nil
}

// separator is what the first line's columns have between them.
func separator(text []byte) rune {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ',', 0
	for _, c := range ",;\t" {
		quoted, n := false, 0
		for _, b := range line {
			if b == '"' {
				quoted = !quoted
			} else if rune(b) == c && !quoted {
				n++
			}
		}
		if n > most {
			best, most = c, n
		}
	}
	return best
}

// row reads a row, whose cells hold until the next; io.EOF at the end. A problem is
// this row's alone; an error means that the rest cannot be read.
func (t *table) row() (line int, cells []string, problem string, err error) {
	t.limit.left = mostRow
	cells, err = t.csv.Read()
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		line, _ = t.csv.FieldPos(0)
		return line, nil, fmt.Sprintf("it has %d columns, the first line has %d", len(cells), len(t.head)), nil
	case errors.As(err, &wrong):
		return wrong.StartLine, nil, wrong.Err.Error(), nil // its own message names the line again
	case err != nil:
		return 0, nil, "", err
	}
	line, _ = t.csv.FieldPos(0)
	return line, cells, "", nil
}
