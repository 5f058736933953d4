package classify

import (
	"os"
	"slices"
	"strings"
	"testing"

	"parley/flows"
)

// written are all texts of the hand-written sets, with their languages.
func written(t *testing.T) (rows []row) {
	t.Helper()
	for _, language := range languages {
		for _, r := range rowsOf(t, "testdata/intents_"+language+".tsv") {
			rows = append(rows, row{r.text, language})
		}
	}
	source, err := os.ReadFile("testdata/payment.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(source)) {
		p := strings.Split(strings.TrimSpace(line), "\t")
		rows = append(rows, row{strings.ReplaceAll(p[0], `\n`, "\n"), p[2]})
	}
	return rows
}

// understood is what both ways of reading make of a text.
func understood(text, language string) [2]string {
	read, _, _ := Lexicon{}.Read(text, language, flows.Intents())
	skimmed, _ := Lexicon{}.Skim(text, language, []string{"no", "yes"})
	return [2]string{read, skimmed}
}

// TestDressChangesNothing: capitals, blanks, marks at the end and the colour of hands
// are how a text is dressed, not what it says.
func TestDressChangesNothing(t *testing.T) {
	hands := strings.NewReplacer("👍", "👍🏽", "👎", "👎🏿", "👌", "👌🏻", "🙏", "🙏🏾", "👋", "👋🏼")
	dressed := map[string]func(string) string{
		"capitals":     strings.ToUpper,
		"small":        strings.ToLower,
		"blanks":       func(s string) string { return "  " + strings.ReplaceAll(s, " ", "   ") + " \n" },
		"stop":         func(s string) string { return s + "." },
		"exclamations": func(s string) string { return s + " !!!" },
		"dots":         func(s string) string { return s + "..." },
		"hands":        hands.Replace,
	}
	for _, r := range written(t) {
		plain := understood(r.text, r.label)
		for name, dress := range dressed {
			if text := dress(r.text); understood(text, r.label) != plain {
				t.Errorf("%s, %s: %q is read as %v, %q as %v", r.label, name, r.text, plain, text, understood(text, r.label))
			}
		}
	}
}

// TestWithoutItsAnswer: a text that says yes or no and loses the word that says so does
// not say the opposite. A word that negates a sentence is another thing: without it, it
// does ("didnt", and the "no" of Spanish, Portuguese and Italian).
func TestWithoutItsAnswer(t *testing.T) {
	romance := []string{"es", "pt", "it"}
	chain := parcelWords(t, "ask")
	tried := 0
	for _, r := range written(t) {
		full := understood(r.text, r.label)
		fields := strings.Fields(r.text)
		for i, word := range fields {
			alone := understood(word, r.label)
			folded := flows.Fold(word)
			if alone == [2]string{} || turning[folded] && folded != "no" || len(fields) < 2 || (folded == "no" || folded == "nao" || folded == "non") && slices.Contains(romance, r.label) {
				continue
			}
			without := strings.Join(slices.Delete(slices.Clone(fields), i, i+1), " ")
			rest := understood(without, r.label)
			if a, b := chain.Read(Reader{}, r.text, r.label), chain.Read(Reader{}, without, r.label); opposite(a.Intent, b.Intent) {
				t.Errorf("%s: %q is %s by %s, without %q %s by %s", r.label, r.text, a.Intent, a.Layer, word, b.Intent, b.Layer)
			}
			for way := range full {
				tried++
				if opposite(full[way], rest[way]) {
					t.Errorf("%s: %q is read as %v, without %q as %v", r.label, r.text, full, word, rest)
				}
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d texts were tried", tried)
	}
}
