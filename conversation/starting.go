package conversation

import (
	"maps"
	"slices"

	"parley/flows"
)

// trigger carries a business event to the runs that wait for it, or starts the
// flows that it triggers.
func (s *step) trigger(t Trigger) {
	if t.Language != "" {
		s.c.State.Language = t.Language
	}
	reached := s.reach(t)
	starts := s.startable(t)
	if s.out.Status != Applied {
		return
	}
	for _, f := range starts {
		s.launch(f, t)
		if s.out.Status != Applied {
			return
		}
		reached = true
	}
	if !reached {
		s.refuse("type: no flow is started by " + t.Type + " and no live run waits for it")
	}
}

// startable lists the flows that a trigger may start.
func (s *step) startable(t Trigger) []*flows.Flow {
	if t.Flow != "" {
		f, ok := s.env.Flows.Current(t.Flow)
		if !ok {
			s.refuse("flow: there is no flow " + t.Flow)
			return nil
		}
		return []*flows.Flow{f}
	}
	return s.env.Flows.ForEvent(t.Type)
}

// reach hands the event to the live runs that listen for it: those of its key, or
// every one when the flow has no key.
func (s *step) reach(t Trigger) bool {
	if t.Type == "" {
		return false
	}
	reached := false
	for _, id := range s.listeners(t) {
		i := s.run(id)
		if i < 0 {
			continue
		}
		f, ok := s.version(i)
		if !ok {
			continue
		}
		run := s.c.State.Runs[i]
		m, ok := f.Happened(s.scope(), run.Run, t.Type, t.Data)
		if !ok {
			continue
		}
		s.record(Decision{About: "event", Choice: t.Type, Run: run.ID, Flow: run.Flow, State: run.State})
		s.out.Run, reached = run.ID, true
		s.move(i, m)
	}
	return reached
}

func (s *step) listeners(t Trigger) []string {
	var ids []string
	for i, run := range s.c.State.Runs {
		f, ok := s.env.Flows.ByHash(run.Hash)
		if !ok || !f.Listens(run.Run, t.Type) {
			continue
		}
		if f.HasKey {
			vars, _ := f.CheckInput(t.Data)
			key, err := f.RunKey(s.scope(), merged(s.c.State.Runs[i].Vars, vars, t.Data))
			if err != nil || key != run.Key {
				continue
			}
		}
		ids = append(ids, run.ID)
	}
	return ids
}

// merged lays the event's own values over the run's, so that a key can be
// computed from an event that carries only some inputs.
func merged(base, checked, data map[string]any) map[string]any {
	out := maps.Clone(base)
	if out == nil {
		out = map[string]any{}
	}
	for k, v := range data {
		out[k] = v
	}
	maps.Copy(out, checked)
	return out
}

// launch starts one flow, unless a live run of the same key takes the event or an
// earlier run of the flow has to end first.
func (s *step) launch(f *flows.Flow, t Trigger) {
	if s.env.Consent.State == OptedOut {
		s.refuse("to: the customer has opted out of texts from this business")
		return
	}
	vars, problems := f.CheckInput(t.Data)
	if len(problems) > 0 {
		s.refuse(problems...)
		return
	}
	key, err := f.RunKey(s.scope(), vars)
	if err != nil {
		s.refuse("key: " + err.Error())
		return
	}
	for i, run := range s.c.State.Runs {
		if run.Flow != f.Name {
			continue
		}
		if f.HasKey && run.Key == key {
			s.record(Decision{About: "start", Choice: "reached the live run", Run: run.ID, Flow: f.Name})
			s.out.Run = run.ID
			return
		}
		if f.HasKey {
			continue
		}
		if s.overlaps(f, t, i) {
			return
		}
		break
	}
	s.begin(f, t, vars, key)
}

// overlaps treats a second run of a flow without a key as the flow says. True:
// the start has been dealt with.
func (s *step) overlaps(f *flows.Flow, t Trigger, i int) bool {
	switch f.Overlap {
	case "parallel":
		return false
	case "replace":
		id := s.c.State.Runs[i].ID
		s.effects = append(s.effects, Effect{Cancel: &Cancel{Conversation: s.c.ID, As: Superseded, Reason: "replaced", Run: id}})
		s.dropQuietly(i, "replaced")
		return false
	}
	const mostQueued = 32
	if len(s.c.State.Queued) >= mostQueued {
		s.refuse("too many runs of " + f.Name + " wait for this customer")
		return true
	}
	s.c.State.Queued = append(slices.Clip(s.c.State.Queued), Start{Trigger: t, Flow: f.Name, At: s.env.Now, Test: s.e.Test})
	s.record(Decision{About: "start", Choice: "queued", Why: "an earlier run of the flow is open", Flow: f.Name})
	return true
}

// dropQuietly ends a run without letting others go on.
func (s *step) dropQuietly(i int, outcome string) {
	run := s.c.State.Runs[i]
	s.c.State.Runs = slices.Delete(s.c.State.Runs, i, i+1)
	s.dropTimers(run.ID, "")
	s.record(Decision{About: "end", Choice: outcome, Run: run.ID, Flow: run.Flow, State: run.State})
	s.callback("run.ended", run.ID, map[string]any{"flow": run.Flow, "outcome": outcome, "key": run.Key})
}

// begin makes the run and lets it enter its first state.
func (s *step) begin(f *flows.Flow, t Trigger, vars map[string]any, key string) {
	run := Run{
		Run: flows.Run{ID: s.runID(), Flow: f.Name, Hash: f.Hash, Key: key, Vars: vars,
			Language: chooseLanguage(f.Languages, t.Language, s.c.State.Language, s.env.Line.Language)},
		Alert: f.Class == flows.Alert, Test: s.e.Test,
	}
	if s.c.State.Language == "" {
		s.c.State.Language = run.Language
	}
	s.out.Run = run.ID
	s.record(Decision{About: "start", Choice: f.Name, Run: run.ID, Flow: f.Name, Why: t.Type})
	s.callback("run.started", run.ID, map[string]any{"flow": f.Name, "key": key})
	s.c.State.Runs = append(s.c.State.Runs, run)
	s.move(len(s.c.State.Runs)-1, f.Start(s.scope(), run.Run))
}

// chooseLanguage is the first wanted language that the flow has, else its first.
func chooseLanguage(has []string, wanted ...string) string {
	for _, w := range wanted {
		for _, h := range has {
			if w == h || (len(w) > len(h) && w[:len(h)] == h && w[len(h)] == '-') {
				return h
			}
		}
	}
	if len(has) == 0 {
		return ""
	}
	return has[0]
}

// nextQueued starts what waited for the run of this flow that just ended.
func (s *step) nextQueued(flow string) bool {
	if s.e.Kind == KindEndRun && s.env.Consent.State == OptedOut {
		return false
	}
	i := slices.IndexFunc(s.c.State.Queued, func(q Start) bool { return q.Flow == flow })
	if i < 0 || !s.bot() {
		return false
	}
	next := s.c.State.Queued[i]
	s.c.State.Queued = slices.Delete(slices.Clone(s.c.State.Queued), i, i+1)
	f, ok := s.env.Flows.Current(flow)
	if !ok {
		s.record(Decision{About: "start", Choice: "dropped", Why: "the flow is gone", Flow: flow})
		return false
	}
	vars, problems := f.CheckInput(next.Trigger.Data)
	key, err := f.RunKey(s.scope(), vars)
	if len(problems) > 0 || err != nil {
		s.record(Decision{About: "start", Choice: "dropped", Why: "its inputs no longer fit the flow", Flow: flow})
		return false
	}
	s.begin(f, next.Trigger, vars, key)
	return true
}

// keyword starts a flow by a text, if one of its keywords fits.
func (s *step) keyword(e Event) bool {
	f, args, ok := s.env.Flows.ForKeyword(e.Text.Text)
	if !ok {
		return false
	}
	if _, problems := f.CheckInput(args); len(problems) > 0 {
		s.record(Decision{About: "start", Choice: "not started", Why: "the keyword does not fill the flow's inputs", Flow: f.Name})
		return false
	}
	s.record(Decision{About: "reading", Choice: "keyword", Layer: "word", Flow: f.Name})
	s.launch(f, Trigger{Data: args})
	return true
}

// defaultFlow starts the line's flow for texts that nothing else reads.
func (s *step) defaultFlow() bool {
	f, ok := s.env.Flows.Current(s.env.Line.DefaultFlow)
	if s.env.Line.DefaultFlow == "" || !ok {
		return false
	}
	if _, problems := f.CheckInput(nil); len(problems) > 0 {
		return false
	}
	s.launch(f, Trigger{})
	return true
}
