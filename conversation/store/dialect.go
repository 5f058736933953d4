package store

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

// dialect holds all that differs in the text of statements:
//
//	{now}         Unix milliseconds of the database's clock, evaluated once
//	{lock}        takes row locks (PostgreSQL); SQLite's writer is alone anyway
//	{skiplocked}  after {lock}: passes rows that others hold
//	{ids}         $1 … $32: a list of ids, see inList
type dialect struct {
	now, lock, skiplocked string
	ahead                 func() time.Duration
	rendered              *sync.Map // template → text, while ahead is nil
}

// The clocks. A sub-select runs once for a statement, so that an index on a time
// can be searched with it.
const (
	postgresNow = `CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)`
	sqliteNow   = `CAST(unixepoch('subsec') * 1000 AS INTEGER)`
)

func (d dialect) postgres() dialect {
	d.now, d.lock, d.skiplocked, d.rendered = postgresNow, "FOR UPDATE", "SKIP LOCKED", new(sync.Map)
	return d
}

func (d dialect) sqlite() dialect {
	d.now, d.rendered = sqliteNow, new(sync.Map)
	return d
}

// render turns a template into the engine's SQL.
func (d dialect) render(template string) string {
	if !strings.Contains(template, "{") {
		return template
	}
	if d.ahead != nil {
		return d.replace(template, " + "+strconv.FormatInt(d.ahead().Milliseconds(), 10))
	}
	if text, ok := d.rendered.Load(template); ok {
		return text.(string)
	}
	text := d.replace(template, "")
	d.rendered.Store(template, text)
	return text
}

func (d dialect) replace(template, ahead string) string {
	return strings.NewReplacer(
		"{now}", "(SELECT "+d.now+ahead+")",
		"{lock} OF m", d.of("m"), "{lock}", d.lock, "{skiplocked}", d.skiplocked,
		"{ids}", idList,
	).Replace(template)
}

// of locks one table of a join.
func (d dialect) of(table string) string {
	if d.lock == "" {
		return ""
	}
	return d.lock + " OF " + table
}

// inSize is how many ids one {ids} statement takes: lists are never opened in
// SQL, and one text per length would fill the statement caches.
const inSize = 32

// idList is what {ids} stands for.
const idList = `$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,` +
	`$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32`

// inList queues text, which contains {ids}, for all ids. The last statement's
// list is filled up with its first id.
func (p *pipe) inList(row func(row) error, text string, ids []string) {
	for len(ids) > 0 {
		n := min(inSize, len(ids))
		args := make([]any, inSize)
		for i := range args {
			args[i] = ids[0]
			if i < n {
				args[i] = ids[i]
			}
		}
		p.query(row, text, args...)
		ids = ids[n:]
	}
}
