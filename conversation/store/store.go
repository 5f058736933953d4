// Package store keeps everything that Parley remembers: one store over two
// engines, PostgreSQL through pgx and SQLite through modernc's driver, with one
// SQL text for both.
//
// A method queues its statements on a pipe and flushes it: one round trip on
// PostgreSQL, a loop over prepared statements on SQLite. What differs between
// the engines lives in dialect.go, postgres.go, sqlite.go and hints.go. rows.go and
// writes.go hold what all methods share; every other file serves one room: begin.go and
// commit.go the engine, claim.go and settle.go the dispatcher, receipts.go the doors,
// challenges.go and gate.go the codes, feed.go and desk.go the agents.
//
// Locks are always taken in one order: dedupe keys sorted, new conversations
// sorted, conversations by id, contacts by phone, challenges and accounts by key,
// provider ids sorted, messages by id, jobs.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"parley/agentui"
	"parley/conversation"
	"parley/conversation/jobs"
	"parley/conversation/verify"
	"parley/inbound"
	"parley/outbound"
)

// ErrNotMigrated means that the database lacks tables that this version needs.
// Nothing was changed.
var ErrNotMigrated = errors.New("the database is not ready for this version of Parley: run parley migrate")

// Options says which database to open.
type Options struct {
	// URL is "sqlite:PATH" or "postgres://…". In a postgres URL, pool_max_conns and
	// the session's settings win over Parley's own.
	URL string
	// Node is the name under which this process appears in pg_stat_activity, as
	// parley/Node. Empty: parley.
	Node string
	// Ahead shifts the database's clock, for tests that let days pass; nil: not at
	// all. It may grow, never shrink.
	Ahead func() time.Duration
	// Listeners names the callbacks' endpoints that listen for an event: each gets a
	// job of its own. nil: a callback is one job, of no endpoint's.
	Listeners func(event string) []string
	// Accounts are the installation's rules for customer accounts.
	Accounts verify.Rules
	// Log hears of lost connections and of River's own doings; nil: slog.Default.
	Log *slog.Logger
}

// Store is an open database. Its methods may be used by any number of
// goroutines.
type Store struct {
	db       backend
	salt     []byte
	known    *known
	log      *slog.Logger
	walk     cursor // of Overdue
	receipts group[*received]
	spends   group[*spending]
	credits  group[[]string]
	scales   chan struct{} // holds one for each send that is being weighed

	listeners func(event string) []string // of Options
	fates     fates                       // of messages, that some endpoint listens for
	rules     verify.Rules                // of accounts
}

// The rooms whose interfaces Store serves.
var (
	_ conversation.Store        = (*Store)(nil)
	_ conversation.FeedStore    = (*Store)(nil)
	_ conversation.DeadStore    = (*Store)(nil)
	_ conversation.VersionStore = (*Store)(nil)
	_ conversation.NodeStore    = (*Store)(nil)
	_ conversation.Hints        = (*Store)(nil)
	_ outbound.Queue            = (*Store)(nil)
	_ outbound.CallbackStore    = (*Store)(nil)
	_ verify.Store              = (*Store)(nil)
	_ verify.GateStore          = (*Store)(nil)
	_ verify.Trail              = (*Store)(nil)
	_ inbound.Receipts          = (*Store)(nil)
	_ inbound.Keys              = (*Store)(nil)
	_ inbound.Reads             = (*Store)(nil)
	_ inbound.Contacts          = (*Store)(nil)
	_ inbound.Consents          = (*Store)(nil)
	_ inbound.Accounts          = (*Store)(nil)
	_ inbound.Labels            = (*Store)(nil)
	_ agentui.Agents            = (*Store)(nil)
	_ agentui.Reads             = (*Store)(nil)
	_ agentui.Finds             = (*Store)(nil)
	_ agentui.Meanings          = (*Store)(nil)
	_ agentui.Counts            = (*Store)(nil)
	_ agentui.Rulings           = (*Store)(nil)
	_ agentui.SavedReplies      = (*Store)(nil)
	_ agentui.Views             = (*Store)(nil)
)

// Open connects to a migrated database. One that is not, or that a newer version
// has migrated, gives ErrNotMigrated.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	db, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	s := &Store{
		db: db, known: newKnown(knownLimit), log: o.Log,
		receipts: newGroup[*received](), spends: newGroup[*spending](), credits: newGroup[[]string](),
		scales:    make(chan struct{}, mostWeighing),
		listeners: o.Listeners, fates: listened(o.Listeners), rules: o.Accounts,
	}
	if err := s.check(ctx); err != nil {
		db.close()
		return nil, err
	}
	return s, nil
}

// Close ends every connection. Open batches must have ended before.
func (s *Store) Close() { s.db.close() }

// RunJobs works on slow effects until ctx ends.
func (s *Store) RunJobs(ctx context.Context, r jobs.Runner) error { return s.db.runJobs(ctx, r) }

func open(ctx context.Context, o Options) (backend, error) {
	d := dialect{ahead: o.Ahead}
	path, lite := strings.CutPrefix(o.URL, "sqlite:")
	switch {
	case lite:
		return openSQLite(ctx, path, d.sqlite(), o.Log)
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		return openPostgres(ctx, o, d.postgres())
	}
	return nil, fmt.Errorf("the database is neither sqlite:PATH nor postgres://…: %q", redacted(o.URL))
}

// redacted hides what may be a password.
func redacted(url string) string {
	if scheme, _, ok := strings.Cut(url, ":"); ok {
		return scheme + ":…"
	}
	return url
}

const (
	versionSQL = `SELECT max(version_id) FROM goose_db_version WHERE is_applied`
	saltSQL    = `SELECT salt FROM installation WHERE id = 1`
)

// check compares the schema with what this version needs and reads the salt.
func (s *Store) check(ctx context.Context) error {
	newest, err := newestMigration(s.db.name())
	if err != nil {
		return err
	}
	var version int64
	var salt string
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&version) }, versionSQL)
	p.query(func(r row) error { return r.Scan(&salt) }, saltSQL)
	switch err := s.db.read(ctx, p); {
	case errors.Is(err, conversation.ErrUnavailable):
		return err
	case err != nil:
		return fmt.Errorf("%w (%w)", ErrNotMigrated, err)
	case version > newest:
		return fmt.Errorf("%w (it is at version %d, which is newer than this program's %d)", ErrNotMigrated, version, newest)
	case version < newest || salt == "":
		return fmt.Errorf("%w (it is at version %d of %d)", ErrNotMigrated, version, newest)
	}
	s.salt = []byte(salt)
	return nil
}
