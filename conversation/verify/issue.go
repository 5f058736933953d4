package verify

import (
	"context"
	"errors"
	"time"

	"parley/conversation"
)

// issue makes the code of a challenge, or takes the one that there is, and gives it
// to the conversation, unless it must not be sent. Row and message commit together.
func (s *Service) issue(ctx context.Context, c Challenge) error {
	line, ok := s.Line(c.Line)
	if !ok {
		return s.end(ctx, c, Failed, "no_line")
	}
	reason, err := s.Judge(ctx, c)
	if err != nil {
		return err
	}
	if reason != "" {
		return s.withhold(ctx, c, line, reason)
	}
	made := &conversation.Made{N: c.Sends + 1, Kid: c.Kid, MAC: c.MAC, Sealed: c.Sealed}
	if c.Rotate || c.Sealed == "" {
		if err := s.make(c, made); err != nil {
			return err
		}
	}
	w := wordingOf(c, line)
	text, segments := w.write()
	out, err := s.Submit(ctx, []conversation.Event{{
		Kind: conversation.KindCode, Line: c.Line, Phone: c.Phone, Test: c.Test,
		Change: &conversation.Change{Challenge: c.ID, Made: made},
		Code:   &conversation.Code{Challenge: c.ID, Purpose: string(c.Purpose), Subject: plain(c.Subject), Run: c.Run, Text: text, Segments: segments, Until: c.ExpiresAt, Language: w.language},
	}})
	if err != nil {
		return err
	}
	if out[0].Status == conversation.Buried {
		return s.end(ctx, c, Failed, "problem")
	}
	return nil
}

// passing are the reasons that say nothing of the customer or their number, but that too
// much was sent, or that nobody can tell.
var passing = map[string]bool{"block_budget": true, "country_budget": true, "network_budget": true, "spend": true, "sim_swap_unknown": true}

// withhold ends a challenge whose code must not be sent. For a passing reason a code
// that was sent before stays good: or whoever asks for another send of it, as texts can be
// forged to do, would take it from the customer. Who texted for it hears that it does not
// come.
func (s *Service) withhold(ctx context.Context, c Challenge, line conversation.Line, reason string) error {
	if passing[reason] && c.Sends > 0 {
		if c.Again > 0 {
			if _, err := s.Submit(ctx, []conversation.Event{notAgain(c)}); err != nil {
				return err
			}
		}
		return s.Store.Later(ctx, c.ID, time.Duration(c.ExpiresAt-c.Now+1)*time.Millisecond)
	}
	if reason == "account_locked" && c.Purpose == PasswordReset {
		if err := s.tellLocked(ctx, c, line); err != nil {
			return err
		}
	}
	return s.end(ctx, c, Failed, reason)
}

// make draws a code and seals it. Test keys have a code that everybody knows: nothing
// of theirs leaves, and their subjects are nobody's.
func (s *Service) make(c Challenge, m *conversation.Made) error {
	code := NewSecret("12345678"[:c.Digits])
	if !c.Test {
		var err error
		if code, err = newCode(c.Digits); err != nil {
			return err
		}
	}
	m.Kid, m.MAC = s.Keys.sign(s.bind(c, code))
	m.Sealed = s.Keys.seal(c.ID, code)
	return nil
}

// Fill puts a challenge's code into the blanks of a text, for the carrier.
func (s *Service) Fill(ctx context.Context, challenge, text string) (string, error) {
	c, found, err := s.Store.Challenge(ctx, challenge)
	switch {
	case err != nil:
		return "", err
	case !found || !c.Status.Live() || c.Sealed == "":
		return "", errOver
	}
	code, err := s.Keys.open(challenge, c.Sealed)
	if err != nil {
		return "", err
	}
	return fill(text, code), nil
}

var errOver = errors.New("the code is over")
