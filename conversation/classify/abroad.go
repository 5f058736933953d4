package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/flows"
)

// The lexicon knows six languages; a model reads whatever its examples are in, and must
// know of many more what turns a meaning round. Better one word too many: a text that
// seems to deny is asked about again.

// turningAbroad are words that turn a meaning round in further languages: Russian and its
// neighbours, Polish, Czech, the languages of the Balkans, Dutch, the Nordic ones,
// Romanian, Hungarian, Finnish, Turkish, Greek, Arabic, Persian, Urdu, Hebrew, Hindi,
// Bengali, Vietnamese, Indonesian, Tagalog and Korean. Left out is what is a plain word of
// a larger one, as the Finnish "en" is.
var turningAbroad = foldedSet(`не нет ни без никогда ничего нельзя нету немає ні нема няма
	nie bez nigdy nic brak żaden není neni nejsou není nikdy nič nije nisu nema nikad ništa
	niet geen nooit niks niets zonder inte ingen inget inga aldrig utan ej ikke ingenting intet uden uten aldri ekki
	nu niciodată nimic fără nici nincs nincsenek soha semmi nélkül ei eivät emme ilman
	değil yok hiç asla δεν δε μη μην όχι ποτέ τίποτα χωρίς
	لا ليس ليست لم لن ما غير بدون نه نیست نشده نبود نہیں בלי לא אין אינו אינה
	नहीं नही न मत बिना না নয় নেই không chưa chẳng tidak bukan belum tanpa jangan hindi wala walang huwag 안 못`)

// turningParts turn a meaning round within a word, where words are written together or
// carry it in them.
var turningParts = strings.Fields(flows.Fold(`不 没 沒 未 无 無 ません ない なく なか ไม่ 않 없 못`))

func foldedSet(list string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		out[flows.Fold(w)] = true
	}
	return out
}

// turnsRound says whether a folded word turns the meaning of others round.
func turnsRound(w string) bool {
	if turning[w] || turningAbroad[w] {
		return true
	}
	if w[0] < utf8.RuneSelf {
		return false
	}
	for _, part := range turningParts {
		if strings.Contains(w, part) {
			return true
		}
	}
	return false
}

// unspaced are the scripts that part no words.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// wordsOf lists the words of a folded text, at most so many. What is written without
// spaces is taken in pairs of signs.
func wordsOf(folded string, most int) []string {
	words := strings.Fields(folded)
	words = words[:min(len(words), most)]
	if !strings.ContainsFunc(folded, func(r rune) bool { return r >= utf8.RuneSelf && unicode.In(r, unspaced...) }) {
		return words
	}
	var out []string
	for _, w := range words {
		signs := []rune(w)
		if len(signs) < 3 || !strings.ContainsFunc(w, func(r rune) bool { return unicode.In(r, unspaced...) }) {
			out = append(out, w)
			continue
		}
		for i := range len(signs) - 1 {
			out = append(out, string(signs[i:i+2]))
		}
	}
	return out[:min(len(out), most)]
}
