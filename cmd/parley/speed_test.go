package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// A mode is one way of carrying out exchanges: a text in, a conversation moved on,
// an answer queued.
type mode struct {
	name string
	run  func(t *testing.T, n int) // carries out n exchanges
	size int                       // exchanges per run
}

// TestSpeed prints what an exchange costs, each way against stated baselines on
// the same database in one run: medians of three alternating runs, each after a
// CHECKPOINT. It runs under make bench only; the figures are the machine's own.
func TestSpeed(t *testing.T) {
	benched(t)
	eachDurable(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "sqlite:") {
			speedSQLite(t, url)
			return
		}
		speedPostgres(t, url)
	})
}

func speedPostgres(t *testing.T, url string) {
	b := newBench(t, url, 10_000)
	figures := b.alternate([]mode{
		{"(a) plain loop, 16 connections", b.plain, 6_000},
		{"(b) raw batches of 100, 4 connections", b.raw, 30_000},
		{"(c) engine, 256 submitters", b.engine, 30_000},
		{"(c) + dispatcher and settle", b.dispatching, 12_000},
		{"(c) + receipts", b.receipting, 12_000},
		{"(c) + one job per exchange", b.jobbing, 12_000},
		{"(d) signed webhooks over HTTP", b.http, 20_000},
	})
	a, raw, c := figures[0], figures[1], figures[2]
	t.Log("for orientation: a C gateway's canned, stateless auto-reply does about 12,000/s on two such cores")
	t.Logf("(c)/(a) = %.2f (required 3)   (c)/(b) = %.2f (required 0.6)", c/a, c/raw)
	b.latency(figures[6] / 2)
	b.many(1_000_000)
}

func speedSQLite(t *testing.T, url string) {
	b := newBench(t, url, 10_000)
	figures := b.alternate([]mode{
		{"(b) raw batches of 100", b.raw, 30_000},
		{"(c) engine, 256 submitters", b.engine, 30_000},
		{"(d) signed webhooks over HTTP", b.http, 20_000},
	})
	t.Logf("(c)/(b) = %.2f (required 0.6)", figures[1]/figures[0])
	b.latency(figures[2] / 2)
}

// alternate runs every mode three times in turn and returns the median exchanges
// per second of each.
func (b *bench) alternate(modes []mode) []float64 {
	b.t.Helper()
	all := make([][]float64, len(modes))
	wal := make([]int64, len(modes))
	for range 3 {
		for i, m := range modes {
			b.checkpoint()
			before := b.walPosition()
			begun := time.Now()
			m.run(b.t, m.size)
			all[i] = append(all[i], float64(m.size)/time.Since(begun).Seconds())
			wal[i] = (b.walPosition() - before) / int64(m.size)
		}
	}
	var out strings.Builder
	figures := make([]float64, len(modes))
	for i, m := range modes {
		slices.Sort(all[i])
		figures[i] = all[i][1]
		fmt.Fprintf(&out, "\n%-40s %8.0f/s   (%.0f … %.0f)", m.name, figures[i], all[i][0], all[i][2])
		if wal[i] > 0 {
			fmt.Fprintf(&out, "   %5d bytes of WAL each", wal[i])
		}
	}
	b.t.Log(out.String())
	return figures
}

// many compares the engine over n conversations with the same over the first
// 10,000 of them.
func (b *bench) many(n int) {
	b.t.Helper()
	few := b.phones
	b.grow(n)
	over := func(phones int) func(*testing.T, int) {
		return func(t *testing.T, exchanges int) {
			b.phones = phones
			b.engine(t, exchanges)
		}
	}
	figures := b.alternate([]mode{
		{fmt.Sprintf("(c) over %d conversations", few), over(few), 30_000},
		{fmt.Sprintf("(c) over %d conversations", n), over(n), 30_000},
	})
	b.t.Logf("%d against %d conversations: %.2f (required 0.8)", n, few, figures[1]/figures[0])
}

// latency prints how long an ack takes at a steady rate, arrivals not waiting for
// earlier answers.
func (b *bench) latency(rate float64) {
	b.t.Helper()
	b.checkpoint()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	took := b.steady(ctx, rate, 5*time.Second)
	slices.Sort(took)
	b.t.Logf("ack at %.0f/s: p50 %v, p99 %v", rate, took[len(took)/2].Round(10*time.Microsecond), took[len(took)*99/100].Round(10*time.Microsecond))
}
