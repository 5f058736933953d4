package conversation

import (
	"strings"
	"testing"
	"time"

	"parley/flows"
)

// TestMigrate: a run waits in a state that the edited file names anew; what the
// customer answers is read there, and its clock goes on from when it was asked.
func TestMigrate(t *testing.T) {
	edited := strings.NewReplacer("  ask:\n", "  asked:\n", "start: ask", "start: asked\nmigrate: {ask: asked}", "after: 48h", "after: 30h").Replace(parcel)
	f, err := flows.Parse("edited.yaml", []byte(edited))
	if err != nil {
		t.Fatal(err)
	}
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Hour)
	old := k.c.State.Runs[0].Hash
	k.env.Flows = append(shelf{f}, k.env.Flows.(shelf)...)
	k.text("what?")
	k.wantSaid("YES or NO please")
	if run := k.c.State.Runs[0]; run.Hash == old || run.State != "asked" || run.Wait == 0 {
		t.Fatalf("it did not move: %+v", run)
	}
	k.until("2026-03-03T12:00:00Z").wantSaid("Acme: did it arrive?")
	k.until("2026-03-03T17:59:59Z").wantSaid()
	k.until("2026-03-03T18:00:00Z")
	if len(k.c.State.Runs) != 0 {
		t.Errorf("the clock is not the new state's: %+v", k.c.State)
	}
}

// TestWithoutMigrate: the same edit without a map leaves the run on its version.
func TestWithoutMigrate(t *testing.T) {
	edited := strings.NewReplacer("  ask:\n", "  asked:\n", "start: ask", "start: asked").Replace(parcel)
	f, err := flows.Parse("edited.yaml", []byte(edited))
	if err != nil {
		t.Fatal(err)
	}
	k := newTalk(t, parcel)
	k.start("parcel", nil)
	k.taken().after(time.Hour)
	k.env.Flows = append(shelf{f}, k.env.Flows.(shelf)...)
	k.text("yes")
	k.wantSaid("How? 1 fine, 2 damaged")
}
