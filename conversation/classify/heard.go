package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/flows"
)

// heard is a text as the lists know texts: folded, its words in the lists' spelling,
// its emoji apart.
type heard struct {
	text     string // as it came
	words    string
	language string
	mistyped bool // a word was taken for one that it is not quite
	asks     bool // a question mark
	arrival  bool // what says that something did not come says no
}

// maxHeard bounds how much of a text is looked at (bytes): longer ones say more than
// words alone can tell.
const maxHeard = 400

func hear(text, language string) heard {
	h := heard{text: text, asks: strings.ContainsAny(text, "?¿؟")}
	h.language, _, _ = strings.Cut(language, "-")
	folded := flows.Fold(text)
	if len(folded) > maxHeard {
		h.words = folded
		return h
	}
	l := words()
	out := make([]byte, 0, len(folded)+16)
	for token := range strings.SplitSeq(folded, " ") {
		for token != "" {
			n := wordLength(token)
			word := token[:n]
			if token = token[n:]; word[0] >= utf8.RuneSelf && strings.HasSuffix(string(out), word) {
				continue // 👍👍
			}
			mended, typo := l.mend(word)
			h.mistyped = h.mistyped || typo
			if len(out) > 0 {
				out = append(out, ' ')
			}
			out = append(out, mended...)
		}
	}
	h.words = l.respell(string(out))
	return h
}

// wordLength is the length of the word that a token begins with: letters and digits
// together, and every other sign by itself.
func wordLength(token string) int {
	for i, r := range token {
		if r < utf8.RuneSelf || unicode.IsLetter(r) || unicode.IsDigit(r) {
			continue
		}
		if i == 0 {
			return utf8.RuneLen(r)
		}
		return i
	}
	return len(token)
}

// respell puts the words into the spelling that the lists use: of the spellings that
// begin at a word the longest.
func (l *lists) respell(phrase string) string {
	var out []byte // nil while nothing has changed
	for at := 0; at < len(phrase); {
		end, to := l.spelling(phrase, at)
		if to != "" && out == nil {
			out = append(make([]byte, 0, len(phrase)+16), phrase[:at]...)
		}
		if out != nil {
			if to == "" {
				to = phrase[at:end]
			}
			out = append(append(out, to...), ' ')
		}
		at = end + 1
	}
	if out == nil {
		return phrase
	}
	return strings.TrimSuffix(string(out), " ")
}

// spellingWords is how many words a spelling has at most.
const spellingWords = 4

// spelling finds the longest spelling at a word, and where it ends; "": the word's own.
func (l *lists) spelling(phrase string, at int) (end int, to string) {
	end = wordEnd(phrase, at)
	first := end
	if l.first[phrase[at:first]] == 0 {
		return first, ""
	}
	end = first
	for n, e := 0, first; n < spellingWords; n++ {
		if s, ok := l.same[phrase[at:e]]; ok {
			end, to = e, s
		}
		if e == len(phrase) {
			break
		}
		e = wordEnd(phrase, e+1)
	}
	return end, to
}

func wordEnd(s string, from int) int {
	if n := strings.IndexByte(s[from:], ' '); n >= 0 {
		return from + n
	}
	return len(s)
}

// longestAt finds the longest phrase at the beginning of words that means one of the
// things wanted; end is 0 when there is none.
func (h *heard) longestAt(rest string, wanted meaning) (m meaning, end int) {
	return h.phraseAt(rest, len(rest)+1, wanted)
}

// phraseAt is longestAt among phrases shorter than below bytes.
func (h *heard) phraseAt(rest string, below int, wanted meaning) (m meaning, end int) {
	l := words()
	longest := l.first[rest[:wordEnd(rest, 0)]]
	if longest == 0 {
		return 0, 0
	}
	own := l.own[h.language]
	if end = len(rest); longest < end {
		end = strings.LastIndexByte(rest[:longest+1], ' ')
	}
	for ; end > 0; end = strings.LastIndexByte(rest[:end], ' ') {
		if end >= below {
			continue
		}
		m := own[rest[:end]]
		if m == 0 {
			m = l.phrases[rest[:end]]
		}
		if m &= wanted; m != 0 {
			return m, end
		}
	}
	return 0, 0
}
