package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"parley/conversation/verify"
)

const (
	// sessionSQL is PostgreSQL's own; all four are in milliseconds there.
	sessionSQL = `SELECT name, setting FROM pg_settings
		WHERE name IN ('idle_in_transaction_session_timeout', 'lock_timeout', 'statement_timeout', 'tcp_user_timeout')`

	// networksSQL counts the codes of about the last week, and those of clients whose
	// address nobody gave: they are their caller's.
	networksSQL = `SELECT count(*), CAST(COALESCE(sum(CASE WHEN network = '' OR network LIKE $1 THEN 1 ELSE 0 END), 0) AS bigint)
		FROM challenges WHERE created_at > {now} - 604800000 AND test = 0 AND run = ''`
)

// Inspection is what can be seen of a database without changing it.
type Inspection struct {
	Version, Newest int64         // of the schema: as it is, and as this program needs it; Version 0: empty
	Skew            time.Duration // how far its clock is ahead of this machine's
	// Timeouts are those of a session of ours, by name; 0: none. nil: SQLite, which has
	// none of them.
	Timeouts map[string]time.Duration
	// Codes were asked for at the API in the last week, Unplaced of them without the
	// client's address.
	Codes, Unplaced int64
}

// Inspect looks at a database as a server would open it. It migrates nothing.
func Inspect(ctx context.Context, o Options) (Inspection, error) {
	db, err := open(ctx, o)
	if err != nil {
		return Inspection{}, err
	}
	s := &Store{db: db}
	defer s.Close()
	i, err := s.inspect(ctx)
	if err != nil {
		return Inspection{}, fmt.Errorf("looking at the database: %w", err)
	}
	return i, nil
}

func (s *Store) inspect(ctx context.Context) (i Inspection, err error) {
	if i.Newest, err = newestMigration(s.db.name()); err != nil {
		return i, err
	}
	if i.Skew, err = s.Clock(ctx); err != nil {
		return i, err
	}
	if s.db.name() == "postgres" {
		i.Timeouts = map[string]time.Duration{}
		p := new(pipe)
		p.query(i.timeout, sessionSQL)
		if err := s.db.read(ctx, p); err != nil {
			return i, err
		}
	}
	p := new(pipe)
	p.query(func(r row) error { return r.Scan(&i.Version) }, versionSQL)
	if err := s.db.read(ctx, p); err != nil || i.Version < i.Newest {
		return i, nil // an empty database has no table of versions
	}
	p = new(pipe)
	p.query(func(r row) error { return r.Scan(&i.Codes, &i.Unplaced) }, networksSQL, verify.CallerMark+"%")
	return i, s.db.read(ctx, p)
}

func (i *Inspection) timeout(r row) error {
	var name, setting string
	if err := r.Scan(&name, &setting); err != nil {
		return err
	}
	ms, err := strconv.ParseInt(setting, 10, 64)
	i.Timeouts[name] = time.Duration(ms) * time.Millisecond
	return err
}

// Clock is how far the database's clock is ahead of this one's.
func (s *Store) Clock(ctx context.Context) (time.Duration, error) {
	var now int64
	p := new(pipe)
	p.clock(&now)
	before := time.Now()
	if err := s.db.read(ctx, p); err != nil {
		return 0, fmt.Errorf("asking for the time: %w", err)
	}
	half := before.Add(time.Since(before) / 2)
	return time.UnixMilli(now).Sub(half), nil
}
