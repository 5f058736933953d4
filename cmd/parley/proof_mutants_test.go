package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// proofMutants break what the proofs prove, one thing each: the proof must go red.
var proofMutants = []struct {
	rule, file, old, new string
	test                 string
}{
	{"ack after commit", "inbound/webhooks.go",
		`if err := w.take(r, name, delivery); err != nil {`, `go func() { time.Sleep(30 * time.Millisecond); _ = w.take(r, name, delivery) }(); if err := error(nil); err != nil {`,
		"TestProofCrash/sqlite$"},
	{"a text that comes again is dropped by its key", "conversation/batch.go",
		`if out, ok := a.batch.Seen(i); ok {`, `if out, ok := a.batch.Seen(i); ok && out.Status == "" {`,
		"TestProofCrash/postgres"},
	{"a reply goes out again under the same id", "outbound/send.go",
		`provider.Outgoing{ID: m.ID,`, `provider.Outgoing{ID: m.ID + map[bool]string{true: "-again"}[repeat],`,
		"TestProofCrash/sqlite$"},
	{"expired leases are taken over", "outbound/fate.go",
		`r.reapStranded(ctx)`, `_ = ctx`,
		"TestProofCrash/postgres"},
	{"replies keep their order", "conversation/store/claim.go",
		`OR m.priority > 2 AND o.position < m.position`, `OR m.priority > 9 AND o.position < m.position`,
		"TestProofCrash/sqlite$"},
	{"what Step took is recorded", "conversation/batch.go",
		`Took{Now: a.now,`, `Took{Now: a.now + 1,`,
		"TestProofCrash/sqlite$"},
	{"two nodes never claim the same", "conversation/store/claim.go",
		`LIMIT $5 {lock} {skiplocked})`, `LIMIT $5)`,
		"TestProofNodes"},
	{"a frozen node loses its locks", "conversation/store/postgres.go",
		`"idle_in_transaction_session_timeout": "5s",`, `"idle_in_transaction_session_timeout": "60s",`,
		"TestProofStoppedNode"},
	{"the gateway's reports are read", "outbound/provider/kannel.go",
		`"1": conversation.Delivered,`, `"1": conversation.Sent,`,
		"TestProofGateway"},
}

// TestProofMutants runs the proofs in their small size against broken code.
func TestProofMutants(t *testing.T) {
	if size(0, 1) == 0 {
		t.Skip("not run: the mutants of the proofs take some minutes: PARLEY_PROOF=1, or make proof")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range proofMutants {
		t.Run(m.rule, func(t *testing.T) {
			original := filepath.Join(root, m.file)
			source, err := os.ReadFile(original)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Count(string(source), m.old) == 0 {
				t.Fatalf("%s no longer holds %q: give the mutant its new words", m.file, m.old)
			}
			folder := t.TempDir()
			broken := write(t, folder, "broken.go", strings.Replace(string(source), m.old, m.new, 1))
			overlay, err := json.Marshal(map[string]map[string]string{"Replace": {original: broken}})
			if err != nil {
				t.Fatal(err)
			}
			// The flag reaches the build of the server as well.
			cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-timeout=150s", "-run", m.test, "./cmd/parley")
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "PARLEY_PROOF=", "GOFLAGS=-overlay="+write(t, folder, "overlay.json", string(overlay)))
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL") && !strings.Contains(string(out), "panic: test timed out") {
				t.Errorf("the broken code passes:\n%s", out)
			}
		})
	}
}
