package store

import (
	"context"
	"database/sql"

	"parley/conversation/verify"
)

// Classify and the rest are for the tests of package store_test.
var (
	Classify      = classify
	MigrateTables = migrateTables
	SQL           = migrator
)

// Trace calls seen with the template of every statement that s runs from now on.
func Trace(s *Store, seen func(template string)) { s.db = tracing{s.db, seen} }

type tracing struct {
	backend
	seen func(string)
}

func (t tracing) note(p *pipe) {
	for _, s := range p.statements {
		t.seen(s.text)
	}
}

func (t tracing) begin() session { return tracingSession{t.backend.begin(), t} }

func (t tracing) read(ctx context.Context, p *pipe) error {
	t.note(p)
	return t.backend.read(ctx, p)
}

func (t tracing) write(ctx context.Context, p *pipe) error {
	t.note(p)
	return t.backend.write(ctx, p)
}

type tracingSession struct {
	session
	t tracing
}

func (s tracingSession) flush(ctx context.Context, p *pipe) error {
	s.t.note(p)
	return s.session.flush(ctx, p)
}

func (s tracingSession) commit(ctx context.Context, p *pipe) error {
	s.t.note(p)
	return s.session.commit(ctx, p)
}

// Writer is the writer pool of a SQLite store.
func Writer(s *Store) *sql.DB { return s.db.(*lite).writer }

// Engine is the name of the store's engine.
func Engine(s *Store) string { return s.db.name() }

// Exec runs one statement, for what tests must arrange.
func Exec(ctx context.Context, s *Store, text string, args ...any) error {
	p := new(pipe)
	p.exec(text, args...)
	return s.db.write(ctx, p)
}

// Ask reads one number.
func Ask(ctx context.Context, s *Store, text string, args ...any) (n int64, err error) {
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&n) }, text, args...)
	return n, s.db.read(ctx, p)
}

// AskText reads one text.
func AskText(ctx context.Context, s *Store, text string, args ...any) (v string, err error) {
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&v) }, text, args...)
	return v, s.db.read(ctx, p)
}

// DeskRowsSQL is the list's statement.
const DeskRowsSQL = deskRowsSQL

// Explain is how the engine would carry a statement out.
func Explain(ctx context.Context, s *Store, text string, args ...any) (plan string, err error) {
	p := new(pipe)
	if s.db.name() == "postgres" {
		p.query(func(r row) error {
			var line string
			err := r.Scan(&line)
			plan += line + "\n"
			return err
		}, "EXPLAIN "+text, args...)
		return plan, s.db.read(ctx, p)
	}
	p.query(func(r row) error {
		var id, parent, unused int64
		var line string
		err := r.Scan(&id, &parent, &unused, &line)
		plan += line + "\n"
		return err
	}, "EXPLAIN QUERY PLAN "+text, args...)
	return plan, s.db.read(ctx, p)
}

// Believe makes s take for granted that a conversation has a row.
func Believe(s *Store, id string) { s.known.add([]string{id}) }

// Listen gives s the endpoints' listeners that Options would have.
func Listen(s *Store, listeners func(event string) []string) {
	s.listeners, s.fates = listeners, listened(listeners)
}

// SpendAll checks codes in one transaction.
func SpendAll(ctx context.Context, s *Store, all ...verify.Spend) error {
	checks := make([]*spending, len(all))
	for i, v := range all {
		checks[i] = &spending{Spend: v}
	}
	return s.spend(ctx, checks)
}
