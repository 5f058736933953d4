package store_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/jobs"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// both listens with two endpoints for everything, and with a third for nothing.
func both(string) []string { return []string{"books", "shop"} }

const endpointJobs = `SELECT count(*) FROM river_job WHERE queue = $1`

func waiting(t *testing.T, s *store.Store, endpoint string) int64 {
	t.Helper()
	return must(store.Ask(t.Context(), s, endpointJobs, jobs.QueueOf(endpoint)))(t)
}

func callback(name string) conversation.Job {
	return conversation.Job{ID: "job_" + name, Kind: conversation.JobCallback, Name: name, Endpoint: "shop", Conversation: "c",
		Phone: phone(1), At: 1772366400000, Data: map[string]any{"order": "A-7"}}
}

// TestCallbackForEachEndpoint: the transaction that stores an event makes one job
// for every endpoint that listens, and one for everything that is no callback.
func TestCallbackForEachEndpoint(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		store.Listen(s, func(event string) []string {
			if event == "run.started" {
				return both(event)
			}
			return nil
		})
		b := begin(t, s, text(1, "1"))
		var w conversation.Writes
		step(b, 0, &w, nil)
		for _, j := range []conversation.Job{{ID: "a", Kind: conversation.JobCallback, Name: "run.started"},
			{ID: "b", Kind: conversation.JobCallback, Name: "run.ended"}, {ID: "c", Kind: conversation.JobCall}} {
			w.Effects = append(w.Effects, conversation.Effect{Job: &j})
		}
		if err := b.Commit(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		for endpoint, want := range map[string]int64{"shop": 1, "books": 1, "other": 0, "": 1} {
			if got := waiting(t, s, endpoint); got != want {
				t.Errorf("%q has %d jobs, want %d", endpoint, got, want)
			}
		}
	})
}

// TestFatesOfMessagesAreTold: settle and receipts tell of a status once, and only
// to those who listen.
func TestFatesOfMessagesAreTold(t *testing.T) {
	told := func(s *store.Store, t *testing.T) string {
		t.Helper()
		var list []string
		for i := range must(store.Ask(t.Context(), s, `SELECT count(*) FROM river_job`))(t) {
			args := must(store.AskText(t.Context(), s, `SELECT CAST(args AS text) FROM river_job ORDER BY id LIMIT 1 OFFSET $1`, i))(t)
			for _, name := range []string{"sent", "delivered", "failed"} {
				if strings.Contains(args, `message.`+name) {
					list = append(list, name)
				}
			}
			if strings.Contains(args, "hello") {
				t.Error("a callback about a message holds its text")
			}
		}
		return strings.Join(list, " ")
	}
	only := func(events ...string) func(string) []string {
		return func(event string) []string {
			if slices.Contains(events, event) {
				return []string{"shop"}
			}
			return nil
		}
	}
	delivered := conversation.Receipt{Carrier: "us", ProviderID: "p", Status: conversation.Delivered}
	failed := conversation.Receipt{Carrier: "us", ProviderID: "p", Status: conversation.Failed, Error: "30003"}
	for _, c := range []struct {
		name      string
		listeners func(string) []string
		early     []conversation.Receipt // before the settlement
		late      []conversation.Receipt
		want      string
	}{
		{"nobody listens", nil, nil, []conversation.Receipt{delivered}, ""},
		{"nobody for these", only("run.ended"), nil, []conversation.Receipt{delivered}, ""},
		{"all, with repeats", both, nil, []conversation.Receipt{delivered, delivered, failed}, "sent sent delivered delivered"},
		{"some", only("message.delivered"), nil, []conversation.Receipt{delivered}, "delivered"},
		{"early", only("message.sent", "message.delivered"), []conversation.Receipt{delivered}, []conversation.Receipt{delivered}, "sent delivered"},
		{"corrected", only("message.failed", "message.delivered"), nil, []conversation.Receipt{failed, delivered}, "failed delivered"},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				store.Listen(s, c.listeners)
				say(t, s, nil, text(1, "1"))
				m := claim(t, s, work)[0]
				for _, r := range c.early {
					receive(t, s, r)
				}
				settle(t, s, sent(m, "p"))
				for _, r := range c.late {
					receive(t, s, r)
				}
				if got := told(s, t); got != c.want {
					t.Errorf("told %q, want %q", got, c.want)
				}
			})
		})
	}
}

// TestGuardTells: a settlement that travels with an event is told in the event's
// transaction, or not at all.
func TestGuardTells(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		store.Listen(s, both)
		say(t, s, asks, text(1, "1"))
		m := claim(t, s, work)[0]
		guard := sent(m, "p")
		e := conversation.Event{Kind: conversation.KindSent, Conversation: m.Conversation, Line: line, Phone: phone(1),
			Settled: &conversation.Settled{Message: m.ID, Run: m.Run, Wait: m.Wait}, Guard: &guard}
		begin(t, s, e).Rollback()
		if n := waiting(t, s, "shop"); n != 0 {
			t.Errorf("%d jobs of a batch that was rolled back", n)
		}
		b := begin(t, s, e)
		if err := b.Commit(t.Context(), conversation.Writes{}); err != nil {
			t.Fatal(err)
		}
		if n := waiting(t, s, "shop"); n != 1 {
			t.Errorf("%d jobs, want 1", n)
		}
	})
}

// TestGiveUp: a callback that nobody takes is buried once, however often that is
// said; the other endpoints hear of it, once; retried, it is told again.
func TestGiveUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		store.Listen(s, both)
		tell := conversation.Job{ID: "dead_1", Kind: conversation.JobCallback, Name: "callback.dead"}
		g := conversation.GivenUp{Job: callback("run.ended"), Reason: "answered 500", Tell: &tell}
		for range 2 {
			check(t, "not given up", s.GiveUp(ctx, g) == nil)
		}
		all := must(s.DeadLetters(ctx, 10))(t)
		if len(all) != 1 || all[0].Job == nil || all[0].Job.Name != "run.ended" || all[0].Kind != conversation.KindCallback || all[0].Key != "shop" || all[0].Reason != "answered 500" {
			t.Fatalf("dead letters: %+v", all)
		}
		check(t, "the others were not told once", waiting(t, s, "shop") == 0 && waiting(t, s, "books") == 1)
		_, dead, err := s.CallbackCounts(ctx, "shop")
		check(t, "not counted as dead", err == nil && dead == 1)
		check(t, "not retried", must(s.RetryCallback(ctx, all[0]))(t))
		check(t, "retried twice", !must(s.RetryCallback(ctx, all[0]))(t))
		pending, dead, err := s.CallbackCounts(ctx, "shop")
		check(t, "not pending again", err == nil && pending == 1 && dead == 0 && waiting(t, s, "shop") == 1)
		check(t, "given up anew", s.GiveUp(ctx, g) == nil)
		again := must(s.DeadLetters(ctx, 10))(t)
		check(t, "the letter is not open again", len(again) == 1 && again[0].ID == all[0].ID && again[0].Tries == 1)
		check(t, "a letter is swept too early", must(s.Sweep(ctx))(t) == 0)
		if err := store.Exec(ctx, s, `UPDATE dead_letters SET at = 1`); err != nil {
			t.Fatal(err)
		}
		check(t, "an old letter is not swept", must(s.Sweep(ctx))(t) == 1 && len(must(s.DeadLetters(ctx, 10))(t)) == 0)
		_, err = s.RetryCallback(ctx, conversation.DeadLetter{ID: "x"})
		check(t, "a letter that is about no callback", err != nil)
	})
}

// TestGoneEndpoint: 410 disables an endpoint on every node, until it is enabled or
// its address is another one.
func TestGoneEndpoint(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		ctx := t.Context()
		one, two := storetest.Open(t, store.Options{URL: url, Listeners: both}), storetest.Open(t, store.Options{URL: url, Listeners: both})
		const address = "https://shop.example.com/?token=hidden"
		disabled := func(address string) bool { return must(two.Disabled(ctx, "shop", address))(t) }
		check(t, "disabled from the start", !disabled(address))
		for range 2 {
			check(t, "not given up", one.GiveUp(ctx, conversation.GivenUp{Job: callback("a"), Reason: "gone", Gone: address}) == nil)
		}
		check(t, "not disabled", disabled(address) && !disabled("https://shop.example.com/new") && !must(two.Disabled(ctx, "books", address))(t))
		kept := must(store.AskText(ctx, one, `SELECT address FROM callback_endpoints`))(t)
		check(t, "the address is kept in the clear", !strings.Contains(kept, "hidden"))
		check(t, "not enabled", must(one.Enable(ctx, "shop"))(t) && !must(one.Enable(ctx, "shop"))(t) && !disabled(address))
	})
}

// TestSlowEndpoint: one that never answers holds up neither another endpoint nor
// calls.
func TestSlowEndpoint(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s, text(1, "1"))
		var w conversation.Writes
		step(b, 0, &w, nil)
		add := func(j conversation.Job) { w.Effects = append(w.Effects, conversation.Effect{Job: &j}) }
		for range 100 {
			j := callback("x")
			j.Endpoint = "slow"
			add(j)
		}
		add(callback("x"))
		add(conversation.Job{ID: "call", Kind: conversation.JobCall})
		if err := b.Commit(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var group sync.WaitGroup
		group.Add(2)
		release := make(chan struct{})
		do := func(ctx context.Context, j conversation.Job) (conversation.Event, bool, error) {
			if j.Endpoint == "slow" {
				select {
				case <-release:
				case <-ctx.Done():
				}
				return conversation.Event{}, false, nil
			}
			group.Done()
			return conversation.Event{}, false, nil
		}
		ended := make(chan error, 1)
		go func() {
			ended <- s.RunJobs(ctx, jobs.Runner{Endpoints: []string{"slow", "shop"}, Log: slog.New(slog.DiscardHandler),
				Do: map[string]jobs.Do{conversation.JobCallback: do, conversation.JobCall: do}})
		}()
		done := make(chan struct{})
		go func() { group.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(15 * time.Second):
			t.Error("a slow endpoint holds up the rest")
		}
		cancel()
		close(release)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestKilledTry: a process that dies in the midst of a job leaves it to another,
// which knows that this is another try of the same job.
func TestKilledTry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := begin(t, s, text(1, "1"))
		var w conversation.Writes
		step(b, 0, &w, nil)
		w.Effects = append(w.Effects, conversation.Effect{Job: &conversation.Job{ID: "job_k", Kind: conversation.JobCall}})
		if err := b.Commit(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		// As a process leaves it that was killed during the third and last try.
		killed := `UPDATE river_job SET state = 'running', attempt = 3, attempted_at = '2026-01-01 00:00:00'`
		if err := store.Exec(t.Context(), s, killed); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		tried := make(chan jobs.Try, 1)
		ended := make(chan error, 1)
		go func() {
			ended <- s.RunJobs(ctx, jobs.Runner{Log: slog.New(slog.DiscardHandler), Do: map[string]jobs.Do{
				conversation.JobCall: func(ctx context.Context, j conversation.Job) (conversation.Event, bool, error) {
					if j.ID != "job_k" {
						t.Errorf("another job: %+v", j)
					}
					tried <- jobs.TryOf(ctx)
					return conversation.Event{}, false, nil
				}}})
		}()
		select {
		case try := <-tried:
			if try.N != 4 || !try.Last() {
				t.Errorf("%+v, want one more that is the last", try)
			}
		case <-time.After(50 * time.Second):
			t.Error("the job is lost")
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
