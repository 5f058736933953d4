package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"runtime"

	"parley/conversation"
	"parley/conversation/jobs"
)

// lite is the SQLite engine: one writer connection, whose transactions take the
// write lock when they begin, and a pool of readers, which see the last commit.
type lite struct {
	dialect
	writer, readers *sql.DB
	jobs            *jobs.Queue[*sql.Tx]
	written, asked  *prepared
	hints           hub
	log             *slog.Logger
}

func openSQLite(ctx context.Context, path string, d dialect, log *slog.Logger) (*lite, error) {
	writer, err := openFile(ctx, path, "immediate", writerPragmas...)
	if err != nil {
		return nil, err
	}
	readers, err := openFile(ctx, path, "deferred")
	if err != nil {
		writer.Close()
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	readers.SetMaxOpenConns(max(4, runtime.NumCPU()))
	b := &lite{dialect: d, writer: writer, readers: readers, written: newPrepared(writer), asked: newPrepared(readers), log: log}
	if b.jobs, err = jobs.SQLite(writer, log); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// writerPragmas keep the pages of busy conversations at hand (64 MiB) and write the
// log back in larger pieces (16 MiB): a page that many texts changed is written once
// for all of them. What a commit syncs stays the same.
var writerPragmas = []string{"cache_size(-65536)", "wal_autocheckpoint(4096)"}

// openFile opens a database file. Full synchronisation makes a commit survive a
// power cut, not only a crash.
func openFile(ctx context.Context, path, lock string, pragmas ...string) (*sql.DB, error) {
	if path == "" || path == ":memory:" {
		return nil, errors.New("the database must be a file: sqlite:PATH")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	q := url.Values{
		"_txlock":       {lock},
		"_busy_timeout": {"5000"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_foreign_keys": {"on"},
		"_pragma":       pragmas,
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("opening the database %s: %w", path, classify(err))
	}
	return db, nil
}

func (b *lite) name() string { return "sqlite" }

func (b *lite) close() {
	b.readers.Close()
	b.writer.Close()
}

// lockKeys has nothing to do: there is one writer.
func (b *lite) lockKeys(*pipe, []string) {}

func (b *lite) begin() session { return &liteSession{b: b} }

func (b *lite) runJobs(ctx context.Context, r jobs.Runner) error { return b.jobs.Run(ctx, r) }

func (b *lite) migrateJobs(ctx context.Context) error { return b.jobs.Migrate(ctx, b.log) }

func (b *lite) read(ctx context.Context, p *pipe) error {
	if err := ctx.Err(); err != nil {
		return unavailable(err)
	}
	for _, s := range p.statements {
		text := b.render(s)
		stmt, err := b.asked.fetch(ctx, text)
		if err == nil {
			err = s.run(context.WithoutCancel(ctx), stmt)
		}
		if err != nil {
			return classify(err)
		}
	}
	return nil
}

func (b *lite) write(ctx context.Context, p *pipe) error {
	s := &liteSession{b: b}
	defer s.rollback()
	return s.commit(ctx, p)
}

// liteSession is a transaction on the writer. Its statements run under a context
// that cannot end: watching one costs more than most statements take.
type liteSession struct {
	b       *lite
	conn    *sql.Conn
	tx      *sql.Tx
	stmts   map[string]*sql.Stmt // bound to tx
	missing []string             // statements to prepare once the connection is free
}

func (s *liteSession) flush(ctx context.Context, p *pipe) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	for _, st := range p.statements {
		stmt, err := s.prepare(s.b.render(st))
		if err == nil {
			err = st.run(context.Background(), stmt)
		}
		if err != nil {
			return classify(err)
		}
	}
	return nil
}

// open waits for the writer under ctx.
func (s *liteSession) open(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return unavailable(err)
	}
	if s.tx != nil {
		return nil
	}
	conn, err := s.b.writer.Conn(ctx)
	if err != nil {
		return classify(err)
	}
	tx, err := conn.BeginTx(context.Background(), nil)
	if err != nil {
		conn.Close()
		return classify(err)
	}
	s.conn, s.tx, s.stmts = conn, tx, make(map[string]*sql.Stmt)
	return nil
}

// prepare finds a statement, or prepares it for this transaction only: the pool,
// whose one connection this session holds, must not be asked.
func (s *liteSession) prepare(text string) (*sql.Stmt, error) {
	if bound := s.stmts[text]; bound != nil {
		return bound, nil
	}
	var bound *sql.Stmt
	var err error
	if stmt := s.b.written.known(text); stmt != nil {
		bound = s.tx.Stmt(stmt)
	} else {
		bound, err = s.tx.Prepare(text)
		s.missing = append(s.missing, text)
	}
	if err == nil {
		s.stmts[text] = bound
	}
	return bound, err
}

func (s *liteSession) commit(ctx context.Context, p *pipe) error {
	if err := s.flush(ctx, p); err != nil {
		return err
	}
	err := s.tx.Commit()
	s.end()
	return classify(err)
}

func (s *liteSession) insert(_ context.Context, all []conversation.Job) error {
	return classify(s.b.jobs.Insert(context.Background(), s.tx, all))
}

func (s *liteSession) rollback() {
	if s.tx != nil {
		s.tx.Rollback()
		s.end()
	}
}

// end frees the connection and prepares what was missing, for the next one.
func (s *liteSession) end() {
	s.conn.Close()
	s.tx, s.conn = nil, nil
	for _, text := range s.missing {
		// A statement that cannot be prepared fails again when it is run.
		_, _ = s.b.written.fetch(context.Background(), text)
	}
}

// run executes one prepared statement and hands out its answer.
func (s statement) run(ctx context.Context, stmt *sql.Stmt) error {
	if s.row == nil {
		result, err := stmt.ExecContext(ctx, s.args...)
		if err == nil && s.count != nil {
			n, _ := result.RowsAffected()
			s.count(n)
		}
		return err
	}
	rows, err := stmt.QueryContext(ctx, s.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := s.row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
