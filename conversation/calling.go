package conversation

import (
	"encoding/json"
	"fmt"
	"slices"

	"parley/flows"
)

// callTimeout is how long a run waits for the answer of a call (ms): its attempts
// and the pauses between them included.
const callTimeout = 60_000

// Calling is what a run waits for before its state says anything: the answer of a
// call, or the end of another run.
type Calling struct {
	Effect string `json:"e,omitempty"` // id of the call's job; "": it waits for a run
	Host   string `json:"h,omitempty"` // whom the call asks, for people
	Wait   int64  `json:"w,omitempty"` // the rev at which the call began
	Said   bool   `json:"s,omitempty"` // a text led to the call, and so to what comes of it
	// Run is the run whose end is awaited; Queued instead says that its start waits
	// its turn. Ended is what there is to know of the end, where it came while a
	// person had the conversation.
	Run    string         `json:"r,omitempty"`
	Queued bool           `json:"q,omitempty"`
	Ended  map[string]any `json:"x,omitempty"`
}

// await lets run i wait for what its move asks. A start comes when the move is
// complete.
func (s *step) await(i int, a flows.Action) {
	run := &s.c.State.Runs[i]
	if a.Kind == "start" {
		run.Calling = &Calling{Queued: true}
		return
	}
	run.Calling = &Calling{Host: a.Name, Wait: s.c.Rev, Said: s.byText()}
	id := s.job(Job{Kind: JobCall, Run: run.ID, Wait: s.c.Rev, Data: a.Data})
	run.Calling.Effect = id
	s.c.State.Timers = append(s.c.State.Timers, Timer{Kind: TimerCall, Run: run.ID, Wait: s.c.Rev, At: s.env.Now + callTimeout})
	s.record(Decision{About: "action", Choice: "call " + a.Name, Run: run.ID, Flow: run.Flow, State: run.State})
}

// calling says whether a call is under way: texts wait for its answer, because it
// may decide what they are read by.
func (s *step) calling() bool {
	return slices.ContainsFunc(s.c.State.Runs, func(r Run) bool { return r.Calling != nil && r.Calling.Effect != "" })
}

// called takes what a call brought back; false: nobody waits for it any longer.
func (s *step) called(r Result) bool {
	i := s.run(r.Run)
	if i < 0 || !s.bot() || s.c.State.Epoch != r.Epoch {
		return false
	}
	waits := s.c.State.Runs[i].Calling
	if waits == nil || r.Effect == "" || waits.Effect != r.Effect || waits.Wait != r.Wait {
		return false
	}
	s.callReturned(i, r.returned())
	return true
}

// returned is the result as flows read it.
func (r Result) returned() flows.Returned {
	var answer struct {
		Status int `json:"status"`
		Body   any `json:"body"`
	}
	if len(r.Data) > 0 {
		if err := json.Unmarshal(r.Data, &answer); err != nil {
			return flows.Returned{Error: "its answer cannot be read"}
		}
	}
	return flows.Returned{Status: answer.Status, Body: answer.Body, Error: r.Error}
}

// byText says whether what happens now is a text's doing: one is read, or what it led to
// goes on.
func (s *step) byText() bool { return s.e.Kind == KindText || s.reads || s.led }

// callReturned lets run i go on with the answer of its call.
func (s *step) callReturned(i int, r flows.Returned) {
	run := &s.c.State.Runs[i]
	choice := fmt.Sprintf("%s answered %d", run.Calling.Host, r.Status)
	if r.Status == 0 {
		choice = run.Calling.Host + " did not answer"
	}
	s.record(Decision{About: "action", Choice: choice, Why: r.Error, Run: run.ID, Flow: run.Flow, State: run.State})
	led := s.led
	defer func() { s.led = led }()
	s.led = led || run.Calling.Said
	s.endCalling(i)
	if f, ok := s.version(i); ok {
		s.move(i, f.Returned(s.scope(), run.Run, r))
	}
}

// endCalling lets run i wait for nothing; what comes back later is dropped.
func (s *step) endCalling(i int) {
	s.c.State.Runs[i].Calling = nil
	s.dropTimers(s.c.State.Runs[i].ID, TimerCall)
}

// dropCalls ends the calls of all runs when a person gives the conversation back:
// their answers have been dropped meanwhile, because they could only have talked
// into what the person said. These runs end as those that handed over.
func (s *step) dropCalls() {
	for i := range s.c.State.Runs {
		if run := &s.c.State.Runs[i]; run.Calling != nil && run.Calling.Effect != "" {
			s.endCalling(i)
			run.Handed = true
			s.record(Decision{About: "action", Choice: "call dropped", Why: "a person had the conversation", Run: run.ID, Flow: run.Flow})
		}
	}
}

// letGo reads the texts that were held, once nothing is waited for any longer.
func (s *step) letGo() {
	if len(s.c.State.Held) > 0 && s.c.State.Pending == nil && !s.calling() && s.bot() {
		s.reads = true
		s.release()
	}
}

// callTimedOut takes a call for failed that has not come back.
func (s *step) callTimedOut(t Timer) {
	i := s.run(t.Run)
	if i < 0 {
		return
	}
	if waits := s.c.State.Runs[i].Calling; waits != nil && waits.Effect != "" && waits.Wait == t.Wait {
		s.callReturned(i, flows.Returned{Error: "it did not answer in time"})
	}
}
