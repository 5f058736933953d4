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
func (r *run) settleFate(m conversation.Message, out *outlet, started time.Time) {
	if m.ExpiresAt > 0 && r.now().UnixMilli() >= m.ExpiresAt {
		r.park(m, out.name, started)
		return
	}
	note := ""
	if looker, ok := out.Provider.(provider.Looker); ok {
		accepted, found, err := r.look(looker, out, m.ID)
		if err != nil {
			r.log.Warn("asking a carrier about a message of unknown fate", "carrier", out.name, "message", m.ID)
			return
		}
		if found {
			r.succeed(m, out.name, conversation.Sent, accepted.IDs, "", started)
			return
		}
	} else if !out.Traits.Idempotent {
		if !m.Priority.Overtakes() { // neither code nor alert
			r.park(m, out.name, started)
			return
		}
		note = Repeated
	}
	if m.Status == conversation.Cancelled { // the phone has opted out since
		r.park(m, out.name, started)
		return
	}
	if r.deadline(started).Sub(r.now()) < out.Timeout {
		return // too late for another send under this lease
	}
	accepted, err := r.send(m, out, true)
	switch {
	case err == nil:
		r.succeed(m, out.name, conversation.Sent, accepted.IDs, note, started)
	case err.Class != provider.Ambiguous:
		r.conclude(m, out, started, accepted, err)
	case note == Repeated:
		r.park(m, out.name, started)
	}
}

func (r *run) look(looker provider.Looker, out *outlet, id string) (provider.Accepted, bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), min(out.Timeout, 3*time.Second))
	defer cancel()
	return looker.Look(ctx, id)
}

// park gives the message up without calling it undelivered: the flow hears
// nothing, and a question's clock runs on from the message's expiry.
func (r *run) park(m conversation.Message, carrier string, started time.Time) {
	s := r.settlement(m, conversation.Failed, carrier, UnknownFate)
	s.Parked = true
	r.pass("", m, s, started)
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
		out := r.carriers[r.Lines[m.Line].Carrier]
		r.log.Warn("a message is of unknown fate", "message", m.ID, "line", m.Line)
		switch {
		case out == nil:
			r.park(m, "", started)
		case m.Test:
			r.pretend(m, started)
		case !out.may(m.To):
			r.fail(m, out.name, "only_to", started)
		default:
			r.sends.Go(func() {
				if out.take(ctx, 1) == 0 {
					return // shutting down: the next lease will run out too
				}
				defer out.free(1)
				r.settleFate(m, out, started)
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
		kind := conversation.Kind("")
		if m.Wait > 0 && m.Status != conversation.Superseded { // a superseded question's run waits for the agent
			kind = conversation.KindFailed
		}
		r.pass(kind, m, r.settlement(m, m.Status, "", m.Error), now)
	}
}
