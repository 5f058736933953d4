package store_test

import (
	"fmt"
	"testing"

	"parley/agentui"
	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

const aDay = int64(24 * 3_600_000)

// numbersLife counts a small world that is over: whatever else the database holds lies
// outside of its range.
func numbersLife(t *testing.T, s *store.Store) {
	ctx, from := t.Context(), 10*aDay
	b := begin(t, s, text(71, "numbers"))
	var w conversation.Writes
	step(b, 0, &w, nil)
	w.Effects = append(w.Effects, conversation.Effect{Desk: &conversation.Desk{Conversation: "n0", Owner: conversation.OwnerQueue, Reason: "flow", Since: from - aDay}})
	for i := range 10 { // answered after 1 … 10 s, but for a take, a test, and one nobody answered
		d := conversation.Desk{Conversation: fmt.Sprint("n", i), Owner: conversation.OwnerQueue, Queue: "q", Reason: "unclear", Since: from + int64(i/5)*aDay}
		w.Effects = append(w.Effects, conversation.Effect{Desk: &d})
		again := d // given back to the queue: the same handover
		again.Reason = "released"
		w.Effects = append(w.Effects, conversation.Effect{Desk: &again})
	}
	for _, d := range []conversation.Desk{
		{Conversation: "taken", Owner: conversation.OwnerAgent, Reason: "taken", Since: from},
		{Conversation: "test", Owner: conversation.OwnerQueue, Reason: "flow", Since: from, Test: true},
		{Conversation: "nobody", Owner: conversation.OwnerQueue, Reason: "flow", Since: from + 1},
		{Conversation: "before", Owner: conversation.OwnerQueue, Reason: "flow", Since: from - 1},
		{Conversation: "after", Owner: conversation.OwnerQueue, Reason: "flow", Since: from + 2*aDay},
	} {
		w.Effects = append(w.Effects, conversation.Effect{Desk: &d})
	}
	for i, run := range []string{"day boxes", "day boxes", "day", ""} {
		w.Effects = append(w.Effects, conversation.Effect{Ended: &conversation.Ended{Run: fmt.Sprint("w", i), Flow: "ways", Outcome: "done", State: "over", Path: run, EndedAt: from + int64(i), Test: i == 1}})
	}
	w.Effects = append(w.Effects, conversation.Effect{Deed: &conversation.Deed{Conversation: "n0", Agent: "bob", Op: "note"}}, conversation.Effect{Deed: &conversation.Deed{Conversation: "n0", Agent: "ann", Op: "reply"}})
	check(t, "commit", b.Commit(ctx, w) == nil)
	check(t, "the first reply is the response", must(store.Ask(ctx, s, `SELECT COUNT(*) FROM handovers WHERE conversation = 'n0' AND at = $1 AND agent = 'ann' AND answered_at > at`, from))(t) == 1)
	check(t, "an older handover stays unanswered", must(store.Ask(ctx, s, `SELECT answered_at FROM handovers WHERE conversation = 'n0' AND at < $1`, from))(t) == 0)
	for i, id := range []string{"n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "taken", "test"} {
		must(0, store.Exec(ctx, s, `UPDATE handovers SET answered_at = at + $2 WHERE conversation = $1 AND at >= $3`, id, int64(1000*(i+1)), from))(t)
	}
	must(0, store.Exec(ctx, s, `INSERT INTO flow_versions (hash, name, source, created_at) VALUES ('hw', 'ways', '', 0), ('hw2', 'ways', '', 0)`))(t)
	for i, at := range []int64{from, from + 3_599_999, from + 3_600_000, from - 1} {
		must(0, store.Exec(ctx, s, `INSERT INTO consents (phone, state, at) VALUES ($1, 'out', $2)`, fmt.Sprint("+1999000", i), at))(t)
		must(0, store.Exec(ctx, s, `INSERT INTO challenges (id, subject, purpose, digits, most_attempts, most_sends, created_at, expires_at, sends, status, open)
			VALUES ($1, $1, 'login', 6, 3, 3, $2, $2, $3, $4, 0)`, fmt.Sprint("num", i), at, int64(min(i, 1)), []string{"pending", "approved", "sent", "approved"}[i]))(t)
	}
	n := must(s.Numbers(ctx, from, from+2*aDay))(t)
	check(t, fmt.Sprintf("responses: %+v", n.Response), n.Response == agentui.FirstResponse{Answered: 10, Median: 5000, P90: 9000})
	check(t, fmt.Sprintf("days: %+v", n.Days), len(n.Days) == 2 && n.Days[1] == agentui.ResponseDay{At: from + aDay, FirstResponse: agentui.FirstResponse{Answered: 5, Median: 8000, P90: 10000}})
	check(t, fmt.Sprintf("handovers: %+v", n.Handovers), fmt.Sprint(n.Handovers) == "[{unclear 10 10} {flow 1 0} {taken 1 1}]")
	check(t, fmt.Sprintf("outcomes: %+v", n.Outcomes), fmt.Sprint(n.Outcomes) == "[{ways done 3}]")
	check(t, fmt.Sprintf("codes: %+v", n.Codes), fmt.Sprint(n.Codes) == "[{login 2 1}]")
	check(t, fmt.Sprintf("opt-outs: %+v", n.OptOuts), fmt.Sprint(n.OptOuts) == fmt.Sprintf("[{%d 2} {%d 1}]", from, from+3_600_000))
	check(t, fmt.Sprintf("codes from: %d", n.CodesFrom), n.CodesFrom == n.At-8*aDay)
	waits := false
	for _, q := range n.Waiting {
		waits = waits || q.Queue == "q" && q.Count == 10 && q.Since == 0
	}
	check(t, fmt.Sprintf("waiting: %+v", n.Waiting), waits)
	ways := must(s.Ways(ctx, "ways", from, from+2*aDay, 9))(t)
	check(t, fmt.Sprintf("ways: %v", ways), fmt.Sprint(ways) == "[{[] over done 1} {[day] over done 1} {[day boxes] over done 1}]")
	names := must(s.FlowNames(ctx))(t)
	check(t, "names", len(names) > 0 && names[len(names)-1] == "ways")
}

func TestCounts(t *testing.T) { storetest.Each(t, numbersLife) }
