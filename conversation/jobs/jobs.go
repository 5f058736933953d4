// Package jobs carries out slow effects: callbacks to the business, HTTP calls,
// classifications, codes that flows ask for, news of accounts. They are River jobs, inserted by the transaction that decided
// upon them, so that a job exists exactly when its event was stored. What a job
// brings back goes through the engine as an event of its own, deduped by the
// effect's id: a job that runs twice is heard once.
//
// It is the only package that imports River, and never hands out River's client:
// a method of its pool, called inside an open transaction, deadlocks on SQLite,
// whose writer pool has a single connection.
package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"parley/conversation"
)

// Queue is the job tables of one database; T is the transaction that its engine
// works in.
type Queue[T any] struct {
	driver   riverdriver.Driver[T]
	inserter *river.Client[T]
}

// Postgres gives the queue in a PostgreSQL database.
func Postgres(pool *pgxpool.Pool, log *slog.Logger) (*Queue[pgx.Tx], error) {
	return newQueue[pgx.Tx](riverpgxv5.New(pool), log)
}

// SQLite gives the queue in a SQLite database. db must be the one writer pool of
// the file.
func SQLite(db *sql.DB, log *slog.Logger) (*Queue[*sql.Tx], error) {
	return newQueue[*sql.Tx](riversqlite.New(db), log)
}

func newQueue[T any](driver riverdriver.Driver[T], log *slog.Logger) (*Queue[T], error) {
	inserter, err := river.NewClient(driver, &river.Config{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("opening the job queue: %w", err)
	}
	return &Queue[T]{driver: driver, inserter: inserter}, nil
}

// Insert adds jobs inside tx, in one statement where the engine can. It uses
// nothing but tx's connection.
func (q *Queue[T]) Insert(ctx context.Context, tx T, jobs []conversation.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		params[i] = river.InsertManyParams{Args: slow{Job: j}, InsertOpts: insertOptions(j)}
	}
	if _, err := q.inserter.InsertManyTx(ctx, tx, params); err != nil {
		return fmt.Errorf("inserting jobs: %w", err)
	}
	return nil
}

// Migrate brings River's own tables to the version that this package needs. It
// may be repeated.
func (q *Queue[T]) Migrate(ctx context.Context, log *slog.Logger) error {
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: log})
	if err != nil {
		return fmt.Errorf("migrating the job tables: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating the job tables: %w", err)
	}
	return nil
}

// slow is a job as River stores it.
type slow struct {
	conversation.Job
	// pause is what Work tells NextRetry, within one try of one job.
	pause time.Duration
}

// Kind names the one kind of River job; conversation.Job has kinds of its own.
func (slow) Kind() string { return "slow_effect" }
