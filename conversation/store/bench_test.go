package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/flows"
)

// The benchmarks count exchanges: one text in, one conversation moved on, one
// answer queued. Set PARLEY_TEST_FSYNC=1 for durable commits on PostgreSQL.
const (
	batchSize = 100
	phones    = 20_000
)

// state is a conversation's state of a usual size.
var state = `{"r":[{"id":"r1","f":"booking","v":"` + strings.Repeat("ab", 32) + `","s":"confirm","vars":{"when":"Friday 10:00","name":"Ada"},"w":7,"a":"m1"}],"t":[{"k":"silence","r":"r1","w":7,"at":1790000000000}]}`

const eventData = `{"event":{"kind":"text","line":"+12025550100","phone":"+12025560001","text":{"text":"yes please"}},"took":{"now":1790000000000},"records":[{"about":"reading","choice":"yes","layer":"word"}]}`

const (
	rawInbox   = `INSERT INTO inbox (carrier, key, at, body_hash) VALUES ($1, $2, $3, '') ON CONFLICT DO NOTHING`
	rawUpdate  = `UPDATE conversations SET state = $2, rev = rev + 1, updated_at = $3 WHERE id = $1`
	rawEvent   = `INSERT INTO events (conversation, rev, at, kind, data) VALUES ($1, $2, $3, 'text', $4)`
	rawMessage = `INSERT INTO messages (id, conversation, position, line, phone, class, priority, body, segments, created_at, due_at, expires_at, status)
		VALUES ($1, $2, $3, $4, $5, 'notice', 3, $6, 1, $7, $7, $8, 'queued')`
)

var serial atomic.Int64

type exchange struct {
	id, key, conversation, phone string
	n                            int64
}

func next(i int64) exchange {
	n := serial.Add(1)
	p := int(i % phones)
	return exchange{id: fmt.Sprintf("0190%012x-%d", n, n), key: fmt.Sprint("text/SM", n), conversation: fmt.Sprint("c", p), phone: phone(p), n: n}
}

func (x exchange) args() [4][]any {
	at := int64(1_790_000_000_000)
	return [4][]any{
		{"us", x.key, at}, {x.conversation, state, at}, {x.conversation, x.n, at, eventData},
		{x.id, x.conversation, x.n << 8, line, x.phone, "Your booking on Friday at 10:00 is confirmed.", at, at + 3_600_000},
	}
}

var rawStatements = [4]string{rawInbox, rawUpdate, rawEvent, rawMessage}

// BenchmarkRaw is the floor: batches of 100 exchanges as four statements each, in
// one pipeline, with no locks, reads or decisions.
func BenchmarkRaw(b *testing.B) {
	b.Run("postgres", func(b *testing.B) {
		pool := benchPool(b, 4)
		exchanges(b, 2, batchSize, func(n, from int64) error {
			batch := new(pgx.Batch)
			batch.Queue("BEGIN")
			for i := range n {
				for k, args := range next(from + i).args() {
					batch.Queue(rawStatements[k], args...)
				}
			}
			batch.Queue("COMMIT")
			return pool.SendBatch(context.Background(), batch).Close()
		})
	})
	b.Run("sqlite", func(b *testing.B) {
		s := benchStore(b, "sqlite")
		db := store.Writer(s)
		var stmts [4]*sql.Stmt
		for k, text := range rawStatements {
			stmts[k], _ = db.Prepare(text)
		}
		exchanges(b, 1, batchSize, func(n, from int64) error {
			tx, err := db.Begin()
			if err != nil {
				return err
			}
			defer tx.Rollback()
			var bound [4]*sql.Stmt
			for k := range bound {
				bound[k] = tx.Stmt(stmts[k])
			}
			for i := range n {
				for k, args := range next(from + i).args() {
					if _, err := bound[k].Exec(args...); err != nil {
						return err
					}
				}
			}
			return tx.Commit()
		})
	})
}

// BenchmarkPlainLoop is what Parley would be without batches: one transaction per
// exchange, one round trip per statement, 16 connections.
func BenchmarkPlainLoop(b *testing.B) {
	pool := benchPool(b, 16)
	exchanges(b, 16, 1, func(_, from int64) error {
		ctx := context.Background()
		tx, err := pool.Begin(ctx)
		if err != nil {
			return err
		}
		defer tx.Rollback(ctx)
		x := next(from)
		var rev int64
		if err := tx.QueryRow(ctx, `SELECT rev FROM conversations WHERE id = $1 FOR UPDATE`, x.conversation).Scan(&rev); err != nil {
			return err
		}
		for k, args := range x.args() {
			if _, err := tx.Exec(ctx, rawStatements[k], args...); err != nil {
				return err
			}
		}
		return tx.Commit(ctx)
	})
}

// BenchmarkBatch is the store's own Begin and Commit, with a step that decides
// nothing.
func BenchmarkBatch(b *testing.B) { benchBatch(b, false) }

// BenchmarkBatchEnding is the same when every text ends a run: each leaves a result.
func BenchmarkBatchEnding(b *testing.B) { benchBatch(b, true) }

func benchBatch(b *testing.B, ending bool) {
	for _, engine := range storetest.Engines {
		b.Run(engine, func(b *testing.B) {
			s := benchStore(b, engine)
			shards := 2
			if engine == "sqlite" {
				shards = 1
			}
			exchanges(b, shards, batchSize, func(n, from int64) error { return fakeBatch(s, n, from, ending) })
		})
	}
}

func fakeBatch(s *store.Store, n, from int64, ending bool) error {
	events := make([]conversation.Event, n)
	all := make([]exchange, n)
	for i := range n {
		x := next(from + i)
		all[i] = x
		events[i] = conversation.Event{Kind: conversation.KindText, Conversation: x.conversation, Line: line, Phone: x.phone, Carrier: "us", Dedupe: x.key}
	}
	ctx := context.Background()
	batch, err := s.Begin(ctx, events)
	if err != nil {
		return err
	}
	defer batch.Rollback()
	var w conversation.Writes
	now := batch.Now().UnixMilli()
	for i, x := range all {
		c := batch.Load(i).Conversation
		c.Rev = x.n
		w.Conversations = append(w.Conversations, conversation.Saved{Conversation: c, Encoded: state})
		w.Events = append(w.Events, conversation.Logged{Conversation: c.ID, Rev: x.n, At: now, Kind: conversation.KindText, Data: eventData})
		w.Effects = append(w.Effects, conversation.Effect{Send: &conversation.Message{
			ID: x.id, Conversation: c.ID, Position: x.n << 8, Line: line, To: x.phone, Class: flows.Notice, Priority: conversation.PriorityReply,
			Text: "Your booking on Friday at 10:00 is confirmed.", Segments: 1, CreatedAt: now, DueAt: now, ExpiresAt: now + 3_600_000}})
		if ending {
			w.Effects = append(w.Effects, conversation.Effect{Ended: &conversation.Ended{Run: x.id, Conversation: c.ID, Line: line, Phone: x.phone, Flow: "booking",
				Hash: "ab", Outcome: "confirmed", State: "done", BeganAt: now, EndedAt: now, AnswerIn: 60_000, Texts: 2,
				Details: conversation.Details{Answers: map[string]any{"when": "Friday 10:00", "name": "Ada"}, Readings: []conversation.ReadAs{{State: "confirm", As: "yes"}}}}})
		}
	}
	return batch.Commit(ctx, w)
}

// exchanges shares b.N exchanges out among workers, each with phones of its own.
func exchanges(b *testing.B, workers int, size int64, run func(n, from int64) error) {
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			share := int64(phones / workers)
			for at := int64(0); ; at += size {
				n := min(size, left.Add(-size)+size)
				if n <= 0 {
					return
				}
				if err := run(n, int64(w)*share+at%(share-size)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "exchanges/s")
}

// benchStore has all phones' conversations.
func benchStore(b *testing.B, engine string) *store.Store {
	s := storetest.Open(b, store.Options{URL: storetest.URL(b, engine)})
	fill(b, s)
	return s
}

func fill(b *testing.B, s *store.Store) {
	text, err := json.Marshal(struct{}{})
	if err != nil {
		b.Fatal(err)
	}
	err = store.Exec(b.Context(), s, `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
		INSERT INTO conversations (id, line, phone, state, created_at, updated_at)
		SELECT 'c' || i, 'l', 'p' || i, CAST($1 AS text), 0, 0 FROM n`, string(text))
	if err != nil {
		b.Fatal(err)
	}
}

func benchPool(b *testing.B, conns int32) *pgxpool.Pool {
	url := storetest.URL(b, "postgres")
	s := storetest.Open(b, store.Options{URL: url})
	fill(b, s)
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		b.Fatal(err)
	}
	config.MaxConns = conns
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	return pool
}
