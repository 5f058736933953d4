package storetest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"parley/conversation/store"
)

// shared is the server of this test process, started by the first test that needs
// it.
var shared struct {
	sync.Mutex
	server *Server
	err    error
}

// Main runs a package's tests and stops the shared server afterwards.
func Main(m *testing.M) int {
	code := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		shared.server.Stop()
	}
	return code
}

// Without skips a test for want of something that the machine lacks, named as in
// .ci/packages. It fails the test where everything is demanded (CI or
// PARLEY_REQUIRE_POSTGRES is set), and under make test, unless that will say itself
// what was not run (PARLEY_LACKS names it).
func Without(t testing.TB, what string, why any) {
	t.Helper()
	lacks, asked := os.LookupEnv("PARLEY_LACKS")
	unsaid := asked && !slices.Contains(strings.Fields(lacks), what)
	if unsaid || os.Getenv("CI") != "" || os.Getenv("PARLEY_REQUIRE_POSTGRES") != "" {
		t.Fatalf("not run: %v", why)
	}
	t.Skipf("not run: %v", why)
}

// Shared is the server that this process's tests share. Tests that want it are
// skipped, or fail, as Without says.
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = Start(context.Background(), Settings{Fsync: os.Getenv("PARLEY_TEST_FSYNC") != ""})
	}
	switch {
	case errors.Is(shared.err, ErrMissing):
		Without(t, "postgresql", shared.err)
	case shared.err != nil:
		t.Fatal(shared.err)
	}
	return shared.server
}

// Engines are the names of the engines, as URL takes them.
var Engines = []string{"sqlite", "postgres"}

// URL makes a fresh migrated database that is gone when the test ends.
func URL(t testing.TB, engine string) string {
	t.Helper()
	if engine == "sqlite" {
		path := filepath.Join(t.TempDir(), "parley.db")
		template, err := sqliteTemplate()
		if err == nil {
			err = os.WriteFile(path, template, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return "sqlite:" + path
	}
	url, drop, err := Shared(t).Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	return url
}

// Open opens a store on a database until the test ends.
func Open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Each runs a test on both engines.
func Each(t *testing.T, run func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, engine := range Engines {
		t.Run(engine, func(t *testing.T) { run(t, Open(t, store.Options{URL: URL(t, engine)})) })
	}
}

// EachURL runs a test on both engines, for those that open stores themselves.
func EachURL(t *testing.T, run func(t *testing.T, url string)) {
	t.Helper()
	for _, engine := range Engines {
		t.Run(engine, func(t *testing.T) { run(t, URL(t, engine)) })
	}
}

// sqliteTemplate is a migrated file.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "parley-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := store.Migrate(context.Background(), store.Options{URL: "sqlite:" + path}); err != nil {
		return nil, fmt.Errorf("making a SQLite template: %w", err)
	}
	return os.ReadFile(path)
})
