package outbound

import (
	"context"
	"time"

	"parley/conversation"
)

// result is what became of one message, on its way to the database.
type result struct {
	message    conversation.Message
	settlement conversation.Settlement
	kind       conversation.Kind // of the event that carries the settlement; "": none
	deadline   time.Time         // when another node may take the message over
}

// groupLimit bounds one settling transaction.
const groupLimit = 256

// gather waits for one result and takes along whatever else has queued up: at low
// load a group is one, under load it fills while the last one commits. It returns
// nil when the channel is closed.
func gather(from <-chan result) []result {
	first, ok := <-from
	if !ok {
		return nil
	}
	group := []result{first}
	for len(group) < groupLimit {
		select {
		case next, ok := <-from:
			if !ok {
				return group
			}
			group = append(group, next)
			continue
		default:
		}
		break
	}
	return group
}

// settleAll writes results until the channel is closed.
func (r *run) settleAll() {
	for group := gather(r.results); group != nil; group = gather(r.results) {
		settlements := make([]conversation.Settlement, len(group))
		for i, res := range group {
			settlements[i] = res.settlement
		}
		err := r.insist(group, func(ctx context.Context) error {
			_, err := r.Queue.Settle(ctx, settlements)
			return err
		})
		if err != nil {
			r.log.Error("settling messages: their leases will run out", "messages", len(group), "error", err)
		}
		r.wakeLines(group)
	}
}

// tellAll submits events until the channel is closed. Whatever the engine did not
// apply is settled plainly: an open row would be taken for stranded and sent again.
func (r *run) tellAll() {
	for group := gather(r.tales); group != nil; group = gather(r.tales) {
		events := make([]conversation.Event, len(group))
		for i, res := range group {
			events[i] = event(res)
		}
		events = append(events, playedAnswers(group)...)
		var outcomes []conversation.Outcome
		err := r.insist(group, func(ctx context.Context) (err error) {
			outcomes, err = r.Submit(ctx, events)
			return err
		})
		for i, res := range group {
			switch told := err == nil && i < len(outcomes); {
			case told && (outcomes[i].Status == conversation.Applied || outcomes[i].Repeated):
			case told:
				r.results <- res
			case !unclaimed(res.settlement.Status): // those are found again
				r.results <- untold(res, r.now())
			}
		}
		if err != nil {
			r.log.Warn("the engine takes no events: settling without them", "messages", len(group), "error", err)
		}
		r.wakeLines(group)
	}
}

// unclaimed says that a settlement ends a message that no claim will take any more.
func unclaimed(s conversation.Status) bool {
	return s == conversation.Expired || s == conversation.Cancelled || s == conversation.Superseded
}

// event carries a settlement as its guard. It needs no dedupe key: a guard holds
// once, and a repeat is refused.
func event(res result) conversation.Event {
	m, guard := res.message, res.settlement
	return conversation.Event{
		Kind: res.kind, Conversation: m.Conversation, Line: m.Line, Phone: m.To, Test: m.Test,
		Settled: &conversation.Settled{Message: m.ID, Run: m.Run, Wait: m.Wait, Error: guard.Error},
		Guard:   &guard,
	}
}

// untold is how a result is settled that the engine could not be told. A sent
// question stays sent: its clock runs from its expiry instead. A failure must be
// told, so the message goes back into the queue and fails again later.
func untold(res result, now time.Time) result {
	res.kind = ""
	if res.settlement.Status == conversation.Failed {
		res.settlement.Status, res.settlement.Uncounted = conversation.Queued, true
		res.settlement.DueAt = now.Add(5 * time.Second).UnixMilli()
	}
	return res
}

// insist tries f until it works, the first lease of the group is nearly over, or,
// at a shutdown, a second try has failed too. f must be harmless when repeated.
func (r *run) insist(group []result, f func(context.Context) error) error {
	deadline := group[0].deadline
	for _, res := range group {
		if res.deadline.Before(deadline) {
			deadline = res.deadline
		}
	}
	pause := 50 * time.Millisecond
	for {
		ctx, cancel := context.WithTimeout(context.Background(), max(time.Second, deadline.Sub(r.now())))
		err := f(ctx)
		cancel()
		if err == nil || r.now().Add(pause).After(deadline) {
			return err
		}
		select {
		case <-r.stopping:
			time.Sleep(pause)
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			return f(ctx)
		case <-time.After(pause):
		}
		pause = min(2*pause, time.Second)
	}
}

// wakeLines lets the lines look again: a settled message may have held back the
// next one of its conversation.
func (r *run) wakeLines(group []result) {
	seen := make(map[string]bool)
	for _, res := range group {
		if !seen[res.message.Line] {
			seen[res.message.Line] = true
			nudge(r.wakes[res.message.Line])
		}
	}
}
