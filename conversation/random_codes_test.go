package conversation_test

import (
	"fmt"

	"parley/conversation"
)

// code is something that happens to a code: it is texted, once more or anew, comes to
// an end, or is texted to us.
func (w *world) code() conversation.Event {
	id := fmt.Sprint("ver_", w.r.IntN(4))
	run := ""
	if runs := w.c.State.Runs; len(runs) > 0 {
		run = runs[w.r.IntN(len(runs))].ID
	}
	switch w.r.IntN(4) {
	case 0:
		outcome := []string{"approved", "failed", "expired"}[w.r.IntN(3)]
		return conversation.Event{Kind: conversation.KindVerified, Verified: &conversation.Verified{Challenge: id, Purpose: "login", Subject: "u", Run: run, Outcome: outcome}}
	case 1:
		return conversation.Event{Kind: conversation.KindText, Text: &conversation.Text{Text: "it is " + conversation.CodeBlank, Burned: conversation.Challenges{id}}}
	}
	return w.codeFor(id, run)
}

func (w *world) codeFor(id, run string) conversation.Event {
	return conversation.Event{Kind: conversation.KindCode, Code: &conversation.Code{Challenge: id, Purpose: "login", Subject: "u", Run: run,
		Text: "Acme: " + conversation.CodeBlank, Segments: 1, Until: w.env.Now + int64(w.r.IntN(600_000)) - 30_000}}
}

// expiries holds that every live code has a clock, and that they are few.
func (w *world) expiries(clocks map[string]int) {
	if n := len(w.c.State.Codes); n > 16 {
		w.t.Errorf("%d codes are live", n)
	}
	for _, live := range w.c.State.Codes {
		if clocks["code "+live.Challenge] != 1 {
			w.t.Errorf("%s has %d clocks", live.Challenge, clocks["code "+live.Challenge])
		}
	}
}
