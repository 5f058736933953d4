package conversation_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

// BenchmarkEngine is exchanges through Submit from 256 goroutines: a text in, the
// new state and a reply out, committed. The dispatcher is off.
func BenchmarkEngine(b *testing.B) {
	for _, engine := range []string{"postgres", "sqlite"} {
		b.Run(engine, func(b *testing.B) {
			s := storetest.Open(b, store.Options{URL: storetest.URL(b, engine)})
			shards := 2
			if engine == "sqlite" {
				shards = 1
			}
			e := engineOn(b, s, counting, func(c *conversation.Settings) { c.Shards = shards })
			exchanges(b, e, 10_000)
		})
	}
}

// exchanges has 256 goroutines text in turn on n conversations.
func exchanges(b *testing.B, e *conversation.Engine, n int) {
	const writers = 256
	phone := func(i int) string { return fmt.Sprintf("+1%010d", 2_000_000_000+i) }
	for from := 0; from < n; from += 250 {
		var begin []conversation.Event
		for i := from; i < min(n, from+250); i++ {
			begin = append(begin, start(phone(i)))
		}
		submit(b, e, begin...)
	}
	var next atomic.Int64
	b.ResetTimer()
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= b.N {
					return
				}
				if _, err := e.Submit(context.Background(), []conversation.Event{text(phone(i%n), "n7", fmt.Sprint(b.N, "-", i))}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "exchanges/s")
}
