package store_test

import (
	"fmt"
	"testing"
	"time"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// BenchmarkWeigh weighs the first sends of codes, each to a number of its own: with the
// number's limits, and without, as second sends are.
func BenchmarkWeigh(b *testing.B) {
	for _, engine := range storetest.Engines {
		for _, limited := range []bool{true, false} {
			b.Run(fmt.Sprint(engine, "/limited=", limited), func(b *testing.B) {
				s := storetest.Open(b, store.Options{URL: storetest.URL(b, engine)})
				n := 0
				for b.Loop() {
					b.StopTimer()
					n++
					send := numberSend(fmt.Sprint("ver_b", n))
					send.Hits[0].Key, send.Hits[1].Key = fmt.Sprint("send/hour/", n), fmt.Sprint("send/day/", n)
					if !limited {
						send.Hits = nil
					}
					c := asked(send.Challenge, send.Challenge, phone(n), verify.Login)
					if _, err := s.Open(b.Context(), c, 5*time.Minute, nil, verify.Entry{What: "verification.asked"}); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
					if v, err := s.Weigh(b.Context(), send, unlessFull); err != nil || v.Reason != "" {
						b.Fatal(v, err)
					}
				}
			})
		}
	}
}
