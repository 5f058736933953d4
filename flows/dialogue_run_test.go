package flows_test

import (
	"testing"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// lone is a library of one flow.
type lone struct{ flow *flows.Flow }

func (l lone) Current(name string) (*flows.Flow, bool) { return l.flow, name == l.flow.Name }
func (l lone) ByHash(hash string) (*flows.Flow, bool)  { return l.flow, hash == l.flow.Hash }

func (l lone) ForEvent(typ string) []*flows.Flow {
	if l.flow.StartsOn(typ) {
		return []*flows.Flow{l.flow}
	}
	return nil
}

func (l lone) ForKeyword(text string) (*flows.Flow, map[string]any, bool) {
	return flows.LibraryOf(l.flow).ForKeyword(text)
}

func (l lone) ForIntent(g flows.Guesser, text string) (*flows.Flow, flows.Guess) {
	return flows.LibraryOf(l.flow).ForIntent(g, text)
}

func (l lone) Successor(flows.Run) (*flows.Flow, string, bool) { return nil, "", false }

// Every dialogue of the shipped flows holds, on the parsed version and on the one
// compiled from its stored source; together they reach everything; and nobody has to
// look at any of the flows.
func TestDialogues(t *testing.T) {
	library, err := flows.Load([]string{"library"})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range library.Warnings() {
		t.Errorf("a shipped flow has a finding: %v", w)
	}
	for _, f := range library.All() {
		compiled, err := flows.Compile(f.Source())
		if err != nil || compiled.Hash != f.Hash {
			t.Fatalf("%s: the stored version is another: %v", f.Name, err)
		}
		trace := &flows.Trace{}
		for _, d := range dialoguesOf(t, "library", f.Name) {
			for _, version := range []*flows.Flow{f, compiled} {
				r := conversation.NewRehearsal(lone{version}, classify.Reader{}, f.Name)
				r.Env.Trace = trace
				if err := r.Perform(d); err != nil {
					t.Error(err)
				}
			}
		}
		for _, part := range f.Coverage(trace) {
			if !part.Reached {
				t.Errorf("%s:%d: no dialogue reaches the %s %s of %s", part.File, part.Line, part.Kind, part.Name, part.State)
			}
		}
	}
}
