package conversation_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// TestFeed has two watchers, one of whom goes away in between and resumes: both
// hear every event once, each conversation's in order.
func TestFeed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		feed := &conversation.Feed{Store: s}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		var running sync.WaitGroup
		running.Go(func() {
			if err := feed.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		e := engineOn(t, s, counting, func(c *conversation.Settings) { c.Committed = func([]string) { feed.Hint() } })
		const phones, texts = 10, 12
		all := phones * (texts + 1)
		var watching sync.WaitGroup
		for _, leaveAt := range []int{0, all / 2} {
			watching.Go(func() { watchAll(ctx, t, feed, all, leaveAt) })
		}
		var writers sync.WaitGroup
		for p := range phones {
			writers.Go(func() {
				phone := fmt.Sprintf("+120255503%02d", p)
				submit(t, e, start(phone))
				for n := range texts {
					submit(t, e, text(phone, "go on", fmt.Sprint("f", p, "-", n)))
				}
			})
		}
		writers.Wait()
		watching.Wait()
		cancel()
		running.Wait()
	})
}

// watchAll hears n events, going away once in between when leaveAt is set.
func watchAll(ctx context.Context, t *testing.T, feed *conversation.Feed, n, leaveAt int) {
	enough, away := errors.New("enough"), errors.New("away")
	var after int64
	heard := 0
	revs := map[string]int64{}
	for {
		err := feed.Watch(ctx, after, func(_ string, entries []conversation.FeedEntry) error {
			for _, entry := range entries {
				if entry.Seq != after+1 || entry.Rev != revs[entry.Conversation]+1 {
					t.Errorf("after %d came %+v", after, entry)
				}
				after, revs[entry.Conversation] = entry.Seq, entry.Rev
				heard++
			}
			if heard >= n {
				return enough
			}
			if leaveAt > 0 && heard >= leaveAt {
				leaveAt = 0
				return away
			}
			return nil
		})
		switch {
		case errors.Is(err, enough):
			return
		case errors.Is(err, away):
		default:
			t.Errorf("heard %d of %d: %v", heard, n, err)
			return
		}
	}
}
