package store_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// trail leaves a chained trail of at least ten rows.
func trail(t *testing.T, s *store.Store) verify.Head {
	t.Helper()
	for i := range 10 {
		commit(t, s, i, "t"+phone(i), wants("lock", i, "t"+phone(i)))
	}
	for {
		n, err := s.RelayAudit(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	head, err := verify.CheckTrail(t.Context(), s, verify.Head{})
	if err != nil || head.Count < 10 {
		t.Fatalf("%d rows: %v", head.Count, err)
	}
	return head
}

// unlocked takes away what keeps the rows from a change, having seen it refuse one.
func unlocked(t *testing.T, s *store.Store, change string) {
	t.Helper()
	if err := store.Exec(t.Context(), s, change); err == nil || !strings.Contains(err.Error(), "only added to") {
		t.Fatalf("%s: %v", change, err)
	}
	if store.Exec(t.Context(), s, `DROP TRIGGER audit_no_change ON audit`) == nil {
		return // PostgreSQL
	}
	for _, trigger := range []string{"audit_no_update", "audit_no_delete"} {
		if err := store.Exec(t.Context(), s, `DROP TRIGGER `+trigger); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTamperedTrail: whatever is done to the rows, the first that is wrong is found.
func TestTamperedTrail(t *testing.T) {
	for name, c := range map[string]struct {
		at  int64
		sql []string
	}{
		"a changed entry": {5, []string{`UPDATE audit SET data = REPLACE(data, 'account', 'acconut') WHERE seq = 5`}},
		"a changed time":  {5, []string{`UPDATE audit SET at = at + 1 WHERE seq = 5`}},
		"a row taken out": {4, []string{`DELETE FROM audit WHERE seq = 4`}},
		"and closed up":   {4, []string{`DELETE FROM audit WHERE seq = 4`, `UPDATE audit SET seq = seq - 1000 WHERE seq > 4`, `UPDATE audit SET seq = seq + 999 WHERE seq < 0`}},
		"two swapped":     {6, []string{`UPDATE audit SET seq = -1 WHERE seq = 6`, `UPDATE audit SET seq = 6 WHERE seq = 7`, `UPDATE audit SET seq = 7 WHERE seq = -1`}},
		"the first":       {1, []string{`UPDATE audit SET hash = '` + strings.Repeat("0", 64) + `' WHERE seq = 1`}},
		"the end cut off": {9, []string{`DELETE FROM audit WHERE seq >= 9`}}, // which only the head that was kept tells
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				kept := trail(t, s)
				unlocked(t, s, c.sql[0])
				for _, sql := range c.sql {
					if err := store.Exec(t.Context(), s, sql); err != nil {
						t.Fatal(err)
					}
				}
				_, err := verify.CheckTrail(t.Context(), s, kept)
				var broken *verify.BrokenError
				if !errors.As(err, &broken) || broken.Seq != c.at || name == "a row taken out" && broken.Why != "is missing" {
					t.Errorf("found %v, want row %d", err, c.at)
				}
			})
		})
	}
}

// TestTrailWrittenAnew: a chain that is sound in itself is not the one that was kept.
func TestTrailWrittenAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		kept := trail(t, s)
		unlocked(t, s, `DELETE FROM audit`)
		for _, sql := range []string{`DELETE FROM audit_pending`, `INSERT INTO audit_pending (data) SELECT REPLACE(data, 'purchases', 'transfers') FROM audit ORDER BY seq`, `DELETE FROM audit`} {
			if err := store.Exec(t.Context(), s, sql); err != nil {
				t.Fatal(err)
			}
		}
		_ = must(s.RelayAudit(t.Context(), 1000))(t)
		if _, err := verify.CheckTrail(t.Context(), s, verify.Head{}); err != nil {
			t.Fatal(err)
		}
		if _, err := verify.CheckTrail(t.Context(), s, kept); err == nil {
			t.Error("a trail that was written anew passes for the one that was kept")
		}
	})
}

// TestRelaysSideBySide: nodes that chain at the same time leave one chain, and none
// of them fails over another.
func TestRelaysSideBySide(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range 40 {
			commit(t, s, i, phone(i), wants("lock", i))
		}
		before := must(store.Ask(t.Context(), s, `SELECT count(*) FROM audit_pending`))(t)
		var all sync.WaitGroup
		var chained atomic.Int64
		for range 8 {
			all.Go(func() {
				for chained.Load() < before {
					n, err := s.RelayAudit(t.Context(), 1)
					if err != nil {
						t.Error(err)
						return
					}
					chained.Add(int64(n))
				}
			})
		}
		all.Wait()
		if head, err := verify.CheckTrail(t.Context(), s, verify.Head{}); err != nil || head.Count != before || before < 40 {
			t.Errorf("%d rows of %d: %v", head.Count, before, err)
		}
	})
}

// TestTrailIsOnlyAddedTo: no statement changes a row or takes one out.
func TestTrailIsOnlyAddedTo(t *testing.T) {
	for name, text := range constants(t) {
		words := strings.Join(strings.Fields(text), " ")
		for _, bad := range []string{"UPDATE audit ", "DELETE FROM audit ", "INTO audit (seq, at, data, hash) VALUES ($1, $2, $3, $4) ON"} {
			if strings.Contains(words+" ", bad) {
				t.Errorf("%s: %s", name, words)
			}
		}
	}
}

// TestNoRowOfTheTrailIsReplaced: an insert that would take the place of a row is a change.
func TestNoRowOfTheTrailIsReplaced(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		trail(t, s)
		replace := `INSERT OR REPLACE INTO audit (seq, at, data, hash) VALUES (5, 1, '{}', '')`
		if store.Engine(s) == "postgres" {
			replace = `INSERT INTO audit (seq, at, data, hash) VALUES (5, 1, '{}', '') ON CONFLICT (seq) DO UPDATE SET data = excluded.data`
		}
		if err := store.Exec(t.Context(), s, replace); err == nil || !strings.Contains(err.Error(), "only added to") {
			t.Errorf("%v", err)
		}
		if _, err := verify.CheckTrail(t.Context(), s, verify.Head{}); err != nil {
			t.Error(err)
		}
	})
}
