package main

import "testing"

// proofMutants break what the proofs prove, one thing each: the proof must go red.
var proofMutants = []mutant{
	{"ack after commit", "inbound/webhooks.go",
		`if err := w.take(r, name, delivery); err != nil {`, `go func() { time.Sleep(30 * time.Millisecond); _ = w.take(r, name, delivery) }(); if err := error(nil); err != nil {`,
		"cmd/parley", "TestProofCrash/sqlite$"},
	{"a text that comes again is dropped by its key", "conversation/batch.go",
		`if out, ok := a.batch.Seen(i); ok {`, `if out, ok := a.batch.Seen(i); ok && out.Status == "" {`,
		"cmd/parley", "TestProofCrash/postgres"},
	{"a reply goes out again under the same id", "outbound/send.go",
		`provider.Outgoing{ID: a.m.ID,`, `provider.Outgoing{ID: a.m.ID + map[bool]string{true: "-again"}[repeat],`,
		"cmd/parley", "TestProofCrash/sqlite$"},
	{"expired leases are taken over", "outbound/fate.go",
		`r.reapStranded(ctx)`, `_ = ctx`,
		"cmd/parley", "TestProofCrash/postgres"},
	{"replies keep their order", "conversation/store/claim.go",
		`OR m.priority > 2 AND o.position < m.position`, `OR m.priority > 9 AND o.position < m.position`,
		"cmd/parley", "TestProofCrash/sqlite$"},
	{"what Step took is recorded", "conversation/batch.go",
		`Took{Now: a.now,`, `Took{Now: a.now + 1,`,
		"cmd/parley", "TestProofCrash/sqlite$"},
	{"two nodes never claim the same", "conversation/store/claim.go",
		`LIMIT $5 {lock} {skiplocked})`, `LIMIT $5)`,
		"cmd/parley", "TestProofNodes"},
	{"a frozen node loses its locks", "conversation/store/postgres.go",
		`"idle_in_transaction_session_timeout": "5s",`, `"idle_in_transaction_session_timeout": "60s",`,
		"cmd/parley", "TestProofStoppedNode"},
	{"the gateway's reports are read", "outbound/provider/kannel.go",
		`"1": conversation.Delivered,`, `"1": conversation.Sent,`,
		"cmd/parley", "TestProofGateway"},
}

// TestProofMutants runs the proofs in their small size against broken code. Some
// mutants leave a proof waiting for what never comes.
func TestProofMutants(t *testing.T) {
	if size(0, 1) == 0 { // every mutant builds the server and runs a proof
		t.Skip("not run: the mutants of the proofs take some minutes: PARLEY_PROOF=1, or make proof")
	}
	kill(t, proofMutants, "150s", "--- FAIL", "panic: test timed out")
}
