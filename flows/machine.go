package flows

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/looplab/fsm"
)

// Transition is one row of a Machine's table: the event leads from any of the states
// in From to the state To, which may be one of them.
type Transition struct {
	Event string
	From  []string
	To    string
}

// Machine is a table of transitions that was checked when it was made: from one
// state an event leads to one state, or nowhere. It keeps no state of its own and may
// be used by any number of goroutines; what a move leads to is the caller's to decide
// and to store.
type Machine struct {
	movers sync.Pool // of *fsm.FSM: making one is slow, reusing it is not
}

// NewMachine makes a machine of a table. An event that leads from one state to two
// is an error.
func NewMachine(rows ...Transition) (*Machine, error) {
	t := &tables{seen: map[[2]string]bool{}}
	for _, r := range rows {
		t.row(r.Event, r.To, r.From...)
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	m := &Machine{}
	m.movers.New = func() any { return fsm.NewFSM("", t.rows, nil) }
	return m, nil
}

// Fire gives the state that an event leads to; false: it leads nowhere from there.
func (m *Machine) Fire(from, event string) (to string, ok bool) {
	mover, _ := m.movers.Get().(*fsm.FSM)
	defer m.movers.Put(mover)
	to, err := fire(mover, from, event)
	return to, err == nil
}

// fire moves from a state by an event and returns the state reached, which may be the
// same one. The library is given no callbacks: they would have to know the call.
func fire(mover *fsm.FSM, from, event string) (string, error) {
	mover.SetState(from)
	err := mover.Event(context.Background(), event)
	var same fsm.NoTransitionError
	if err != nil && !(errors.As(err, &same) && same.Err == nil) {
		return from, fmt.Errorf("the state %s has no way %s", from, event)
	}
	return mover.Current(), nil
}

// tables are the rows of a machine in the making. The library lets a second row for
// the same event and source win silently; here it is an error.
type tables struct {
	rows  []fsm.EventDesc
	seen  map[[2]string]bool
	twice string
}

func (t *tables) row(event, to string, from ...string) {
	t.rows = append(t.rows, fsm.EventDesc{Name: event, Src: from, Dst: to})
	for _, src := range from {
		key := [2]string{event, src}
		if t.seen[key] {
			t.twice = event
		}
		t.seen[key] = true
	}
}

func (t *tables) check() error {
	if t.twice != "" {
		return fmt.Errorf("two ways are named %s in one state", t.twice)
	}
	return nil
}
