package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// TestFeedSkipsNothing: while batches commit and two relays number, a reader that
// resumes after the last seq it saw gets every event once, each conversation's in
// order.
func TestFeedSkipsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const writers, rounds = 4, 40
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for r := range rounds {
					say(t, s, nil, text(w/2, fmt.Sprint(w, "/", r)), text(10+w, fmt.Sprint("x", w, "/", r)))
				}
			})
		}
		ctx, stop := context.WithCancel(t.Context())
		var relays sync.WaitGroup
		for range 2 {
			relays.Go(func() { relay(ctx, t, s) })
		}
		revs := make(map[string]int64)
		var after int64
		deadline := time.Now().Add(30 * time.Second)
		for seen := 0; seen < 2*writers*rounds && time.Now().Before(deadline); {
			_, entries, err := s.Feed(t.Context(), after, 7)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if e.Seq != after+1 || e.Rev != revs[e.Conversation]+1 {
					t.Fatalf("after seq %d and rev %d comes %+v", after, revs[e.Conversation], e)
				}
				after, revs[e.Conversation] = e.Seq, e.Rev
				seen++
			}
		}
		wg.Wait()
		stop()
		relays.Wait()
		if _, head, _ := s.FeedHead(t.Context()); head != after || after != 2*writers*rounds {
			t.Errorf("read up to %d of %d", after, head)
		}
	})
}

// relay numbers what was committed, a little at a time, until ctx ends.
func relay(ctx context.Context, t *testing.T, s *store.Store) {
	for ctx.Err() == nil {
		if _, err := s.Relay(context.Background(), 3); err != nil {
			t.Error(err)
			return
		}
	}
}

// TestHints: a commit with messages wakes who listens, on this node and others.
func TestHints(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		heard := make(chan []string, 16)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Listen(ctx, func(lines []string) { heard <- lines }) }()
		wait := func(want ...string) {
			t.Helper()
			select {
			case got := <-heard:
				if !slices.Equal(got, want) {
					t.Errorf("heard %q, want %q", got, want)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("never heard of %q", want)
			}
		}
		wait("")
		other := text(2, "b")
		other.Line = "22222"
		say(t, s, nil, text(1, "a"), other)
		wait(line, "22222")
		if store.Engine(s) == "postgres" {
			_, err := store.Ask(t.Context(), s, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`)
			if err != nil {
				t.Fatal(err)
			}
			wait("") // reconnected: anything may have been missed
			say(t, s, nil, text(1, "c"))
			wait(line)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestNodes(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		var ahead time.Duration
		s := storetest.Open(t, store.Options{URL: url, Ahead: func() time.Duration { return ahead }})
		beat := func(node string) int { return must(s.Beat(t.Context(), node, 6*time.Second))(t) }
		beat("a")
		if n := beat("b"); n != 2 {
			t.Errorf("%d nodes live", n)
		}
		ahead = 10 * time.Second
		if n := beat("b"); n != 1 {
			t.Errorf("%d nodes live after one has been silent", n)
		}
		if at := begin(t, s, text(1, "1")).Now(); time.Until(at) < 9*time.Second {
			t.Errorf("the shifted clock says %v", at)
		}
	})
}

func TestNotMigrated(t *testing.T) {
	empty := "sqlite:" + filepath.Join(t.TempDir(), "empty.db")
	if _, err := store.Open(t.Context(), store.Options{URL: empty}); !errors.Is(err, store.ErrNotMigrated) {
		t.Errorf("an empty database gives %v", err)
	}
	for range 2 {
		if err := store.Migrate(t.Context(), store.Options{URL: empty}); err != nil {
			t.Fatal(err)
		}
	}
	s := storetest.Open(t, store.Options{URL: empty})
	if err := store.Exec(t.Context(), s, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), store.Options{URL: empty}); !errors.Is(err, store.ErrNotMigrated) {
		t.Errorf("a newer database gives %v", err)
	}
	for _, url := range []string{"", "mysql://u:secret@h/d", "sqlite:", "sqlite::memory:", "sqlite:" + string(os.PathSeparator) + "no/such/folder/x.db"} {
		if _, err := store.Open(t.Context(), store.Options{URL: url}); err == nil {
			t.Errorf("%q opens", url)
		}
	}
}

// TestManyMigrate: several nodes start on an empty PostgreSQL at once.
func TestManyMigrate(t *testing.T) {
	url := storetest.URL(t, "postgres")
	admin := storetest.Open(t, store.Options{URL: url})
	if err := store.Exec(t.Context(), admin, `DROP SCHEMA public CASCADE`); err != nil {
		t.Fatal(err)
	}
	if err := store.Exec(t.Context(), admin, `CREATE SCHEMA public`); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := store.Migrate(context.Background(), store.Options{URL: url}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	storetest.Open(t, store.Options{URL: url})
}
