package store

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

// dialect holds all that differs in the text of statements:
//
//	{now}         Unix milliseconds of the database's clock, evaluated once for a
//	              statement; between {each} and {/each} (where it becomes {clock}), for
//	              each row
//	{lock}        takes row locks (PostgreSQL); SQLite's writer is alone anyway
//	{skiplocked}  after {lock}: passes rows that others hold
//	{ids}         $1, $2 …: a list of ids, see inList
//	{found}       whether the words of finds f match $1
//	{each}…{/each}  one row of an INSERT of many, see pipe.each
type dialect struct {
	now, lock, skiplocked string
	found                 string
	anonymous             bool // placeholders may be written as ?
	ahead                 func() time.Duration
	rendered              *sync.Map // rendering → text, while ahead is nil
}

// The clocks. A sub-select runs once for a statement, so that an index on a time
// can be searched with it; one for every row of an INSERT would be planned and set up
// for every row.
const (
	postgresNow = `CAST(date_part('epoch', clock_timestamp()) * 1000 AS bigint)`
	sqliteNow   = `CAST(unixepoch('subsec') * 1000 AS INTEGER)`
)

func (d dialect) postgres() dialect {
	d.now, d.lock, d.skiplocked, d.rendered = postgresNow, "FOR UPDATE", "SKIP LOCKED", new(sync.Map)
	d.found = `array_to_tsvector(string_to_array(f.words, ' ')) @@ CAST(CAST($1 AS text) AS tsquery)`
	return d
}

func (d dialect) sqlite() dialect {
	d.now, d.anonymous, d.rendered = sqliteNow, true, new(sync.Map)
	d.found = `f.id IN (SELECT rowid FROM finds_words WHERE finds_words MATCH $1)`
	return d
}

// rendering is what a text was made of.
type rendering struct {
	template string
	rows     int
}

// render turns a statement's template into the engine's SQL.
func (d dialect) render(s statement) string {
	if d.ahead != nil {
		return d.replace(repeat(s), " + "+strconv.FormatInt(d.ahead().Milliseconds(), 10))
	}
	of := rendering{s.text, s.rows}
	if text, ok := d.rendered.Load(of); ok {
		return text.(string)
	}
	text := d.replace(repeat(s), "")
	d.rendered.Store(of, text)
	return text
}

// repeat writes the row between {each} and {/each} so many times, with the
// placeholders counted on, or a list of ids.
func repeat(s statement) string {
	template, rows := s.text, s.rows
	before, rest, found := strings.Cut(template, "{each}")
	if !found {
		return strings.ReplaceAll(template, "{ids}", idList(rows))
	}
	row, after, _ := strings.Cut(rest, "{/each}")
	row = strings.ReplaceAll(row, "{now}", "{clock}")
	var out strings.Builder
	out.WriteString(before)
	params := 0
	for i := range rows {
		if i > 0 {
			out.WriteByte(',')
		}
		first, last := params, 0
		pieces := strings.Split(row, "$")
		out.WriteString(pieces[0])
		for _, piece := range pieces[1:] {
			digits := len(piece) - len(strings.TrimLeft(piece, "0123456789"))
			n, _ := strconv.Atoi(piece[:digits])
			last = max(last, n)
			out.WriteString("$" + strconv.Itoa(first+n) + piece[digits:])
		}
		params += last
	}
	return out.String() + after
}

func (d dialect) replace(template, ahead string) string {
	text := strings.NewReplacer(
		"{now}", "(SELECT "+d.now+ahead+")", "{clock}", "("+d.now+ahead+")",
		"{lock}", d.lock, "{skiplocked}", d.skiplocked,
		"{found}", d.found,
	).Replace(template)
	if d.anonymous {
		return anonymous(text)
	}
	return text
}

// anonymous writes ? for placeholders that stand in order, each once. SQLite looks
// named ones up one by one, which makes binding a long list quadratic.
func anonymous(text string) string {
	pieces := strings.Split(text, "$")
	for i, piece := range pieces[1:] {
		rest := strings.TrimLeft(piece, "0123456789")
		if n, _ := strconv.Atoi(piece[:len(piece)-len(rest)]); n != i+1 {
			return text
		}
		pieces[i+1] = rest
	}
	return strings.Join(pieces, "?")
}

// inSizes are how many ids one {ids} statement takes: lists are never opened in SQL, and
// one text per length would fill the statement caches.
var inSizes = [...]int{1, 8, 32}

// idList is a list of n placeholders.
func idList(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(all, ",")
}

// inList queues text, which contains {ids}, for all ids. The last statement's
// list is filled up with its first id.
func (p *pipe) inList(row func(row) error, text string, ids []string) { listed(p, row, text, ids) }

// listed is inList for ids of any type.
func listed[T any](p *pipe, row func(row) error, text string, ids []T) {
	for len(ids) > 0 {
		size := inSizes[len(inSizes)-1]
		for _, s := range inSizes {
			if s >= len(ids) {
				size = s
				break
			}
		}
		n := min(size, len(ids))
		args := make([]any, size)
		for i := range args {
			args[i] = ids[0]
			if i < n {
				args[i] = ids[i]
			}
		}
		p.statements = append(p.statements, statement{text: text, rows: size, args: args, row: row})
		ids = ids[n:]
	}
}
