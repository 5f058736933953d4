package flows

import (
	"maps"
	"slices"

	"github.com/expr-lang/expr/vm"
	"github.com/looplab/fsm"
)

// engine is what one call borrows to move a run: a machine with the version's
// tables, a virtual machine, and the environment of its expressions. Building one
// is slow and reusing one is not, so that a Flow keeps a pool of them. Nothing of
// a call stays behind in it: the state is set before use, and no callback is
// registered, because callbacks would have to know the call.
type engine struct {
	fsm  *fsm.FSM
	vm   vm.VM
	env  map[string]any // empty between expressions
	call call           // the one being carried out
}

// buildMachine writes the flow's links as the machine's tables.
func (f *Flow) buildMachine() error {
	t := &tables{seen: map[[2]string]bool{}}
	var all []string
	for _, s := range f.order {
		all = append(all, s.name)
		t.addState(s)
	}
	for _, h := range f.events {
		t.add(h.next, all...)
	}
	for _, r := range f.onReplies {
		t.add(r.next, all...)
	}
	t.add(f.onError, all...)
	t.addWays(f.lookup, lookingUp)
	if err := t.check(); err != nil {
		return err
	}
	start, rows := f.start, t.rows
	f.engines.New = func() any {
		return &engine{fsm: fsm.NewFSM(start, rows, nil), env: make(map[string]any, 8), vm: vm.VM{MemoryBudget: memoryBudget}}
	}
	return nil
}

// addState adds the ways out of one state.
func (t *tables) addState(s *state) {
	for _, r := range s.replies {
		t.add(r.next, s.name)
	}
	for _, st := range s.silence {
		t.add(st.next, s.name)
	}
	for _, h := range s.events {
		t.add(h.next, s.name)
	}
	for _, r := range s.onReplies {
		t.add(r.next, s.name)
	}
	for _, b := range s.branch {
		t.add(b.next, s.name)
	}
	t.add(s.onError, s.name)
	if s.otherwise != nil {
		t.add(s.otherwise.next, s.name)
	}
	if s.choose != nil {
		t.add(s.choose.none, s.name)
		t.add(s.choose.next, s.name)
	}
	if s.handoff != nil {
		t.add(s.handoff.then, s.name)
	}
	t.add(s.next, s.name)
	if a, ok := s.suspends().(*callAction); ok {
		t.addWays(a.request, s.name)
	}
}

// add adds the way of a link; nil adds none.
func (t *tables) add(l *link, from ...string) {
	if l != nil {
		t.row(l.event, l.to, from...)
	}
}

// addWays adds the ways that the answers of a request lead.
func (t *tables) addWays(q *request, from string) {
	if q == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(q.ways)) {
		t.add(q.ways[name], from)
	}
}

// fire moves from a state along a link and returns the state reached.
func (e *engine) fire(from string, l *link) (string, error) { return fire(e.fsm, from, l.event) }

// giveBack ends a call and returns its engine to the pool, with nothing of the
// call left in it.
func (f *Flow) giveBack(c *call) {
	e := c.engine
	e.call = call{}
	f.engines.Put(e)
}
