package conversation

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"parley/flows"
	"parley/outbound/segment"
)

// TestOwnTexts: whoever is written in one of the shipped languages is answered in it, in one
// segment, with a brand of 20 characters and its contact, and as well without.
func TestOwnTexts(t *testing.T) {
	languages := []string{"de", "en", "es", "fr", "it", "pt"}
	for which, texts := range ownTexts {
		if has := slices.Sorted(maps.Keys(texts)); !slices.Equal(has, languages) {
			t.Errorf("%s is written in %v", which, has)
		}
		for _, language := range languages {
			for _, contact := range []string{"", "help@acme.example"} {
				text := ownText(which, language, Line{Brand: flows.Brand{Name: strings.Repeat("A", 20), Contact: contact}})
				text = strings.NewReplacer("{choice}", "WRONG NUMBER", "{n}", "12", "{opens}", "mer 09:00", "{first}", "Is it safe?", "{second}", "Did it come?").Replace(text)
				if c := segment.Count(text); c.Segments != 1 || c.Encoding != segment.GSM7 {
					t.Errorf("%s in %s: %+v: %s", which, language, c, text)
				}
				if strings.ContainsAny(text, "{}") || strings.Contains(text, "..") || strings.Contains(text, "  ") {
					t.Errorf("%s in %s: %s", which, language, text)
				}
			}
		}
	}
}
