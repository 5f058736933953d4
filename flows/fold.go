package flows

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold reduces a text to what its words are: lower case, without accents, width,
// punctuation and emoji modifiers, with single spaces. Apostrophes vanish, so that
// "don't" is "dont"; other punctuation parts words.
func Fold(text string) string {
	if folded(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	gap := false
	write := func(r rune) {
		switch {
		case r == '\'' || r == '’' || r == '`' || r == '´':
		case unicode.In(r, unicode.M, unicode.Sk, unicode.Cf):
		case unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsControl(r) || r == '~': // "ok~"
			gap = b.Len() > 0
		default:
			if gap {
				b.WriteByte(' ')
				gap = false
			}
			b.WriteRune(unicode.ToLower(r))
		}
	}
	if isASCII(text) {
		for i := range len(text) {
			writeASCII(&b, text[i], &gap)
		}
		return b.String()
	}
	for _, r := range norm.NFKD.String(sharp.Replace(text)) {
		write(r)
	}
	return b.String()
}

// sharp writes the German letter as capitals do.
var sharp = strings.NewReplacer("ß", "ss", "ẞ", "ss")

func writeASCII(b *strings.Builder, c byte, gap *bool) {
	switch {
	case c >= 'A' && c <= 'Z':
		c += 'a' - 'A'
	case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '$' || c == '+' || c == '<' || c == '=' || c == '>' || c == '|':
	case c == '\'' || c == '`' || c == '^':
		return
	default:
		*gap = b.Len() > 0
		return
	}
	if *gap {
		b.WriteByte(' ')
		*gap = false
	}
	b.WriteByte(c)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// folded says whether the text is plain lower-case words already.
func folded(s string) bool {
	for i := range len(s) {
		c := s[i]
		space := c == ' ' && i > 0 && i < len(s)-1 && s[i-1] != ' '
		if !space && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// courtesies are words around an answer that change nothing in it. Longer ones
// stand before those that they contain.
var courtesies = []string{
	"thank you very much", "thank you", "thanks a lot", "thanks", "thx", "please", "pls", "plz", "kindly",
	"por favor", "porfavor", "muchas gracias", "gracias", "merci", "s il vous plait", "sil vous plait",
	"danke", "bitte", "obrigado", "obrigada", "grazie", "per favore",
}

// fold is Fold without courtesies at either end, unless nothing else is there.
func fold(text string) string { return trimCourtesies(Fold(text)) }

// trimCourtesies takes the courtesies, and the words of more, from both ends of a
// folded text, unless nothing else is there.
func trimCourtesies(s string, more ...string) string {
	for {
		shorter := trimOne(trimOne(s, courtesies), more)
		if shorter == s {
			return s
		}
		s = shorter
	}
}

func trimOne(s string, words []string) string {
	if strings.IndexByte(s, ' ') < 0 {
		return s
	}
	for _, c := range words {
		if len(s) <= len(c) {
			continue
		}
		if rest, ok := strings.CutPrefix(s, c); ok && rest[0] == ' ' {
			return rest[1:]
		}
		if rest, ok := strings.CutSuffix(s, c); ok && rest[len(rest)-1] == ' ' {
			return rest[:len(rest)-1]
		}
	}
	return s
}

func isNumber(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != "" && len(s) <= 3
}

// leadingNumber returns the number that a text begins with, as in "2, box
// crushed" or "#2". What would make another number of it ("2:30", "2.5", "2nd")
// makes it none.
func leadingNumber(text string) string {
	s := strings.TrimLeft(text, " \t\r\n#(*\"'")
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n == 0 || n > 3 {
		return ""
	}
	rest := s[n:]
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "\ufe0f"), "\u20e3") // keycap emoji
	if rest == "" {
		return s[:n]
	}
	next := []rune(rest[:min(len(rest), 8)])
	if unicode.IsLetter(next[0]) || unicode.IsDigit(next[0]) {
		return ""
	}
	if strings.ContainsRune(".:,/-%", next[0]) && len(next) > 1 && unicode.IsDigit(next[1]) {
		return ""
	}
	if strings.ContainsRune("%$€£°", next[0]) {
		return ""
	}
	return s[:n]
}
