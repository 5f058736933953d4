package outbound_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/conversation"
	"parley/outbound"
	"parley/outbound/provider"
)

// carrier is a provider under the test's thumb. It takes a moment for every send.
type carrier struct {
	mu      sync.Mutex
	answers []*provider.Error // of the next sends, in order; then yes
	takes   time.Duration
	down    time.Duration // since begun: until then every send fails
	sent    []provider.Outgoing
	at      []time.Duration // since begun
	begun   time.Time
	flying  int
	most    int
}

func (c *carrier) Receive(provider.Request) (provider.Delivery, error) {
	return provider.Delivery{}, nil
}

func (c *carrier) Send(ctx context.Context, o provider.Outgoing) (provider.Accepted, error) {
	c.mu.Lock()
	c.sent = append(c.sent, o)
	c.at = append(c.at, time.Since(c.begun))
	c.flying++
	c.most = max(c.most, c.flying)
	var answer *provider.Error
	if len(c.answers) > 0 {
		answer, c.answers = c.answers[0], c.answers[1:]
	}
	if time.Since(c.begun) < c.down {
		answer = failing(provider.Temporary)
	}
	c.mu.Unlock()
	defer func() { c.mu.Lock(); c.flying--; c.mu.Unlock() }()
	select {
	case <-time.After(c.takes):
	case <-ctx.Done():
		return provider.Accepted{}, &provider.Error{Class: provider.Ambiguous, Code: "timeout"}
	}
	if answer != nil {
		return provider.Accepted{}, answer
	}
	return provider.Accepted{IDs: []string{"p-" + o.ID}}, nil
}

// looker is a carrier that can be asked.
type looker struct {
	*carrier
	found bool
}

func (l looker) Look(_ context.Context, id string) (provider.Accepted, bool, error) {
	return provider.Accepted{IDs: []string{"p-" + id}}, l.found, nil
}

func failing(class provider.Class) *provider.Error { return &provider.Error{Class: class, Code: "x1"} }

// house runs a dispatcher over the table in a bubble, for the time given.
func house(t *testing.T, tab *table, c outbound.Carrier, line outbound.Line, during time.Duration, change ...func(*outbound.Dispatcher)) {
	t.Helper()
	line.Carrier = "us"
	d := &outbound.Dispatcher{
		Queue: tab, Submit: tab.Submit, Node: "n1", PublicURL: "https://sms.example.com",
		Carriers: map[string]outbound.Carrier{"us": c}, Lines: map[string]outbound.Line{"+12025550100": line},
	}
	for _, f := range change {
		f(d)
	}
	ctx, cancel := context.WithTimeout(t.Context(), during)
	defer cancel()
	d.Wake([]string{""})
	if err := d.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// bubble gives the test its own time. Under the race detector a bubble survives
// only so many timers (go.dev/issue/78156): keep it to a few minutes.
func bubble(t *testing.T, f func(t *testing.T, tab *table, c *carrier)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, &table{}, &carrier{begun: time.Now()}) })
}

func TestSendsAndSettles(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		for range 100 {
			tab.add(conversation.Message{Text: "hello"})
		}
		house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{}, time.Second)
		if n := tab.count(conversation.Sent); n != 100 || len(c.sent) != 100 || len(tab.events) != 0 {
			t.Errorf("%d sent, %d handed over, %d events", n, len(c.sent), len(tab.events))
		}
		r := tab.row("m001")
		if r.Carrier != "us" || r.ids[0] != "p-m001" || c.sent[0].Callback != "https://sms.example.com/webhooks/us" {
			t.Errorf("%+v %+v", r, c.sent[0])
		}
	})
}

// A conversation's messages go one after the other; a code overtakes.
func TestOrderWithinAConversation(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		c.takes = 300 * time.Millisecond
		tab.add(conversation.Message{ID: "a", Conversation: "c"}, conversation.Message{ID: "b", Conversation: "c"},
			conversation.Message{ID: "d", Conversation: "c"}, conversation.Message{ID: "code", Conversation: "c", Priority: conversation.PriorityCode})
		house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{}, 5*time.Second)
		var order []string
		for _, o := range c.sent {
			if o.ID != "code" {
				order = append(order, o.ID)
			}
		}
		if !slices.Equal(order, []string{"a", "b", "d"}) || c.most > 2 { // the code and one other
			t.Errorf("sent %v, %d at once", order, c.most)
		}
		if c.sent[0].ID != "code" && c.sent[1].ID != "code" {
			t.Errorf("the code did not overtake: %v", c.sent)
		}
		if c.at[3] > 950*time.Millisecond { // each wakes the next, nobody waits for the poll
			t.Errorf("sent at %v", c.at)
		}
	})
}

// A question's settlement travels with the event that starts its clock.
func TestQuestionsAreTold(t *testing.T) {
	tests := []struct {
		name   string
		answer *provider.Error
		wait   int64
		kind   conversation.Kind
		status conversation.Status
	}{
		{"a question goes out", nil, 7, conversation.KindSent, conversation.Sent},
		{"a question fails", failing(provider.Invalid), 7, conversation.KindFailed, conversation.Failed},
		{"a statement fails", failing(provider.Invalid), 0, "", conversation.Failed},
		{"a statement meets an opt-out", failing(provider.OptedOut), 0, conversation.KindOptOut, conversation.Failed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, tab *table, c *carrier) {
				c.answers = []*provider.Error{tt.answer}
				tab.add(conversation.Message{ID: "q", Wait: tt.wait, Run: "r"})
				house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{}, 5*time.Second)
				if r := tab.row("q"); r.Status != tt.status || len(c.sent) != 1 {
					t.Errorf("%s %q after %d sends", r.Status, r.Error, len(c.sent))
				}
				if (tt.kind == "") != (len(tab.events) == 0) {
					t.Fatalf("events %+v", tab.events)
				}
				if tt.kind != "" && (tab.events[0].Kind != tt.kind || tab.events[0].Conversation != "c-q" || tab.events[0].Settled.Wait != tt.wait) {
					t.Errorf("event %+v", tab.events[0])
				}
			})
		})
	}
}

// Whatever the engine or the database say, a sent message is never sent again.
func TestTroubleAfterSending(t *testing.T) {
	tests := []struct {
		name string
		set  func(*table)
		wait int64
	}{
		{"settling fails for a while", func(tab *table) { tab.down = 6 }, 0},
		{"the engine is busy for a while", func(tab *table) { tab.down = 6 }, 7},
		{"the engine is busy until the lease is nearly over", func(tab *table) { tab.down = 30 }, 7},
		{"the engine buries the event", func(tab *table) { tab.refuse = conversation.Buried }, 7},
		{"the engine ignores the event", func(tab *table) { tab.refuse = conversation.Ignored }, 7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, tab *table, c *carrier) {
				tt.set(tab)
				tab.add(conversation.Message{ID: "q", Wait: tt.wait})
				house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{}, 2*time.Minute)
				if r := tab.row("q"); r.Status != conversation.Sent || len(c.sent) != 1 {
					t.Errorf("%s after %d sends", r.Status, len(c.sent))
				}
			})
		})
	}
}

// A receipt that is quicker than we are has settled the message: nothing is left to
// write.
func TestReceiptBeforeSettlement(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		tab.add(conversation.Message{ID: "q", Wait: 7})
		house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{}, 2*time.Minute, func(d *outbound.Dispatcher) {
			d.Sent = func(string, provider.Class, time.Duration) {
				tab.mu.Lock()
				defer tab.mu.Unlock()
				tab.rows["q"].Status = conversation.Delivered
			}
		})
		if r := tab.row("q"); r.Status != conversation.Delivered || len(c.sent) != 1 || tab.settles != 0 {
			t.Errorf("%s after %d sends and %d settlements", r.Status, len(c.sent), tab.settles)
		}
	})
}

func TestPace(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		for range 30 {
			tab.add(conversation.Message{Segments: 3})
		}
		live := func(d *outbound.Dispatcher) { d.Live = func() int { return 2 } }
		house(t, tab, outbound.Carrier{Provider: c}, outbound.Line{Rate: 10}, 10*time.Second, live)
		// 10 segments a second over two nodes: 5 here, 50 in ten seconds, 16 texts of three.
		if n := len(c.sent); n < 16 || n > 18 {
			t.Errorf("%d sent in ten seconds", n)
		}
	})
}

func TestConcurrency(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		c.takes = time.Second
		for range 20 {
			tab.add(conversation.Message{})
		}
		house(t, tab, outbound.Carrier{Provider: c, Concurrency: 4}, outbound.Line{}, 10*time.Second)
		if c.most != 4 || tab.count(conversation.Sent) != 20 {
			t.Errorf("%d at once, %d sent", c.most, tab.count(conversation.Sent))
		}
	})
}

// Slots that a claim did not need are given back.
func TestTrickle(t *testing.T) {
	bubble(t, func(t *testing.T, tab *table, c *carrier) {
		go func() {
			for range 200 {
				tab.add(conversation.Message{})
				time.Sleep(100 * time.Millisecond) // in the bubble's time
			}
		}()
		house(t, tab, outbound.Carrier{Provider: c, Concurrency: 4}, outbound.Line{}, 30*time.Second)
		if n := tab.count(conversation.Sent); n != 200 {
			t.Errorf("%d of 200 sent", n)
		}
	})
}
