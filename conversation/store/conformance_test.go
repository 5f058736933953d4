package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/inbound"
	"parley/outbound"
)

// TestConformance lives one life on each engine, and fails when a statement of
// the package was not part of it.
func TestConformance(t *testing.T) {
	statements := constants(t)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var mu sync.Mutex
		run := make(map[string]bool)
		store.Trace(s, func(template string) {
			mu.Lock()
			run[template] = true
			mu.Unlock()
		})
		life(t, s)
		// Some run elsewhere: at Open, in Migrate and Inspect, and where only a server hears.
		elsewhere := map[string]bool{"versionSQL": true, "saltSQL": true, "installSQL": true, "headSQL": true, "sessionSQL": true, "networksSQL": true, "notifySQL": store.Engine(s) == "sqlite", "lockKeysSQL": store.Engine(s) == "sqlite"}
		for name, text := range statements {
			if !run[text] && !elsewhere[name] {
				t.Errorf("%s has no conformance run", name)
			}
		}
	})
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t *testing.T, what string, ok bool) {
	t.Helper()
	if !ok {
		t.Error(what)
	}
}

func life(t *testing.T, s *store.Store) {
	engineLife(t, s)
	dispatcherLife(t, s)
	operatorLife(t, s)
	readerLife(t, s)
	contactLife(t, s)
	callbackLife(t, s)
	resultLife(t, s)
	accountLife(t, s)
	codesLife(t, s)
	askLife(t, s)
	agentLife(t, s)
	deskLife(t, s)
	queueLife(t, s)
	viewLife(t, s)
	numbersLife(t, s)
}

// callbackLife comes late: what it settles is told from here on.
func callbackLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	store.Listen(s, both)
	say(t, s, nil, text(20, "20"), text(21, "21"))
	all := must(s.Claim(ctx, outbound.Claim{Line: line, Node: "n", Limit: 10, Lease: time.Minute}))(t)
	check(t, "not two messages claimed", len(all) == 2)
	lost := sent(all[1])
	lost.Status, lost.Node, lost.Error = conversation.Failed, "n", "30003"
	taken := sent(all[0], "p20")
	taken.Node = "n"
	held := must(s.Settle(ctx, []conversation.Settlement{taken, lost}))(t)
	check(t, "settlements did not hold", held[0] && held[1])
	pending, _, err := s.CallbackCounts(ctx, "shop")
	check(t, "not told of both", err == nil && pending == 2)
	g := conversation.GivenUp{Job: callback("a"), Reason: "gone", Gone: "https://shop.example.com"}
	check(t, "not given up", s.GiveUp(ctx, g) == nil)
	check(t, "not disabled", must(s.Disabled(ctx, "shop", g.Gone))(t))
	check(t, "not enabled", must(s.Enable(ctx, "shop"))(t))
	if err := store.Exec(ctx, s, `UPDATE dead_letters SET at = 1 WHERE kind = 'callback'`); err != nil {
		t.Fatal(err)
	}
	check(t, "the old callback is not swept", must(s.Sweep(ctx))(t) == 1)
}

func engineLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	say(t, s, nil, text(1, "1"), text(2, "2"))
	b := begin(t, s, text(1, "1"), text(1, "3"), conversation.Event{
		Kind: conversation.KindTrigger, Line: line, Phone: phone(1), Dedupe: "api/k/1", BodyHash: "x"})
	_, _, found, err := b.FlowVersion(ctx, "none")
	check(t, "a flow version out of nothing", err == nil && !found)
	var w conversation.Writes
	step(b, 1, &w, nil)
	w.Conversations[0].WakeChanged, w.Conversations[0].Conversation.WakeAt = true, 1
	id := b.Load(1).Conversation.ID
	w.Effects = append(w.Effects,
		conversation.Effect{Cancel: &conversation.Cancel{Conversation: id, As: conversation.Cancelled, Reason: "stop"}},
		conversation.Effect{Consent: &conversation.Consent{Phone: phone(1), State: conversation.OptedOut}},
		conversation.Effect{Job: &conversation.Job{ID: "j", Kind: conversation.JobCall, Conversation: id, Data: map[string]any{"a": 1}}})
	w.Forget = []int{1}
	w.Outcomes = map[int]conversation.Outcome{2: {Status: conversation.Applied, ID: "e1", Run: "r1"}}
	if err := b.Commit(ctx, w); err != nil {
		t.Fatal(err)
	}
	b = begin(t, s, text(1, "3"), conversation.Event{
		Kind: conversation.KindTrigger, Line: line, Phone: phone(1), Dedupe: "api/k/1", BodyHash: "x"})
	_, seen := b.Seen(0)
	check(t, "a forgotten key is seen", !seen)
	o, _ := b.Seen(1)
	check(t, "the stored outcome is lost", o.Run == "r1" && o.Repeated)
	b.Rollback()
	due := must(s.Due(ctx, 10))(t)
	check(t, "the timer is not due", len(due) == 1 && due[0].Conversation == id && due[0].Kind == conversation.KindTimer)
	l, _, err := s.Peek(ctx, conversation.Event{Conversation: id})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "peek sees another consent", l.Existed && l.Consent.State == conversation.OptedOut)
	b = begin(t, s, text(3, "3"))
	unborn := b.Load(0).Conversation.ID
	check(t, "unborn", b.Commit(ctx, conversation.Writes{Unborn: []string{unborn}}) == nil)
	_, found, err = s.Conversation(ctx, unborn)
	check(t, "an unborn conversation has a row", err == nil && !found)
	jobs := must(store.Ask(ctx, s, `SELECT count(*) FROM river_job`))(t)
	check(t, "the job was not inserted", jobs == 1)
}

func dispatcherLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	lines, _, err := s.Lines(ctx)
	check(t, "the line has no work", err == nil && len(lines) == 1 && lines[0] == line)
	asks := func(_ *conversation.Conversation, m *conversation.Message) { m.Wait, m.Run = 7, "r" }
	claim := outbound.Claim{Line: line, Node: "n", Limit: 10, Lease: time.Minute}
	say(t, s, asks, text(10, "10"), text(11, "11"), text(12, "12"), text(13, "13"))
	all := must(s.Claim(ctx, claim))(t)
	check(t, "not five messages claimed", len(all) == 5)
	settlement := func(i int, status conversation.Status, provider ...string) conversation.Settlement {
		return conversation.Settlement{Message: all[i].ID, Node: "n", Attempt: all[i].Attempt, Status: status, Carrier: "us", Provider: provider, Error: "30003"}
	}
	held := must(s.Settle(ctx, []conversation.Settlement{
		settlement(0, conversation.Sent, "p0"), settlement(1, conversation.Failed), settlement(2, conversation.Queued),
		{Message: all[2].ID, Status: conversation.Expired}, settlement(3, conversation.Sent, "p3a", "p3b"),
	}))(t)
	check(t, "settlements did not hold", held[0] && held[1] && held[2] && held[4])
	events := must(s.Receive(ctx, []conversation.Receipt{
		{Carrier: "us", ProviderID: "p0", Status: conversation.Delivered}, {Carrier: "us", ProviderID: "p3a", Status: conversation.Delivered},
		{Carrier: "us", ProviderID: "p4", Message: all[4].ID, Status: conversation.Failed, Error: "21610", OptedOut: true},
		{Carrier: "us", ProviderID: "unknown", Status: conversation.Sent},
	}))(t)
	check(t, "not one failure and one opt-out", len(events) == 2)
	_ = must(s.Receive(ctx, []conversation.Receipt{{Carrier: "us", ProviderID: "p5", Message: all[4].ID, Status: conversation.Sent}}))(t)
	b := begin(t, s, events...)
	if err := b.Commit(ctx, conversation.Writes{}); err != nil {
		t.Fatal(err)
	}
	_ = must(s.Stranded(ctx, "n2", time.Minute, 10))(t)
	_ = must(s.Overdue(ctx, 10))(t)
}

func operatorLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	check(t, "not buried", must(s.Bury(ctx, text(9, "bad"), "broken"))(t))
	check(t, "buried twice", !must(s.Bury(ctx, text(9, "bad"), "broken"))(t))
	timer := conversation.Event{Kind: conversation.KindTimer, Conversation: s.ConversationID(line, phone(1))}
	check(t, "the timer is not buried", must(s.Bury(ctx, timer, "broken"))(t) && len(must(s.Due(ctx, 10))(t)) == 0)
	fate := conversation.Event{Kind: conversation.KindSent, Dedupe: "sent/m", Settled: &conversation.Settled{Message: "m"}}
	check(t, "the fate is not buried", must(s.Bury(ctx, fate, "broken"))(t))
	dead := must(s.DeadLetters(ctx, 1))(t)
	if len(dead) != 1 || dead[0].Event.Text.Text != "hi" {
		t.Fatalf("dead letters: %+v", dead)
	}
	check(t, "not closed", must(s.CloseDeadLetter(ctx, dead[0].ID, "retried"))(t))
	check(t, "closed twice", !must(s.CloseDeadLetter(ctx, dead[0].ID, "dropped"))(t))
	d, found, err := s.DeadLetter(ctx, dead[0].ID)
	check(t, "the closed letter", err == nil && found && d.Status == "retried" && d.Tries == 1)
	check(t, "one node lives", must(s.Beat(ctx, "n", time.Second))(t) == 1)
	check(t, "leave", s.Leave(ctx, "n") == nil)
	v := []conversation.FlowVersion{{Hash: "h", Name: "f", Source: []byte("name: f")}}
	for range 2 {
		check(t, "versions", s.SaveFlowVersions(ctx, v) == nil)
	}
	b := begin(t, s, text(9, "x"))
	name, source, found, err := b.FlowVersion(ctx, "h")
	check(t, "the version is not there", err == nil && found && name == "f" && string(source) == "name: f")
	b.Rollback()
	key := inbound.Key{ID: "k", Name: "shop", Mode: "live", Scopes: []string{"events", "read"}}
	check(t, "create key", s.CreateKey(ctx, key, "hash") == nil)
	k, found, err := s.Key(ctx, "hash")
	check(t, "the key is not found", err == nil && found && len(k.Scopes) == 2 && k.LastUsedAt == 0)
	k, _, _ = s.Key(ctx, "hash")
	check(t, "its use is not noted", k.LastUsedAt > 0)
	check(t, "revoke", must(s.RevokeKey(ctx, "k"))(t) && !must(s.RevokeKey(ctx, "k"))(t))
	_, found, _ = s.Key(ctx, "hash")
	check(t, "a revoked key is found", !found && len(must(s.ListKeys(ctx))(t)) == 1)
	if err := store.Exec(ctx, s, `UPDATE inbox SET at = 1 WHERE key = 'text/1'`); err != nil {
		t.Fatal(err)
	}
	check(t, "one key is swept", must(s.Sweep(ctx))(t) == 1)
}

func readerLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	check(t, "ping", s.Ping(ctx) == nil)
	numbered := must(s.Relay(ctx, 100))(t)
	epoch, entries, err := s.Feed(ctx, 0, 100)
	check(t, "the feed", err == nil && numbered > 0 && len(entries) == numbered && epoch != "")
	_, head, err := s.FeedHead(ctx)
	check(t, "the feed's head", err == nil && head == int64(numbered))
	all := must(s.Conversations(ctx, phone(1)))(t)
	if len(all) != 1 {
		t.Fatalf("%d conversations", len(all))
	}
	c, found, err := s.Conversation(ctx, all[0].ID)
	check(t, "the conversation", err == nil && found && c.Rev == 2)
	events, messages, err := s.Thread(ctx, c.ID, 0, 1)
	check(t, "an event is parted from its first message", err == nil && len(events) == 1 && len(messages) == 1 && events[0].Rev == 2)
	events, messages, err = s.Thread(ctx, c.ID, 0, 3)
	check(t, "the thread", err == nil && len(events) == 2 && len(messages) == 2 && events[0].Rev == 2)
	older, earlier, err := s.Thread(ctx, c.ID, events[0].Rev<<8, 10)
	said := must(s.Texts(ctx, c.ID, 10))(t)
	check(t, "what the customer wrote", len(said) == 2 && said[1].Text == "hi")
	check(t, "its next page", err == nil && len(older) == 1 && len(earlier) == 1)
	m, found, err := s.Message(ctx, messages[0].ID)
	check(t, "the message", err == nil && found && m.Status == conversation.Cancelled && m.Error == "stop")
}

// constants reads the package's SQL constants.
func constants(t *testing.T) map[string]string {
	t.Helper()
	exprs := make(map[string]ast.Expr)
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
				exprs[v.Names[0].Name] = v.Values[0]
			}
			return true
		})
	}
	all := make(map[string]string)
	for name, e := range exprs {
		if strings.HasSuffix(name, "SQL") {
			all[name] = value(e, exprs)
		}
	}
	if len(all) < 40 {
		t.Fatalf("only %d statements found", len(all))
	}
	return all
}

func value(e ast.Expr, exprs map[string]ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return text
	case *ast.BinaryExpr:
		return value(e.X, exprs) + value(e.Y, exprs)
	case *ast.Ident:
		return value(exprs[e.Name], exprs)
	}
	return ""
}
