package classify

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"parley/flows"
)

// TestEvalAskBack measures how often a customer is asked back, and how often the question
// is the right one, on the small flows of TestEval (PARLEY_EVAL=DIR).
func TestEvalAskBack(t *testing.T) {
	dir := os.Getenv("PARLEY_EVAL")
	if dir == "" {
		t.Skip("PARLEY_EVAL names no folder with data from outside")
	}
	by := map[string][]string{}
	for _, r := range rowsOf(t, filepath.Join(dir, "clinc150_train.tsv")) {
		by[r.label] = append(by[r.label], r.text)
	}
	oos := by["oos"]
	delete(by, "oos")
	for _, near := range []float64{0.3, 0.4, 0.5, 0.6} {
		var in, right, wrong, out, none int
		for seed := range uint64(80) {
			lesson, own, texts := made(by, oos, seed)
			for _, r := range texts {
				g := Reader{}.Guess(lesson, r.text, own)
				asked := !g.Sure && g.Score >= near && g.Score < Enough
				switch {
				case r.label == "":
					out++
					none += map[bool]int{true: 1}[asked]
				case asked && g.Intent == r.label:
					right++
					fallthrough
				default:
					in++
					wrong += map[bool]int{true: 1}[asked && g.Intent != r.label]
				}
			}
		}
		fmt.Printf("asking back from %.1f: %.3f of texts that mean an intent are asked about rightly, %.3f wrongly; %.3f of those that mean none are asked about\n",
			near, float64(right)/float64(in), float64(wrong)/float64(in), float64(none)/float64(out))
	}
}

// What is sure here is what is not asked about there.
func TestOneThreshold(t *testing.T) {
	if Enough != flows.Enough {
		t.Errorf("%v and %v", Enough, flows.Enough)
	}
}
