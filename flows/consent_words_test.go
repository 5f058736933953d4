package flows

import (
	"fmt"
	"slices"
	"testing"
)

// No flow hears a word of the rules on consent: the checker says so of each, as an
// answer and as what starts a flow. Opt-outs are errors.
func TestConsentWordsAreFound(t *testing.T) {
	for asked, words := range consentWords {
		want := "belongs-to-the-rules-of-consent"
		if asked == ConsentStop || asked == ConsentCancel {
			want = "opts-the-customer-out-and-never"
		}
		for _, w := range append(slices.Clone(words), words[0]+" now") {
			for _, source := range []string{
				fmt.Sprintf("flow: x\nstart: a\nstates:\n  a: {say: a, replies: [{match: [%q], goto: z}]}\n  z: {end: z}\n", w),
				fmt.Sprintf("flow: x\nstart: z\ntrigger: {keywords: [%q]}\nstates:\n  z: {end: z}\n", w),
			} {
				f, err := Parse("x.yaml", []byte(source))
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(f.Check(), func(p *Problem) bool { return p.Rule == want }) {
					t.Errorf("%q goes unnoticed in\n%s", w, source)
				}
			}
		}
	}
}
