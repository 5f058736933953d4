package store_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// TestSweepLocksInOrder: whoever tries to sign in again after a while must not stand
// against the sweep, which takes out what was counted of them before.
func TestSweepLocksInOrder(t *testing.T) {
	ctx := t.Context()
	url := storetest.URL(t, "postgres")
	s := storetest.Open(t, store.Options{URL: url})
	for _, key := range []string{"b", "c", "a"} { // in this order they are found
		if err := store.Exec(ctx, s, `INSERT INTO throttles (key, bucket, n0, most, idle_at) VALUES ($1, 0, 0, 0, 0)`, key); err != nil {
			t.Fatal(err)
		}
	}
	third, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close(ctx)
	hold := func(text string) {
		if _, err := third.Exec(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	hold(`BEGIN; SELECT 1 FROM throttles WHERE key = 'c' FOR UPDATE`)
	done := make(chan error, 2)
	go func() { _, err := s.Sweep(ctx); done <- err }()
	waits(t, s, 1)
	go func() {
		_, err := s.TrySignIn(ctx, []verify.Hit{{Key: "a", Most: 5, Per: time.Hour}, {Key: "b", Most: 5, Per: time.Hour}})
		done <- err
	}()
	waits(t, s, 2)
	hold(`COMMIT`)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
