package conversation

import (
	"slices"
	"time"
)

// wake keeps WakeAt a lower bound of the earliest timer: it is rewritten only
// when it gets earlier, or when a sweep has spent it.
func (s *step) wake() {
	earliest := s.earliest()
	switch {
	case s.e.Kind == KindTimer || s.e.Kind == KindAgent:
		s.c.WakeAt = earliest
	case earliest > 0 && (s.c.WakeAt == 0 || earliest < s.c.WakeAt):
		s.c.WakeAt = earliest
	}
}

// earliest is when the conversation next has something to do on its own; while a
// person has it, silence does not run out, and only a snooze does.
func (s *step) earliest() int64 {
	if !s.bot() {
		return s.c.State.Snoozed
	}
	return s.c.State.due()
}

// due is when the earliest timer fires, Unix ms; 0: there is none.
func (s *State) due() (at int64) {
	for _, t := range s.Timers {
		if at == 0 || t.At < at {
			at = t.At
		}
	}
	return at
}

// timers fires every deadline that has passed.
func (s *step) timers() {
	fired := !s.bot() && s.c.State.Snoozed > 0 && s.c.State.Snoozed <= s.env.Now
	if fired {
		s.wakeUp("its time has come")
	}
	for s.bot() {
		i := slices.IndexFunc(s.c.State.Timers, func(t Timer) bool { return t.At <= s.env.Now })
		if i < 0 {
			break
		}
		t := s.c.State.Timers[i]
		s.c.State.Timers = slices.Delete(s.c.State.Timers, i, i+1)
		s.fire(t)
		fired = true
	}
	if !fired && !s.moved { // WakeAt was only a lower bound; Step moves it on
		s.ignore()
	}
}

// fire carries out one deadline, unless it is of a wait that is over.
func (s *step) fire(t Timer) {
	switch t.Kind {
	case TimerCall:
		s.callTimedOut(t)
		return
	case TimerSchedule:
		s.startScheduled(t)
		return
	case TimerCode:
		s.codeExpired(t.Name)
		return
	case TimerEffect:
		p := s.c.State.Pending
		if p == nil || p.Run != t.Run || p.Wait != t.Wait {
			return
		}
		s.record(Decision{About: "reading", Choice: "no classifier", Why: "it did not answer in time", Run: p.Run})
		s.unclassified(*p, likelyOf(p.guess()))
		return
	}
	i := s.run(t.Run)
	if i < 0 || s.c.State.Runs[i].Entered != t.Wait {
		return
	}
	f, ok := s.version(i)
	if !ok {
		return
	}
	if s.entered >= mostEntered { // a circle of moments that are over
		s.fail(t.Run, errTurns)
		return
	}
	run := &s.c.State.Runs[i]
	s.record(Decision{About: "silence", Choice: "fired", Run: run.ID, Flow: run.Flow, State: run.State})
	if !s.arm(i, t.Step+1, t.From) {
		return
	}
	waited := s.c.State.Runs[i]
	s.move(i, f.Silent(s.scope(), waited.Run, t.Step))
	if s.run(waited.ID) < 0 {
		s.rememberLate(waited)
	}
}

// arm sets the timer of the run's silence, from the given step on; from is what the
// steps count from (Unix ms). False: the moment of a step could not be worked out,
// and a person has the conversation.
func (s *step) arm(i, step int, from int64) bool {
	f, ok := s.version(i)
	if !ok {
		return false
	}
	run := &s.c.State.Runs[i]
	alarm, ok, err := f.Alarm(s.scope(), run.Run, step, time.UnixMilli(from))
	if err != nil {
		s.record(Decision{About: "handoff", Choice: "problem", Why: err.Error(), Run: run.ID, Flow: run.Flow, State: run.State})
		run.Handed = true
		s.handoff(Handing{Reason: "problem", Note: err.Error(), Run: run.ID})
		return false
	}
	if ok {
		s.c.State.Timers = append(s.c.State.Timers, Timer{Kind: TimerSilence, Run: run.ID, Wait: run.Entered,
			Step: alarm.Step, At: max(alarm.At.UnixMilli(), s.env.Now), From: from})
	}
	return true
}

// tookOff notes that the carrier took a question: it is open from now on, and its
// silence runs from now.
func (s *step) tookOff(t Settled) {
	i := s.run(t.Run)
	if i < 0 || t.Wait == 0 || s.c.State.Runs[i].Wait != t.Wait || s.c.State.Runs[i].OpenAt > 0 {
		s.ignore()
		return
	}
	run := &s.c.State.Runs[i]
	run.OpenAt = s.env.Now
	j := slices.IndexFunc(s.c.State.Timers, func(timer Timer) bool {
		return timer.Kind == TimerSilence && timer.Run == run.ID
	})
	if j >= 0 {
		step := s.c.State.Timers[j].Step
		s.c.State.Timers = slices.Delete(s.c.State.Timers, j, j+1)
		s.arm(i, step, s.env.Now)
	}
}

// failed ends the run whose question will never be seen.
func (s *step) failed(t Settled) {
	i := s.run(t.Run)
	if i < 0 || t.Wait == 0 || s.c.State.Runs[i].Wait != t.Wait {
		s.ignore()
		return
	}
	run := s.c.State.Runs[i]
	s.record(Decision{About: "send", Choice: "undeliverable", Why: t.Error, Run: run.ID, Flow: run.Flow, State: run.State})
	s.endAt(i, "undeliverable")
	why := "undeliverable"
	if t.Error == "opted_out" { // to another line: it was taken back before it went
		why = "stopped"
	}
	s.silenced(why, run.ID, run)
	s.unanswered("undeliverable", "an alert could not be delivered", run)
}

// settlePending ends the wait for a slow effect; the texts held for it are
// released next.
func (s *step) settlePending() {
	s.c.State.Pending = nil
	s.c.State.Timers = slices.DeleteFunc(s.c.State.Timers, func(t Timer) bool { return t.Kind == TimerEffect })
}

// forgetPending ends the wait for a slow effect because a person reads on.
func (s *step) forgetPending(why string) {
	if len(s.c.State.Held) > 0 {
		s.record(Decision{About: "reading", Choice: string(s.c.State.Owner), Why: why})
	}
	s.c.State.Held = nil
	s.settlePending()
}

// stamped is a text that is read later, with the moment at which it came: which
// question it belongs to is judged by that.
func (s *step) stamped(e Event) Event {
	e.At = s.written(e)
	return e
}

// release reads the texts that were held, in order, until one has to wait again.
func (s *step) release() {
	held := s.c.State.Held
	s.c.State.Held = nil
	for _, e := range held {
		s.text(e)
	}
}
