package conversation_test

import (
	"encoding/json"
	"fmt"
	"slices"

	"parley/conversation"
)

// replay plays what was recorded once more: every event leads to the same bytes.
func (w *world) replay() {
	past := conversation.Past{Flow: w.catalog.ByHash, Reader: w.env.Reader, Line: func(string, string) (conversation.Line, error) { return w.env.Line, nil }}
	c := w.born
	for i, logged := range w.log {
		var err error
		if c, err = conversation.Replay(past, c, []conversation.Logged{logged}); err != nil {
			w.t.Errorf("event %d: %v", i, err)
			return
		}
		state, err := c.State.Encode()
		if err != nil || state != w.states[i] {
			w.t.Errorf("event %d, %s, was replayed as\n%s\nand was\n%s (%v)", i, logged.Data, state, w.states[i], err)
			return
		}
		c.State = conversation.State{}
		if err := c.State.Decode(state); err != nil {
			w.t.Error(err)
		}
	}
}

// clocks holds that whatever waits has a clock, that no clock is doubled, and that the
// conversation wakes no later than the earliest.
func (w *world) clocks() {
	s, clocks := &w.c.State, map[string]int{}
	for _, timer := range s.Timers {
		name := fmt.Sprint(timer.Kind, " ", timer.Run, timer.Name)
		if clocks[name]++; clocks[name] > 1 {
			w.t.Errorf("two clocks of %s", name)
		}
		if s.Owner == "" && (w.c.WakeAt == 0 || w.c.WakeAt > timer.At) {
			w.t.Errorf("it wakes at %d, and its timer is for %d", w.c.WakeAt, timer.At)
		}
	}
	w.expiries(clocks)
	for _, run := range s.Runs {
		if run.Calling != nil && run.Calling.Effect != "" && clocks["call "+run.ID] == 0 {
			w.t.Errorf("a call of %s has no clock", run.Flow)
		}
	}
	for _, due := range s.Scheduled {
		if clocks["schedule "+due.Name] == 0 {
			w.t.Errorf("the start %s has no clock", due.Name)
		}
	}
	calls := slices.ContainsFunc(s.Runs, func(r conversation.Run) bool { return r.Calling != nil && r.Calling.Effect != "" })
	if len(s.Held) > 0 && s.Owner == "" && s.Pending == nil && !calls {
		w.t.Error("texts are held, and nothing is waited for")
	}
}

// questions holds that one question of the flow is open at most.
func (w *world) questions() {
	open, keys, numbers := map[string]int{}, map[string]int{}, map[int]int{}
	for _, run := range w.c.State.Runs {
		if keys[run.Flow+" "+run.Key]++; run.Key != "" && keys[run.Flow+" "+run.Key] > 1 {
			w.t.Errorf("two runs of %s have the key %s", run.Flow, run.Key)
		}
		if numbers[run.Number]++; run.Number > 0 && numbers[run.Number] > 1 {
			w.t.Errorf("two runs have the number %d", run.Number)
		}
		if run.Wait > 0 {
			open[run.Flow]++
		}
		if f, ok := w.env.Flows.ByHash(run.Hash); ok && f.Overlap != "parallel" && open[run.Flow] > 1 {
			w.t.Errorf("%d questions of %s are open", open[run.Flow], run.Flow)
		}
	}
}

func encoded(c conversation.Conversation, effects []conversation.Effect) string {
	b, err := json.Marshal([]any{c, effects})
	if err != nil {
		return err.Error()
	}
	return string(b)
}
