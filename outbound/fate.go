package outbound

import (
	"context"
	"time"

	"parley/conversation"
	"parley/outbound/provider"
)

// UnknownFate is the error of a parked message: the carrier may or may not have
// taken it, cannot be asked, and absorbs no repeats. A late receipt can still
// deliver it, a person can send it anew.
const UnknownFate = conversation.UnknownFate

// Repeated is the note on a code or alert that was sent twice because the first
// try was of unknown fate.
const Repeated = "repeated"

// settleFate deals with a message that the carrier may have taken. Where nothing
// can be learned now, it stays under its lease, and the reaper finds it when that
// has run out.
func (a attempt) settleFate() {
	if a.m.ExpiresAt > 0 && a.now().UnixMilli() >= a.m.ExpiresAt {
		a.park()
		return
	}
	note := ""
	if looker, ok := a.out.Provider.(provider.Looker); ok {
		accepted, found, err := a.look(looker)
		if err != nil {
			a.log.Warn("asking a carrier about a message of unknown fate", "carrier", a.out.name, "message", a.m.ID, "error", err)
			return
		}
		if found {
			a.succeed(conversation.Sent, accepted.IDs, "")
			return
		}
	} else if !a.out.Traits.Idempotent {
		if !a.m.Priority.Overtakes() { // neither code nor alert
			a.park()
			return
		}
		note = Repeated
	}
	if a.m.Status == conversation.Cancelled { // the phone has opted out since
		a.park()
		return
	}
	if a.late() {
		return // for another send under this lease
	}
	accepted, err := a.send(true)
	switch {
	case err == nil:
		a.succeed(conversation.Sent, accepted.IDs, note)
	case err.Class != provider.Ambiguous:
		a.conclude(accepted, err)
	case note == Repeated:
		a.park()
	}
}

func (a attempt) look(looker provider.Looker) (provider.Accepted, bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), min(a.out.Timeout, 3*time.Second))
	defer cancel()
	return looker.Look(ctx, a.m.ID)
}

// park gives the message up without calling it undelivered: the flow hears
// nothing, and a question's clock runs on from the message's expiry.
func (a attempt) park() {
	s := a.settlement(conversation.Failed, UnknownFate)
	s.Parked = true
	a.pass("", s)
}

// reap finds, every second, messages whose sender died and messages that are too
// late.
func (r *run) reap(ctx context.Context) {
	for sleep(ctx, time.Second) {
		r.reapStranded(ctx)
		r.reapOverdue(ctx)
	}
}

func (r *run) reapStranded(ctx context.Context) {
	stranded, err := r.Queue.Stranded(ctx, r.Node, r.lease, batch)
	if err != nil && ctx.Err() == nil {
		r.log.Warn("looking for stranded messages", "error", err)
	}
	started := r.now()
	for _, m := range stranded {
		a := attempt{r, m, r.carriers[r.Lines[m.Line].Carrier], started}
		r.log.Warn("a message is of unknown fate", "message", m.ID, "line", m.Line)
		switch {
		case a.out == nil:
			a.park()
		case m.Test:
			a.pretend()
		case !a.out.may(m.To):
			a.fail("only_to")
		default:
			r.sends.Go(func() {
				if a.out.take(ctx, 1) == 0 {
					return // shutting down: the next lease will run out too
				}
				defer a.out.free(1)
				a.settleFate()
			})
		}
	}
}

func (r *run) reapOverdue(ctx context.Context) {
	overdue, err := r.Queue.Overdue(ctx, 4*batch)
	if err != nil && ctx.Err() == nil {
		r.log.Warn("looking for overdue messages", "error", err)
	}
	now := r.now()
	for _, m := range overdue {
		a := attempt{run: r, m: m, started: now}
		kind := a.asked(conversation.KindFailed)
		if m.Status == conversation.Superseded { // its run waits for the agent
			kind = ""
		}
		a.pass(kind, a.settlement(m.Status, m.Error))
	}
}
