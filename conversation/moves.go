package conversation

import (
	"cmp"
	"slices"
	"strings"

	"parley/flows"
)

// move takes over what a flow decided for run i.
func (s *step) move(i int, m flows.Move) {
	run := &s.c.State.Runs[i]
	before := run.State
	answered := run.Wait > 0
	run.Run = m.Run
	if m.Moved || m.Handoff != nil {
		run.Handed = m.Handoff != nil
	}
	class := flows.Notice
	flow, ok := s.env.Flows.ByHash(run.Hash)
	if ok {
		class = flow.Class
	}
	question := s.say(run, flow, class, m)
	s.entered += m.Entered
	for _, a := range m.Actions {
		s.act(*run, a)
	}
	if m.Problem != "" {
		s.record(Decision{About: "handoff", Choice: "problem", Why: m.Problem, Run: run.ID, Flow: run.Flow, State: run.State})
	}
	if m.Moved {
		s.endCalling(i)
		s.wait(i, m, question, answered, before)
	}
	s.follow(m)
	if m.End != "" {
		if i := s.run(m.Run.ID); i >= 0 {
			s.endAt(i, m.End)
		}
		return
	}
	if m.Handoff != nil {
		s.handoff(Handing{Queue: m.Handoff.Queue, Note: m.Handoff.Note, Reason: whyHanded(m), Run: m.Run.ID, Priority: class})
	}
}

// say sends a move's texts, and returns the one that asks.
func (s *step) say(run *Run, flow *flows.Flow, class flows.Class, m flows.Move) (question asked) {
	for _, say := range m.Says {
		sent := s.send(draft{run: run, flow: flow, class: class, text: s.marked(run, say.Text, say.Asks || m.Asks && !m.Moved), media: say.Media, asks: say.Asks && m.Moved, before: say.Before})
		if say.Asks {
			question = asked{message: sent, dropped: sent == nil}
		}
	}
	return question
}

func whyHanded(m flows.Move) string {
	switch {
	case m.Problem != "":
		return "problem"
	case m.Handoff.Unclear:
		return "unclear"
	default:
		return "flow"
	}
}

// asked is the text of a move that asks its question.
type asked struct {
	message *Message // nil: the move only waits on something said earlier
	dropped bool     // it would have gone out too late: the customer never sees it
}

// wait begins the wait of a state that was just entered, or ends the one before.
func (s *step) wait(i int, m flows.Move, question asked, answered bool, before string) {
	run := &s.c.State.Runs[i]
	s.dropTimers(run.ID, TimerSilence)
	run.Wait, run.Asked, run.OpenAt, run.Before, run.Entered = 0, "", 0, "", s.c.Rev
	if !m.Asks || question.dropped { // a question that nobody sees is not open
		if m.Clock {
			s.arm(i, 0, s.env.Now)
		}
		return
	}
	s.c.State.Which = nil // "1" and "2" would now be read as an answer to this question
	run.Wait = s.c.Rev
	if answered && before != run.State {
		run.Before = before
	}
	from := s.env.Now
	if question.message != nil {
		run.Asked, from = question.message.ID, question.message.ExpiresAt
	} else {
		run.OpenAt = s.env.Now // it waits on something said earlier
	}
	if m.Clock {
		s.arm(i, 0, from)
	}
	s.toFront(i)
}

// toFront brings run i, which asks, to the front; whoever else asks is interrupted.
func (s *step) toFront(i int) {
	runs := s.c.State.Runs
	front := runs[i]
	runs = append(slices.Delete(runs, i, i+1), front)
	for j := range len(runs) - 1 {
		runs[j].Interrupted = runs[j].Interrupted || runs[j].Wait > 0
	}
	s.c.State.Runs = runs
}

// act wraps what a flow asks of the outside world into an effect.
func (s *step) act(run Run, a flows.Action) {
	s.record(Decision{About: "action", Choice: strings.TrimSpace(a.Kind + " " + cmp.Or(a.Name, a.Flow)), Run: run.ID, Flow: run.Flow})
	switch a.Kind {
	case "emit":
		s.callback(a.Name, run.ID, a.Data)
	case "tag":
		s.tag(run.ID, a)
	case "cancel":
		s.unschedule(a.Name)
	case "lock_account":
		s.lockAccount(run, a)
	case "alert_account", "recognise_payment", "verify_account":
		s.askAbout(run, a)
	}
}

// endAt ends run i and lets the next in line go on: a start that waited for this
// flow, or a question that this run had interrupted.
func (s *step) endAt(i int, outcome string) {
	run := s.c.State.Runs[i]
	s.c.State.Runs = slices.Delete(s.c.State.Runs, i, i+1)
	s.leave(run, outcome)
	if outcome == "opted_out" {
		return
	}
	s.backTo(run, outcome)
	s.goOn()
}

// leave records the end of a run that has been taken out. The timer of a slow
// effect stays: the texts that are held must not wait for a job that was lost.
func (s *step) leave(run Run, outcome string) {
	s.dropTimers(run.ID, TimerSilence)
	s.dropTimers(run.ID, TimerCall)
	if w := s.c.State.Which; w != nil && (w.Older == run.ID || w.Newer == run.ID) {
		s.c.State.Which = nil
	}
	s.record(Decision{About: "end", Choice: outcome, Run: run.ID, Flow: run.Flow, State: run.State})
	s.results(run, outcome)
	ended := RunEnded{Flow: run.Flow, Outcome: outcome}
	if f, ok := s.env.Flows.ByHash(run.Hash); ok && s.env.Line.wants(ended.Event()) {
		ended.Answers, ended.Key = f.Answers(run.Vars), toldKey(f, run.Key)
	}
	s.tell(ended, run.ID)
}

// goOn starts what waited its turn, or asks again what was interrupted.
func (s *step) goOn() {
	started := false
	for s.nextQueued() { // more than one flow may be free: while a person spoke, none began
		started = true
	}
	if !started {
		s.resume()
	}
}

// resume asks the front question again when another run had come between.
func (s *step) resume() {
	i := s.front()
	if i < 0 || !s.bot() || !s.c.State.Runs[i].Interrupted {
		return
	}
	run := &s.c.State.Runs[i]
	run.Interrupted = false
	if f, ok := s.version(i); ok && !run.Resumed {
		run.Resumed = true
		s.move(i, f.Resume(s.scope(), run.Run))
	}
}

// version is the flow that run i is on. When it is nowhere to be found, a person
// takes the conversation over.
func (s *step) version(i int) (*flows.Flow, bool) {
	run := s.c.State.Runs[i]
	f, ok := s.env.Flows.ByHash(run.Hash)
	if !ok {
		s.c.State.Runs[i].Handed = true
		s.handoff(Handing{Reason: "version_gone", Run: run.ID, Note: "the version of " + run.Flow + " that this conversation is on is gone"})
	}
	return f, ok
}

func (s *step) dropTimers(run string, kind TimerKind) {
	s.c.State.Timers = slices.DeleteFunc(s.c.State.Timers, func(t Timer) bool {
		return t.Run == run && t.Kind == kind
	})
}

// endRun ends one run for the business.
func (s *step) endRun(e EndRun) {
	i := s.run(e.Run)
	if i < 0 {
		s.refuse("run: there is no live run of this id")
		return
	}
	s.effects = append(s.effects, Effect{Cancel: &Cancel{Conversation: s.c.ID, As: Cancelled, Reason: "run_ended", Run: e.Run}})
	s.out.Run = e.Run
	s.endAt(i, e.Outcome)
}
