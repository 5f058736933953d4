package flows

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Every kind of action has an example flow that uses it, with its dialogue (which
// TestDialogues plays), and its key is accepted where actions stand.
func TestActionsHaveExamples(t *testing.T) {
	for kind := range actions {
		source, err := os.ReadFile("testdata/actions/" + kind + ".yaml")
		if err != nil || !strings.Contains(string(source), kind+":") {
			t.Errorf("the action %s has no example: write testdata/actions/%s.yaml (%v)", kind, kind, err)
		}
		if _, err := os.Stat("testdata/actions/" + kind + ".chat"); err != nil {
			t.Errorf("the action %s has no dialogue: %v", kind, err)
		}
		if !slices.Contains(keysOf[actionKeys](), kind) {
			t.Errorf("the action %s is not among the keys of an action", kind)
		}
	}
	for _, kind := range keysOf[actionKeys]() {
		if actions[kind] == nil {
			t.Errorf("the key %s has no action", kind)
		}
	}
}
