package verify

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/conversation"
)

const (
	// lease is how long a node has to do what is due for a challenge, before another
	// tries. What either does holds once.
	lease = 20 * time.Second
	// atOnce bounds how many challenges one node works on at a time.
	atOnce = 16
	// poll covers wake-ups of other nodes.
	poll = 300 * time.Millisecond
)

// nudgeAfter is how long the loop waits for whoever asked to have their answer: what is
// then done for a customer, and not for nobody, must not show in how long that takes.
const nudgeAfter = 2 * time.Millisecond

// nudge wakes the loop of this node.
func (s *Service) nudge() {
	time.AfterFunc(nudgeAfter, func() {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	})
}

// Prepare completes the settings. It must be called before anything else.
func (s *Service) Prepare() {
	s.wake = make(chan struct{}, 1)
	s.Settings = s.Settings.complete()
}

// Run makes and sends codes, and ends those that are over, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { s.watch(ctx) })
	tick := time.NewTicker(poll)
	defer tick.Stop()
	room := make(chan struct{}, atOnce)
	for {
		list, err := s.Store.Work(ctx, atOnce, lease)
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("looking for codes to send", "error", err)
		}
		for _, c := range list {
			room <- struct{}{}
			all.Go(func() {
				defer func() { <-room }()
				s.work(context.WithoutCancel(ctx), c)
			})
		}
		if len(list) == atOnce {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// work does what is due for one challenge.
func (s *Service) work(ctx context.Context, c Challenge) {
	ctx, cancel := context.WithTimeout(ctx, lease)
	defer cancel()
	var err error
	switch {
	case !c.Status.Live():
		err = s.close(ctx, c)
	case c.ExpiresAt <= c.Now:
		err = s.end(ctx, c, Expired, "")
	case c.Spent():
		err = s.end(ctx, c, MaxAttempts, "max_attempts")
	case c.Status == Pending && c.Reason != "" && c.Sends >= c.Asked:
		err = s.end(ctx, c, Failed, c.Reason)
	case c.Sends < c.Asked && !c.Decoy():
		err = s.issue(ctx, c)
	default:
		err = s.Store.Later(ctx, c.ID, time.Duration(c.ExpiresAt-c.Now+1)*time.Millisecond)
	}
	if err != nil {
		s.Log.Warn("a code has to wait", "challenge", c.ID, "error", err)
		if err := s.Store.Later(ctx, c.ID, 2*time.Second); err != nil {
			s.Log.Warn("a code waits for its lease", "challenge", c.ID, "error", err)
		}
	}
}

// close ends what is left of a challenge that is over: its conversation hears of what
// the business canceled, and whoever asked has used up the attempts.
func (s *Service) close(ctx context.Context, c Challenge) error {
	if c.Status == Canceled && c.Reason == "canceled" {
		e := s.told(c, "failed", c.Reason, nil)
		e.Dedupe = "code/" + c.ID + "/canceled"
		if _, err := s.Submit(ctx, []conversation.Event{e}); err != nil {
			return err
		}
	}
	return s.Store.CloseChallenge(ctx, c.ID)
}

// issue makes the code of a challenge, or takes the one that there is, and gives it
// to the conversation. Row and message commit together.
func (s *Service) issue(ctx context.Context, c Challenge) error {
	line, ok := s.Line(c.Line)
	if !ok {
		return s.end(ctx, c, Failed, "no_line")
	}
	reason, err := s.Judge(ctx, c)
	if err != nil {
		return err
	}
	if reason == "account_locked" && c.Purpose == PasswordReset {
		err = s.tellLocked(ctx, c, line)
	}
	switch {
	case err != nil:
		return err
	case reason != "":
		return s.end(ctx, c, Failed, reason)
	}
	made := &conversation.Made{N: c.Sends + 1, Kid: c.Kid, MAC: c.MAC, Sealed: c.Sealed}
	if c.Rotate || c.Sealed == "" {
		if err := s.make(c, made); err != nil {
			return err
		}
	}
	language := c.Language
	if language == "" {
		language = line.Language
	}
	w := wording{brand: line.Brand.Name, language: language, purpose: c.Purpose, about: c.About, autofill: c.Autofill, digits: c.Digits, canReply: !line.OneWay}
	if w.brand == "" {
		w.brand = line.Number
	}
	text, segments := w.write()
	out, err := s.Submit(ctx, []conversation.Event{{
		Kind: conversation.KindCode, Line: c.Line, Phone: c.Phone, Test: c.Test,
		Change: &conversation.Change{Challenge: c.ID, Made: made},
		Code:   &conversation.Code{Challenge: c.ID, Purpose: string(c.Purpose), Subject: plain(c.Subject), Run: c.Run, Text: text, Segments: segments, Until: c.ExpiresAt},
	}})
	if err != nil {
		return err
	}
	if out[0].Status == conversation.Buried {
		return s.end(ctx, c, Failed, "problem")
	}
	return nil
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
	m.Kid, m.MAC = s.Keys.sign(bound{s.Tenant, string(c.Purpose), c.Subject, c.Phone, c.ID, c.Context, code})
	m.Sealed = s.Keys.seal(c.ID, code)
	return nil
}

// end ends a challenge, and lets its conversation hear. Of a decoy nobody hears.
func (s *Service) end(ctx context.Context, c Challenge, to Status, reason string) error {
	if c.Decoy() {
		_, err := s.Store.Finish(ctx, c.ID, to, reason)
		return err
	}
	outcome := "failed"
	if to == Expired {
		outcome = "expired"
	}
	told := reason
	if refusals[reason] {
		told = "refused"
	}
	_, err := s.Submit(ctx, []conversation.Event{s.told(c, outcome, told, &conversation.Change{Challenge: c.ID, To: string(to), Reason: reason})})
	return err
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

// wrong notes a wrong code, for the breaker.
func (s *Service) wrong() { s.wrongs.Add(1) }

// watch counts wrong codes everywhere, once a second, and opens the breaker.
func (s *Service) watch(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for second := 0; ; second++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.tellPrevious(ctx)
		n := s.wrongs.Swap(0)
		if n == 0 && !s.tense.Load() && second%5 != 0 { // what other nodes count is looked at less often
			continue
		}
		all, err := s.Store.Wrong(ctx, n, s.Settings.Global.Per)
		if err != nil {
			s.wrongs.Add(n)
			continue
		}
		tense := all.guessing(int64(s.Settings.Global.Most))
		if s.tense.Swap(tense) == tense || !tense {
			continue
		}
		s.Log.Error("codes are being guessed: more wrong ones than codes.limits.global allows; new codes have eight digits", "wrong", all.Window, "this hour", all.Hour)
		s.Alarm(ctx, conversation.VerificationAlarm{What: "guessing", Count: all.Window})
	}
}

// paused pauses a purpose for a subject whose codes are being guessed, and tells the
// business once.
func (s *Service) paused(ctx context.Context, c Check, spent Spent) {
	for _, h := range spent.Over {
		pause := 30 * time.Minute
		switch h.Key {
		case ofMode(subjectKey("hour", c.Purpose, c.Subject), c.Test):
		case ofMode(subjectKey("day", c.Purpose, c.Subject), c.Test):
			pause = 24 * time.Hour
		default:
			continue
		}
		fresh, err := s.Store.Pause(ctx, PauseKey(c.Purpose, c.Subject), pause, "guessing")
		if err != nil {
			s.Log.Warn("pausing a purpose", "error", err)
		}
		if fresh {
			s.Alarm(ctx, conversation.VerificationAlarm{What: "paused", Purpose: string(c.Purpose), Subject: plain(c.Subject)})
		}
	}
}

// PauseKey is under what codes of a purpose for a subject are paused.
func PauseKey(p Purpose, subject string) string { return "code/" + string(p) + "/" + subject }
