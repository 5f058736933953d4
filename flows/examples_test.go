package flows_test

import (
	"path/filepath"
	"testing"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// The businesses of docs/examples: their flows have no finding, their dialogues hold,
// and nothing of a flow may vanish unnoticed.
func TestExamples(t *testing.T) {
	folders, err := filepath.Glob("../docs/examples/*/flows")
	if err != nil || len(folders) < 3 {
		t.Fatal(folders, err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(filepath.Dir(folder)), func(t *testing.T) {
			t.Parallel()
			library, err := flows.Load([]string{folder})
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range library.Warnings() {
				t.Error(w)
			}
			for _, f := range library.All() {
				dialogues := dialoguesOf(t, folder, f.Name)
				for _, d := range dialogues {
					if err := conversation.NewRehearsal(library, classify.Reader{}, f.Name).Perform(d); err != nil {
						t.Error(err)
					}
				}
				for _, m := range mutantsOf(t, f) {
					if g, err := flows.Compile(m.source); err == nil && !differs(g, dialogues) {
						t.Errorf("%s: no dialogue notices that %s is gone", f.Name, m.what)
					}
				}
			}
		})
	}
}
