package conversation

import (
	"testing"
	"time"

	"parley/flows"
)

// answered is a conversation whose first of two questions is open, and the reply.
func answered(tb testing.TB) (Env, Conversation, Event) {
	tb.Helper()
	f, err := flows.Parse("test.yaml", []byte(parcel))
	if err != nil {
		tb.Fatal(err)
	}
	env := Env{Now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC).UnixMilli(), Flows: shelf{f}, Reader: ear{},
		Line: Line{Number: "+12025550100", Brand: flows.Brand{Name: "Acme"}}}
	c := Conversation{ID: "xgqjuju4pjtaskdnt4zcjn5fge", Line: "+12025550100", Phone: "+12025550123"}
	c, effects, _ := Step(env, c, Event{Kind: KindTrigger, Trigger: &Trigger{Type: "parcel.delivered"}})
	for _, e := range effects {
		if e.Send != nil {
			c, _, _ = Step(env, c, Event{Kind: KindSent, Settled: &Settled{Message: e.Send.ID, Run: e.Send.Run, Wait: e.Send.Wait}})
		}
	}
	env.Now += 60_000
	return env, c, Event{Kind: KindText, Text: &Text{Text: "yes"}}
}

// BenchmarkStep is one reply in a flow of two questions, without encoding.
func BenchmarkStep(b *testing.B) {
	env, c, e := answered(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, effects, out := Step(env, c, e); out.Status != Applied || len(effects) < 2 {
			b.Fatal(out, effects)
		}
	}
}

// BenchmarkState is decoding and encoding the state that such a reply needs.
func BenchmarkState(b *testing.B) {
	_, c, _ := answered(b)
	text, err := c.State.Encode()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(text)), "bytes")
	b.ReportAllocs()
	for b.Loop() {
		var s State
		if err := s.Decode(text); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}
