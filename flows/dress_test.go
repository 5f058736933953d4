package flows

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
)

// TestAnswersHoweverDressed: neither the case of letters nor blanks nor marks at the end
// make another value of an answer.
func TestAnswersHoweverDressed(t *testing.T) {
	chance := rand.New(rand.NewPCG(2, 2))
	of := func(list ...string) string { return list[chance.IntN(len(list))] }
	flowsOf := map[string]*Flow{}
	for _, r := range answerRows(t) {
		plain := captured(t, r, flowsOf, nil)
		for range 8 {
			var b strings.Builder
			b.WriteString(of("", " ", "\n", "\t "))
			for _, letter := range r.text {
				switch {
				case letter == ' ':
					b.WriteString(of(" ", "  ", "\n", "\t", "\u00a0"))
				case chance.IntN(2) == 0:
					b.WriteRune(unicode.ToUpper(letter))
				default:
					b.WriteRune(unicode.ToLower(letter))
				}
			}
			for range chance.IntN(3) {
				b.WriteString(of(".", "!", "…", "~", ",", ";"))
			}
			b.WriteString(of("", " ", "\n"))
			dressed := r
			dressed.text = b.String()
			if got := captured(t, dressed, flowsOf, nil); got != plain {
				t.Errorf("%s %s: %q is %s, %q is %s", r.language, r.kind, r.text, plain, dressed.text, got)
			}
		}
	}
}
