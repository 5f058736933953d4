package conversation

import (
	"encoding/json"
	"fmt"
	"slices"

	"parley/flows"
)

// Record is what the events table keeps of one applied event: the event,
// everything that Step took from its Env, and what it decided.
type Record struct {
	Event     Event      `json:"e"`
	Took      Took       `json:"t"`
	Decisions []Decision `json:"d,omitempty"`
}

// Took is what Step took from its Env, small enough to be kept with every event:
// flows and lines by the hashes of their versions.
type Took struct {
	Now     int64               `json:"now"`
	Config  string              `json:"c,omitempty"`
	Consent ConsentState        `json:"s,omitempty"`
	Current map[string]string   `json:"fc,omitempty"` // flow name → hash; "" : there was none
	Events  map[string][]string `json:"fe,omitempty"` // event type → hashes
	Keyword []TookKeyword       `json:"fk,omitempty"` // in the order asked: held texts are read in one step
	Intent  []TookIntent        `json:"fi,omitempty"` // in the order asked
	Guess   []flows.Guess       `json:"gu,omitempty"` // of the Reader, in the order asked
	Gone    []string            `json:"fg,omitempty"` // hashes of versions that were nowhere
	// Contact is what the flows that were asked for can see of the contact.
	Contact *flows.Contact `json:"ct,omitempty"`
	Moved   []TookMove     `json:"fm,omitempty"` // runs that moved to a later version
}

// TookKeyword is the flow that a text starts by a keyword; Hash "": none.
type TookKeyword struct {
	Hash string         `json:"h"`
	Args map[string]any `json:"a,omitempty"`
}

// TookIntent is the flow that a text starts by an intent; Hash "": none.
type TookIntent struct {
	Hash string `json:"h,omitempty"`
	flows.Guess
}

func (t *Took) contact() flows.Contact {
	if t.Contact == nil {
		return flows.Contact{}
	}
	return *t.Contact
}

// TookMove is where a run of an earlier version went on.
type TookMove struct {
	Run   string `json:"r"`
	Hash  string `json:"h"`
	State string `json:"s"`
}

// taking is a Flows that notes what was taken.
type taking struct {
	Flows
	took    *Took
	contact flows.Contact
}

// meets notes what a flow can see of the contact. One that may start chooses its
// language by it.
func (t taking) meets(f *flows.Flow, starts bool) {
	seen, any := f.SeenOf(t.contact)
	if starts && t.contact.Language != "" {
		seen.Language, any = t.contact.Language, true
	}
	switch {
	case !any:
	case t.took.Contact == nil:
		t.took.Contact = &seen
	default:
		more := t.took.Contact.With(seen)
		t.took.Contact = &more
	}
}

// Current notes the version of a flow.
func (t taking) Current(name string) (*flows.Flow, bool) {
	f, ok := t.Flows.Current(name)
	if t.took.Current == nil {
		t.took.Current = map[string]string{}
	}
	if ok {
		t.meets(f, true)
		t.took.Current[name] = f.Hash
	} else {
		t.took.Current[name] = ""
	}
	return f, ok
}

// ForEvent notes the flows that an event starts.
func (t taking) ForEvent(typ string) []*flows.Flow {
	list := t.Flows.ForEvent(typ)
	if t.took.Events == nil {
		t.took.Events = map[string][]string{}
	}
	hashes := make([]string, len(list))
	for i, f := range list {
		t.meets(f, true)
		hashes[i] = f.Hash
	}
	t.took.Events[typ] = hashes
	return list
}

// ForKeyword notes the flow that a text starts.
func (t taking) ForKeyword(text string) (*flows.Flow, map[string]any, bool) {
	f, args, ok := t.Flows.ForKeyword(text)
	took := TookKeyword{}
	if ok {
		t.meets(f, true)
		took = TookKeyword{Hash: f.Hash, Args: args}
	}
	t.took.Keyword = append(t.took.Keyword, took)
	return f, args, ok
}

// ForIntent notes the flow that a text starts by an intent, and the guess with it: a
// replay asks the Reader for none.
func (t taking) ForIntent(g flows.Guesser, text string) (*flows.Flow, flows.Guess) {
	if n, ok := g.(noting); ok {
		g = n.guesser
	}
	f, guess := t.Flows.ForIntent(g, text)
	took := TookIntent{Guess: guess}
	if f != nil {
		t.meets(f, true)
		took.Hash = f.Hash
	}
	t.took.Intent = append(t.took.Intent, took)
	return f, guess
}

// ByHash notes a version that is gone.
func (t taking) ByHash(hash string) (*flows.Flow, bool) {
	f, ok := t.Flows.ByHash(hash)
	if !ok && !slices.Contains(t.took.Gone, hash) {
		t.took.Gone = append(t.took.Gone, hash)
	}
	if ok {
		t.meets(f, false)
	}
	return f, ok
}

// Successor notes a run that moves.
func (t taking) Successor(run flows.Run) (*flows.Flow, string, bool) {
	f, state, ok := t.Flows.Successor(run)
	if ok {
		t.took.Moved = append(t.took.Moved, TookMove{Run: run.ID, Hash: f.Hash, State: state})
	}
	return f, state, ok
}

// replaying is a Flows that answers what was taken.
type replaying struct {
	versions func(hash string) (*flows.Flow, bool)
	took     Took
	keywords int // asked for so far
	intents  int
}

// ByHash finds a version, unless it was gone when the event was applied.
func (r *replaying) ByHash(hash string) (*flows.Flow, bool) {
	if slices.Contains(r.took.Gone, hash) {
		return nil, false
	}
	return r.versions(hash)
}

// Current is the version that was current then.
func (r *replaying) Current(name string) (*flows.Flow, bool) {
	return r.versions(r.took.Current[name])
}

// ForEvent lists the flows that the event started then.
func (r *replaying) ForEvent(typ string) []*flows.Flow {
	var list []*flows.Flow
	for _, hash := range r.took.Events[typ] {
		if f, ok := r.versions(hash); ok {
			list = append(list, f)
		}
	}
	return list
}

// ForKeyword is the flow that the text started then.
func (r *replaying) ForKeyword(string) (*flows.Flow, map[string]any, bool) {
	if r.keywords >= len(r.took.Keyword) {
		return nil, nil, false
	}
	took := r.took.Keyword[r.keywords]
	r.keywords++
	f, ok := r.versions(took.Hash)
	return f, took.Args, ok
}

// ForIntent is the flow that the text started then.
func (r *replaying) ForIntent(flows.Guesser, string) (*flows.Flow, flows.Guess) {
	if r.intents >= len(r.took.Intent) {
		return nil, flows.Guess{}
	}
	took := r.took.Intent[r.intents]
	r.intents++
	if f, ok := r.versions(took.Hash); ok {
		return f, took.Guess
	}
	return nil, took.Guess
}

// Successor is where the run went on then.
func (r *replaying) Successor(run flows.Run) (*flows.Flow, string, bool) {
	for _, m := range r.took.Moved {
		if m.Run == run.ID {
			f, ok := r.versions(m.Hash)
			return f, m.State, ok
		}
	}
	return nil, "", false
}

// Past is what a replay needs besides the recorded events: the flow versions and
// the configurations that they name, and the reader they were read with.
type Past struct {
	Flow   func(hash string) (*flows.Flow, bool)
	Line   func(config, line string) (Line, error)
	Reader flows.Reader
}

// Replay applies the recorded events of one conversation, oldest first and
// without a gap, to the state from before the first of them, and returns what they
// lead to: the same bytes as were stored.
func Replay(past Past, c Conversation, events []Logged) (Conversation, error) {
	for _, logged := range events {
		var r Record
		if err := json.Unmarshal([]byte(logged.Data), &r); err != nil {
			return c, fmt.Errorf("reading event %d: %w", logged.Rev, err)
		}
		line, err := past.Line(r.Took.Config, c.Line)
		if err != nil {
			return c, fmt.Errorf("event %d: %w", logged.Rev, err)
		}
		env := Env{Now: r.Took.Now, Consent: Consent{Phone: c.Phone, State: r.Took.Consent}, Line: line,
			Contact: r.Took.contact(), Config: r.Took.Config, Reader: &recalling{past.Reader, r.Took.Guess}, Flows: &replaying{versions: past.Flow, took: r.Took}}
		next, _, out := Step(env, c, r.Event)
		if out.Status != Applied || next.Rev != logged.Rev {
			return c, fmt.Errorf("event %d (%s) was %s and led to rev %d", logged.Rev, logged.Kind, out.Status, next.Rev)
		}
		c = next
	}
	return c, nil
}
