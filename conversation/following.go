package conversation

import (
	"errors"
	"slices"

	"parley/flows"
)

// Bounds of what flows do with one another.
const (
	// mostEntered is how many states the runs of one conversation may enter in one
	// event, when flows start each other, answer events of their own making, or go
	// round by moments that are over.
	mostEntered = 100
	// deepest is how many runs may wait for one another's end.
	deepest = 8
)

var (
	errTurns   = errors.New("one event entered a hundred states")
	errNested  = errors.New("more than eight flows wait for one another")
	errCircle  = errors.New("the flow that is to be started is waiting for this one")
	errNoFlow  = errors.New("the flow that is to be started is not there")
	errNoInput = errors.New("the flow that is to be started does not take its input, or too much is open")
)

// follow carries out what a move asked for that may move runs itself. It comes when
// the move is complete, never inside it.
func (s *step) follow(m flows.Move) {
	id := m.Run.ID
	if m.Awaits != nil {
		s.await(s.run(id), *m.Awaits)
	}
	for _, a := range m.Actions {
		switch a.Kind {
		case "start":
			s.startFor(id, a, false)
		case "schedule":
			s.schedule(id, a)
		case "issue_code":
			s.askCode(id, a)
		}
	}
	if m.Awaits == nil || m.Awaits.Kind != "start" {
		return
	}
	if i := s.run(id); i >= 0 && s.c.State.Runs[i].Calling != nil && s.c.State.Runs[i].State == m.Run.State { // nothing has moved it on meanwhile
		s.startFor(id, *m.Awaits, true)
	}
}

// happen gives one run an event of our own making. A run that is over, or does not
// listen, is left alone.
func (s *step) happen(id, typ string, data map[string]any) {
	i := s.run(id)
	if i < 0 {
		return
	}
	f, ok := s.version(i)
	if !ok {
		return
	}
	run := s.c.State.Runs[i]
	m, ok := f.Happened(s.scope(), run.Run, typ, data)
	switch {
	case !ok:
		s.record(Decision{About: "event", Choice: typ, Why: "the state does not listen for it", Run: run.ID, Flow: run.Flow, State: run.State})
	case s.entered >= mostEntered:
		s.fail(id, errTurns)
	default:
		s.record(Decision{About: "event", Choice: typ, Run: run.ID, Flow: run.Flow, State: run.State})
		s.move(i, m)
	}
}

// fail sends a run to its on.error, or to a person. When the event has moved too
// often it is a person: on.error may be part of the circle.
func (s *step) fail(id string, why error) {
	i := s.run(id)
	if i < 0 {
		return
	}
	s.endCalling(i)
	f, ok := s.version(i)
	if !ok {
		return
	}
	m := flows.Move{Run: s.c.State.Runs[i].Run, Problem: why.Error(), Handoff: &flows.Handoff{Note: why.Error()}}
	if s.entered < mostEntered {
		m = f.Failed(s.scope(), m.Run, why)
	}
	s.move(i, m)
}

// startFor starts a flow for a run, which may wait for its end.
func (s *step) startFor(from string, a flows.Action, waits bool) {
	if s.run(from) < 0 {
		return
	}
	t := Trigger{Flow: a.Flow, Data: a.Data, From: from, Waits: waits, Test: s.testing(from)}
	f, err := s.startableBy(t)
	if err == nil {
		out := s.out.Run // of whoever caused the event
		if problems := s.launch(f, t); len(problems) > 0 {
			err = errNoInput
		}
		s.out.Run, out = out, s.out.Run
		s.reached(t, out)
	}
	if err != nil {
		s.record(Decision{About: "start", Choice: "not started", Why: err.Error(), Run: from, Flow: a.Flow})
		s.fail(from, err)
	}
}

// startableBy finds the flow that a run starts, unless a circle of flows would come
// of it.
func (s *step) startableBy(t Trigger) (*flows.Flow, error) {
	f, ok := s.env.Flows.Current(t.Flow)
	switch {
	case !ok:
		return nil, errNoFlow
	case s.entered >= mostEntered:
		return nil, errTurns
	}
	waiting := 0
	for _, run := range s.c.State.Runs {
		behind := run.ID == t.From || s.waitsFor(run, t.From, deepest+1)
		if behind {
			waiting++
		}
		if behind && t.Waits && run.Flow == f.Name && s.blocks(f, run, t) {
			return nil, errCircle
		}
	}
	if t.Waits && waiting > deepest {
		return nil, errNested
	}
	return f, nil
}

// blocks says whether the live run of a flow keeps a second one from running beside
// it.
func (s *step) blocks(f *flows.Flow, live Run, t Trigger) bool {
	if f.Overlap != "parallel" || !f.HasKey {
		return f.Overlap != "parallel"
	}
	vars, _ := f.CheckInput(t.Data)
	key, err := f.RunKey(s.scope(), vars)
	return err == nil && key == live.Key
}

// waitsFor says whether a run waits for the end of another, through others or for
// its turn behind them.
func (s *step) waitsFor(run Run, other string, depth int) bool {
	if run.Calling == nil || depth == 0 {
		return false
	}
	next := func(r Run) bool { return r.ID == run.Calling.Run }
	if run.Calling.Queued {
		i := slices.IndexFunc(s.c.State.Queued, func(q Start) bool { return q.Trigger.From == run.ID && q.Trigger.Waits })
		if i < 0 {
			return false
		}
		next = func(r Run) bool { return r.Flow == s.c.State.Queued[i].Flow }
	}
	return slices.ContainsFunc(s.c.State.Runs, func(r Run) bool {
		return next(r) && (r.ID == other || s.waitsFor(r, other, depth-1))
	})
}

// awaited notes that the run which a trigger starts has begun: whoever waits for
// its end waits for this run.
func (s *step) awaited(t Trigger, run string) {
	if i := s.run(t.From); t.Waits && i >= 0 && s.c.State.Runs[i].Calling != nil {
		s.c.State.Runs[i].Calling = &Calling{Run: run}
	}
}

// reached lets a run wait for the live run that its start has come upon.
func (s *step) reached(t Trigger, run string) {
	i := s.run(t.From)
	if !t.Waits || i < 0 || s.c.State.Runs[i].Calling == nil || !s.c.State.Runs[i].Calling.Queued {
		return
	}
	if !slices.ContainsFunc(s.c.State.Queued, func(q Start) bool { return q.Trigger.From == t.From && q.Trigger.Waits }) {
		s.awaited(t, run)
	}
}

// backTo lets those go on that waited for the end of a run.
func (s *step) backTo(ended Run, outcome string) {
	for _, id := range s.waitingFor(ended.ID) {
		data := map[string]any{"flow": ended.Flow, "outcome": outcome, "answers": map[string]any{}}
		if f, ok := s.env.Flows.ByHash(ended.Hash); ok {
			data["answers"] = f.Answers(ended.Vars)
		}
		s.c.State.Runs[s.run(id)].Calling = &Calling{Ended: data}
	}
	s.settleWaits()
}

func (s *step) waitingFor(ended string) []string {
	var ids []string
	for _, run := range s.c.State.Runs {
		if run.Calling != nil && run.Calling.Run == ended && ended != "" {
			ids = append(ids, run.ID)
		}
	}
	return ids
}

// settleWaits lets runs go on whose wait for another is over, unless a person has
// the conversation: then they go on when it is given back.
func (s *step) settleWaits() {
	var ids []string
	for _, run := range s.c.State.Runs {
		if c := run.Calling; c != nil && c.Effect == "" && !c.Queued && s.run(c.Run) < 0 {
			ids = append(ids, run.ID)
		}
	}
	for _, id := range ids {
		i := s.run(id)
		if i < 0 || !s.bot() || s.c.State.Runs[i].Calling == nil {
			continue
		}
		data := s.c.State.Runs[i].Calling.Ended
		if data == nil { // another start of its flow has replaced it
			data = map[string]any{"outcome": "replaced", "answers": map[string]any{}}
		}
		s.endCalling(i)
		f, ok := s.version(i)
		switch {
		case !ok:
		case s.entered >= mostEntered:
			s.fail(id, errTurns)
		default:
			s.move(i, f.Ended(s.scope(), s.c.State.Runs[i].Run, data))
		}
	}
}
