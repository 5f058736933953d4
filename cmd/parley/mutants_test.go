package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mutant breaks one rule of the code on purpose: in file, old becomes new. The test
// of that rule, in pkg, must go red; a rule whose mutant lives is not proven by it.
type mutant struct {
	rule, file, old, new string
	pkg, test            string
}

// mutants break what the tests of single packages prove of races; llmMutants break
// what they prove of the LLM, proofMutants what the proofs prove.
var mutants = []mutant{
	{"STOP against a claim: the claim asks for consent", "conversation/store/claim.go",
		`AND (m.exempt = 1 OR COALESCE((SELECT k.state FROM consents k WHERE k.phone = m.phone), '') <> 'out')`, ``,
		"conversation/store", "TestClaimTakes|TestClaimDecidesRaces"},
	{"STOP against a claim: only queued rows are cancelled", "conversation/store/plan.go",
		`finished_at = {now} WHERE id = $1 AND status = 'queued'`, `finished_at = {now} WHERE id = $1`,
		"conversation/store", "TestClaimDecidesRaces|TestCancel"},
	{"takeover against a claim: the claim asks for the owner's epoch", "conversation/store/claim.go",
		`OR m.epoch >= (SELECT c.epoch FROM conversations c WHERE c.id = m.conversation))`, `OR 1 = 1)`,
		"conversation/store", "TestClaimTakes|TestClaimDecidesRaces"},
	{"settle against receipt: an early receipt is kept", "conversation/store/settle.go",
		`one.early = append(one.early, early{carrier: a.carrier, id: a.id, status: a.status, error: a.error})`, `_ = one`,
		"conversation/store", "TestReceiptIsNeverLost"},
	{"settle against receipt: a settle holds only under its own claim", "conversation/store/settle.go",
		`WHERE id = $1 AND status = 'sending' AND node = $2 AND attempt = $3`, `WHERE id = $1 AND $2 = $2 AND $3 = $3`,
		"conversation/store", "TestTwoAttempts|TestGuard|TestReceiptIsNeverLost"},
	{"two new phones in opposite order: creations are sorted", "conversation/store/begin.go",
		`slices.Sort(ids)`, `_ = ids`,
		"conversation/store", "TestNewPhonesInOppositeOrder"},
	{"timer against text: a deadline counts when it is due", "conversation/waiting.go",
		`return t.At <= s.env.Now`, `return t.At > 0`,
		"conversation", "TestTimerAgainstText|TestSilence"},
	{"lost COMMIT reply: a dedupe key that is there is a repeat", "conversation/batch.go",
		`if out, ok := a.batch.Seen(i); ok {`, `if out, ok := a.batch.Seen(i); ok && out.Status == "" {`,
		"conversation", "TestLostCommitReply"},
	{"poison in a batch: the batch is halved", "conversation/batch.go",
		`case len(batch) == 1:`, `case len(batch) > 0:`,
		"conversation", "TestPoison"},
	{"result after the run moved on: its wait must match", "conversation/classifying.go",
		`i < 0 || s.c.State.Runs[i].Wait != p.Wait {`, `i < 0 {`,
		"conversation", "TestResultAfterTheRunMovedOn"},
	{"wrong question: five seconds belong to the question before", "conversation/reading.go",
		`const seenAfter = 5_000`, `const seenAfter = 0`,
		"conversation", "TestWrongQuestion"},
}

func TestMutants(t *testing.T) {
	if testing.Short() { // every mutant is a build of its own
		t.Skip("not run: -short")
	}
	kill(t, mutants, "60s", "--- FAIL")
}

// kill runs the test of every mutant against the broken code for at most as long as
// within. The test is red when it fails and prints one of the words of red.
func kill(t *testing.T, mutants []mutant, within string, red ...string) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants {
		t.Run(m.rule, func(t *testing.T) {
			t.Parallel() // most of each is a build, or waiting
			overlay := m.overlay(t, root)
			var out []byte
			for range 3 { // a race may miss its moment once, when the machine is busy
				cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-timeout="+within, "-run", m.test, "./"+m.pkg)
				cmd.Dir = root
				// As GOFLAGS, the overlay reaches also what a proof builds: the server.
				cmd.Env = append(os.Environ(), "PARLEY_PROOF=", "GOFLAGS="+os.Getenv("GOFLAGS")+" -overlay="+overlay)
				var err error
				out, err = cmd.CombinedOutput()
				if err != nil && slices.ContainsFunc(red, func(word string) bool { return strings.Contains(string(out), word) }) {
					return
				}
			}
			t.Errorf("the broken code passes:\n%s", out)
		})
	}
}

// overlay writes the broken file, and the file that tells the go command to build
// with it, which it names.
func (m mutant) overlay(t *testing.T, root string) string {
	original := filepath.Join(root, m.file)
	source, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(source), m.old) {
		t.Fatalf("%s no longer holds %q: give the mutant its new words", m.file, m.old)
	}
	folder := t.TempDir()
	broken := write(t, folder, "broken.go", strings.Replace(string(source), m.old, m.new, 1))
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {original: broken}})
	if err != nil {
		t.Fatal(err)
	}
	return write(t, folder, "overlay.json", string(overlay))
}
