// Package classify finds out what a customer means. The lexicon knows a text by
// its words alone: fast, deterministic, and silent when it is not certain.
package classify

import (
	"slices"
	"strings"

	"parley/flows"
)

// Lexicon reads the built-in intents in English and Spanish, and the plainest
// answers in French, German, Portuguese and Italian. A wrong reading is worse than
// none, and a reading of the wrong polarity worst of all, so it reads a text only
// when every word of it is known and all of them mean one thing; one strange word
// makes it unsure. A flow asks again, or a slower classifier is asked.
//
// Its zero value is ready to use.
type Lexicon struct{}

var _ flows.Reader = Lexicon{}

// maxWords bounds what is read by words alone: a longer text says more than yes.
const maxWords = 8

// Read implements flows.Reader. later is true for any text with words that it does
// not read for certain.
func (Lexicon) Read(text, language string, intents []string) (intent string, ok, later bool) {
	words := reduced(text)
	if words == "" {
		return "", false, false
	}
	lang, _, _ := strings.Cut(language, "-")
	if intent = local[lang][words]; intent == "" {
		intent = read(words)
	}
	if polar(intent) && strings.ContainsAny(text, "?¿") {
		intent = "" // "yes?" asks
	}
	if intent != "" && slices.Contains(intents, intent) {
		return intent, true, false
	}
	return "", false, true
}

func polar(intent string) bool { return intent == "yes" || intent == "no" }

// read finds the one intent of folded words, or "".
func read(words string) string {
	if intent, ok := phrases[words]; ok {
		return intent
	}
	if strings.Count(words, " ") >= maxWords {
		return ""
	}
	found := ""
	for rest := words; rest != ""; {
		intent, n := longest(rest)
		switch {
		case n == 0:
			return ""
		case intent == "" || soft[intent] && found != "":
		case found != "" && found != intent && !soft[found]:
			return ""
		default:
			found = intent
		}
		rest = strings.TrimPrefix(rest[n:], " ")
	}
	return found
}

// longest finds the longest run of words at the beginning that is known: a core,
// which has an intent, or a filler, which has none. n is its length in bytes.
func longest(words string) (intent string, n int) {
	for end := len(words); end > 0; end = strings.LastIndexByte(words[:end], ' ') {
		head := words[:end]
		if len(head) > longestPhrase {
			continue
		}
		if core, ok := cores[head]; ok {
			return core, end
		}
		if fillers[head] {
			return "", end
		}
	}
	return "", 0
}

// reduced folds a text and draws out letters together: "yeeees!!" is "yes".
func reduced(text string) string {
	words := flows.Fold(text)
	long := false
	for i := 2; i < len(words); i++ {
		if words[i] == words[i-1] && words[i] == words[i-2] && words[i] >= 'a' && words[i] <= 'z' {
			long = true
		}
	}
	if !long {
		return words
	}
	out := make([]byte, 0, len(words))
	for i := range len(words) {
		run := i >= 1 && words[i] == words[i-1] && words[i] >= 'a' && words[i] <= 'z'
		if run && drawn(words, i) {
			continue
		}
		out = append(out, words[i])
	}
	return string(out)
}

// drawn says whether the letter at i is part of three or more of its kind.
func drawn(s string, i int) bool {
	from, to := i, i
	for from > 0 && s[from-1] == s[i] {
		from--
	}
	for to < len(s)-1 && s[to+1] == s[i] {
		to++
	}
	return to-from >= 2
}
