package store

import (
	"context"
	"slices"

	"parley/conversation"
	"parley/conversation/jobs"
)

// pipe gathers statements that need nothing from one another's answers.
type pipe struct {
	statements []statement
}

// statement is one SQL template with its arguments; answers are given to row, for
// every row, or to count, once.
type statement struct {
	text  string
	rows  int // how often the text's {each} part stands, or how long its {ids} are
	args  []any
	row   func(row) error
	count func(int64)
}

// row is one row of an answer.
type row interface {
	Scan(dest ...any) error
}

// exec queues a statement whose answer does not matter.
func (p *pipe) exec(text string, args ...any) {
	p.statements = append(p.statements, statement{text: text, args: args})
}

// affected queues a statement that tells how many rows it changed.
func (p *pipe) affected(count func(n int64), text string, args ...any) {
	p.statements = append(p.statements, statement{text: text, args: args, count: count})
}

// query queues a statement that returns rows.
func (p *pipe) query(each func(row) error, text string, args ...any) {
	p.statements = append(p.statements, statement{text: text, args: args, row: each})
}

const nowSQL = `SELECT {now}`

// clock queues the question what time it is, in Unix milliseconds.
func (p *pipe) clock(now *int64) { p.query(func(r row) error { return r.Scan(now) }, nowSQL) }

// eachSizes are the numbers of rows of one INSERT: few, since each makes a text of
// its own, which every connection prepares once.
var eachSizes = [...]int{32, 16, 8, 4, 2, 1}

// each queues an INSERT of many rows, whose text has one row between {each} and
// {/each}. row may be nil.
func (p *pipe) each(row func(row) error, text string, rows [][]any) {
	for _, size := range eachSizes {
		for ; len(rows) >= size; rows = rows[size:] {
			p.statements = append(p.statements, statement{text: text, rows: size, args: slices.Concat(rows[:size]...), row: row})
		}
	}
}

// backend is one engine. Infrastructure errors of all methods wrap
// conversation.ErrUnavailable.
type backend interface {
	// name is "postgres" or "sqlite": the folder of its migrations.
	name() string
	// begin gives a transaction, which opens with its first flush.
	begin() session
	// read runs statements that change nothing, outside any transaction.
	read(ctx context.Context, p *pipe) error
	// write runs statements as one transaction.
	write(ctx context.Context, p *pipe) error
	// lockKeys queues locks of names, sorted, that hold until the transaction ends: names
	// of what may have no row. One name may lock another besides.
	lockKeys(p *pipe, keys []string)
	// notify queues a hint that others hear when the transaction commits.
	notify(p *pipe, payload string)
	// committed gives the same hint after the commit, where no server spreads it.
	committed(payload string)
	// listen hears hints until ctx ends.
	listen(ctx context.Context, heard func(payload string)) error
	migrateJobs(ctx context.Context) error
	runJobs(ctx context.Context, r jobs.Runner) error
	close()
}

// session is one transaction.
type session interface {
	// flush runs what the pipe holds, in order, in one round trip, and stops at the
	// first error, after which only rollback is of use.
	flush(ctx context.Context, p *pipe) error
	// commit flushes and commits in the same round trip.
	commit(ctx context.Context, p *pipe) error
	// insert adds jobs inside the transaction.
	insert(ctx context.Context, all []conversation.Job) error
	// rollback ends the transaction; after commit it does nothing.
	rollback()
}
