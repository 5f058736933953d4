package segment

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plainLetters are Latin letters that no decomposition makes plain.
var plainLetters = map[rune]string{
	'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D", 'þ': "th", 'Þ': "Th", 'ı': "i", 'œ': "oe", 'Œ': "OE", 'ħ': "h", 'Ħ': "H",
	'’': "'", '‘': "'", '“': "\"", '”': "\"", '–': "-", '—': "-", '…': "...",
}

// Fold writes what GSM-7 (3GPP TS 23.038) lacks in letters that it has: "Česká" becomes
// "Ceska". What has no such letter stays as it is, like all that is no Latin.
func Fold(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch plain, known := plainLetters[r]; {
		case Count(string(r)).Encoding == GSM7:
			out.WriteRune(r)
		case known:
			out.WriteString(plain)
		case unicode.Is(unicode.Latin, r):
			for _, part := range norm.NFD.String(string(r)) {
				if !unicode.Is(unicode.Mn, part) {
					out.WriteRune(part)
				}
			}
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
