package store_test

import (
	"fmt"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/outbound"
)

// BenchmarkSettle settles a hundred messages and stores their receipts, in one
// transaction each.
func BenchmarkSettle(b *testing.B) {
	for _, engine := range storetest.Engines {
		b.Run(engine, func(b *testing.B) {
			s := storetest.Open(b, store.Options{URL: storetest.URL(b, engine)})
			settleHundreds(b, s)
		})
	}
}

// BenchmarkSettleTold is the same while an endpoint listens for all of it: two jobs
// a message.
func BenchmarkSettleTold(b *testing.B) {
	for _, engine := range storetest.Engines {
		b.Run(engine, func(b *testing.B) {
			settleHundreds(b, storetest.Open(b, store.Options{URL: storetest.URL(b, engine),
				Listeners: func(string) []string { return []string{"shop"} }}))
		})
	}
}

func settleHundreds(b *testing.B, s *store.Store) {
	b.Helper()
	n := 0
	for b.Loop() {
		b.StopTimer()
		events := make([]conversation.Event, batchSize)
		for i := range events {
			n++
			events[i] = text(n, fmt.Sprint(n))
		}
		say(b, s, nil, events...)
		all, err := s.Claim(b.Context(), outbound.Claim{Line: line, Node: "n1", Limit: batchSize, Lease: time.Minute})
		if err != nil || len(all) != batchSize {
			b.Fatalf("%d claimed: %v", len(all), err)
		}
		settlements, receipts := make([]conversation.Settlement, len(all)), make([]conversation.Receipt, len(all))
		for i, m := range all {
			settlements[i] = sent(m, "p"+m.ID)
			receipts[i] = conversation.Receipt{Carrier: "us", ProviderID: "p" + m.ID, Status: conversation.Delivered}
		}
		b.StartTimer()
		if _, err := s.Settle(b.Context(), settlements); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Receive(b.Context(), receipts); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*batchSize), "µs/message")
}
