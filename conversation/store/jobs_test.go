package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/jobs"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// submitter plays the engine: it takes its time and refuses the first events.
type submitter struct {
	mu     sync.Mutex
	busy   int
	events map[string]conversation.Event
	done   chan struct{}
	want   int
}

func (s *submitter) Submit(_ context.Context, events []conversation.Event) ([]conversation.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy > 0 {
		s.busy--
		return nil, conversation.ErrBusy
	}
	for _, e := range events {
		s.events[e.Dedupe] = e
	}
	if len(s.events) == s.want {
		close(s.done)
		s.want = -1
	}
	return make([]conversation.Outcome, len(events)), nil
}

// TestJobs: jobs of committed batches run and come back as events, those of
// batches that were rolled back never do, and the engine goes on meanwhile.
func TestJobs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const n = 20
		back := &submitter{busy: 2, events: make(map[string]conversation.Event), done: make(chan struct{}), want: n}
		failed := false
		call := func(_ context.Context, j conversation.Job) (conversation.Event, bool, error) {
			if j.ID == "rolled-back" {
				t.Error("a job ran whose batch was rolled back")
			}
			if j.ID == "e-0" && !failed {
				failed = true
				return conversation.Event{}, false, errors.New("not this time")
			}
			return conversation.Event{Kind: conversation.KindResult, Result: &conversation.Result{Effect: j.ID, Wait: j.Wait}}, true, nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- s.RunJobs(ctx, jobs.Runner{
				Do: map[string]jobs.Do{conversation.JobCall: call}, Submit: back, Log: slog.New(slog.DiscardHandler)})
		}()
		for i := range n {
			if i == 3 {
				failBatch(t, s, i)
			}
			commitJob(t, s, i)
		}
		select {
		case <-back.done:
		case <-time.After(40 * time.Second):
			t.Fatalf("%d of %d came back", len(back.events), n)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		e := back.events["effect/e-7"]
		if e.Result == nil || e.Result.Wait != 7 || e.Conversation != s.ConversationID(line, phone(7)) {
			t.Errorf("the event is %+v", e)
		}
	})
}

// commitJob commits a batch with the i-th job.
func commitJob(t *testing.T, s *store.Store, i int) {
	t.Helper()
	b := begin(t, s, text(i, fmt.Sprint(i)))
	var w conversation.Writes
	step(b, 0, &w, nil)
	w.Effects = append(w.Effects, conversation.Effect{Job: &conversation.Job{ID: fmt.Sprint("e-", i), Kind: conversation.JobCall,
		Conversation: b.Load(0).Conversation.ID, Wait: int64(i), Data: map[string]any{"x": "y"}}})
	if err := b.Commit(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}

// failBatch fails a batch that has a job: its last effect repeats a message's id.
func failBatch(t *testing.T, s *store.Store, i int) {
	t.Helper()
	b := begin(t, s, text(i, fmt.Sprint(i)))
	var w conversation.Writes
	step(b, 0, &w, nil)
	w.Effects = append(w.Effects, w.Effects[0],
		conversation.Effect{Job: &conversation.Job{ID: "rolled-back", Kind: conversation.JobCall}})
	if err := b.Commit(t.Context(), w); err == nil {
		t.Error("a repeated message was stored")
	}
	b.Rollback()
}
