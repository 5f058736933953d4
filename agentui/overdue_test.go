package agentui_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/agentui"
	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/flows"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const line, phone = "+12025550100", "+12025550123"

// office is a node of a house whose clock a test moves.
type office struct {
	*testing.T
	store   *store.Store
	engine  *conversation.Engine
	console *agentui.Console
	events  int
}

// opens starts a node on the database; how it ends, it says itself or the test does.
func opens(t *testing.T, url, node string, ahead *atomic.Int64) *office {
	t.Helper()
	s := storetest.Open(t, store.Options{URL: url, Ahead: func() time.Duration { return time.Duration(ahead.Load()) }})
	lines := &conversation.Directory{Hash: "d", Lines: map[string]conversation.Line{line: {Number: line, Brand: flows.Brand{Name: "Acme"}}}}
	directory := func() *conversation.Directory { return lines }
	o := &office{T: t, store: s, engine: conversation.New(conversation.Settings{Store: s, Catalog: &conversation.Catalog{}, Shards: 1, Log: slog.New(slog.DiscardHandler), Directory: directory})}
	o.console = &agentui.Console{Engine: o.engine, Rulings: s, Lines: directory, Node: node, Absent: time.Minute,
		Queues: agentui.Queues{"default": {First: 10 * time.Minute, Next: 30 * time.Minute}}}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- o.engine.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return o
}

// happens applies one event.
func (o *office) happens(e conversation.Event) {
	o.Helper()
	o.events++
	e.Line, e.Phone, e.Carrier, e.Dedupe = line, phone, "us", fmt.Sprint("e/", o.events)
	out, err := o.engine.Submit(o.Context(), []conversation.Event{e})
	if err != nil || out[0].Status != conversation.Applied {
		o.Fatalf("%+v %v", out, err)
	}
}

func (o *office) texts(text string) {
	o.Helper()
	o.happens(conversation.Event{Kind: conversation.KindText, Text: &conversation.Text{Text: text}})
}

func (o *office) does(op, text string) {
	o.Helper()
	o.happens(conversation.Event{Kind: conversation.KindAgent, Agent: &conversation.Agent{Op: op, Name: "ann", Text: text}})
}

// told are the answers that are known to be overdue, as the thread has them, each with how
// long after its wait began it was due; the feed and the trail have as many.
func (o *office) told() (all []string) {
	o.Helper()
	ctx, id := o.Context(), o.store.ConversationID(line, phone)
	events, _, err := o.store.Thread(ctx, id, 0, 100)
	if err != nil {
		o.Fatal(err)
	}
	var numbers []int64
	for _, e := range slices.Backward(events) {
		var past conversation.Record
		if err := json.Unmarshal([]byte(e.Data), &past); err != nil {
			o.Fatal(err)
		}
		if a := past.Event.Agent; a != nil && a.Op == "overdue" {
			all = append(all, fmt.Sprintf("%s next=%v after %v", a.Rule.Queue, a.Rule.Next, time.Duration(a.Rule.Due-a.Rule.Awaiting)*time.Millisecond))
			numbers = append(numbers, e.Rev)
		}
	}
	for _, relay := range []func(context.Context, int) (int, error){o.store.Relay, o.store.RelayAudit} {
		if _, err := relay(ctx, 1000); err != nil {
			o.Fatal(err)
		}
	}
	_, fed, err := o.store.Feed(ctx, 0, 1000)
	if err != nil {
		o.Fatal(err)
	}
	for _, n := range numbers {
		if !slices.ContainsFunc(fed, func(f conversation.FeedEntry) bool { return f.Conversation == id && f.Rev == n }) {
			o.Errorf("the feed lacks event %d", n)
		}
	}
	trail, err := o.store.AuditLinks(ctx, 0, 1000)
	if err != nil {
		o.Fatal(err)
	}
	entries := 0
	for _, l := range trail {
		if strings.Contains(l.Data, `"what":"console.overdue","who":"queue:default","id":"`+id+`"`) {
			entries++
		}
	}
	if entries != len(all) {
		o.Errorf("%d entries of the trail for %d facts", entries, len(all))
	}
	return all
}

// look lets nodes look at once, twice.
func look(t *testing.T, nodes ...*office) {
	t.Helper()
	for range 2 {
		var all sync.WaitGroup
		for _, o := range nodes {
			all.Go(func() {
				if err := o.console.Rule(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
}

// TestOverdue: a clock that is broken is a fact, once for each wait, whichever of two nodes
// noticed it, and for one that starts anew; an answer ends the wait, and another begins.
func TestOverdue(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		var ahead atomic.Int64
		one, two := opens(t, url, "one", &ahead), opens(t, url, "two", &ahead)
		wants := func(what string, want ...string) {
			t.Helper()
			if got := one.told(); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		const first, next = "default next=false after 10m0s", "default next=true after 30m0s"
		one.texts("my cat ate the router")
		look(t, one, two)
		wants("in time")
		ahead.Add(int64(11 * time.Minute))
		look(t, one, two)
		wants("after eleven minutes", first)
		one.texts("hello?")
		ahead.Add(int64(time.Hour))
		look(t, one, two)
		wants("it is the same wait", first)
		one.does("take", "")
		look(t, one, two)
		wants("with whoever took it", first)
		one.does("reply", "try turning it off")
		ahead.Add(int64(time.Hour))
		look(t, one, two)
		wants("nobody waits", first)
		one.texts("it is off")
		ahead.Add(int64(29 * time.Minute))
		look(t, one, two)
		wants("the second clock runs", first)
		ahead.Add(int64(2 * time.Minute))
		three := opens(t, url, "three", &ahead) // in the place of one that was there
		look(t, three, two)
		wants("and is broken", first, next)
		look(t, one, two, three)
		wants("and known", first, next)
	})
}
