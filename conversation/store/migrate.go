package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"parley/migrations"
)

const (
	installSQL = `INSERT INTO installation (id, salt, created_at) VALUES (1, $1, {now}) ON CONFLICT DO NOTHING`
	headSQL    = `INSERT INTO feed_head (id, epoch, seq) VALUES (1, $1, 0) ON CONFLICT DO NOTHING`
)

// Migrate brings a database, which may be empty, to the version that this program
// needs: Parley's own tables, River's, and the installation's salt, which never
// changes afterwards. It may be repeated, and by several nodes at once.
func Migrate(ctx context.Context, o Options) error {
	done, err := alone(ctx, o)
	if err != nil {
		return fmt.Errorf("migrating the database: %w", classify(err))
	}
	defer done()
	if err := migrateTables(ctx, o, goose.MaxVersion); err != nil {
		return fmt.Errorf("migrating the database: %w", classify(err))
	}
	b, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.migrateJobs(ctx); err != nil {
		return fmt.Errorf("migrating the database: %w", classify(err))
	}
	p := new(pipe)
	p.exec(installSQL, random())
	p.exec(headSQL, random())
	return b.write(ctx, p)
}

// migrating is the key of PostgreSQL's lock that one migration holds.
const migrating = 0x7061726c6579

// alone waits until no other node migrates. A SQLite file has its own lock.
func alone(ctx context.Context, o Options) (done func(), err error) {
	if strings.HasPrefix(o.URL, "sqlite:") {
		return func() {}, nil
	}
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return nil, err
	}
	done = func() { conn.Close(context.WithoutCancel(ctx)) }
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrating); err != nil {
		done()
		return nil, err
	}
	return done, nil
}

// random gives 160 random bits as text.
func random() string {
	var b [20]byte
	rand.Read(b[:])
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// migrateTables runs goose up to a version, on connections of its own, which have no
// statement timeout.
func migrateTables(ctx context.Context, o Options, version int64) error {
	db, engine, err := migrator(ctx, o)
	if err != nil {
		return err
	}
	defer db.Close()
	files, err := fs.Sub(migrations.Files, engine)
	if err != nil {
		return err
	}
	dialect := goose.DialectPostgres
	if engine == "sqlite" {
		dialect = goose.DialectSQLite3
	}
	p, err := goose.NewProvider(dialect, db, files)
	if err != nil {
		return err
	}
	_, err = p.UpTo(ctx, version)
	return err
}

func migrator(ctx context.Context, o Options) (*sql.DB, string, error) {
	if path, ok := strings.CutPrefix(o.URL, "sqlite:"); ok {
		db, err := openFile(ctx, path, "immediate")
		if err == nil {
			db.SetMaxOpenConns(1)
		}
		return db, "sqlite", err
	}
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, "", err
	}
	return stdlib.OpenDB(*config.ConnConfig), "postgres", nil
}

// newestMigration is the version of the newest embedded migration.
func newestMigration(engine string) (int64, error) {
	files, err := fs.Glob(migrations.Files, engine+"/*.sql")
	if err != nil {
		return 0, err
	}
	var newest int64
	for _, f := range files {
		version, err := goose.NumericComponent(f)
		if err != nil {
			return 0, fmt.Errorf("reading the migrations: %w", err)
		}
		newest = max(newest, version)
	}
	return newest, nil
}
