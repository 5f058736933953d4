package verify

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"time"

	"parley/conversation"
)

// ErrRefused is the one answer to a code that is wrong, expired, used, unknown or
// tried too often. Which it was stands in the audit trail.
var ErrRefused = errors.New("the code is not accepted")

// GrantsLast is how long a grant is good, unless its account is locked meanwhile.
const GrantsLast = conversation.GrantsLast

// Check is one try.
type Check struct {
	ID          string
	Code        string // as it was typed
	Purpose     Purpose
	Subject     string
	Transaction map[string]any
	IP          string // of the client; "": not known
	Test        bool
	By          string
}

// Check spends an attempt, compares, and approves. ErrMalformed: it cannot be a code,
// and no attempt was spent; it counts for the client. ErrRefused: it is not accepted. A
// LimitedError: this client asks too often.
func (s *Service) Check(ctx context.Context, c Check) (grant Secret, err error) {
	digest, err := contextOf(c.Transaction)
	if err != nil {
		return Secret{}, err
	}
	code, malformed := ParseCode(c.Code)
	strange := marked(c.Subject)
	if !GoodID(c.ID) {
		strange, c.ID = true, "" // the trail keeps nobody's words
	}
	c.Subject = ofMode(c.Subject, c.Test)
	spent, err := s.spend(ctx, Spend{ID: c.ID, Purpose: c.Purpose, Subject: c.Subject, Context: digest, Client: client(c.IP, c.By), Test: c.Test, By: c.By,
		Malformed: malformed != nil || strange}, code)
	switch {
	case err != nil:
		return Secret{}, err
	case spent.Right:
		return s.approve(ctx, spent.Challenge)
	}
	for _, h := range spent.Over {
		if from := client(c.IP, c.By); h.Key == ofMode(clientKey(from), c.Test) {
			return Secret{}, &LimitedError{RetryAfter: h.Per / 2, Unnamed: unnamed(from)}
		}
	}
	if spent.Spent && !c.Test {
		s.wrongs.Add(1)
	}
	return Secret{}, cmp.Or(malformed, ErrRefused)
}

var challengeID = regexp.MustCompile(`^ver_[a-z2-7]{26}$`)

// GoodID says that a text looks like an id of a challenge. No other is one.
func GoodID(id string) bool { return challengeID.MatchString(id) }

// spend has the check spent and compared. Where codes are hashed slowly, the hash is made
// between two transactions: the first says what the challenge is, and whether anything is
// over its limit, for hashing costs too much to be had without limits; the second compares.
func (s *Service) spend(ctx context.Context, try Spend, code Secret) (Spent, error) {
	typed := &typed{s: s, try: try, code: code}
	for range mostHashed {
		spent, err := s.Store.Spend(ctx, try.With(&s.Settings, typed.waits, typed.right))
		if err != nil || !spent.Waits || len(spent.Over) > 0 {
			return spent, err
		}
		typed.hash(spent.Challenge)
	}
	return Spent{}, fmt.Errorf("a code that changes while it is checked: %w", conversation.ErrBusy)
}

// mostHashed is how often a code is looked at: once, again when it was hashed, and once
// more when it was sent anew under another key meanwhile.
const mostHashed = 3

// typed is a code as somebody typed it.
type typed struct {
	s    *Service
	try  Spend
	code Secret

	of   Challenge // for which it was hashed slowly
	made *digest
}

func (t *typed) digest(c Challenge) digest {
	return t.s.Keys.digest(t.s.bind(Challenge{ID: t.try.ID, Purpose: t.try.Purpose, Subject: t.try.Subject, Phone: c.Phone, Context: t.try.Context}, t.code), c.Kid)
}

func (t *typed) hash(c Challenge) {
	made := t.digest(c)
	t.of, t.made = c, &made
}

// hashed says that the hash that was made is for the challenge as it stands.
func (t *typed) hashed(c Challenge) bool {
	return t.made != nil && c.Phone == t.of.Phone && c.Kid == t.of.Kid
}

func (t *typed) waits(c Challenge) bool { return t.s.Keys.hashes(c.Kid) && !t.hashed(c) }

func (t *typed) right(c Challenge) bool {
	if t.hashed(c) {
		return t.made.is(c.MAC)
	}
	return t.digest(c).is(c.MAC)
}

// With gives the check its limits, and what compares its code: waits says that it would
// take long, because the code must be hashed slowly and is not yet.
func (v Spend) With(s *Settings, waits, right func(Challenge) bool) Spend {
	v.settings, v.waits, v.right = s, waits, right
	return v
}

// Waits says that the code has to be hashed before it can be compared with the challenge.
func (v Spend) Waits(c Challenge) bool { return !v.Malformed && v.waits(c) }

// Takes says whether the check takes an attempt of a challenge as it stands.
func (v Spend) Takes(c Challenge) bool {
	return !v.Malformed && c.Open && c.Purpose == v.Purpose && c.Subject == v.Subject && c.Context == v.Context && !c.Spent() && c.ExpiresAt > c.Now
}

// Matches says whether the code is that of a challenge that is still live. It is asked of
// every check, also where there is no attempt left, so that all take their time.
func (v Spend) Matches(c Challenge) bool { return !v.Malformed && v.right(c) && c.Status.Live() }

// Why says what is the matter with a check, by the challenge as it was before; "" when
// nothing is, and its code is to be compared: for the audit trail alone.
func (v Spend) Why(c Challenge, known bool) string {
	switch {
	case v.Malformed:
		return "malformed"
	case !known:
		return "unknown"
	case c.Purpose != v.Purpose, c.Subject != v.Subject:
		return "of another purpose or subject"
	case c.Context != v.Context:
		return "of another transaction"
	case c.Spent() && c.Status != Approved:
		return "tried too often"
	case !c.Status.Live():
		return "is " + string(c.Status)
	case c.ExpiresAt <= c.Now:
		return "expired"
	case c.MAC == "":
		return "no code was made"
	case !v.Takes(c):
		return "tried too often"
	}
	return ""
}

// approve ends the challenge as approved, in the transaction in which its
// conversation hears of it. Of two right answers, the second changes no row.
func (s *Service) approve(ctx context.Context, ch Challenge) (grant Secret, err error) {
	change := &conversation.Change{Challenge: ch.ID, To: string(Approved), Grant: &conversation.Grant{Rebind: ch.Purpose == NumberChange}}
	if scope := rules[ch.Purpose].grant; scope != "" {
		var raw [32]byte
		_, _ = rand.Read(raw[:]) // never fails: crypto/rand ends the process instead
		grant = NewSecret("grant_" + base64.RawURLEncoding.EncodeToString(raw[:]))
		change.Grant.Hash, change.Grant.Scope, change.Grant.For = hashOf(grant), scope, GrantsLast.Milliseconds()
	}
	out, err := s.Submit(ctx, []conversation.Event{verified(ch, "approved", "", change)})
	switch {
	case err != nil:
		s.unapproved(ctx, ch)
		return Secret{}, err
	case out[0].Status != conversation.Applied: // Applied and repeated: ours, whose COMMIT was not heard of
		return Secret{}, ErrRefused
	}
	if !ch.Test { // its sending was not counted either
		if err := s.Store.Credit(ctx, approvalKeys(ch)); err != nil {
			s.Log.Warn("budgets do not know of an approval", "error", err)
		}
	}
	return grant, nil
}

// endsUnapproved is how long a code whose approval failed at the last try stays in the way
// of another one.
const endsUnapproved = 2 * time.Second

// unapproved has the loop end what cannot be tried again, unless the caller is gone: then
// the approval may still be under way.
func (s *Service) unapproved(ctx context.Context, ch Challenge) {
	if !ch.Spent() || ctx.Err() != nil {
		return
	}
	if err := s.Store.Later(ctx, ch.ID, endsUnapproved); err != nil {
		s.Log.Warn("a code that nobody can try again waits for its end", "challenge", ch.ID, "error", err)
	}
}

// verified is the event by which a conversation hears what became of a code; change is
// what becomes of the challenge in the same transaction.
func verified(c Challenge, outcome, reason string, change *conversation.Change) conversation.Event {
	return conversation.Event{Kind: conversation.KindVerified, Conversation: c.Conversation, Line: c.Line, Phone: c.Phone, Test: c.Test, Change: change,
		Verified: &conversation.Verified{Challenge: c.ID, Purpose: string(c.Purpose), Subject: plain(c.Subject), Run: c.Run, Outcome: outcome, Reason: reason}}
}

// Redeemed is what a grant was good for.
type Redeemed struct{ Subject, Scope string }

// Redeem uses a grant, once. The customer is told that the password was changed, by
// the flow that password.changed starts, in the same transaction. ErrRefused: the
// grant is unknown, used or too old.
func (s *Service) Redeem(ctx context.Context, grant Secret, test bool) (Redeemed, error) {
	hash := hashOf(grant)
	row, found, err := s.Store.GrantOf(ctx, hash)
	if err != nil {
		return Redeemed{}, err
	}
	if !found || !row.Good || row.Test != test {
		return Redeemed{}, ErrRefused
	}
	out, err := s.Submit(ctx, []conversation.Event{{
		Kind: conversation.KindTrigger, Line: row.Line, Phone: row.Phone, Test: row.Test,
		Change:  &conversation.Change{Challenge: row.Challenge, To: "redeemed", Grant: &conversation.Grant{Hash: hash}},
		Trigger: &conversation.Trigger{ID: "evt_" + hash[:24], Type: "password.changed", Data: map[string]any{"account": plain(row.Subject), "subject": plain(row.Subject)}},
	}})
	switch {
	case err != nil:
		return Redeemed{}, err
	case out[0].Status == conversation.Refused:
		s.Log.Error("a password was changed, and the customer was not told: no flow takes password.changed", "problems", len(out[0].Problems))
	case out[0].Status != conversation.Applied: // one that was buried is not used either
		return Redeemed{}, ErrRefused
	}
	return Redeemed{Subject: plain(row.Subject), Scope: row.Scope}, nil
}

// hashOf is what is kept of a grant: of 256 random bits a plain hash says nothing.
func hashOf(grant Secret) string {
	sum := sha256.Sum256([]byte(grant.Reveal()))
	return hex.EncodeToString(sum[:])
}

// LimitedError says that somebody asks too often.
type LimitedError struct {
	RetryAfter time.Duration
	Live       bool // there is a live code of this purpose for this subject
	Unnamed    bool // the client's address was not given
}

// Error names the wait.
func (e *LimitedError) Error() string {
	if e.Live {
		return fmt.Sprintf("a code of this purpose is still good: check it, have it sent again, cancel it, or wait %s", e.RetryAfter.Round(time.Second))
	}
	if e.Unnamed {
		return fmt.Sprintf("too many requests without ip, which are counted together: give the customer's address, or wait %s", e.RetryAfter.Round(time.Second))
	}
	return fmt.Sprintf("too many requests: wait %s", e.RetryAfter.Round(time.Second))
}
