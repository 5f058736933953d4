package conversation

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

// Held texts of one step may ask for several keywords: a replay hears the same
// answers in the same order.
func TestReplayOfKeywordsInOneStep(t *testing.T) {
	k := reading(t, count)
	p := k.c.State.Pending
	k.after(time.Second).text("count")
	k.text("nonsense")
	e := Event{Kind: KindResult, Result: &Result{Effect: p.Effect, Kind: JobClassify, Run: p.Run, Wait: p.Wait, Error: "down"}}
	var record Record
	record.Event = e
	live := k.env
	record.Took = Took{Now: live.Now}
	live.Flows = taking{k.env.Flows, &record.Took, live.Contact}
	next, _, _ := Step(live, k.c, e)
	data, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	past := Past{Flow: k.env.Flows.ByHash, Reader: k.env.Reader, Line: func(string, string) (Line, error) { return k.env.Line, nil }}
	got, err := Replay(past, k.c, []Logged{{Rev: next.Rev, Kind: KindResult, Data: string(data)}})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(next.State)
	b, _ := json.Marshal(got.State)
	if string(a) != string(b) {
		t.Errorf("replayed\n%s\nwas\n%s", b, a)
	}
	if !slices.ContainsFunc(next.State.Runs, func(r Run) bool { return r.Flow == "count" }) {
		t.Error("the keyword started nothing: the test proves nothing")
	}
}
