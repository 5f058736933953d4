package outbound

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"parley/conversation"
	"parley/outbound/provider"
)

// deliver sends one claimed message and passes on what became of it. Sends are
// not cut off by a shutdown: their own timeout bounds them.
func (r *run) deliver(m conversation.Message, out *outlet, started time.Time) {
	switch {
	case r.deadline(started).Sub(r.now()) < out.Timeout:
		return // this process stood still: another may have the message, and the reaper finds it
	case m.Test:
		r.pretend(m, started)
	case !out.may(m.To):
		r.fail(m, out.name, "only_to", started)
	default:
		accepted, err := r.send(m, out, false)
		if err != nil && err.Class == provider.Ambiguous {
			r.settleFate(m, out, started)
			return
		}
		r.conclude(m, out, started, accepted, err)
	}
}

// send hands the message to the carrier, within the timeout.
func (r *run) send(m conversation.Message, out *outlet, repeat bool) (provider.Accepted, *provider.Error) {
	ctx, cancel := context.WithTimeout(context.Background(), out.Timeout)
	defer cancel()
	text, err := r.complete(ctx, m)
	if err != nil {
		r.log.Warn("a code cannot be sent", "message", m.ID, "error", err)
		return provider.Accepted{}, withoutCode(err)
	}
	o := provider.Outgoing{ID: m.ID, From: m.Line, To: m.To, Text: text, Media: m.Media, Repeat: repeat}
	if m.ExpiresAt > 0 {
		o.ExpiresAt = time.UnixMilli(m.ExpiresAt)
	}
	if r.PublicURL != "" {
		o.Callback = strings.TrimSuffix(r.PublicURL, "/") + "/webhooks/" + url.PathEscape(out.name)
	}
	begun := r.now()
	accepted, err := out.Provider.Send(ctx, o)
	var failed *provider.Error
	if err != nil && !errors.As(err, &failed) {
		failed = &provider.Error{Class: provider.Ambiguous, Code: "unknown", Err: err}
	}
	if r.Sent != nil {
		class := provider.Class("")
		if failed != nil {
			class = failed.Class
		}
		r.Sent(out.name, class, r.now().Sub(begun))
	}
	return accepted, failed
}

var errNoCodes = errors.New("nobody keeps codes here")

// complete puts the code into the text that brings it: here, for the carrier, and
// nowhere else.
func (r *run) complete(ctx context.Context, m conversation.Message) (string, error) {
	switch {
	case m.Challenge == "":
		return m.Text, nil
	case r.Codes == nil:
		return "", errNoCodes
	}
	return r.Codes.Fill(ctx, m.Challenge, m.Text)
}

// withoutCode says for how long a text has no code: for now, or for good.
func withoutCode(err error) *provider.Error {
	if errors.Is(err, conversation.ErrUnavailable) {
		return &provider.Error{Class: provider.Temporary, Code: "no_database", Err: err}
	}
	return &provider.Error{Class: provider.Rejected, Code: "code_gone", Err: err}
}

// conclude turns a carrier's definite answer into a result.
func (r *run) conclude(m conversation.Message, out *outlet, started time.Time, a provider.Accepted, err *provider.Error) {
	now := r.now()
	down := out.fuse.note(err, now)
	if err == nil {
		r.succeed(m, out.name, conversation.Sent, a.IDs, "", started)
		return
	}
	if down { // an outage is not the message's fault
		r.again(m, out.name, now.Add(outagePause), err, true, started)
		return
	}
	if err.Class == provider.Throttled {
		pause := err.RetryAfter
		if pause <= 0 {
			pause = 2 * time.Second
		}
		r.paces[m.Line].block(now.Add(pause))
		r.again(m, out.name, now.Add(pause), err, true, started)
		return
	}
	if err.Class == provider.Config {
		r.log.Error("a carrier refuses us: check its credentials and account", "carrier", out.name, "code", err.Code)
	}
	if err.Class == provider.OptedOut {
		r.optOut(m, out.name, err.Code, started)
		return
	}
	due, giveUp := Next(m, err.Class, now)
	if giveUp {
		r.fail(m, out.name, reason(err), started)
		return
	}
	r.again(m, out.name, due, err, false, started)
}

// again puts the message back into the queue; uncounted attempts are not the
// message's fault.
func (r *run) again(m conversation.Message, carrier string, due time.Time, err *provider.Error, uncounted bool, started time.Time) {
	s := r.settlement(m, conversation.Queued, carrier, reason(err))
	s.DueAt, s.Uncounted = due.UnixMilli(), uncounted
	r.results <- result{message: m, settlement: s, deadline: r.deadline(started)}
}

// succeed reports a message that the carrier took. A question is told to the
// engine, because its clock starts now.
func (r *run) succeed(m conversation.Message, carrier string, status conversation.Status, ids []string, note string, started time.Time) {
	s := r.settlement(m, status, carrier, note)
	s.Provider = ids
	kind := conversation.Kind("")
	if m.Wait > 0 {
		kind = conversation.KindSent
	}
	r.pass(kind, m, s, started)
}

// fail reports a permanent failure; the flow hears of it when it was a question.
func (r *run) fail(m conversation.Message, carrier, why string, started time.Time) {
	kind := conversation.Kind("")
	if m.Wait > 0 {
		kind = conversation.KindFailed
	}
	r.pass(kind, m, r.settlement(m, conversation.Failed, carrier, why), started)
}

// optOut reports that the carrier's own list blocks the phone.
func (r *run) optOut(m conversation.Message, carrier, code string, started time.Time) {
	r.pass(conversation.KindOptOut, m, r.settlement(m, conversation.Failed, carrier, code), started)
}

// pass gives the result to the settler, or as an event to the teller.
func (r *run) pass(kind conversation.Kind, m conversation.Message, s conversation.Settlement, started time.Time) {
	res := result{message: m, settlement: s, kind: kind, deadline: r.deadline(started)}
	if kind == "" {
		r.results <- res
		return
	}
	r.tales <- res
}

func (r *run) settlement(m conversation.Message, status conversation.Status, carrier, why string) conversation.Settlement {
	return conversation.Settlement{
		Message: m.ID, Node: r.Node, Attempt: m.Attempt, Status: status, Carrier: carrier, Error: cut(why, 128), Challenge: m.Challenge,
	}
}

// deadline is when another node may take the message for stranded, less a margin.
func (r *run) deadline(started time.Time) time.Time { return started.Add(r.lease - 2*time.Second) }

// reason is the carrier's code, or the class where it gave none.
func reason(err *provider.Error) string {
	if err.Code != "" {
		return err.Code
	}
	return string(err.Class)
}

func cut(s string, n int) string {
	if len(s) > n {
		s = strings.ToValidUTF8(s[:n], "")
	}
	return s
}
