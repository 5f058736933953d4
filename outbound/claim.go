package outbound

import (
	"context"
	"time"

	"parley/conversation"
)

// work serves one line: it sleeps until it is woken, then claims and sends for as
// long as claims come back full. A claim is made only with slots of the carrier in
// hand and tokens in the bucket, so that what is claimed leaves at once and its
// lease is not spent waiting.
func (r *run) work(ctx context.Context, name string, line Line) {
	out, pace := r.carriers[line.Carrier], r.paces[name]
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.wakes[name]:
		}
		for more := true; more && ctx.Err() == nil; {
			if !r.waitForRoom(ctx, out, pace) {
				return
			}
			more = r.claim(ctx, name, line, out, pace)
		}
	}
}

// waitForRoom waits until a message may go; false when ctx ended.
func (r *run) waitForRoom(ctx context.Context, out *outlet, pace *pace) bool {
	for {
		_, wait := r.room(out, pace, 1)
		if wait <= 0 {
			return ctx.Err() == nil
		}
		if !sleep(ctx, wait) {
			return false
		}
	}
}

// room is the pace's, unless the carrier rests.
func (r *run) room(out *outlet, pace *pace, n int) (int, time.Duration) {
	now := r.now()
	if rest := out.fuse.rest(now); rest > 0 {
		return 0, rest
	}
	return pace.room(now, r.live(), n)
}

// batch bounds one claim.
const batch = 64

// claim takes what there is room for and starts sending it. It returns true when
// there may be more: a claim that comes back short is followed by the wake-up of
// its own settlement, or by the poll.
func (r *run) claim(ctx context.Context, name string, line Line, out *outlet, pace *pace) (more bool) {
	slots := out.take(ctx, batch)
	if slots == 0 {
		return false
	}
	n, _ := r.room(out, pace, slots) // taking slots may have lasted
	var claimed []conversation.Message
	started := r.now() // before the claim: the leases begin while it is under way
	if n > 0 {
		var err error
		claimed, err = r.ask(name, line, n)
		if err != nil && ctx.Err() == nil {
			r.log.Warn("claiming messages", "line", name, "error", err)
			out.free(slots)
			return sleep(ctx, time.Second)
		}
	}
	out.free(slots - len(claimed))
	segments := 0
	for _, m := range claimed {
		segments += max(1, m.Segments)
		r.sends.Go(func() {
			defer out.free(1)
			attempt{r, m, out, started}.deliver()
		})
	}
	pace.charge(started, segments)
	return len(claimed) == n
}

// ask claims, and is not cut off by a shutdown: rows claimed without our knowing
// would be of unknown fate, although nothing was sent.
func (r *run) ask(name string, line Line, n int) ([]conversation.Message, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	c := Claim{Line: name, Node: r.Node, Limit: n, Lease: r.lease}
	if line.Quiet.Covers(r.now(), line.Zone) {
		c.Least = conversation.PriorityReply
	}
	return r.Queue.Claim(ctx, c)
}

// take waits for one free slot and takes up to n; 0 when ctx ended.
func (o *outlet) take(ctx context.Context, n int) int {
	select {
	case <-ctx.Done():
		return 0
	case o.slots <- struct{}{}:
	}
	taken := 1
	for taken < n {
		select {
		case o.slots <- struct{}{}:
			taken++
			continue
		default:
		}
		break
	}
	return taken
}

func (o *outlet) free(n int) {
	for range n {
		<-o.slots
	}
}

// poll covers lost hints: every second, or sooner when a message falls due, it
// wakes the lines that have work.
func (r *run) poll(ctx context.Context) {
	unknown := make(map[string]bool) // lines already complained of
	for {
		lines, next, err := r.Queue.Lines(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.Warn("looking for lines with work", "error", err)
		}
		for _, line := range lines {
			if r.wakes[line] == nil && !unknown[line] {
				unknown[line] = true
				r.log.Error("messages wait on a line that the config does not have", "line", line)
			}
		}
		r.Wake(lines)
		wait := time.Second
		if next > 0 {
			wait = min(wait, next)
		}
		if !sleep(ctx, wait) {
			return
		}
	}
}

// sleep returns false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
