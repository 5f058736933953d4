package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/conversation"
)

// classify marks infrastructure errors, which say nothing about the event that
// met them, with conversation.ErrUnavailable. All others are the event's own.
func classify(err error) error {
	if err == nil || errors.Is(err, conversation.ErrUnavailable) || !infrastructure(err) {
		return err
	}
	return unavailable(err)
}

// unavailable marks err as an infrastructure error.
func unavailable(err error) error {
	return fmt.Errorf("%w: %w", conversation.ErrUnavailable, oneLine{err})
}

// oneLine is an error in one line: pgx gives every address that it tried one of its
// own, and tries an address twice, with and without TLS.
type oneLine struct{ error }

// Error gives each of the lines once.
func (e oneLine) Error() string {
	lines := strings.Split(e.error.Error(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(slices.Compact(lines), " ")
}

// Unwrap gives the error itself.
func (e oneLine) Unwrap() error { return e.error }

func infrastructure(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &pg):
		return passing(pg.Code)
	case errors.As(err, &lite):
		return passingLite(lite.Code())
	}
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connect) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, driver.ErrBadConn) ||
		pgconn.Timeout(err) || broken(err)
}

// broken recognizes what pgx says only in words when a connection or a pool is
// gone.
func broken(err error) bool {
	text := err.Error()
	return strings.Contains(text, "conn closed") || strings.Contains(text, "closed pool") ||
		strings.Contains(text, "conn busy") || strings.Contains(text, "sql: database is closed")
}

// passing tells the SQLSTATEs that pass by themselves: lost connections (08),
// rollbacks for the sake of others (40), lack of resources (53), operator and
// shutdown (57), system errors (58), lock timeout, a server that only reads.
func passing(code string) bool {
	switch {
	case code == "55P03", code == "25006", code == "25P03":
		return true
	case len(code) == 5:
		return strings.Contains("08 40 53 57 58", code[:2])
	}
	return false
}

// takenBack says that the database has ended the transaction in favour of another: a
// deadlock, or a serialization failure. Nothing of it is there, and it can be tried again.
// (PostgreSQL, Appendix A, class 40; 40003 is left out, of which nobody knows.)
func takenBack(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}

// passingLite tells SQLite's primary result codes that pass by themselves, or
// when somebody frees the disk.
func passingLite(code int) bool {
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM,
		sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_PROTOCOL:
		return true
	}
	return false
}
