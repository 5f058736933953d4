package main

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"parley/outbound/provider"
)

// echo is the flow of the proofs: one question for ever, whose answer names the
// text that it answers.
const echo = `flow: echo
title: Says back what it read
class: notice
languages: [en]
start: hello
states:
  hello:
    say: "ready"
    silence: {after: 24h, goto: over}
    replies: [{match: [n1], goto: loop}]
  loop:
    say: "got {{ last_text }}"
    silence: {after: 24h, goto: over}
    replies: [{match: ["/^n[0-9]+$/"], goto: loop}]
  over: {end: silent}
`

// world is what stands around the servers of a proof: a database, and a carrier in
// this process, which outlives them.
type world struct {
	t        *testing.T
	folder   string
	database string
	carrier  *provider.Carrier
	at       string // where the carrier is
	db       *sql.DB
	rate     int
	busy     atomic.Int64 // messages that the carrier has in hand
}

func newWorld(t *testing.T, database string, rate int) *world {
	t.Helper()
	keys, err := provider.ParseKeys(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, folder: t.TempDir(), database: database, carrier: &provider.Carrier{Keys: keys}, db: ledger(t, database), rate: rate}
	w.at = listen(t, w.slow(w.carrier))
	if err := os.Mkdir(filepath.Join(w.folder, "flows"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(w.folder, "flows"), "echo.yaml", echo)
	return w
}

// slow lets the carrier take 20 to 50 ms for a message, some of them before it has
// taken it and some after, whether or not the server is still there to hear.
func (w *world) slow(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.busy.Add(1)
		defer w.busy.Add(-1)
		takes := 20*time.Millisecond + rand.N(30*time.Millisecond)
		before := rand.N(takes)
		time.Sleep(before) // a carrier that takes its time, so that kills find messages under way
		next.ServeHTTP(&late{out, takes - before}, r)
	})
}

// late holds an answer back.
type late struct {
	http.ResponseWriter
	wait time.Duration
}

// WriteHeader waits first.
func (l *late) WriteHeader(status int) {
	time.Sleep(l.wait) // the message is taken, and nobody knows yet
	l.ResponseWriter.WriteHeader(status)
}

// serve starts a server of this world on the given address.
func (w *world) serve(name, listen string) *served {
	w.t.Helper()
	return serve(w.t, w.config(name, listen, "off"))
}

// config writes a server's file.
func (w *world) config(name, listen, admin string) (file string) {
	w.t.Helper()
	return write(w.t, w.folder, name+".yaml", fmt.Sprintf(`
name: proof
database: %q
listen: %s
admin: %q
flows: [%q]
brands: {acme: {name: Acme, contact: help@acme.example, timezone: UTC, quiet: "off"}}
carriers: {lab: {provider: generic, base_url: "http://%s", secret: "%s", rate: %d, timeout: 2s}}
lines: [{number: "%s", carrier: lab, default_flow: echo}]
`, w.database, listen, admin, filepath.Join(w.folder, "flows"), w.at, testSecret, w.rate, testLine))
}

// mouth is where customers' texts leave the carrier for one server.
func (w *world) mouth(s *served, patience time.Duration) *provider.Carrier {
	return &provider.Carrier{Keys: w.carrier.Keys, Webhook: "http://" + s.address + "/webhooks/lab",
		Client: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
}
