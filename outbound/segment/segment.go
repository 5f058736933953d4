// Package segment counts what carriers bill: how many parts a text takes on the
// air, in the GSM 7-bit alphabet (3GPP TS 23.038) or in UCS-2. It is a leaf, and
// the only importer of warthog618/sms.
package segment

import (
	"unicode/utf8"

	"github.com/warthog618/sms/encoding/gsm7/charset"
)

// Encoding is how a text goes over the air.
type Encoding string

// The encodings. One character outside the GSM 7-bit alphabet (a curly quote, an
// emoji) makes the whole text UCS-2, which more than halves what fits.
const (
	GSM7 Encoding = "GSM-7"
	UCS2 Encoding = "UCS-2"
)

// Info is what Count found out.
type Info struct {
	Segments  int      // at least 1, also of an empty text
	Encoding  Encoding // GSM7, unless a character forces UCS2
	Units     int      // septets of GSM-7, 16-bit units of UCS-2
	Left      int      // units that still fit into the last segment
	Offending rune     // the first character that forces UCS-2; 0: none
}

// The capacities of one segment, alone and as part of a longer text, whose
// header (six octets) takes its share.
const (
	gsmSingle, gsmPart = 160, 153
	ucsSingle, ucsPart = 70, 67
)

// Count counts a text's segments. Escape pairs of GSM-7 and surrogate pairs of
// UCS-2 are never split between two segments, as carriers do it; that can leave
// the last unit of a segment empty.
func Count(text string) Info {
	if len(text) <= gsmSingle && isBasicASCII(text) {
		return Info{Segments: 1, Encoding: GSM7, Units: len(text), Left: gsmSingle - len(text)}
	}
	if r := offending(text); r != 0 {
		return pack(text, UCS2, ucsSingle, ucsPart, r)
	}
	return pack(text, GSM7, gsmSingle, gsmPart, 0)
}

// basic marks the ASCII characters that cost one septet; units gives the septets
// of every character of the alphabet. Both are filled when the package is loaded
// and only read afterwards (the library's own tables are made at first use,
// without a lock).
var basic, units = tables()

func tables() (ascii [utf8.RuneSelf]bool, all map[rune]int) {
	all = make(map[rune]int)
	for r := range charset.DefaultExtEncoder() {
		all[r] = 2
	}
	for r := range charset.DefaultEncoder() {
		all[r] = 1
	}
	delete(all, '\x1b') // the escape itself is no character
	for r, n := range all {
		if r < utf8.RuneSelf {
			ascii[r] = n == 1
		}
	}
	return ascii, all
}

func isBasicASCII(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf || !basic[text[i]] {
			return false
		}
	}
	return true
}

// offending finds the first character outside the GSM 7-bit alphabet; invalid
// UTF-8 counts as U+FFFD, which is.
func offending(text string) rune {
	for _, r := range text {
		if r < utf8.RuneSelf && basic[r] {
			continue
		}
		if units[r] == 0 {
			return max(r, 1)
		}
	}
	return 0
}

// pack lays the characters into segments one after the other.
func pack(text string, e Encoding, single, part int, offending rune) Info {
	total, parts, fill := 0, 1, 0
	for _, r := range text {
		n := width(r, e)
		total += n
		if fill+n > part {
			parts, fill = parts+1, 0
		}
		fill += n
	}
	if total <= single {
		return Info{Segments: 1, Encoding: e, Units: total, Left: single - total, Offending: offending}
	}
	return Info{Segments: parts, Encoding: e, Units: total, Left: part - fill, Offending: offending}
}

func width(r rune, e Encoding) int {
	switch {
	case e == UCS2 && r > 0xFFFF:
		return 2
	case e == UCS2 || r < utf8.RuneSelf && basic[r]:
		return 1
	}
	return units[r]
}
