package store_test

import (
	"strings"
	"testing"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// BenchmarkCounts counts thirty days in which everything happened 120,000 times: the
// numbers of the dashboard, and those of one flow that has 60,000 of the runs.
func BenchmarkCounts(b *testing.B) {
	for _, engine := range storetest.Engines {
		s := storetest.Open(b, store.Options{URL: storetest.URL(b, engine)})
		many(b, s)
		b.Run(engine+"/dashboard", func(b *testing.B) {
			for b.Loop() {
				if n, err := s.Numbers(b.Context(), 0, 30*aDay); err != nil || n.Response.Answered < 100_000 {
					b.Fatal(n.Response, err)
				}
			}
		})
		b.Run(engine+"/today", func(b *testing.B) {
			for b.Loop() {
				if n, err := s.Numbers(b.Context(), 29*aDay, 30*aDay); err != nil || n.Response.Answered < 3000 {
					b.Fatal(n.Response, err)
				}
			}
		})
		b.Run(engine+"/flow", func(b *testing.B) {
			for b.Loop() {
				if all, err := s.Ways(b.Context(), "f0", 0, 30*aDay, 5000); err != nil || len(all) != 6 {
					b.Fatal(len(all), err)
				}
			}
		})
	}
}

// many fills the tables that are counted.
func many(b *testing.B, s *store.Store) {
	b.Helper()
	const rows = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000) `
	for _, text := range []string{
		`INSERT INTO handovers (conversation, at, queue, reason, answered_at, agent) ` + rows + `SELECT 'c' || i, i * CAST(21600 AS bigint), 'q', 'r' || (i % 6), CASE WHEN i % 10 = 0 THEN 0 ELSE i * CAST(21600 AS bigint) + (i * 7919) % 900000 END, 'ann' FROM n`,
		`INSERT INTO desk (conversation, line, phone, owner, queue, since, awaiting, urgency) ` + rows + `SELECT 'c' || i, '+1', '' || i, 'queue', 'q' || (i % 5), i * CAST(21600 AS bigint), i, 2 FROM n WHERE i <= 5000`,
		`INSERT INTO flow_versions (hash, name, source, created_at) ` + rows + `SELECT 'h' || i, 'f' || (i % 20), '', 0 FROM n WHERE i <= 200`,
		`INSERT INTO results (flow, ended_at, run, hash, conversation, line, phone, outcome, state, began_at, details, path) ` + rows + `SELECT 'f' || (CASE WHEN i % 2 = 0 THEN 0 ELSE i % 20 END), i * CAST(21600 AS bigint), 'run' || i, 'h', 'c' || i, '+1', '' || i, 'o' || (i % 4), 'over', 0,
			'{"a":{"order":"A-10045","day":"2026-12-24","boxes":3,"name":"somebody of some length"}}', CASE WHEN i % 3 = 0 THEN 'day boxes thanks over' WHEN i % 3 = 1 THEN 'day boxes over' ELSE 'day over' END FROM n`,
		`INSERT INTO consents (phone, state, at) ` + rows + `SELECT '+1' || i, CASE WHEN i % 2 = 0 THEN 'out' ELSE 'in' END, i * CAST(21600 AS bigint) FROM n`,
		`INSERT INTO challenges (id, subject, purpose, digits, most_attempts, most_sends, created_at, expires_at, sends, status, open) ` + rows + `SELECT 'v' || i, 's' || i, 'p' || (i % 6), 6, 3, 3, i * CAST(21600 AS bigint), 0, 1, CASE WHEN i % 3 = 0 THEN 'sent' ELSE 'approved' END, 0 FROM n`,
	} {
		if store.Engine(s) == "sqlite" {
			text = strings.ReplaceAll(text, "bigint", "INTEGER")
		}
		if err := store.Exec(b.Context(), s, text); err != nil {
			b.Fatal(err)
		}
	}
	if err := store.Exec(b.Context(), s, `ANALYZE`); err != nil {
		b.Fatal(err)
	}
}
