package conversation

import (
	"maps"
	"slices"

	"parley/flows"
)

// trigger carries a business event to the runs that wait for it, or starts the
// flows that it triggers. It does so whoever has the conversation: an alert or a
// code must not wait for a person, and what the business reports stays true. The
// person sees it in the console; the customer's answer goes to the person (and a NO to
// an alert is carried out: see saidNo).
func (s *step) trigger(t Trigger) {
	if t.Language != "" {
		s.c.State.Language = t.Language
	}
	keyed, reached := s.reach(t)
	keyed, reached = s.reachQueued(t, keyed, reached)
	starts := s.startable(t)
	if s.out.Status != Applied {
		return
	}
	for _, f := range starts {
		if slices.Contains(keyed, f.Name) {
			continue // its live run of this key has heard of it, and may have ended by it
		}
		if problems := s.launch(f, t); len(problems) > 0 {
			s.refuse(problems...)
			return
		}
		reached = true
	}
	if t.By != "" {
		s.effects = append(s.effects, Effect{Deed: &Deed{Conversation: s.c.ID, Agent: t.By, Op: "start", Detail: t.Flow}})
	}
	if !reached && !s.reviewed(t) {
		why := "no flow"
		if len(s.env.Flows.ForEvent(t.Type)) > 0 {
			why = "no flow of this line's brand"
		}
		s.refuse("type: " + why + " is started by " + t.Type + " and no live run waits for it")
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
	return slices.DeleteFunc(slices.Clone(s.env.Flows.ForEvent(t.Type)), s.elsewhere)
}

// elsewhere says whether a flow is of another brand than the line.
func (s *step) elsewhere(f *flows.Flow) bool {
	return f.Brand != "" && f.Brand != s.env.Line.Brand.ID
}

// reach hands the event to the live runs that listen for it: those of its key, or
// every one when the flow has no key. It returns the flows whose run of the
// event's key was reached.
func (s *step) reach(t Trigger) (keyed []string, reached bool) {
	if t.Type == "" {
		return nil, false
	}
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
		if f.HasKey {
			keyed = append(keyed, f.Name)
		}
		s.move(i, m)
	}
	return keyed, reached
}

func (s *step) listeners(t Trigger) []string {
	var ids []string
	for i, run := range s.c.State.Runs {
		f, ok := s.env.Flows.ByHash(run.Hash)
		if !ok || !f.Listens(run.Run, t.Type) || t.Run != "" && t.Run != run.ID {
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

// mostRuns is how many runs of one conversation may be live, mostRunBytes how long those
// may be together that another one joins, mostQueued how many starts may wait for one, and
// mostQueuedBytes how long these may be together with the events kept for them: beyond it,
// whoever starts runs has lost count.
const (
	mostRuns        = 32
	mostRunBytes    = 192 << 10
	mostQueued      = 32
	mostQueuedBytes = 64 << 10
)

// launch starts one flow, unless a live run of the same key takes the event or an
// earlier run of the flow has to end first. When it cannot, it changes nothing and
// says why: a trigger is refused then, a customer's text goes on to whatever else
// may read it.
func (s *step) launch(f *flows.Flow, t Trigger) (problems []string) {
	if why := s.unreachable(f, t); why != "" {
		return []string{why}
	}
	vars, problems := inputs(f, t)
	if len(problems) > 0 {
		return problems
	}
	key, err := f.RunKey(s.scope(), vars)
	if err != nil {
		return []string{"key: " + err.Error()}
	}
	t.Data = vars // what else came with the event is kept with the event only
	live := -1
	for i, run := range s.c.State.Runs {
		if run.Flow != f.Name {
			continue
		}
		if f.HasKey && run.Key == key {
			s.record(Decision{About: "start", Choice: "reached the live run", Run: run.ID, Flow: f.Name})
			s.out.Run = run.ID
			s.retell(i)
			return nil
		}
		if live < 0 {
			live = i
		}
	}
	if live >= 0 {
		if dealt, problems := s.overlaps(f, t, key, live); dealt || len(problems) > 0 {
			return problems
		}
	}
	if len(s.c.State.Runs) >= mostRuns {
		return []string{"to: too many runs are live for this customer: end some first"}
	}
	if len(s.c.State.Runs) > 2 && !within(mostRunBytes, s.c.State.Runs) {
		return []string{"to: the live runs of this customer keep too much: end some first"}
	}
	s.begin(f, t, vars, key, s.e.Test || t.Test)
	return nil
}

// unreachable says why the flow may not text this customer from this line; "": it may.
func (s *step) unreachable(f *flows.Flow, t Trigger) string {
	switch {
	case s.env.Consent.State == OptedOut:
		return OutOfReach
	case s.barred() != "":
		return s.barred()
	case s.elsewhere(f):
		return "flow: " + f.Name + " is of the brand " + f.Brand + ", and this line is not"
	case f.Class == flows.Bulk && !t.ByText && !s.optedIn(t.Test):
		return NotOptedIn
	}
	return ""
}

// retell tells a customer who asked by a keyword how the live run stands.
func (s *step) retell(i int) {
	if f, ok := s.version(i); ok && s.e.Kind != KindTrigger {
		s.move(i, f.Retell(s.scope(), s.c.State.Runs[i].Run))
	}
}

// overlaps treats a second run of a flow without a shared key as the flow says.
// True: the start has been dealt with.
func (s *step) overlaps(f *flows.Flow, t Trigger, key string, i int) (dealt bool, problems []string) {
	switch f.Overlap {
	case "parallel":
		return false, nil
	case "replace":
		id := s.c.State.Runs[i].ID
		s.effects = append(s.effects, Effect{Cancel: &Cancel{Conversation: s.c.ID, As: Superseded, Reason: "replaced", Run: id}})
		s.dropQuietly(i, "replaced")
		return false, nil
	}
	queued := append(slices.Clip(s.c.State.Queued), Start{Trigger: t, Flow: f.Name, Key: key, At: s.env.Now, Test: s.e.Test || t.Test})
	if len(queued) > mostQueued || !within(mostQueuedBytes, queued) {
		return false, []string{"to: too many runs of " + f.Name + " wait for this customer"}
	}
	s.c.State.Queued = queued
	s.record(Decision{About: "start", Choice: "queued", Why: "an earlier run of the flow is open", Flow: f.Name})
	return true, nil
}

// dropQuietly ends a run without letting others go on.
func (s *step) dropQuietly(i int, outcome string) {
	run := s.c.State.Runs[i]
	s.c.State.Runs = slices.Delete(s.c.State.Runs, i, i+1)
	s.leave(run, outcome)
}

// begin makes the run and lets it enter its first state. It returns the run's id.
func (s *step) begin(f *flows.Flow, t Trigger, vars map[string]any, key string, test bool) string {
	run := Run{
		Run: flows.Run{ID: s.runID(), Flow: f.Name, Hash: f.Hash, Key: key, Vars: vars,
			Language: chooseLanguage(f.Languages, t.Language, s.c.State.Language, s.env.Contact.Language, s.env.Line.Language)},
		Alert: f.Class == flows.Alert, Test: test, Number: s.number(f), Texted: t.ByText || s.texted(t.From), tally: tally{BeganAt: s.env.Now},
	}
	if s.c.State.Language == "" {
		s.c.State.Language = run.Language
	}
	if test {
		s.tests = append(s.tests, run.ID)
	}
	s.out.Run = run.ID
	s.record(Decision{About: "start", Choice: f.Name, Run: run.ID, Flow: f.Name, Why: t.Type})
	s.tell(RunStarted{Flow: f.Name, Key: toldKey(f, key)}, run.ID)
	if s.e.Kind == KindText {
		run.LastText = s.e.Text.Text
	}
	s.c.State.Runs = append(s.c.State.Runs, run)
	sc := s.scope()
	sc.Event = flows.Event{Type: t.Type, Data: vars}
	s.awaited(t, run.ID)
	s.move(len(s.c.State.Runs)-1, opening(f, sc, t, run.Run))
	return run.ID
}

// texted says whether a text started a run.
func (s *step) texted(run string) bool {
	i := s.run(run)
	return i >= 0 && s.c.State.Runs[i].Texted
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

// keyword starts a flow by a text, if one of its keywords fits.
func (s *step) keyword(e Event) bool {
	f, args, ok := s.env.Flows.ForKeyword(e.Text.Text)
	if !ok {
		return false
	}
	s.record(Decision{About: "reading", Choice: "keyword", Layer: "word", Flow: f.Name})
	return s.startedByText(f, args)
}

// startedByText starts a flow for a customer. False: it cannot be started now; the
// text must not be lost over it.
func (s *step) startedByText(f *flows.Flow, args map[string]any) bool {
	problems := s.launch(f, Trigger{Data: args, ByText: true})
	if len(problems) > 0 {
		s.record(Decision{About: "start", Choice: "not started", Why: "the text does not fill the flow's inputs, or too much is open", Flow: f.Name})
	}
	return len(problems) == 0
}

// defaultFlow starts the line's flow for texts that nothing else reads.
func (s *step) defaultFlow() bool {
	f, ok := s.env.Flows.Current(s.env.Line.DefaultFlow)
	if s.env.Line.DefaultFlow == "" || !ok {
		return false
	}
	return s.startedByText(f, nil)
}
