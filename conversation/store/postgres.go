package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"parley/conversation"
	"parley/conversation/jobs"
)

// postgres is the PostgreSQL engine.
type postgres struct {
	dialect
	pool *pgxpool.Pool
	jobs *jobs.Queue[pgx.Tx]
	log  *slog.Logger
}

// poolSize is how many connections a node takes unless its URL says otherwise:
// the engine's shards, the dispatcher's lines, the doors, River.
const poolSize = 16

func openPostgres(ctx context.Context, o Options, d dialect) (*postgres, error) {
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the database's URL: %w", err)
	}
	if !strings.Contains(o.URL, "pool_max_conns") {
		config.MaxConns = poolSize
	}
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	for name, value := range sessionSettings(o.Node) {
		if _, given := config.ConnConfig.RuntimeParams[name]; !given {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", unavailable(err))
	}
	b := &postgres{dialect: d, pool: pool, log: o.Log}
	if b.jobs, err = jobs.Postgres(pool, o.Log); err != nil {
		pool.Close()
		return nil, err
	}
	return b, nil
}

// sessionSettings bound what a node that stops in the middle of a transaction can
// do to the others. The page cost is that of memory and SSDs: by the default, of
// spinning disks, a few thousand conversations are read through for every batch rather
// than looked up by id.
func sessionSettings(node string) map[string]string {
	name := "parley"
	if node != "" {
		name += "/" + node
	}
	return map[string]string{
		"application_name":                    name,
		"default_transaction_isolation":       "read committed",
		"idle_in_transaction_session_timeout": "5s",
		"lock_timeout":                        "3s",
		"statement_timeout":                   "10s",
		"tcp_user_timeout":                    "10s",
		"random_page_cost":                    "1.1",
	}
}

func (b *postgres) name() string { return "postgres" }

func (b *postgres) close() { b.pool.Close() }

func (b *postgres) begin() session { return &pgSession{b: b} }

func (b *postgres) runJobs(ctx context.Context, r jobs.Runner) error { return b.jobs.Run(ctx, r) }

func (b *postgres) migrateJobs(ctx context.Context) error { return b.jobs.Migrate(ctx, b.log) }

// read and write send one pipeline with one sync at its end, which PostgreSQL
// runs as one transaction.
func (b *postgres) read(ctx context.Context, p *pipe) error { return b.write(ctx, p) }

func (b *postgres) write(ctx context.Context, p *pipe) error {
	batch := new(pgx.Batch)
	b.queue(batch, p)
	return classify(drain(b.pool.SendBatch(ctx, batch)))
}

// queue turns a pipe's statements into pgx's.
func (b *postgres) queue(batch *pgx.Batch, p *pipe) {
	for _, s := range p.statements {
		q := batch.Queue(b.render(s), s.args...)
		switch {
		case s.row != nil:
			q.Query(func(rows pgx.Rows) error {
				for rows.Next() {
					if err := s.row(rows); err != nil {
						return err
					}
				}
				return rows.Err()
			})
		case s.count != nil:
			q.Exec(func(tag pgconn.CommandTag) error {
				s.count(tag.RowsAffected())
				return nil
			})
		}
	}
}

// lockKeysSQL takes advisory locks in the order of the list: rows that are not there
// cannot be locked.
const lockKeysSQL = `SELECT pg_advisory_xact_lock($1, n) FROM unnest(CAST($2 AS integer[])) AS n`

// keyLocks is the space of our advisory locks, and keyStripes how many there are: what
// the server keeps of locks is bounded for all its sessions together (6,400 by default),
// and a transaction may count under a thousand keys.
const (
	keyLocks   = 0x7061726c // parl
	keyStripes = 256
)

func (b *postgres) lockKeys(p *pipe, keys []string) {
	stripes := make([]int32, len(keys))
	for i, key := range keys {
		h := fnv.New32a()
		h.Write([]byte(key))
		stripes[i] = int32(h.Sum32() % keyStripes)
	}
	slices.Sort(stripes)
	p.exec(lockKeysSQL, int32(keyLocks), slices.Compact(stripes))
}

// drain reads every answer of a batch through its callbacks.
func drain(r pgx.BatchResults) error { return r.Close() }

// pgSession is a transaction whose BEGIN and COMMIT travel with its statements,
// so that a batch without jobs takes two round trips.
type pgSession struct {
	b    *postgres
	conn *pgxpool.Conn
}

func (s *pgSession) flush(ctx context.Context, p *pipe) error { return s.send(ctx, p, false) }

func (s *pgSession) commit(ctx context.Context, p *pipe) error {
	err := s.send(ctx, p, true)
	if err == nil {
		s.conn.Release()
		s.conn = nil
	}
	return err
}

func (s *pgSession) send(ctx context.Context, p *pipe, commit bool) error {
	batch := new(pgx.Batch)
	if s.conn == nil {
		conn, err := s.b.pool.Acquire(ctx)
		if err != nil {
			return unavailable(err)
		}
		s.conn = conn
		batch.Queue("BEGIN")
	}
	s.b.queue(batch, p)
	if commit {
		batch.Queue("COMMIT")
	}
	return classify(drain(s.conn.SendBatch(ctx, batch)))
}

func (s *pgSession) insert(ctx context.Context, all []conversation.Job) error {
	return classify(s.b.jobs.Insert(ctx, joined{pgConn: s.conn.Conn()}, all))
}

func (s *pgSession) rollback() {
	if s.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := s.conn.Exec(ctx, "ROLLBACK"); err != nil {
		s.conn.Conn().Close(ctx)
	}
	s.conn.Release()
	s.conn = nil
}

// joined lends a session's connection to River, which may add to the transaction
// but neither end nor nest it.
type joined struct {
	pgConn
}

// pgConn is an alias, so that joined can have a method of the name Conn.
type pgConn = *pgx.Conn

var errJoined = errors.New("this transaction belongs to the store")

// Begin refuses to nest.
func (j joined) Begin(context.Context) (pgx.Tx, error) { return nil, errJoined }

// Commit refuses: the store commits.
func (j joined) Commit(context.Context) error { return errJoined }

// Rollback refuses: the store rolls back.
func (j joined) Rollback(context.Context) error { return errJoined }

// LargeObjects is of no use here.
func (j joined) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Conn is the connection underneath.
func (j joined) Conn() *pgx.Conn { return j.pgConn }
