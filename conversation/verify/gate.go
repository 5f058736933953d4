package verify

import (
	"context"
	"log/slog"
	"time"

	"parley/conversation/phone"
)

// Gate says whether a code may be sent to a number, each time that one is due. It is
// asked behind the uniform answer of the API, so that nothing about a number can be
// told by body, status or time. What it decides by is read first; the decision itself
// is pure (judge.go, budgets.go). All but Swaps must be set.
type Gate struct {
	Store GateStore
	Rules GateRules
	Swaps Swaps // nil: nobody can say when a SIM was changed, and nobody is asked
	Log   *slog.Logger
}

// GateStore gives the evidence. Every method is one transaction.
type GateStore interface {
	// Person reads what is known of a subject and of a number ("": the one that it last
	// proved itself under), and whether this purpose is paused.
	Person(ctx context.Context, subject, number string, p Purpose) (Person, error)
	// Weigh locks what a send counts under, lets decide say what comes of it, and either
	// counts the send, its hits included, or leaves the verdict's marks. decide is pure,
	// and may be called again. A send that was counted before is let pass.
	Weigh(ctx context.Context, s Send, decide func(Counts) Verdict) (Verdict, error)
}

// Judge says why a code must not be sent now; "": it may. An error means that nobody
// can tell yet: ask again.
func (g *Gate) Judge(ctx context.Context, c Challenge) (reason string, err error) {
	person, err := g.Store.Person(ctx, c.Subject, c.Phone, c.Purpose)
	if err != nil {
		return "", err
	}
	if reason := g.Rules.person(c, person); reason != "" {
		return reason, nil
	}
	if c.Test { // nothing leaves, nobody pays: only its number can be full
		return g.weigh(ctx, Send{Challenge: c.ID, N: c.Sends + 1, Hits: g.Rules.numberHits(c)}, "", full)
	}
	if reason := g.Rules.number(c.Phone); reason != "" {
		return reason, nil
	}
	if reason, err := g.swapped(ctx, c, person); reason != "" || err != nil {
		return reason, err
	}
	country := phone.Region(c.Phone)
	send := sendOf(c, g.Rules.cost(country))
	send.Hits = g.Rules.numberHits(c)
	return g.weigh(ctx, send, country, func(n Counts) Verdict { return g.Rules.weigh(n, country) })
}

// weigh decides by what is counted, and counts.
func (g *Gate) weigh(ctx context.Context, s Send, country string, decide func(Counts) Verdict) (reason string, err error) {
	v, err := g.Store.Weigh(ctx, s, decide)
	if v.Reason != "" {
		g.Log.Warn("a code was not sent", "challenge", s.Challenge, "reason", v.Reason, "country", country)
	}
	return v.Reason, err
}

// swapped asks whether the SIM was changed. Where an answer is needed, the question is
// asked again while there is time; then nothing is sent.
func (g *Gate) swapped(ctx context.Context, c Challenge, is Person) (string, error) {
	number, within, needed := g.Rules.swapOf(c, is)
	if g.Swaps == nil || number == "" {
		return "", nil
	}
	changed, err := g.Swaps.Changed(ctx, number, within)
	reason, again := judgeSwap(c, needed, changed, err)
	if err != nil {
		g.Log.Warn("the SIM-swap service gave no answer", "challenge", c.ID, "error", err)
	}
	if again {
		return "", err
	}
	return reason, nil
}

// movedWithin is how long a number that changed hands, or a SIM, proves nothing towards
// an unlock: a week, as banks wait after a change (72 h at least).
const movedWithin = 168 * time.Hour

// NumberMoved implements NumberCheck by what codes have shown of the account's number,
// and by the SIM-swap service, where there is one.
func (g *Gate) NumberMoved(ctx context.Context, account, number string) string {
	is, err := g.Store.Person(ctx, account, number, AccountUnlock)
	switch {
	case err != nil:
		return NumberUnknown
	case is.Suspended != "", is.ChangedAt > 0 && is.Now < is.ChangedAt+movedWithin.Milliseconds(),
		number != "" && is.Phone != "" && number != is.Phone:
		return NumberChanged
	case number == "":
		number = is.Phone
	}
	if g.Swaps == nil || number == "" {
		return NumberKept
	}
	changed, err := g.Swaps.Changed(ctx, number, movedWithin)
	switch {
	case err != nil:
		g.Log.Warn("the SIM-swap service gave no answer", "account", account, "error", err)
		return NumberUnknown
	case changed:
		return NumberChanged
	}
	return NumberKept
}
