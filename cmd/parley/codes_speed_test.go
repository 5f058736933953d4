package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

const (
	benchCodes  = 4000 // of a round
	benchRounds = 3    // for each number of callers
)

// benchCallers are how many check at a time. What is required is required of the most:
// checks that come together share transactions.
var benchCallers = []int{64, 256, 512}

// TestSpeedCodes measures what codes cost beside a bare UPDATE … RETURNING of the same
// rows, in the same run: the least that a check can be, for its attempt must be spent
// and committed before anybody hears of it. It runs under make bench only.
func TestSpeedCodes(t *testing.T) {
	eachDurable(t, func(t *testing.T, url string) {
		c := newCodesBench(t, url)
		var most rates
		for _, c.callers = range benchCallers {
			var all ratios
			for range benchRounds { // a code can be right once: each round has its own
				c.round(&all)
			}
			most.see(all)
			t.Logf("%d at a time: creates %.2f, wrong checks %.2f, right ones %.2f of a bare UPDATE … RETURNING (%.0f/s; medians of %d rounds)",
				c.callers, middle(all.created), middle(all.wrong), middle(all.right), middle(all.bare), benchRounds)
			if c.callers == slices.Max(benchCallers) && min(middle(all.wrong), middle(all.right)) < 0.5 {
				t.Error("required is 0.5, of wrong and of right ones")
			}
		}
		t.Logf("the most of each, however many at a time: %.0f wrong checks/s, %.0f right ones/s, %.0f bare ones/s: %.2f and %.2f of it",
			most.wrong, most.right, most.bare, most.wrong/most.bare, most.right/most.bare)
	})
}

// rates are the most in a second, medians of rounds.
type rates struct{ bare, wrong, right float64 }

func (r *rates) see(all ratios) {
	bare := middle(all.bare)
	r.bare, r.wrong, r.right = max(r.bare, bare), max(r.wrong, bare*middle(all.wrong)), max(r.right, bare*middle(all.right))
}

// ratios are what a round's rates are of the bare one around them.
type ratios struct{ bare, created, wrong, right []float64 }

func middle(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// round makes codes, and has them checked.
func (c *codesBench) round(all *ratios) {
	c.from, c.to = c.to, c.to+benchCodes
	creates := c.rate("creates", c.create)
	begun := time.Now()
	eventually(c.t, "all are sent", func() bool { return c.count(`SELECT count(*) FROM challenges WHERE status = 'pending'`) == 0 })
	c.learn()
	c.t.Logf("made, texted and settled: %.0f/s more", benchCodes/time.Since(begun).Seconds())
	before := c.rate("bare UPDATE … RETURNING", c.bare)
	wrong := c.rate("wrong checks", func(ctx context.Context, i int) error {
		return c.check(ctx, i, wrongFor(c.codes[i]), verify.ErrRefused)
	})
	right := c.rate("right checks, approved", func(ctx context.Context, i int) error { return c.check(ctx, i, c.codes[i], nil) })
	bare := (before + c.rate("bare UPDATE … RETURNING", c.bare)) / 2 // disks are faster and slower by turns
	all.bare, all.created = append(all.bare, bare), append(all.created, creates/bare)
	all.wrong, all.right = append(all.wrong, wrong/bare), append(all.right, right/bare)
}

// eachDurable runs on both engines with commits that reach the disk.
func eachDurable(t *testing.T, run func(t *testing.T, url string)) {
	benched(t)
	server, err := storetest.Start(t.Context(), storetest.Settings{Fsync: true, Options: []string{"shared_buffers=2GB"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	t.Run("postgres", func(t *testing.T) {
		url, drop, err := server.Database(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(drop)
		run(t, url)
	})
	t.Run("sqlite", func(t *testing.T) { run(t, storetest.URL(t, "sqlite")) })
}

type codesBench struct {
	t   *testing.T
	s   *server
	ids []string
	db  *sql.DB

	codes    []string // as they were texted
	from, to int      // the codes that a rate is of
	callers  int      // at a time
}

// newCodesBench serves without limits: they are measured with the rest, and never reached.
func newCodesBench(t *testing.T, url string) *codesBench {
	config := testConfig(url)
	config.Codes.Checks = 10
	lots := verify.Limit{Most: 1_000_000, Per: time.Hour}
	config.Codes.Limits = LimitsConfig{lots, lots, lots, lots, lots, lots, lots, lots, lots, lots, lots, lots, verify.Limit{Most: 1_000_000, Per: time.Minute}}
	config.Codes.Budgets = BudgetsConfig{BlockHour: 1e6, HomeDay: 1e6, HomeHour: 1e6}
	config.Carriers["lab"] = CarrierConfig{Provider: "loopback", Secret: testSecret, Rate: 100_000}
	total := benchCodes * benchRounds * len(benchCallers)
	c := &codesBench{t: t, s: serveTest(t, config), ids: make([]string, total), codes: make([]string, total)}
	driver, source := "pgx", url
	path, lite := strings.CutPrefix(url, "sqlite:")
	if lite {
		driver, source = "sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_txlock=immediate"
	}
	var err error
	if c.db, err = sql.Open(driver, source); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.db.Close() })
	c.db.SetMaxOpenConns(map[bool]int{true: 1, false: 16}[lite])
	c.db.SetMaxIdleConns(16)
	return c
}

// rate does something for every code of the round, many at a time, and gives how often in a second.
func (c *codesBench) rate(name string, do func(ctx context.Context, i int) error) float64 {
	c.t.Helper()
	eventually(c.t, "what was done before is chained and told", func() bool {
		return c.count(`SELECT (SELECT count(*) FROM audit_pending) + (SELECT count(*) FROM feed_pending)`) == 0
	})
	var failed atomic.Int64
	begun := time.Now()
	b := &bench{t: c.t}
	b.workers(c.callers, 1, c.to-c.from, func(i int) error {
		err := do(c.t.Context(), c.from+i)
		if err != nil {
			failed.Add(1)
		}
		return err
	})
	per := float64(c.to-c.from) / time.Since(begun).Seconds()
	c.t.Logf("%-28s %8.0f/s", name, per)
	return per
}

func (c *codesBench) create(ctx context.Context, i int) error {
	made, err := c.s.house.codes.Create(ctx, verify.Request{To: fmt.Sprintf("+1202%07d", 2_000_100+i), Line: testLine, Purpose: verify.Login,
		Subject: fmt.Sprint("bench-", i), IP: fmt.Sprintf("10.1.%d.%d", i/250, i%250), By: "bench"})
	c.ids[i] = made.ID
	return err
}

func (c *codesBench) count(query string) (n int) {
	if err := c.db.QueryRowContext(c.t.Context(), query).Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// learn reads the codes off the texts.
func (c *codesBench) learn() {
	for _, m := range c.s.carrier.Messages() {
		n, err := strconv.Atoi(strings.TrimPrefix(m.To, "+1202"))
		if err != nil {
			c.t.Fatal(err)
		}
		c.codes[n-2_000_100] = shownCode.FindString(m.Text)
	}
}

// wrongFor is a code that is not this one.
func wrongFor(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func (c *codesBench) check(ctx context.Context, i int, code string, want error) error {
	_, err := c.s.house.codes.Check(ctx, verify.Check{ID: c.ids[i], Code: code, Purpose: verify.Login, Subject: fmt.Sprint("bench-", i),
		IP: fmt.Sprintf("10.1.%d.%d", i/250, i%250), By: "bench"})
	if err != want { //nolint:errorlint // the very value
		return fmt.Errorf("check %d: %w", i, err)
	}
	return nil
}

func (c *codesBench) bare(ctx context.Context, i int) error {
	var mac string
	return c.db.QueryRowContext(ctx, `UPDATE challenges SET attempts = attempts + 1 WHERE id = $1 AND attempts < most_attempts RETURNING mac`, c.ids[i]).Scan(&mac)
}
