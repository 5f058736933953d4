package outbound

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"parley/conversation"
	"parley/outbound/provider"
)

// attempt is one message under one lease of this node.
type attempt struct {
	*run
	m       conversation.Message
	out     *outlet   // nil: the config has no carrier for its line, or none is needed
	started time.Time // not after the lease began
}

// deliver sends a claimed message and passes on what became of it. Sends are not cut
// off by a shutdown: their own timeout bounds them.
func (a attempt) deliver() {
	switch {
	case a.late():
		return // this process stood still: another may have the message, and the reaper finds it
	case a.m.Test:
		a.pretend()
	case !a.out.may(a.m.To):
		a.fail("only_to")
	default:
		accepted, err := a.send(false)
		if err != nil && err.Class == provider.Ambiguous {
			a.settleFate()
			return
		}
		a.conclude(accepted, err)
	}
}

// deadline is when another node may take the message for stranded, less a margin.
func (a attempt) deadline() time.Time { return a.started.Add(a.lease - 2*time.Second) }

// late says that a send might last longer than the lease.
func (a attempt) late() bool { return a.deadline().Sub(a.now()) < a.out.Timeout }

// send hands the message to the carrier, within the timeout.
func (a attempt) send(repeat bool) (provider.Accepted, *provider.Error) {
	ctx, cancel := context.WithTimeout(context.Background(), a.out.Timeout)
	defer cancel()
	text, err := a.complete(ctx)
	if err != nil {
		a.log.Warn("a code cannot be sent", "message", a.m.ID, "error", err)
		return provider.Accepted{}, withoutCode(err)
	}
	o := provider.Outgoing{ID: a.m.ID, From: a.m.Line, To: a.m.To, Text: text, Media: a.m.Media, Repeat: repeat}
	if a.m.ExpiresAt > 0 {
		o.ExpiresAt = time.UnixMilli(a.m.ExpiresAt)
	}
	if a.PublicURL != "" {
		o.Callback = strings.TrimSuffix(a.PublicURL, "/") + "/webhooks/" + url.PathEscape(a.out.name)
	}
	begun := a.now()
	accepted, err := a.out.Provider.Send(ctx, o)
	var failed *provider.Error
	if err != nil && !errors.As(err, &failed) {
		failed = &provider.Error{Class: provider.Ambiguous, Code: "unknown", Err: err}
	}
	if a.Sent != nil {
		class := provider.Class("")
		if failed != nil {
			class = failed.Class
		}
		a.Sent(a.out.name, class, a.now().Sub(begun))
	}
	return accepted, failed
}

var errNoCodes = errors.New("nobody keeps codes here")

// complete puts the code into the text that brings it: here, for the carrier, and
// nowhere else.
func (a attempt) complete(ctx context.Context) (string, error) {
	switch {
	case a.m.Challenge == "":
		return a.m.Text, nil
	case a.Codes == nil:
		return "", errNoCodes
	}
	return a.Codes.Fill(ctx, a.m.Challenge, a.m.Text)
}

// withoutCode says for how long a text has no code: for now, or for good.
func withoutCode(err error) *provider.Error {
	if errors.Is(err, conversation.ErrUnavailable) {
		return &provider.Error{Class: provider.Temporary, Code: "no_database", Err: err}
	}
	return &provider.Error{Class: provider.Rejected, Code: "code_gone", Err: err}
}

// conclude turns a carrier's definite answer into a result.
func (a attempt) conclude(accepted provider.Accepted, err *provider.Error) {
	now := a.now()
	down := a.out.fuse.note(err, now)
	switch {
	case err == nil:
		a.succeed(conversation.Sent, accepted.IDs, "")
		return
	case down: // an outage is not the message's fault
		a.again(now.Add(outagePause), err, true)
		return
	case err.Class == provider.Throttled:
		pause := cmp.Or(err.RetryAfter, 2*time.Second)
		a.paces[a.m.Line].block(now.Add(pause))
		a.again(now.Add(pause), err, true)
		return
	case err.Class == provider.OptedOut:
		a.optOut(err.Code)
		return
	case err.Class == provider.Config:
		a.log.Error("a carrier refuses us: check its credentials and account", "carrier", a.out.name, "code", err.Code)
	}
	due, giveUp := Next(a.m, err.Class, now)
	if giveUp {
		a.fail(reason(err))
		return
	}
	a.again(due, err, false)
}

// again puts the message back into the queue; uncounted attempts are not the
// message's fault.
func (a attempt) again(due time.Time, err *provider.Error, uncounted bool) {
	s := a.settlement(conversation.Queued, reason(err))
	s.DueAt, s.Uncounted = due.UnixMilli(), uncounted
	a.pass("", s)
}

// succeed reports a message that the carrier took. A question is told to the
// engine, because its clock starts now.
func (a attempt) succeed(status conversation.Status, ids []string, note string) {
	s := a.settlement(status, note)
	s.Provider = ids
	a.pass(a.asked(conversation.KindSent), s)
}

// fail reports a permanent failure; the flow hears of it when it was a question.
func (a attempt) fail(why string) {
	a.pass(a.asked(conversation.KindFailed), a.settlement(conversation.Failed, why))
}

// optOut reports that the carrier's own list blocks the phone.
func (a attempt) optOut(code string) {
	a.pass(conversation.KindOptOut, a.settlement(conversation.Failed, code))
}

// asked is the event of this kind if the message is a question that a run waits for,
// else none.
func (a attempt) asked(kind conversation.Kind) conversation.Kind {
	if a.m.Wait > 0 {
		return kind
	}
	return ""
}

// pass gives the result to the settler, or as an event to the teller.
func (a attempt) pass(kind conversation.Kind, s conversation.Settlement) {
	res := result{message: a.m, settlement: s, kind: kind, deadline: a.deadline()}
	if kind == "" {
		a.results <- res
		return
	}
	a.tales <- res
}

func (a attempt) settlement(status conversation.Status, why string) conversation.Settlement {
	return conversation.Settlement{
		Message: a.m.ID, Node: a.Node, Attempt: a.m.Attempt, Status: status, Carrier: a.carrier(), Error: cut(why, 128), Challenge: a.m.Challenge,
	}
}

// carrier is who took the message, or refused it.
func (a attempt) carrier() string {
	switch {
	case a.out == nil:
		return ""
	case a.m.Test:
		return "test"
	}
	return a.out.name
}

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
