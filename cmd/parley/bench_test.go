package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"parley/conversation"
	"parley/conversation/store"
	"parley/flows"
	"parley/outbound/provider"
)

// benchFlow asks two questions in turn, for ever.
const benchFlow = `
flow: bench
title: Asks two questions in turn
class: notice
trigger: {events: [bench.begin]}
input: {name: {type: string, max: 30}, order: {type: string, max: 20}}
start: ask
states:
  ask:
    say: "{{ brand }}: Hi {{ name }}, did order {{ order }} arrive? YES or NO"
    replies: [{intent: no, goto: ask}, {intent: yes, goto: how}]
    silence: {after: 24h, goto: over}
    otherwise: {say: "YES or NO please", tries: 9, goto: ask}
  how:
    say: "How did it arrive? 1 fine, 2 damaged"
    replies: [{match: ["1", fine], as: fine, goto: ask}, {match: ["2"], as: damaged, goto: ask}]
    silence: {after: 24h, goto: over}
    otherwise: {say: "1 or 2 please", tries: 9, goto: ask}
  over: {end: over}
`

// bench is one database under measurement.
type bench struct {
	t      *testing.T
	store  *store.Store
	pool   *pgxpool.Pool // of PostgreSQL, for the baselines and the bookkeeping
	lite   *sql.DB       // of SQLite, likewise
	flow   *flows.Flow
	phones int
	ids    []string // of the conversations
	serial atomic.Int64
	turn   []atomic.Int64 // texts so far, by phone: decides which answer fits
	row    struct{ state, event, body string }
	keys   provider.Keys
}

func phoneOf(i int) string { return fmt.Sprintf("+1202%07d", 2_000_000+i) }

func (b *bench) event(i int) conversation.Event {
	return conversation.Event{Kind: conversation.KindText, Line: testLine, Phone: phoneOf(i), Carrier: "lab",
		Dedupe: fmt.Sprint("text/", b.serial.Add(1)), Text: &conversation.Text{Text: b.words(i)}}
}

// words is the answer that the phone's open question waits for.
func (b *bench) words(i int) string {
	if b.turn[i].Add(1)%2 == 1 {
		return "yes"
	}
	return "1"
}

// running is an engine over the bench's store until the mode is over.
func (b *bench) running(callbacks []string, committed func([]string)) (*conversation.Engine, func()) {
	line := conversation.Line{Number: testLine, Brand: flows.Brand{Name: "Acme"}, Callbacks: callbacks}
	directory := &conversation.Directory{Hash: "bench", Lines: map[string]conversation.Line{testLine: line}}
	catalog := &conversation.Catalog{}
	catalog.Use(oneFlow{b.flow})
	shards := 0
	if b.pool == nil {
		shards = 1
	}
	e := conversation.New(conversation.Settings{Store: b.store, Catalog: catalog, Log: slog.New(slog.DiscardHandler), Reader: plainReader{},
		Shards: shards, Directory: func() *conversation.Directory { return directory }, Committed: committed})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = e.Run(ctx) }() // it has no error to return
	return e, func() { cancel(); <-done }
}

// oneFlow is a library of one.
type oneFlow struct{ f *flows.Flow }

func (o oneFlow) Current(name string) (*flows.Flow, bool)                  { return o.f, name == o.f.Name }
func (o oneFlow) ByHash(hash string) (*flows.Flow, bool)                   { return o.f, hash == o.f.Hash }
func (o oneFlow) ForEvent(string) []*flows.Flow                            { return []*flows.Flow{o.f} }
func (oneFlow) ForIntent(flows.Guesser, string) (*flows.Flow, flows.Guess) { return nil, flows.Guess{} }
func (oneFlow) ForKeyword(string) (*flows.Flow, map[string]any, bool)      { return nil, nil, false }
func (oneFlow) Successor(flows.Run) (*flows.Flow, string, bool)            { return nil, "", false }

type plainReader struct{}

func (plainReader) Read(text, _ string, intents []string) (string, bool, bool) {
	for _, i := range intents {
		if strings.EqualFold(text, i) {
			return i, true, false
		}
	}
	return "", false, false
}

func (plainReader) Skim(string, string, []string) (string, bool) { return "", false }

// submitters carries out n exchanges from 256 goroutines, and counts the answers: a
// text that repeats the answer before gets none.
func (b *bench) submitters(t *testing.T, e *conversation.Engine, n int) int64 {
	var next, answers atomic.Int64
	var wg sync.WaitGroup
	for range 256 {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				out, err := e.Submit(context.Background(), []conversation.Event{b.event(b.pick(i))})
				if err != nil {
					t.Error(err)
					return
				}
				answers.Add(int64(len(out[0].Messages)))
			}
		})
	}
	wg.Wait()
	return answers.Load()
}

// pick spreads exchanges over all phones.
func (b *bench) pick(i int) int {
	return int((int64(i)*7919 + b.serial.Load()/int64(b.phones)) % int64(b.phones))
}

func (b *bench) engine(t *testing.T, n int) {
	e, stop := b.running(nil, nil)
	defer stop()
	b.submitters(t, e, n)
}

// post is one signed webhook.
func (b *bench) post(ctx context.Context, client *http.Client, door string, i int) error {
	n := b.serial.Add(1)
	body := fmt.Appendf(nil, `{"type":"message.received","data":{"id":"h%d","from":"%s","to":"%s","text":"%s"}}`, n, phoneOf(i), testLine, b.words(i))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, door, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	b.keys.Sign(r.Header, fmt.Sprint("wh", n), time.Now(), body)
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("answered %d", answer.StatusCode)
	}
	return nil
}
