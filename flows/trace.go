package flows

import "sync"

// Trace notes which parts of flows were reached, by their places in the files. Any
// number of goroutines may share one; a nil Trace notes nothing and costs nothing.
type Trace struct {
	mu   sync.Mutex
	seen map[*node]bool
}

// saw notes that the part at n was reached.
func (t *Trace) saw(n *node) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil {
		t.seen = map[*node]bool{}
	}
	t.seen[n] = true
}

// reached says whether the part at n was.
func (t *Trace) reached(n *node) bool {
	if t == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen[n]
}

// sawAnswer notes what an answer was read by: a reply, the captures it filled, or
// the choice it made.
func (t *Trace) sawAnswer(s *state, r Reading) {
	switch {
	case t == nil:
	case r.On && r.Reply < len(s.urgent):
		t.saw(s.urgent[r.Reply].at)
	case r.Reply >= 0 && r.Reply < len(s.replies):
		t.saw(s.replies[r.Reply].at)
	case s.choose != nil:
		t.saw(s.choose.at)
	default:
		for _, v := range s.captures {
			if _, filled := r.Captured[v.name]; filled {
				t.saw(v.at)
			}
		}
	}
}
