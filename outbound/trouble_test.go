package outbound_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/outbound"
	"parley/outbound/provider"
	"parley/outbound/quiet"
)

func TestThrottledLineRests(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		c.answers = []*provider.Error{{Class: provider.Throttled, Code: "429", RetryAfter: 7 * time.Second}}
		tab.add(conversation.Message{ID: "a"})
		go func() { // arrives during the rest
			time.Sleep(2 * time.Second) // in the bubble's time
			tab.add(conversation.Message{ID: "b"})
		}()
		house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{}, 20*time.Second)
		if len(c.at) != 3 || c.at[1] < 7*time.Second || tab.row("a").Attempt != 1 || tab.count(conversation.Sent) != 2 {
			t.Errorf("sent at %v, attempt %d", c.at, tab.row("a").Attempt)
		}
	})
}

func TestTemporaryFailuresAreTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		c.answers = []*provider.Error{failing(provider.Temporary), failing(provider.Temporary)}
		tab.add(conversation.Message{ID: "a"})
		house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{}, time.Minute)
		if len(c.at) != 3 || c.at[1] < 5*time.Second || c.at[2] < 35*time.Second || tab.row("a").Attempt != 3 || tab.row("a").Status != conversation.Sent {
			t.Errorf("sent at %v: %+v", c.at, tab.row("a"))
		}
	})
}

// While a carrier is down for a minute, codes wait; none is given up, although
// their tries alone would have ended before.
func TestOutage(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		c.down = time.Minute
		for range 20 {
			tab.add(conversation.Message{Priority: conversation.PriorityCode})
		}
		house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{}, 90*time.Second)
		if n := tab.count(conversation.Sent); n != 20 {
			t.Errorf("%d of 20 sent after the outage, %d failed", n, tab.count(conversation.Failed))
		}
	})
}

func TestUnknownFate(t *testing.T) {
	ambiguous := failing(provider.Ambiguous)
	tests := []struct {
		name     string
		priority conversation.Priority
		idem     bool
		look     *bool
		answers  []*provider.Error
		status   conversation.Status
		parked   bool
		sends    int
		note     string
	}{
		{"the carrier knows it", 0, false, ptr(true), []*provider.Error{ambiguous}, conversation.Sent, false, 1, ""},
		{"the carrier never saw it", 0, false, ptr(false), []*provider.Error{ambiguous}, conversation.Sent, false, 2, ""},
		{"the carrier absorbs repeats", 0, true, nil, []*provider.Error{ambiguous}, conversation.Sent, false, 2, ""},
		{"absorbed at the third lease", 0, true, nil, []*provider.Error{ambiguous, ambiguous, ambiguous}, conversation.Sent, false, 4, ""},
		{"a reply is parked", 0, false, nil, []*provider.Error{ambiguous}, conversation.Failed, true, 1, outbound.UnknownFate},
		{"a code is repeated and marked", conversation.PriorityCode, false, nil, []*provider.Error{ambiguous}, conversation.Sent, false, 2, outbound.Repeated},
		{"a code twice unknown is parked", conversation.PriorityCode, false, nil, []*provider.Error{ambiguous, ambiguous}, conversation.Failed, true, 2, outbound.UnknownFate},
		{"the repeat is refused", 0, true, nil, []*provider.Error{ambiguous, failing(provider.Invalid)}, conversation.Failed, false, 2, "x1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, tab *table, c *carrier) {
				c.answers = tt.answers
				way := outbound.Carrier{Provider: c, Traits: provider.Traits{Idempotent: tt.idem}}
				if tt.look != nil {
					way.Provider = looker{c, *tt.look}
				}
				tab.add(conversation.Message{ID: "a", Priority: tt.priority})
				house(t, tab, way, outbound.Line{}, 2*time.Minute)
				r := tab.row("a")
				if r.Status != tt.status || r.parked != tt.parked || len(c.sent) != tt.sends || r.Error != tt.note {
					t.Errorf("%s parked %v after %d sends, %q", r.Status, r.parked, len(c.sent), r.Error)
				}
				for i, o := range c.sent {
					if o.ID != "a" || o.Repeat != (i > 0) {
						t.Errorf("send %d: %+v", i, o)
					}
				}
			})
		})
	}
}

// A node that died left a message under its lease.
func TestStranded(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		tab.add(conversation.Message{ID: "a"}, conversation.Message{ID: "t", Test: true}, conversation.Message{ID: "x", Line: "+12025550199"})
		tab.Claim(t.Context(), outbound.Claim{Line: "+12025550100", Node: "dead", Limit: 9, Lease: 25 * time.Second})
		tab.Claim(t.Context(), outbound.Claim{Line: "+12025550199", Node: "dead", Limit: 9, Lease: 25 * time.Second})
		house(t, tab, outbound.Carrier{Provider: c, Traits: provider.Traits{Idempotent: true}}, outbound.Line{}, 30*time.Second)
		if r := tab.row("a"); r.Status != conversation.Sent || r.Attempt != 1 || c.at[0] < 25*time.Second || !c.sent[0].Repeat {
			t.Errorf("%+v", r)
		}
		if tab.row("t").Status != conversation.Delivered || !tab.row("x").parked || len(c.sent) != 1 {
			t.Errorf("test message %s, unknown line parked %v", tab.row("t").Status, tab.row("x").parked)
		}
	})
}

// TestStrandedOutsideTheList: a message that another process claimed before it died
// goes to nobody but those who may be texted.
func TestStrandedOutsideTheList(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		tab.add(conversation.Message{ID: "other", To: "+12025550999"}, conversation.Message{ID: "mine", To: "+12025550111"})
		tab.Claim(t.Context(), outbound.Claim{Line: "+12025550100", Node: "dead", Limit: 9, Lease: 25 * time.Second})
		house(t, tab, outbound.Carrier{Provider: c, Traits: provider.Traits{Idempotent: true}, OnlyTo: []string{"+12025550111"}}, outbound.Line{}, 30*time.Second)
		if len(c.sent) != 1 || c.sent[0].ID != "mine" || tab.row("other").Status != conversation.Failed || tab.row("other").Error != "only_to" {
			t.Errorf("left the house: %+v; the other is %s", c.sent, tab.row("other").Status)
		}
	})
}

// TestStrandedAfterStop: what may never have reached a customer who has opted out
// meanwhile is not sent again.
func TestStrandedAfterStop(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		tab.add(conversation.Message{ID: "a"}, conversation.Message{ID: "code", Priority: conversation.PriorityCode})
		tab.Claim(t.Context(), outbound.Claim{Line: "+12025550100", Node: "dead", Limit: 9, Lease: 25 * time.Second})
		tab.rows["a"].stop, tab.rows["code"].stop = true, true
		house(t, tab, outbound.Carrier{Provider: c, Traits: provider.Traits{Idempotent: true}}, outbound.Line{}, 30*time.Second)
		if len(c.sent) != 0 || !tab.row("a").parked || !tab.row("code").parked || tab.row("a").Error != outbound.UnknownFate {
			t.Errorf("left the house: %+v; a is %s", c.sent, tab.row("a").Status)
		}
	})
}

func TestOverdue(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		past := time.Now().Add(-time.Second).UnixMilli()
		tab.add(conversation.Message{ID: "late", ExpiresAt: past}, conversation.Message{ID: "question", ExpiresAt: past, Wait: 3},
			conversation.Message{ID: "stop"}, conversation.Message{ID: "agent", Wait: 4})
		tab.rows["stop"].stop, tab.rows["agent"].taken = true, true
		house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{}, 3*time.Second)
		got := ""
		for _, id := range []string{"late", "question", "stop", "agent"} {
			got += fmt.Sprintf(" %s:%s", tab.row(id).Status, tab.row(id).Error)
		}
		if got != " expired:expired expired:expired cancelled:opted_out superseded:superseded" || len(c.sent) != 0 {
			t.Errorf("%s, %d sent", got, len(c.sent))
		}
		// The run of a superseded question waits for the agent.
		if len(tab.events) != 1 || tab.events[0].Kind != conversation.KindFailed || tab.events[0].Settled.Wait != 3 {
			t.Errorf("events %+v", tab.events)
		}
	})
}

func TestNothingLeaves(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		tab.add(
			conversation.Message{ID: "ok", Test: true, To: "+15005550001"}, conversation.Message{ID: "any", Test: true, To: "+15005559999"},
			conversation.Message{ID: "bad", Test: true, To: "+15005550002", Wait: 1}, conversation.Message{ID: "out", Test: true, To: "+15005550003"},
			conversation.Message{ID: "other", To: "+12025550999"}, conversation.Message{ID: "mine", To: "+12025550111"})
		house(t, tab, outbound.Carrier{Provider: c, OnlyTo: []string{"+12025550111"}}, outbound.Line{}, time.Second)
		got := ""
		for _, id := range []string{"ok", "any", "bad", "out", "other", "mine"} {
			got += " " + string(tab.row(id).Status)
		}
		if got != " delivered delivered failed failed failed sent" {
			t.Error(got)
		}
		if len(c.sent) != 1 || c.sent[0].ID != "mine" || tab.row("other").Error != "only_to" {
			t.Errorf("left the house: %+v", c.sent)
		}
		var kinds []string
		for _, e := range tab.events {
			kinds = append(kinds, string(e.Kind)+" "+e.Settled.Message)
		}
		slices.Sort(kinds)
		if !slices.Equal(kinds, []string{"failed bad", "opt_out out"}) {
			t.Errorf("events %v", kinds)
		}
	})
}

func TestQuietHours(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) { // a bubble begins at midnight UTC
		tab.add(conversation.Message{ID: "bulk", Priority: conversation.PriorityBulk, ExpiresAt: time.Now().Add(24 * time.Hour).UnixMilli()},
			conversation.Message{ID: "reply"})
		house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{Quiet: quiet.Window{From: 23 * 60, To: 2}}, 3*time.Minute)
		if c.sent[0].ID != "reply" || c.at[0] > time.Second || len(c.sent) != 2 || c.at[1] < 2*time.Minute || c.at[1] > 2*time.Minute+2*time.Second {
			t.Errorf("sent at %v", c.at)
		}
	})
}

// A shutdown waits for what is under way, settles it, and claims nothing more.
func TestShutdown(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		c.takes = 3 * time.Second
		for range 10 {
			tab.add(conversation.Message{Wait: 1})
		}
		house(t, tab, outbound.Carrier{Provider: c, Concurrency: 4}, outbound.Line{}, time.Second)
		if tab.count(conversation.Sent) != 4 || tab.count(conversation.Queued) != 6 || tab.count(conversation.Sending) != 0 || time.Since(c.begun) > 4*time.Second {
			t.Errorf("%d sent, %d queued after %v", tab.count(conversation.Sent), tab.count(conversation.Queued), time.Since(c.begun))
		}
	})
}

// The engine stops before the dispatcher: what was sent is settled all the same.
func TestShutdownWithoutEngine(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		c.takes, c.answers = 2*time.Second, []*provider.Error{failing(provider.Invalid)}
		tab.add(conversation.Message{ID: "a", Wait: 1}, conversation.Message{ID: "b", Wait: 1})
		gone := func(d *outbound.Dispatcher) {
			d.Submit = func(context.Context, []conversation.Event) ([]conversation.Outcome, error) {
				return nil, conversation.ErrUnavailable
			}
		}
		house(t, tab, outbound.Carrier{Provider: c, Concurrency: 1}, outbound.Line{}, 3*time.Second, gone)
		// a failed, which must be told: back into the queue; b was sent.
		if a, b := tab.row("a"), tab.row("b"); a.Status != conversation.Queued || a.Attempt != 0 || b.Status != conversation.Sent {
			t.Errorf("%s attempt %d, %s", a.Status, a.Attempt, b.Status)
		}
	})
}

func TestUnknownCarrier(t *testing.T) {
	d := &outbound.Dispatcher{Queue: &table{}, Lines: map[string]outbound.Line{"12345": {Carrier: "nobody"}}}
	if err := d.Run(t.Context()); err == nil {
		t.Error("a line without a carrier was accepted")
	}
}

func ptr[T any](v T) *T { return &v }

// sleepy is a queue whose first claim is answered late: the process stood still.
type sleepy struct {
	*table
	once sync.Once
}

func (s *sleepy) Claim(ctx context.Context, c outbound.Claim) ([]conversation.Message, error) {
	claimed, err := s.table.Claim(ctx, c)
	s.once.Do(func() { time.Sleep(30 * time.Second) }) // in the bubble's time
	return claimed, err
}

// A sender that stood still beyond its lease leaves the message to whoever took it
// over meanwhile.
func TestStoodStill(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		tab.add(conversation.Message{ID: "a"})
		house(t, tab, outbound.Carrier{Provider: c, Traits: provider.Traits{Idempotent: true}}, outbound.Line{}, 40*time.Second,
			func(d *outbound.Dispatcher) { d.Queue = &sleepy{table: tab} })
		if r := tab.row("a"); r.Status != conversation.Sent || len(c.sent) != 1 {
			t.Errorf("%s, handed over %d times", r.Status, len(c.sent))
		}
	})
}

// The lease is as long as the slowest carrier needs; each send ends by its own.
func TestCarriersOwnTimeout(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		c.takes = 5 * time.Second
		tab.add(conversation.Message{ID: "a"})
		house(t, tab, outbound.Carrier{Provider: c, Timeout: 2 * time.Second}, outbound.Line{}, 6*time.Second)
		if r := tab.row("a"); !r.parked || r.lease.Sub(c.begun) > 18*time.Second {
			t.Errorf("parked %v, leased for %v", r.parked, r.lease.Sub(c.begun))
		}
	})
}

// TestCodesWaitForTheDatabase: a code whose seal cannot be read for a moment is tried
// again; one that is over fails for good.
func TestCodesWaitForTheDatabase(t *testing.T) {
	away := fmt.Errorf("reading a challenge: %w", conversation.ErrUnavailable)
	for _, tt := range []struct {
		first  error
		status conversation.Status
		note   string
	}{{away, conversation.Sent, ""}, {errors.New("the code is over"), conversation.Failed, "code_gone"}} {
		bubble(t, func(t *testing.T, tab *table, c *carrier) {
			tab.add(conversation.Message{ID: "a", Priority: conversation.PriorityCode, Challenge: "ver_1", Text: "_"})
			house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{}, 5*time.Second, func(d *outbound.Dispatcher) { d.Codes = &codes{tt.first} })
			if r := tab.row("a"); r.Status != tt.status || r.Error != tt.note {
				t.Errorf("after %v: %s %q", tt.first, r.Status, r.Error)
			}
		})
	}
}

// codes fails once and then fills everything in.
type codes struct{ first error }

func (c *codes) Fill(_ context.Context, _, text string) (string, error) {
	err := c.first
	c.first = nil
	return text, err
}
