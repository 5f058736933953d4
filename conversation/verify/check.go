package verify

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"parley/conversation"
)

// ErrRefused is the one answer to a code that is wrong, expired, used, unknown or
// tried too often. Which it was stands in the audit trail.
var ErrRefused = errors.New("the code is not accepted")

// grantFor is how long a grant is good.
const grantFor = 10 * time.Minute

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
// and no attempt was spent. ErrRefused: it is not accepted. A LimitedError: this
// client asks too often.
func (s *Service) Check(ctx context.Context, c Check) (grant Secret, err error) {
	code, err := ParseCode(c.Code)
	if err != nil {
		return Secret{}, err
	}
	digest, err := contextOf(c.Transaction)
	if err != nil {
		return Secret{}, err
	}
	if marked(c.Subject) {
		return Secret{}, ErrRefused
	}
	from := network(c.IP)
	c.Subject = ofMode(c.Subject, c.Test)
	spent, err := s.Store.Spend(ctx, Spend{ID: c.ID, Purpose: c.Purpose, Subject: c.Subject, Context: digest, Network: from, Test: c.Test, By: c.By}.With(&s.Settings))
	if err != nil {
		return Secret{}, err
	}
	for _, h := range spent.Over {
		if h.Key == ofMode(networkKey(from), c.Test) {
			return Secret{}, &LimitedError{RetryAfter: h.Per / 2}
		}
	}
	b := s.bind(Challenge{ID: c.ID, Purpose: c.Purpose, Subject: c.Subject, Phone: spent.Challenge.Phone, Context: digest}, code)
	right := s.Keys.matches(b, spent.Challenge.Kid, spent.Challenge.MAC) && spent.OK && len(spent.Over) == 0 && spent.Challenge.Status.Live()
	if !right {
		if !c.Test {
			s.wrongs.Add(1)
		}
		s.pause(ctx, c, spent)
		return Secret{}, ErrRefused
	}
	return s.approve(ctx, spent)
}

// Why says what is the matter with a check, by the row as it was before; compared when
// nothing is: for the audit trail alone.
func (v Spend) Why(c Challenge, known, spent bool) string {
	switch {
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
	}
	switch {
	case c.MAC == "":
		return "no code was made"
	case !spent:
		return "tried too often"
	}
	return "compared"
}

// With gives the check its limits.
func (v Spend) With(s *Settings) Spend {
	v.settings = s
	return v
}

// approve ends the challenge as approved, in the transaction in which its
// conversation hears of it. Of two right answers, the second changes no row.
func (s *Service) approve(ctx context.Context, spent Spent) (grant Secret, err error) {
	ch := spent.Challenge
	change := &conversation.Change{Challenge: ch.ID, To: string(Approved), Grant: &conversation.Grant{Rebind: ch.Purpose == NumberChange}}
	if scope := rules[ch.Purpose].grant; scope != "" {
		var raw [32]byte
		_, _ = rand.Read(raw[:]) // never fails: crypto/rand ends the process instead
		grant = NewSecret("grant_" + base64.RawURLEncoding.EncodeToString(raw[:]))
		change.Grant.Hash, change.Grant.Scope, change.Grant.For = hashOf(grant), scope, grantFor.Milliseconds()
	}
	out, err := s.Submit(ctx, []conversation.Event{verified(ch, "approved", "", change)})
	switch {
	case err != nil:
		return Secret{}, err
	case out[0].Status != conversation.Applied: // Applied and repeated: ours, whose COMMIT was not heard of
		return Secret{}, ErrRefused
	}
	var credit Credit
	if !ch.Test { // its sending was not counted either
		credit.Approved = approvalKeys(ch)
	}
	for _, h := range spent.Hits {
		credit.Forgiven = append(credit.Forgiven, h.Key)
	}
	if err := s.Store.Credit(ctx, credit); err != nil {
		s.Log.Warn("a right code still counts as a wrong one", "error", err)
	}
	return grant, nil
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
	case out[0].Status == conversation.Ignored:
		return Redeemed{}, ErrRefused
	case out[0].Status != conversation.Applied:
		s.Log.Error("a password was changed, and the customer was not told: no flow takes password.changed", "problems", len(out[0].Problems))
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
}

// Error names the wait.
func (e *LimitedError) Error() string {
	if e.Live {
		return fmt.Sprintf("a code of this purpose is still good: check it, have it sent again, cancel it, or wait %s", e.RetryAfter.Round(time.Second))
	}
	return fmt.Sprintf("too many requests: wait %s", e.RetryAfter.Round(time.Second))
}
