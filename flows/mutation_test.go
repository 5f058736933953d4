package flows_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// TestMutation drops each reply (emergency words too), each step of silence and each branch of the shipped
// flows in turn: at least one dialogue must go otherwise.
func TestMutation(t *testing.T) {
	l, err := flows.Load([]string{"library"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range l.All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			dialogues := dialoguesOf(t, "library", f.Name)
			mutants := 0
			for _, m := range mutantsOf(t, f) {
				mutants++
				if g, err := flows.Compile(m.source); err == nil && !differs(g, dialogues) {
					t.Errorf("no dialogue notices that %s is gone", m.what)
				}
			}
			t.Logf("%d mutants", mutants)
		})
	}
}

// differs says whether a dialogue goes otherwise with this version.
func differs(f *flows.Flow, dialogues []flows.Dialogue) bool {
	return slices.ContainsFunc(dialogues, func(d flows.Dialogue) bool {
		return conversation.NewRehearsal(lone{f}, classify.Reader{}, f.Name).Perform(d) != nil
	})
}

// mutant is a version that lacks one thing.
type mutant struct {
	what   string
	source []byte
}

// mutantsOf drops one item at a time from the lists that decide where a run goes.
func mutantsOf(t *testing.T, f *flows.Flow) []mutant {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(f.Source(), &root); err != nil {
		t.Fatal(err)
	}
	var out []mutant
	drop := func(what string, set func(any), list []any) {
		for i := range list {
			if strings.HasSuffix(what, "branch") && i == len(list)-1 {
				continue // without its last branch the flow is no flow
			}
			set(slices.Delete(slices.Clone(list), i, i+1))
			source, err := json.Marshal(root)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, mutant{fmt.Sprintf("%s %d", what, i+1), source})
			set(list)
		}
	}
	dropAll := func(name string, of map[string]any, keys ...string) {
		for _, key := range keys {
			switch list := of[key].(type) {
			case []any:
				drop(name+"."+key, func(v any) { of[key] = v }, list)
			case map[string]any:
				drop(name+"."+key, func(v any) {
					if v, _ := v.([]any); len(v) == 1 {
						of[key] = v[0]
					} else {
						delete(of, key)
					}
				}, []any{list})
			}
		}
	}
	on := func(name string, of map[string]any) {
		if on, ok := of["on"].(map[string]any); ok {
			dropAll(name+".on", on, "replies")
		}
	}
	states, _ := root["states"].(map[string]any)
	for name, s := range states {
		state := s.(map[string]any)
		dropAll(name, state, "replies", "silence", "branch")
		on(name, state)
	}
	on("flow", root)
	return out
}
