package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/agentui"
)

// TestSpeedDesk holds the doors to their budgets on both engines, with commits that reach
// the disk and 10,000 conversations on the desk: how long a command takes until it is
// answered, by eight people at once, and what a page of the list takes. It runs under make
// bench only.
func TestSpeedDesk(t *testing.T) {
	eachDurable(t, func(t *testing.T, at string) {
		config := testConfig(at)
		config.PublicURL = ""
		s := serveTest(t, config)
		c := newCrowd(s, at)
		c.grows(0, 10_000)
		c.pages(s.enters("reader", agentui.RoleAgent))
		var mu sync.Mutex
		var all []time.Duration
		var people sync.WaitGroup
		for i := range 8 {
			d := s.enters(fmt.Sprint("agent", i), agentui.RoleAgent)
			people.Go(func() {
				took := c.works(d, i*50, 50)
				mu.Lock()
				defer mu.Unlock()
				all = append(all, took...)
			})
		}
		people.Wait()
		slices.Sort(all)
		p99 := all[len(all)*99/100]
		t.Logf("ack of %d takes and replies by 8 people at once: p50 %v, p99 %v (budget 100ms)", len(all), all[len(all)/2].Round(100*time.Microsecond), p99.Round(100*time.Microsecond))
		if p99 >= 100*time.Millisecond {
			t.Error("a budget is broken")
		}
	})
}

// works takes n conversations and answers each, at the pace that one socket may have, and
// says how long every ack took.
func (c *crowd) works(d *desk, from, n int) (took []time.Duration) {
	l := d.sits()
	l.hears("hello")
	for i := from; i < from+n; i++ {
		for _, op := range []string{"take", "reply"} {
			cmd := do(fmt.Sprint(op, i), op, c.id(i), d.seen(c.id(i)), "we are looking into it")
			time.Sleep(50 * time.Millisecond) // a socket may say twenty things a second
			begun := time.Now()
			l.says("cmd", cmd)
			l.hears("ack")
			took = append(took, time.Since(begun))
		}
	}
	return took
}

// pages reads the whole list, ten times over, and prints what a page takes.
func (c *crowd) pages(d *desk) {
	c.t.Helper()
	var first, later []time.Duration
	for range 10 {
		for after, n := "", 0; n == 0 || after != ""; n++ {
			begun := time.Now()
			page := d.wants("GET", "desk?after="+url.QueryEscape(after), nil, http.StatusOK)
			if n == 0 {
				first = append(first, time.Since(begun))
			} else {
				later = append(later, time.Since(begun))
			}
			after, _ = page["next"].(string)
		}
	}
	slices.Sort(first)
	slices.Sort(later)
	c.t.Logf("a page of the list: the first %v, a later one %v (medians of %d and %d; the slowest %v)", first[len(first)/2].Round(100*time.Microsecond),
		later[len(later)/2].Round(100*time.Microsecond), len(first), len(later), max(first[len(first)-1], later[len(later)-1]).Round(100*time.Microsecond))
}
