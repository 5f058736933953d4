package main

import (
	"database/sql"
	"fmt"
	"os"
	"slices"
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

// in searches a text. A code counts only where it stands alone: six digits in a row are
// part of many a number.
func (h *hunt) in(where, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for needle, name := range h.needles {
		if alone(text, needle) && !slices.Contains(h.kept[name], where) {
			h.found = append(h.found, name+" in "+where)
		}
	}
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

func wordly(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '+'
}

// database searches every column of every table, and of SQLite the files themselves.
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
	for _, table := range names {
		h.table(db, table)
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
