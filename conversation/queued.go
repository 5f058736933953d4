package conversation

import "slices"

// mostLater is how many events of its key a queued start keeps.
const mostLater = 8

// reachQueued hands an event to the starts that wait their turn and have its key: a
// trigger brings new data, anything else is heard as soon as the run has begun.
func (s *step) reachQueued(t Trigger, keyed []string, reached bool) ([]string, bool) {
	for i, q := range s.c.State.Queued {
		f, ok := s.env.Flows.Current(q.Flow)
		if t.Type == "" || q.Key == "" || !ok || slices.Contains(keyed, f.Name) || !f.Knows(t.Type) {
			continue
		}
		vars, problems := f.CheckInput(t.Data)
		key, err := f.RunKey(s.scope(), merged(q.Trigger.Data, vars, t.Data))
		if err != nil || key != q.Key {
			continue
		}
		if f.StartsOn(t.Type) && len(problems) == 0 {
			q.Trigger.Data = vars
		} else {
			q.Later = append(slices.Clip(q.Later), t)
		}
		queued := slices.Clone(s.c.State.Queued)
		if queued[i] = q; len(q.Later) > mostLater || !within(mostQueuedBytes, queued) {
			s.record(Decision{About: "event", Choice: "dropped", Why: "too much waits for a run that has not begun", Flow: f.Name})
			keyed, reached = append(keyed, f.Name), true
			continue
		}
		s.c.State.Queued = queued
		s.record(Decision{About: "event", Choice: t.Type, Why: "kept for a start that waits its turn", Flow: f.Name})
		keyed, reached = append(keyed, f.Name), true
	}
	return keyed, reached
}

// nextQueued starts the first of what waited for a run that is over. While a
// person has the conversation nothing starts: they may hand back first. False:
// nothing waits any longer.
func (s *step) nextQueued() bool {
	for s.bot() {
		i := slices.IndexFunc(s.c.State.Queued, func(q Start) bool {
			return !slices.ContainsFunc(s.c.State.Runs, func(r Run) bool { return r.Flow == q.Flow })
		})
		if i < 0 || len(s.c.State.Runs) >= mostRuns {
			return false
		}
		next := s.c.State.Queued[i]
		s.c.State.Queued = slices.Delete(slices.Clone(s.c.State.Queued), i, i+1)
		if s.startQueued(next) {
			return true
		}
	}
	return false
}

// startQueued begins a start that waited, unless the flow or the customer has
// changed meanwhile.
func (s *step) startQueued(next Start) bool {
	dropped := Decision{About: "start", Choice: "dropped", Flow: next.Flow}
	f, ok := s.env.Flows.Current(next.Flow)
	switch {
	case !ok:
		dropped.Why = "the flow is gone"
	case s.env.Consent.State == OptedOut:
		dropped.Why = "the customer has opted out"
	default:
		vars, problems := inputs(f, next.Trigger)
		key, err := f.RunKey(s.scope(), vars)
		if len(problems) == 0 && err == nil {
			id := s.begin(f, next.Trigger, vars, key, next.Test)
			for _, e := range next.Later { // the other runs heard of it when it came
				s.happen(id, e.Type, e.Data)
			}
			return true
		}
		dropped.Why = "its inputs no longer fit the flow"
	}
	s.record(dropped)
	if next.Trigger.Waits {
		s.fail(next.Trigger.From, errNoInput)
	}
	return false
}
