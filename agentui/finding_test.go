package agentui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestReadings(t *testing.T) {
	for query, want := range map[string]string{
		"0123": "[[[0123 r3210]] [[0123]]]", "+1 (202) 555-0123": "[[[12025550123 r32105552021]] [[1] [202] [555] [0123]]]", "12": "[[[12]]]",
		"Zoë  router": "[[[zoe] [router]]]", "A-10045": "[[[a] [10045]]]", "عمر": "[[[عمر]]]", "don't": "[[[dont]]]",
		"": "[]", " -* ": "[]", `") OR words:*`: "[[[or] [words]]]", "' | 'x':*": "[[[x]]]",
		"a b c d e f g h": "[[[a] [b] [c] [d] [e] [f]]]", strings.Repeat("x", 101): "[]",
	} {
		if got := fmt.Sprint(Readings(query)); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
}

// FuzzWords: whatever is typed, what reaches the database is letters and digits, short.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "Zoë's A-10045", `" OR *`, "\x00\xff", "ﬁﬂ ２０２", "e\u0301", "日本語", "'':*", strings.Repeat("ß", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, w := range Words(s) {
			if w == "" || len(w) > longestWord || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
				t.Errorf("%q has the word %q", s, w)
			}
		}
		for _, term := range slices.Concat(Readings(s)...) {
			for _, w := range term {
				if strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
					t.Errorf("%q is sought as %q", s, w)
				}
			}
		}
	})
}
