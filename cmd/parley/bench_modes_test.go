package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"parley/conversation"
	"parley/conversation/jobs"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/flows"
	"parley/inbound"
	"parley/outbound"
	"parley/outbound/provider"
)

// newBench opens a database and begins phones conversations.
func newBench(t *testing.T, database string, phones int) *bench {
	t.Helper()
	b := &bench{t: t, store: storetest.Open(t, store.Options{URL: database}), turn: make([]atomic.Int64, 2_000_000)}
	var err error
	if path, ok := strings.CutPrefix(database, "sqlite:"); ok {
		b.lite, err = sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_txlock=immediate")
		b.lite.SetMaxOpenConns(1)
		t.Cleanup(func() { b.lite.Close() })
	} else {
		b.pool, err = pgxpool.New(t.Context(), database)
		t.Cleanup(b.pool.Close)
	}
	if err != nil {
		t.Fatal(err)
	}
	if b.flow, err = flows.Parse("bench.yaml", []byte(benchFlow)); err != nil {
		t.Fatal(err)
	}
	if b.keys, err = provider.ParseKeys(testSecret); err != nil {
		t.Fatal(err)
	}
	e, stop := b.running(nil, nil)
	defer stop()
	for from := 0; from < phones; from += 250 {
		var begin []conversation.Event
		for i := from; i < from+250; i++ {
			begin = append(begin, conversation.Event{Kind: conversation.KindTrigger, Line: testLine, Phone: phoneOf(i),
				Trigger: &conversation.Trigger{Type: "bench.begin", Data: map[string]any{"name": "Ann", "order": "A-1001"}}})
			b.ids = append(b.ids, b.store.ConversationID(testLine, phoneOf(i)))
		}
		if _, err := e.Submit(t.Context(), begin); err != nil {
			t.Fatal(err)
		}
	}
	b.phones = phones
	b.submitters(t, e, 100)
	b.sample()
	return b
}

// sample takes the rows that the engine writes as the baselines' own.
func (b *bench) sample() {
	_, messages, err := b.store.Thread(b.t.Context(), b.ids[0], 0, 10)
	if err != nil || len(messages) == 0 {
		b.t.Fatal(err)
	}
	events, _, err := b.store.Thread(b.t.Context(), b.store.ConversationID(testLine, phoneOf(b.pick(1))), 0, 50)
	if err != nil || len(events) == 0 {
		b.t.Fatal(err)
	}
	c, _, err := b.store.Conversation(b.t.Context(), b.ids[0])
	if err != nil {
		b.t.Fatal(err)
	}
	if b.row.state, err = c.State.Encode(); err != nil {
		b.t.Fatal(err)
	}
	b.row.event, b.row.body = events[0].Data, messages[0].Text
	b.t.Logf("an exchange writes a state of %d bytes, an event of %d, a text of %d", len(b.row.state), len(b.row.event), len(b.row.body))
}

// grow adds conversations until there are n, as copies of a waiting one.
func (b *bench) grow(n int) {
	var state string
	ctx := b.t.Context()
	if err := b.pool.QueryRow(ctx, "SELECT state FROM conversations WHERE id = $1", b.ids[0]).Scan(&state); err != nil {
		b.t.Fatal(err)
	}
	next := b.phones
	_, err := b.pool.CopyFrom(ctx, pgx.Identifier{"conversations"}, []string{"id", "line", "phone", "rev", "state", "created_at", "updated_at"},
		pgx.CopyFromFunc(func() ([]any, error) {
			if next >= n {
				return nil, nil
			}
			phone := phoneOf(next)
			next++
			return []any{b.store.ConversationID(testLine, phone), testLine, phone, int64(1000), state, int64(0), int64(0)}, nil
		}))
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.pool.Exec(ctx, "VACUUM ANALYZE conversations"); err != nil {
		b.t.Fatal(err)
	}
	b.phones = n
}

// checkpoint puts the modes on equal terms: nothing is left to send, nothing to flush.
func (b *bench) checkpoint() {
	const done = "UPDATE messages SET status = 'cancelled' WHERE status = 'queued'"
	var err error
	if b.pool != nil {
		if _, err = b.pool.Exec(b.t.Context(), done); err == nil {
			_, err = b.pool.Exec(b.t.Context(), "CHECKPOINT")
		}
	} else if _, err = b.lite.Exec(done); err == nil {
		_, err = b.lite.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// walPosition is how much PostgreSQL has written ahead, in bytes.
func (b *bench) walPosition() (at int64) {
	if b.pool == nil {
		return 0
	}
	if err := b.pool.QueryRow(b.t.Context(), "SELECT (pg_current_wal_lsn() - '0/0')::bigint").Scan(&at); err != nil {
		b.t.Fatal(err)
	}
	return at
}

// The statements of one exchange, for the baselines.
var exchangeSQL = [4]string{
	"INSERT INTO inbox (carrier, key, at) VALUES ('raw', $1, $2) ON CONFLICT DO NOTHING",
	"UPDATE conversations SET state = $2, rev = rev + 1, updated_at = $3 WHERE id = $1",
	"INSERT INTO events (conversation, rev, at, kind, data) VALUES ($1, $2, $3, 'text', $4)",
	`INSERT INTO messages (id, conversation, position, line, phone, class, priority, body, segments, created_at, due_at, expires_at, status)
		VALUES ($1, $2, $3, $4, $5, 'notice', 3, $6, 1, $7, $7, $8, 'queued')`,
}

// exchange is the arguments of those statements for the next exchange of phone i.
func (b *bench) exchange(i int) [4][]any {
	n, at := b.serial.Add(1), time.Now().UnixMilli()
	id := b.ids[i%len(b.ids)]
	return [4][]any{{fmt.Sprint("text/raw", n), at}, {id, b.row.state, at}, {id, 1_000_000 + n, at, b.row.event},
		{uuid.Must(uuid.NewV7()).String(), id, (1_000_000 + n) << 8, testLine, phoneOf(i), b.row.body, at, at + 14_400_000}}
}

// workers spreads batches of the size over goroutines until n exchanges are done.
func (b *bench) workers(count, size, n int, do func(from int) error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range count {
		wg.Go(func() {
			for {
				from := int(next.Add(int64(size))) - size
				if from >= n {
					return
				}
				if err := do(from); err != nil {
					b.t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// plain is one transaction per exchange and one round trip per statement.
func (b *bench) plain(_ *testing.T, n int) {
	ctx := b.t.Context()
	pool := b.sized(16)
	defer pool.Close()
	b.workers(16, 1, n, func(i int) error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			for s, args := range b.exchange(b.pick(i)) {
				if s == 1 {
					var state string
					if err := tx.QueryRow(ctx, "SELECT state FROM conversations WHERE id = $1 FOR UPDATE", args[0]).Scan(&state); err != nil {
						return err
					}
				}
				if _, err := tx.Exec(ctx, exchangeSQL[s], args...); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (b *bench) sized(conns int32) *pgxpool.Pool {
	config := b.pool.Config()
	config.MaxConns, config.MinConns = conns, conns
	pool, err := pgxpool.NewWithConfig(b.t.Context(), config)
	if err != nil {
		b.t.Fatal(err)
	}
	return pool
}

// raw is batches of 100 exchanges, pipelined, without an engine. Each connection
// keeps to phones of its own.
func (b *bench) raw(_ *testing.T, n int) {
	const size = 100
	if b.pool == nil {
		b.workers(1, size, n, func(from int) error { return b.rawLite(from, size) })
		return
	}
	ctx := b.t.Context()
	pool := b.sized(4)
	defer pool.Close()
	var lane atomic.Int64
	b.workers(4, size, n, func(from int) error {
		base := int(lane.Add(1)%4) * (len(b.ids) / 4)
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			var batch pgx.Batch
			for k := range size {
				for s, args := range b.exchange(base + (from/4+k)%(len(b.ids)/4)) {
					batch.Queue(exchangeSQL[s], args...)
				}
			}
			return tx.SendBatch(ctx, &batch).Close()
		})
	})
}

func (b *bench) rawLite(from, size int) error {
	tx, err := b.lite.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var statements [4]*sql.Stmt
	for s := range exchangeSQL {
		if statements[s], err = tx.Prepare(exchangeSQL[s]); err != nil {
			return err
		}
	}
	for k := range size {
		for s, args := range b.exchange((from + k) % len(b.ids)) {
			if _, err := statements[s].Exec(args...); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// dispatching has every answer claimed, sent to a carrier in this process and settled.
func (b *bench) dispatching(t *testing.T, n int) { b.sending(t, n, nil) }

// receipting has every answer's delivery receipt stored as well.
func (b *bench) receipting(t *testing.T, n int) {
	receipts := make(chan conversation.Receipt, n)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for r := range receipts {
				if _, err := b.store.Receive(context.Background(), []conversation.Receipt{r}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	b.sending(t, n, func(o provider.Outgoing) {
		receipts <- conversation.Receipt{Carrier: "lab", ProviderID: "r" + o.ID, Message: o.ID, Status: conversation.Delivered, Raw: "delivered"}
	})
	close(receipts)
	wg.Wait()
}

func (b *bench) sending(t *testing.T, n int, took func(provider.Outgoing)) {
	made, traits, err := provider.New(provider.Settings{Name: "lab", Provider: "loopback", Secret: testSecret})
	if err != nil {
		t.Fatal(err)
	}
	var sent atomic.Int64
	made.(*provider.Loopback).Carrier.Took = func(o provider.Outgoing) {
		sent.Add(1)
		if took != nil {
			took(o)
		}
	}
	var d *outbound.Dispatcher
	e, stop := b.running(nil, func(lines []string) { d.Wake(lines) })
	d = &outbound.Dispatcher{Queue: b.store, Submit: e.Submit, Node: "bench", Log: slog.New(slog.DiscardHandler),
		Carriers: map[string]outbound.Carrier{"lab": {Provider: made, Traits: traits, Concurrency: 64}},
		Lines:    map[string]outbound.Line{testLine: {Carrier: "lab"}}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = d.Run(ctx) }() // its failures show as texts not sent
	answers := b.submitters(t, e, n)
	for deadline := time.Now().Add(time.Minute); sent.Load() < answers && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond) // a millisecond is nothing in what n texts take
	}
	if sent.Load() < answers || answers < int64(n)*9/10 {
		t.Errorf("of %d texts %d were answered and %d answers sent", n, answers, sent.Load())
	}
	cancel()
	<-done
	stop()
}

// jobbing has a slow effect inserted with every exchange, and carried out.
func (b *bench) jobbing(t *testing.T, n int) {
	e, stop := b.running([]string{"*"}, nil)
	defer stop()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = b.store.RunJobs(ctx, jobs.Runner{Submit: e, Log: slog.New(slog.DiscardHandler), Do: map[string]jobs.Do{
			conversation.JobCallback: func(context.Context, conversation.Job) (conversation.Event, bool, error) {
				return conversation.Event{}, false, nil
			}}})
	}()
	b.submitters(t, e, n)
	cancel()
	<-done
}

// door serves signed webhooks into an engine.
func (b *bench) door() (string, func()) {
	e, stop := b.running(nil, nil)
	made, _, err := provider.New(provider.Settings{Name: "lab", Provider: "generic", BaseURL: "http://127.0.0.1:1", Secret: testSecret})
	if err != nil {
		b.t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/webhooks/{carrier}", &inbound.Webhooks{Engine: e, Receipts: b.store, Carriers: map[string]provider.Provider{"lab": made},
		Public: &url.URL{Scheme: "http", Host: "127.0.0.1"}, Log: slog.New(slog.DiscardHandler),
		Line:  func(to string) (string, bool) { return to, true },
		Phone: func(from, _ string) (string, error) { return from, nil }})
	server := httptest.NewServer(mux)
	return server.URL + "/webhooks/lab", func() { server.Close(); stop() }
}

func poster() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConns: 512, MaxIdleConnsPerHost: 512}}
}

// http has 128 clients post signed webhooks.
func (b *bench) http(t *testing.T, n int) {
	door, stop := b.door()
	defer stop()
	client := poster()
	defer client.CloseIdleConnections()
	b.workers(128, 1, n, func(i int) error { return b.post(t.Context(), client, door, b.pick(i)) })
}

// steady posts at a rate for a while and returns how long each answer took from
// the moment it was due.
func (b *bench) steady(ctx context.Context, rate float64, d time.Duration) []time.Duration {
	door, stop := b.door()
	defer stop()
	client := poster()
	defer client.CloseIdleConnections()
	n := int(rate * d.Seconds())
	took := make([]time.Duration, n)
	begun := time.Now()
	b.workers(256, 1, n, func(i int) error {
		due := begun.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		time.Sleep(time.Until(due)) // the rate is kept in real time, however long answers take
		err := b.post(ctx, client, door, b.pick(i))
		took[i] = time.Since(due)
		return err
	})
	return took
}
