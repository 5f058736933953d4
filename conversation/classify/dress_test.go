package classify

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"parley/flows"
)

// wardrobe dresses texts by chance, always alike.
type wardrobe struct{ *rand.Rand }

// marks end sentences and change none; a question mark does.
var marks = []string{".", "!", "…", ",", ";", ":", "-", "–", "。", "！", "~", "，", "—", "¡"}

// dress changes how a text looks and not what it says: the case of every letter, the
// blanks, marks at its end and the colour of hands.
func (w wardrobe) dress(text string) string {
	var b strings.Builder
	blanks := []string{" ", "  ", "\t", "\n", "\u00a0", " \r\n "}
	tones := []string{"", "🏻", "🏼", "🏽", "🏾", "🏿"}
	wild := w.IntN(3) == 0
	blank := func(most int) {
		for range w.IntN(most + 1) {
			b.WriteString(blanks[w.IntN(len(blanks))])
		}
	}
	blank(2)
	for _, r := range text {
		switch {
		case r == ' ':
			b.WriteString(blanks[w.IntN(len(blanks))])
		case wild && w.IntN(2) == 0:
			b.WriteRune(unicode.ToUpper(r))
		case wild:
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(r)
		}
		if strings.ContainsRune("👍👎👌🙏👋🤞🤝💪🙅🙆🤷🙋👏🙌✌☝✋👇", r) {
			b.WriteString(tones[w.IntN(len(tones))])
		}
	}
	for range w.IntN(4) {
		b.WriteString(marks[w.IntN(len(marks))])
	}
	blank(2)
	return b.String()
}

// said makes a text of phrases of the lists and words of the examples, often such as
// nobody would write.
func (w wardrobe) said(phrases []string) string {
	var b strings.Builder
	for n := range 1 + w.IntN(4) {
		if n > 0 {
			b.WriteString([]string{" ", " ", ", ", ". ", " - "}[w.IntN(5)])
		}
		b.WriteString(phrases[w.IntN(len(phrases))])
	}
	return b.String()
}

// parcelWords is what a flow about parcels listens for in a state.
func parcelWords(t *testing.T, state string) *flows.Listening {
	t.Helper()
	source, err := os.ReadFile("testdata/parcel_words.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := flows.Parse("parcel_words.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	l, err := f.Listening(state)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestDressOfAnything holds texts that were written and many more that were put together
// by chance to one reading, by whatever reads them, however they are dressed.
func TestDressOfAnything(t *testing.T) {
	texts := written(t)
	for _, r := range rowsOf(t, "testdata/delivery.tsv") {
		texts = append(texts, row{r.text, "en"})
	}
	w := wardrobe{rand.New(rand.NewPCG(1, 1))}
	phrases := slices.Sorted(maps.Keys(words().phrases))
	phrases = append(phrases, slices.Sorted(maps.Keys(words().same))...)
	phrases = append(phrases, "the box is crushed", "it is not broken", "👍", "👎", "🙏", "5", "no", "yes", "si", "n'est", "à", "ça", "ß")
	for range 2000 {
		texts = append(texts, row{w.said(phrases), languages[w.IntN(len(languages))]})
	}
	l := parcelWords(t, "")
	for _, r := range texts {
		dressed := w.dress(r.text)
		plain, worn := l.Read(Reader{}, r.text, r.label), l.Read(Reader{}, dressed, r.label)
		if a, b := understood(r.text, r.label), understood(dressed, r.label); a != b || plain != worn {
			t.Errorf("%s: %q is read as %v %+v, %q as %v %+v", r.label, r.text, a, plain, dressed, b, worn)
		}
	}
}
