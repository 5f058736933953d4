package conversation_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// Whoever submits while the engine ends, or afterwards, hears at once: applied, or
// nothing was stored. Waiting for an engine that is gone once took as long as a lease.
func TestSubmitWhileClosing(t *testing.T) {
	s := storetest.Open(t, store.Options{URL: storetest.URL(t, "sqlite")})
	e := conversation.New(conversation.Settings{Store: s, Catalog: &conversation.Catalog{}, Shards: 1,
		Directory: func() *conversation.Directory { return &conversation.Directory{} }})
	running, stop := context.WithCancel(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 50 {
				ev := text("+12025560001", "thanks", "")
				ev.Dedupe = ""
				_, err := e.Submit(ctx, []conversation.Event{ev})
				switch {
				case errors.Is(err, context.DeadlineExceeded):
					t.Error("a submission was never answered")
					return
				case err != nil && !errors.Is(err, conversation.ErrUnavailable):
					t.Error(err)
				}
			}
		})
	}
	time.AfterFunc(20*time.Millisecond, stop)
	if err := e.Run(running); err != nil {
		t.Error(err)
	}
	all.Wait()
}
