package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// hunt looks for secrets where none may be.
type hunt struct {
	t       *testing.T
	mu      sync.Mutex
	needles map[string]string   // what to look for, and what it is
	kept    map[string][]string // of a needle's name: where it belongs
	found   []string
}

// code makes a code one of the things to look for, as people write it.
func (h *hunt) code(name, code string) {
	h.t.Helper()
	if len(code) != 6 && len(code) != 8 {
		h.t.Fatalf("%s is no code: %d characters", name, len(code))
	}
	half := len(code) / 2
	for _, form := range []string{code, code[:half] + " " + code[half:], code[:half] + "-" + code[half:]} {
		h.needles[form] = name
	}
}

// secret makes a longer text one.
func (h *hunt) secret(name, text string) {
	h.t.Helper()
	if len(text) < 16 {
		h.t.Fatalf("%s is too short to look for", name)
	}
	h.needles[text] = name
}

// in searches a text, as it stands and as whoever reads it undoes its escapes. A code
// counts only where it stands alone: six digits in a row are part of many a number.
func (h *hunt) in(where, text string) {
	all := readings(text)
	h.mu.Lock()
	defer h.mu.Unlock()
	for needle, name := range h.needles {
		if !slices.Contains(h.kept[name], where) && slices.ContainsFunc(all, func(text string) bool { return alone(text, needle) }) {
			h.found = append(h.found, name+" in "+where)
		}
	}
}

// readings are a text and what becomes of it when its escapes are undone, those of JSON
// and of URLs, as often as there are any: JSON may be a text in JSON. A form has a plus
// for a space.
func readings(text string) []string {
	all := []string{text}
	for n := 0; n < len(all) && n < 8; n++ {
		for _, next := range []string{unescaped(all[n]), strings.ReplaceAll(all[n], "+", " ")} {
			if !slices.Contains(all, next) {
				all = append(all, next)
			}
		}
	}
	return all
}

// unescaped undoes each escape once. What is none stays as it is.
func unescaped(text string) string {
	if !strings.ContainsAny(text, `\%`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := escape(text[i:])
		if n == 0 {
			b.WriteByte(text[i])
			i++
			continue
		}
		b.WriteRune(r)
		i += n
	}
	return b.String()
}

// escape reads the escape that a text begins with, if it does; n is its length.
func escape(text string) (r rune, n int) {
	hex := func(from, to int) (rune, int) {
		if len(text) < to {
			return 0, 0
		}
		v, err := strconv.ParseUint(text[from:to], 16, 32)
		if err != nil {
			return 0, 0
		}
		return rune(v), to
	}
	switch {
	case text[0] == '%':
		return hex(1, 3)
	case text[0] != '\\' || len(text) < 2:
		return 0, 0
	}
	switch text[1] {
	case 'u':
		return hex(2, 6)
	case 'x': // as %q writes bytes
		return hex(2, 4)
	case 'b', 'f', 'n', 'r', 't', 'v', 'a':
		return ' ', 2
	case '"', '\\', '/', '\'':
		return rune(text[1]), 2
	}
	return 0, 0
}

func alone(text, needle string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], needle)
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(needle)
		if len(needle) >= 16 || (from == 0 || !wordly(text[from-1])) && (to == len(text) || !wordly(text[to])) {
			return true
		}
		at = from + 1
	}
}

// wordly bytes make a word with what is beside them. A plus does not: of a whole number
// a code has other digits beside it, and a form has a plus for a space.
func wordly(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// database searches every column of every table, and the files themselves, which hold
// what was there before.
func (h *hunt) database(url string) {
	h.t.Helper()
	path, lite := strings.CutPrefix(url, "sqlite:")
	tables := `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	if lite {
		tables = `SELECT name FROM sqlite_master WHERE type = 'table'`
		for _, file := range []string{path, path + "-wal", path + "-shm"} {
			if text, err := os.ReadFile(file); err == nil {
				h.in("the file "+strings.TrimPrefix(file, path), string(text))
			}
		}
	}
	db := ledger(h.t, url)
	names := column(h.t, db, tables)
	if len(names) < 20 {
		h.t.Fatalf("%d tables: %v", len(names), names)
	}
	if !lite {
		h.heap(db)
	}
	for _, table := range names {
		h.table(db, table)
	}
}

// heap searches the files of PostgreSQL's tables, with their indexes, where this process
// may read them.
func (h *hunt) heap(db *sql.DB) {
	h.t.Helper()
	root := strings.Join(column(h.t, db, `SELECT setting FROM pg_settings WHERE name = 'data_directory'`), "") // shown to superusers
	if _, err := os.ReadDir(root); err != nil {
		h.t.Log("the server's files are not searched:", err)
		return
	}
	if _, err := db.ExecContext(h.t.Context(), `CHECKPOINT`); err != nil {
		h.t.Fatal(err)
	}
	files := column(h.t, db, `SELECT t.relname || '|' || pg_relation_filepath(r.oid) FROM pg_class t
		JOIN pg_class r ON r.oid = t.oid OR r.oid = t.reltoastrelid OR r.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = t.oid)
		WHERE t.relnamespace = CAST('public' AS regnamespace) AND t.relkind = 'r'`)
	if len(files) < 40 {
		h.t.Fatalf("%d files: %v", len(files), files)
	}
	for _, file := range files {
		table, path, _ := strings.Cut(file, "|")
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			h.t.Fatal(err)
		}
		h.in("the file of "+table, string(text))
	}
}

func column(t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

func (h *hunt) table(db *sql.DB, table string) {
	h.t.Helper()
	rows, err := db.QueryContext(h.t.Context(), `SELECT * FROM "`+table+`"`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		h.t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			h.t.Fatal(err)
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			h.in(table+"."+columns[i], fmt.Sprint(v))
		}
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
}

// result lists what was found, each once.
func (h *hunt) result() []string {
	slices.Sort(h.found)
	return slices.Compact(h.found)
}
