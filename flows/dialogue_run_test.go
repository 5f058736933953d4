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
	return l.flow.ByKeyword(text)
}

func (l lone) Successor(flows.Run) (*flows.Flow, string, bool) { return nil, "", false }

// Every dialogue of the shipped flows and of the actions' examples holds, on the
// parsed version and on the one compiled from its stored source.
func TestDialogues(t *testing.T) {
	for _, folder := range []string{"library", "testdata/actions"} {
		files, _ := filepath.Glob(filepath.Join(folder, "*.yaml"))
		if len(files) == 0 {
			t.Errorf("no flows in %s", folder)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f, err := flows.Parse(file, source)
			if err != nil {
				t.Error(err)
				continue
			}
			for _, found := range f.Check() {
				t.Errorf("a shipped flow has a finding: %v", found)
			}
			stored, err := flows.Compile(f.Source())
			if err != nil || stored.Hash != f.Hash {
				t.Fatalf("%s: the stored version is another: %v", file, err)
			}
			chat := strings.TrimSuffix(file, ".yaml") + ".chat"
			playFile(t, chat, f)
			playFile(t, chat, stored)
		}
	}
}

func playFile(t *testing.T, chat string, f *flows.Flow) {
	t.Helper()
	source, err := os.ReadFile(chat)
	if err != nil {
		t.Fatalf("%s has no dialogues: %v", f.Name, err)
	}
	dialogues, err := flows.ParseDialogues(chat, source)
	if err != nil || len(dialogues) == 0 {
		t.Fatalf("%d dialogues, %v", len(dialogues), err)
	}
	for _, d := range dialogues {
		if err := conversation.NewRehearsal(lone{f}, classify.Lexicon{}, f.Name).Perform(d); err != nil {
			t.Errorf("%s: %v", d.Title, err)
		}
	}
}
