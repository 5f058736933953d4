package flows

import (
	"slices"
	"strconv"
	"strings"
)

// numerals are the number words of one language, folded.
type numerals struct {
	small    map[string]int  // 0 to 99, as far as they are one word, and hundreds that are
	hundred  map[string]bool // times what stands before it
	thousand map[string]bool
	dozen    map[string]bool
	and      map[string]bool // joins numbers
	one      map[string]bool // "a" hundred
	half     [][]string      // "and a half"
	point    map[string]bool // "one point five"
	split    func(word string, of *numerals) (int, bool)
}

func counted(list string, from, step int, into map[string]int) {
	for i, same := range strings.Fields(list) {
		for w := range strings.SplitSeq(same, "/") {
			into[w] = from + i*step
		}
	}
}

// smalls makes the table of small numbers: from zero, tens from twenty, hundreds from
// the first that is one word.
func smalls(units, tens, hundreds string, first int) map[string]int {
	m := map[string]int{}
	counted(units, 0, 1, m)
	counted(tens, 20, 10, m)
	counted(hundreds, first, 100, m)
	return m
}

func wordSet(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

func halves(list ...string) (out [][]string) {
	for _, l := range list {
		out = append(out, strings.Fields(l))
	}
	return out
}

var numeralsOf = map[string]*numerals{
	"en": {
		small: smalls("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
			"twenty thirty forty/fourty fifty sixty seventy eighty ninety", "", 0),
		hundred: wordSet("hundred"), thousand: wordSet("thousand"), dozen: wordSet("dozen"), and: wordSet("and"), one: wordSet("a"),
		half: halves("and a half"), point: wordSet("point"),
	},
	"es": {
		small: smalls("cero uno/una/un dos tres cuatro cinco seis siete ocho nueve diez/dies once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno/veintiun/veintiuna veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve",
			"veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", "cien/ciento doscientos/doscientas trescientos/trescientas cuatrocientos quinientos seiscientos setecientos ochocientos novecientos", 100),
		thousand: wordSet("mil"), dozen: wordSet("docena"), and: wordSet("y"), one: wordSet("una"),
		half: halves("y medio", "y media"), point: wordSet("coma punto"),
	},
	"fr": {
		small: smalls("zero un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
			"vingt/vingts trente quarante cinquante soixante", "", 0),
		hundred: wordSet("cent cents"), thousand: wordSet("mille"), dozen: wordSet("douzaine"), and: wordSet("et"), one: wordSet("une"),
		half: halves("et demi", "et demie"), point: wordSet("virgule"),
	},
	"de": {
		small: smalls("null ein/eins/eine/einen/einer zwei/zwo drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn",
			"zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig", "hundert", 100),
		thousand: wordSet("tausend"), dozen: wordSet("dutzend"), and: wordSet(""), one: wordSet("ein"),
		point: wordSet("komma"), split: splitGerman,
	},
	"pt": {
		small: smalls("zero um/uma dois/duas tres quatro cinco seis sete oito nove dez onze doze treze catorze/quatorze quinze dezesseis dezessete dezoito dezenove",
			"vinte trinta quarenta cinquenta sessenta setenta oitenta noventa", "cem/cento duzentos/duzentas trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos", 100),
		thousand: wordSet("mil"), dozen: wordSet("duzia"), and: wordSet("e"), one: wordSet("uma"),
		half: halves("e meio", "e meia"), point: wordSet("virgula ponto"),
	},
	"it": {
		small: smalls("zero uno/una/un due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
			"venti trenta quaranta cinquanta sessanta settanta ottanta novanta", "cento", 100),
		thousand: wordSet("mille mila"), dozen: wordSet("dozzina"), and: wordSet("e"), one: wordSet("una"),
		half: halves("e mezzo", "e mezza"), point: wordSet("virgola"), split: splitItalian,
	},
}

// splitGerman reads "zweihundertfunfundzwanzig".
func splitGerman(w string, of *numerals) (int, bool) {
	if n, ok := of.small[w]; ok {
		return n, true
	}
	for _, big := range []struct {
		word string
		by   int
	}{{"tausend", 1000}, {"hundert", 100}} {
		if before, after, found := strings.Cut(w, big.word); found {
			return splitBig(before, after, big.by, of, splitGerman)
		}
	}
	for unit := range strings.FieldsSeq("ein zwei drei vier funf sechs sieben acht neun") {
		if rest, ok := strings.CutPrefix(w, unit+"und"); ok && of.small[rest] >= 20 && of.small[rest] < 100 {
			return of.small[rest] + of.small[unit], true
		}
	}
	return 0, false
}

// splitItalian reads "duecentoventuno": tens lose their last vowel before one.
func splitItalian(w string, of *numerals) (int, bool) {
	if n, ok := of.small[w]; ok {
		return n, true
	}
	if before, after, found := strings.Cut(w, "mila"); found {
		return splitBig(before, after, 1000, of, splitItalian)
	}
	if before, after, found := strings.Cut(w, "cento"); found {
		return splitBig(before, after, 100, of, splitItalian)
	}
	for _, ten := range []string{"venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"} {
		for _, stem := range []string{ten, ten[:len(ten)-1]} {
			if rest, ok := strings.CutPrefix(w, stem); ok && of.small[rest] >= 1 && of.small[rest] <= 9 {
				return of.small[ten] + of.small[rest], true
			}
		}
	}
	return 0, false
}

func splitBig(before, after string, by int, of *numerals, split func(string, *numerals) (int, bool)) (int, bool) {
	n, rest, ok1, ok2 := 1, 0, true, true
	if before != "" {
		n, ok1 = split(before, of)
	}
	if after != "" {
		rest, ok2 = split(after, of)
	}
	return n*by + rest, ok1 && ok2 && n < 1000 && rest < by
}

// word is the value of one number word.
func (of *numerals) word(w string) (int, bool) {
	if n, ok := of.small[w]; ok {
		return n, true
	}
	if of.split != nil {
		return of.split(w, of)
	}
	return 0, false
}

// spelled reads a whole number in words at i and says where it ends; it is i when there
// is none. What is no single number ("two three") ends after its first.
func (of *numerals) spelled(words []string, i int) (value, end int) {
	total, sum, some := 0, 0, false
	end = i
	for at := i; at < len(words); at++ {
		w := words[at]
		n, ok := of.word(w)
		switch {
		case of.and[w] && some:
			continue
		case of.one[w] && !some && at+1 < len(words) && (of.hundred[words[at+1]] || of.thousand[words[at+1]] || of.dozen[words[at+1]]):
			sum = 1
		case ok && of.hundred["cents"] && n == 20 && sum%100 == 4: // quatre-vingts
			sum += 76
		case ok && fitsAfter(sum, n, of):
			sum += n
		case of.hundred[w] && sum < 10:
			sum = max(sum, 1) * 100
		case of.thousand[w] && total == 0 && sum < 1000:
			total, sum = max(sum, 1)*1000, 0
		case of.dozen[w] && total == 0 && sum < 100:
			return max(sum, 1) * 12, at + 1
		default:
			return total + sum, end
		}
		some, end = true, at+1
		if n == 0 && ok {
			break // nothing follows zero
		}
	}
	return total + sum, end
}

// fitsAfter says whether n may follow what was said: "twenty one", not "two one".
func fitsAfter(sum, n int, of *numerals) bool {
	switch {
	case sum == 0:
		return true
	case n >= 100:
		return false
	case sum%100 == 0:
		return n > 0
	case of.hundred["cents"] && (sum%100 == 60 || sum%100 == 80):
		return n < 20
	}
	return sum%100 >= 20 && sum%10 == 0 && n > 0 && n < 10
}

// quantity reads a number at i, in figures or words, with its fraction; end is i when
// there is none.
func quantity(words []string, i int, language string) (value float64, end int) {
	of := numeralsOf[base(language)]
	if i >= len(words) {
		return 0, i
	}
	figures, thousands := strings.CutSuffix(words[i], "k")
	if v, ok := readNumeral(figures, language); ok {
		if thousands {
			return v * 1000, i + 1
		}
		return of.fraction(words, v, i+1)
	}
	if of == nil {
		return 0, i
	}
	if n, end := of.spelled(words, i); end > i {
		return of.fraction(words, float64(n), end)
	}
	if base(language) == "de" && words[i] == "anderthalb" {
		return 1.5, i + 1
	}
	if before, ok := strings.CutSuffix(words[i], "einhalb"); ok && base(language) == "de" {
		if n, ok := of.word(before); ok {
			return float64(n) + 0.5, i + 1
		}
	}
	return 0, i
}

// fraction adds what follows a number that ends at end: "and a half", "point five".
func (of *numerals) fraction(words []string, value float64, end int) (float64, int) {
	if of == nil {
		return value, end
	}
	for _, half := range of.half {
		if n := end + len(half); n <= len(words) && slices.Equal(words[end:n], half) && value == float64(int(value)) {
			return value + 0.5, n
		}
	}
	if end == len(words) || !of.point[words[end]] {
		return value, end
	}
	decimals, at := "", end+1
	for ; at < len(words); at++ {
		n, ok := of.word(words[at])
		if !ok || n > 9 {
			break
		}
		decimals += strconv.Itoa(n)
	}
	if f, err := strconv.ParseFloat(strconv.Itoa(int(value))+"."+decimals, 64); err == nil && decimals != "" {
		return f, at
	}
	return value, end
}
