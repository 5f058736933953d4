package flows_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// Every dialogue of the actions' examples holds, through the real Step: most actions
// are carried out there. The versions compiled from stored sources do the same.
func TestDialoguesOfActions(t *testing.T) {
	const folder = "testdata/actions"
	parsed, err := flows.Load([]string{folder})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range parsed.Warnings() {
		if !strings.Contains(w.Message, "who is texting") { // examples are short
			t.Error(w)
		}
	}
	for _, library := range []conversation.Flows{parsed, stored(t, parsed)} {
		for _, f := range parsed.All() {
			for _, d := range dialoguesOf(t, folder, f.Name) {
				if err := conversation.NewRehearsal(library, classify.Reader{}, f.Name).Perform(d); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// compiled answers with the versions that come out of a database.
type compiled struct {
	*flows.Library
	byHash map[string]*flows.Flow
}

func (c compiled) ByHash(hash string) (*flows.Flow, bool) { f, ok := c.byHash[hash]; return f, ok }

func stored(t *testing.T, l *flows.Library) conversation.Flows {
	t.Helper()
	c := compiled{l, map[string]*flows.Flow{}}
	for _, f := range l.All() {
		again, err := flows.Compile(f.Source())
		if err != nil || again.Hash != f.Hash {
			t.Fatalf("%s: the stored version is another: %v", f.Name, err)
		}
		c.byHash[f.Hash] = again
	}
	return c
}

// dialoguesOf finds the dialogues beside the file that holds the flow.
func dialoguesOf(t *testing.T, folder, flow string) []flows.Dialogue {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(folder, "*.yaml"))
	for _, file := range files {
		source, err := os.ReadFile(file)
		if _, source = flows.CutModeline(source); err != nil || !strings.HasPrefix(string(source), "flow: "+flow+"\n") {
			continue
		}
		chat := strings.TrimSuffix(file, ".yaml") + ".chat"
		text, err := os.ReadFile(chat)
		if err != nil {
			t.Fatal(err)
		}
		dialogues, err := flows.ParseDialogues(chat, text)
		if err != nil || len(dialogues) == 0 {
			t.Fatalf("%s: %d dialogues, %v", chat, len(dialogues), err)
		}
		return dialogues
	}
	t.Fatalf("the flow %s has no file", flow)
	return nil
}
