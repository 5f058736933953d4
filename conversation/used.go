package conversation

import (
	"cmp"
	"time"

	"parley/flows"
)

// PurposeReset is the purpose of codes after which somebody may choose a password.
const PurposeReset = "password_reset"

// GrantsLast is how long they may.
const GrantsLast = 10 * time.Minute

// UsedCode is the last code of PurposeReset that was given. Its customer may have been
// asked for it by somebody else, and say NO to its text when the password is not changed
// yet.
type UsedCode struct {
	Subject  string `json:"s"`
	Run      string `json:"r,omitempty"`
	Language string `json:"l,omitempty"`
	At       int64  `json:"at"` // when it was first queued, Unix ms
	Until    int64  `json:"u"`  // when what it allowed is over, Unix ms
	Test     bool   `json:"te,omitempty"`
}

// used notes that a code was given.
func (s *step) used(live LiveCode, v Verified) {
	if v.Outcome == "approved" && v.Purpose == PurposeReset {
		s.c.State.Used = &UsedCode{Subject: v.Subject, Run: v.Run, Language: live.Language, At: live.At, Until: s.env.Now + GrantsLast.Milliseconds(), Test: s.e.Test}
	}
}

// denyUsed reads a plain NO as one to a code that was given a moment ago, unless an open
// question takes it. It is too late to cancel the code; a lock ends what it allowed.
func (s *step) denyUsed(e Event, said flows.Said) bool {
	u := s.c.State.Used
	if u == nil || s.written(e) < u.At || s.env.Now >= u.Until || len(said.Media) > 0 {
		return false
	}
	if intent, ok, _ := s.env.Reader.Read(said.Text, s.c.State.Language, []string{"no"}); !ok || intent != "no" {
		return false
	}
	if front, asked := s.consider(s.front(), said); asked && front.reading.Fits && (s.bot() || s.c.State.Runs[front.i].Alert) {
		return false
	}
	s.c.State.Used = nil
	s.record(Decision{About: "verification", Choice: "denied", Why: "the code was given by somebody else than the customer", Run: u.Run})
	s.account(AccountChange{Op: "lock", Account: u.Subject, Scope: "all", Cause: "unexpected_code", Run: u.Run, Language: s.c.State.Language, Test: u.Test})
	if s.env.Consent.State != OptedOut {
		s.send(draft{class: flows.Alert, text: ownText("denied_used", cmp.Or(u.Language, s.c.State.Language), s.env.Line)})
	}
	return true
}
