package flows

import (
	"slices"
	"strings"
)

// intentNames are the intents that every Reader knows.
var intentNames = []string{"yes", "no", "help", "agent", "done", "thanks", "wrong_number"}

// Intents lists the built-in intents, for Readers to be tested against.
func Intents() []string { return slices.Clone(intentNames) }

// intent reads the name of an intent.
func (p *parser) intent(n *node) string {
	s := p.text(n, "intent")
	if s != "" && !slices.Contains(intentNames, s) {
		p.failAt(n, "there is no intent %s: %s", quote(s), suggest(s, intentNames))
	}
	return s
}

// intentsOf lists the intents of the replies in the author's order.
func intentsOf(replies []*reply) []string {
	var out []string
	for _, r := range replies {
		if r.intent != "" && !slices.Contains(out, r.intent) {
			out = append(out, r.intent)
		}
	}
	return out
}

// optOuts are the words that carriers and the law take as an opt-out, folded.
// No question may ask for one of them.
var optOuts = []string{
	"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
	"unsub",
}

func isOptOut(folded string) bool {
	return slices.Contains(optOuts, strings.ReplaceAll(folded, " ", ""))
}
