package verify

import (
	"context"
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

// watch does, once a second, what is due for no single challenge.
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
		s.countWrong(ctx, second%5 == 0)
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
	case c.Status == Pending && c.Reason != "" && !c.Due():
		err = s.end(ctx, c, Failed, c.Reason)
	case c.Due() && !c.Decoy():
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

// toldByLoop is what a conversation hears of a code that ended without it, by the reason
// that is kept.
var toldByLoop = map[string]string{"canceled": "canceled", "texted elsewhere": "texted"}

// close ends what is left of a challenge that is over: its conversation hears of what
// ended without it, and whoever asked has used up the attempts.
func (s *Service) close(ctx context.Context, c Challenge) error {
	if said := toldByLoop[c.Reason]; c.Status == Canceled && said != "" {
		e := verified(c, "failed", said, nil)
		e.Dedupe = "code/" + c.ID + "/canceled"
		if _, err := s.Submit(ctx, []conversation.Event{e}); err != nil {
			return err
		}
	}
	return s.Store.CloseChallenge(ctx, c.ID)
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
	said := reason
	if private[reason] {
		said = "refused"
	}
	_, err := s.Submit(ctx, []conversation.Event{verified(c, outcome, said, &conversation.Change{Challenge: c.ID, To: string(to), Reason: reason})})
	return err
}
