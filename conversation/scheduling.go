package conversation

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"parley/flows"
)

// Scheduled is a flow that is to be started later, under a name by which it can be
// taken back.
type Scheduled struct {
	Name string         `json:"n"`
	Flow string         `json:"f"`
	Data map[string]any `json:"d,omitempty"`
	At   int64          `json:"at"` // Unix ms
	Test bool           `json:"te,omitempty"`
}

// mostScheduled is how many starts one conversation keeps; mostScheduledBytes is how
// long they may be together.
const (
	mostScheduled      = 32
	mostScheduledBytes = 64 << 10
)

var errFull = errors.New("too many starts are scheduled for this customer")

// schedule keeps a start for later; one of the same name is replaced.
func (s *step) schedule(from string, a flows.Action) {
	s.unschedule(a.Name)
	next := Scheduled{Name: a.Name, Flow: a.Flow, Data: a.Data, At: a.At.UnixMilli(), Test: s.e.Test || s.testing(from)}
	all := append(slices.Clone(s.c.State.Scheduled), next)
	if len(all) > mostScheduled || !within(mostScheduledBytes, all) {
		s.fail(from, errFull)
		return
	}
	s.c.State.Scheduled = all
	s.c.State.Timers = append(s.c.State.Timers, Timer{Kind: TimerSchedule, Name: a.Name, At: next.At})
}

// within says whether a part of the state stays within so many bytes as it is stored.
func within(most int, part any) bool {
	b, err := json.Marshal(part)
	return err == nil && len(b) <= most
}

// unschedule takes a start back.
func (s *step) unschedule(name string) {
	s.c.State.Scheduled = slices.DeleteFunc(slices.Clone(s.c.State.Scheduled), func(x Scheduled) bool { return x.Name == name })
	s.c.State.Timers = slices.DeleteFunc(s.c.State.Timers, func(t Timer) bool { return t.Kind == TimerSchedule && t.Name == name })
}

// startScheduled starts what has fallen due, as a trigger would; what cannot start
// now is dropped, and recorded.
func (s *step) startScheduled(t Timer) {
	i := slices.IndexFunc(s.c.State.Scheduled, func(x Scheduled) bool { return x.Name == t.Name })
	if i < 0 {
		return
	}
	due := s.c.State.Scheduled[i]
	s.unschedule(due.Name)
	why := "the flow is gone"
	if s.entered >= mostEntered { // it schedules itself for moments that are over
		why = errTurns.Error()
	} else if f, ok := s.env.Flows.Current(due.Flow); ok {
		problems := s.launch(f, Trigger{Flow: due.Flow, Data: due.Data, Test: due.Test})
		if len(problems) == 0 {
			return
		}
		why = strings.Join(problems, "; ")
	}
	s.record(Decision{About: "start", Choice: "dropped", Why: why, Flow: due.Flow})
}
