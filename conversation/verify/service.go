package verify

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"parley/conversation"
)

// Service issues codes and checks them. All but Settings must be set.
type Service struct {
	Store    Store
	Submit   func(context.Context, []conversation.Event) ([]conversation.Outcome, error)
	Keys     *Keyring
	Tenant   string // the installation's name, bound into every MAC
	Settings Settings
	// Line is a configured sender; its brand is what texts name.
	Line func(number string) (conversation.Line, bool)
	// Judge says why a code must not be sent to this number now; "": it may. An error
	// means that nobody can tell yet.
	Judge func(ctx context.Context, c Challenge) (reason string, err error)
	// Alarm lets the business know of something that concerns no conversation.
	Alarm func(ctx context.Context, t conversation.Told)
	Log   *slog.Logger

	wake   chan struct{}
	wrongs atomic.Int64 // wrong codes since they were last counted
	tense  atomic.Bool  // the breaker is open: codes have eight digits
}

// Create writes a challenge and returns at once: the code is made and sent by Run.
// It is the same for a number that cannot be texted and for a subject that nobody
// knows. A LimitedError says that too many were asked for, or that one is live.
func (s *Service) Create(ctx context.Context, r Request) (Challenge, error) {
	if err := r.check(); err != nil {
		return Challenge{}, err
	}
	digest, err := contextOf(r.Transaction)
	if err != nil {
		return Challenge{}, err
	}
	c := Challenge{
		ID: newID(), Subject: ofMode(r.Subject, r.Test), Purpose: r.Purpose, Line: r.Line, Phone: r.To, Run: r.Run, Language: r.Language,
		Context: digest, Autofill: r.Autofill, Proof: r.Proof, Origin: r.Origin, Client: client(r.IP, r.By), Test: r.Test,
		Digits: s.digits(r.Purpose), MostAttempts: s.Settings.Checks, MostSends: s.Settings.Sends, Rotate: s.Settings.Rotate,
		NextSendAt: s.cooldown(1).Milliseconds(), About: payingOf(r.Transaction),
	}
	if r.Purpose != Payment {
		c.About = nil
	}
	c.Conversation = s.Store.ConversationID(r.Line, r.To)
	if r.Run != "" && unnamed(c.Client) {
		c.Client = texter(r.By, c.Conversation)
	}
	o, err := s.Store.Open(ctx, c, s.Settings.TTL, s.Settings.sendHits(c.Subject, c.Client, r.Test),
		Entry{What: asked, Who: r.By, Subject: c.Subject, Reason: r.why(), Detail: c.Client})
	switch {
	case err != nil:
		return Challenge{}, err
	case o.Limited != nil:
		return Challenge{}, &LimitedError{RetryAfter: o.RetryAfter, Unnamed: unnamed(c.Client)}
	case o.Live:
		return Challenge{}, &LimitedError{RetryAfter: o.RetryAfter, Live: true}
	}
	if o.Challenge.ID != c.ID && !c.repeats(o.Challenge) {
		return Challenge{}, ErrOtherBody
	}
	s.nudge()
	return o.Challenge, nil
}

// repeats says whether a request under the same origin asked for the same.
func (c Challenge) repeats(first Challenge) bool {
	return c.Purpose == first.Purpose && c.Subject == first.Subject && c.Phone == first.Phone && c.Line == first.Line &&
		c.Context == first.Context && c.Autofill == first.Autofill && c.Proof == first.Proof && (c.Language == "" || c.Language == first.Language)
}

// digits is how long a code is: longer while somebody is guessing everywhere.
func (s *Service) digits(p Purpose) int {
	if s.tense.Load() {
		return 8
	}
	return rules[p].digits
}

// cooldown is the pause before send n+1 may be asked for.
func (s *Service) cooldown(n int) time.Duration {
	all := s.Settings.Cooldowns
	return all[min(n, len(all))-1]
}

// Resend asks for another send. ErrRefused: there is no such live challenge, or its
// sends are used up.
func (s *Service) Resend(ctx context.Context, id, ip, by string, test bool) (Challenge, error) {
	c, found, err := s.Store.Challenge(ctx, id)
	if err != nil {
		return Challenge{}, err
	}
	if !found || c.Test != test {
		c = Challenge{ID: id, Subject: id} // the same statements, to the end
	}
	hits := inMode([]Hit{s.Settings.clientSends(client(ip, by))}, test)
	a, err := s.Store.Ask(ctx, c.ID, test, s.cooldown(c.Asked+1), hits, Entry{What: "verification.resend", Who: by, Subject: c.Subject})
	switch {
	case err != nil:
		return Challenge{}, err
	case a.Limited:
		return Challenge{}, &LimitedError{RetryAfter: a.RetryAfter}
	case !a.Found:
		return Challenge{}, ErrRefused
	}
	s.nudge()
	return a.Challenge, nil
}

// Again has a code sent once more because its customer texted that it has not come. When
// that may not be, the event tells them: there is a wait between two sends, and an end.
func (s *Service) Again(ctx context.Context, challenge string) (conversation.Event, bool, error) {
	c, found, err := s.Store.Challenge(ctx, challenge)
	if err != nil || !found || c.Status == Approved || c.Again > 0 {
		return conversation.Event{}, false, err
	}
	sent, err := s.Store.Again(ctx, c.ID, Entry{What: "verification.resend", Who: "customer", Subject: c.Subject})
	if err != nil {
		return conversation.Event{}, false, err
	}
	if sent {
		s.nudge()
		return conversation.Event{}, false, nil
	}
	return notAgain(c), true, nil
}

// notAgain is the event by which a customer hears, once, that the code that they texted for
// does not come again.
func notAgain(c Challenge) conversation.Event {
	e := verified(c, "not_again", "", nil)
	e.Dedupe = "code/" + c.ID + "/again"
	return e
}

// Cancel ends a live challenge: its code is good no more when Cancel returns, and its
// conversation hears of it by and by. It says nothing of whether there was one.
func (s *Service) Cancel(ctx context.Context, id, by string, test bool) error {
	err := s.Store.Cancel(ctx, id, test, Entry{What: "verification.canceled", Who: by, ID: id})
	s.nudge()
	return err
}

// Look reads a challenge for the business: status and reason, which the customer is
// not to see.
func (s *Service) Look(ctx context.Context, id string, test bool) (Challenge, bool, error) {
	c, found, err := s.Store.Challenge(ctx, id)
	if found && c.Test != test {
		return Challenge{}, false, err
	}
	return c, found, err
}

// newID makes an id that cannot be guessed: 128 random bits, as lower-case letters
// and digits.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return "ver_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

// testMark keeps the subjects of test keys apart from those of live ones. Nobody may be
// called so: what is told of them leaves it out, and names somebody else.
const testMark = "test:"

func marked(subject string) bool { return strings.HasPrefix(subject, testMark) }

func ofMode(subject string, test bool) string {
	if test {
		return testMark + subject
	}
	return subject
}

// plain is the subject as the business calls it.
func plain(subject string) string { return strings.TrimPrefix(subject, testMark) }
