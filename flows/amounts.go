package flows

import (
	"strings"

	"golang.org/x/text/currency"
)

// marks may stand around a word and say nothing.
const marks = ".!?;(),¿¡\""

// saidWords are the words of an answer as captures know them: folded, but for what has
// figures in it, without courtesies at either end and the marks around them.
func saidWords(text string) []string {
	var out []string
	for _, w := range strings.Fields(strings.NewReplacer(",\n", " ", ", ", " ", "\n", " ").Replace(text + " ")) {
		w = strings.Trim(strings.TrimRight(w, marks+"…~"), marks) // "~5" is only about 5
		switch {
		case strings.ContainsAny(w, "0123456789"):
			out = append(out, strings.ToLower(w))
		case strings.Contains(w, ".") && len(w) <= 5: // "p.m." is one word
			out = append(out, Fold(strings.ReplaceAll(w, ".", "")))
		default:
			out = append(out, strings.Fields(Fold(w))...)
		}
	}
	return trimWords(strings.Fields(trimCourtesies(strings.Join(out, " "))), courteous)
}

// courteous are single words that say nothing around an answer.
var courteous = wordSet(`please pls plz thanks thx thank you kindly porfa gracias merci svp danke bitte obrigado obrigada grazie ok okay yes hi hello hola hallo bonjour ciao ola oi`)

// trimWords takes words of the set from both ends, unless nothing else is there.
func trimWords(words []string, set map[string]bool) []string {
	from, to := 0, len(words)
	for from < to && set[words[from]] {
		from++
	}
	for to > from && set[words[to-1]] {
		to--
	}
	return words[from:to]
}

// aroundCounts may stand beside the number that a question asks for, by language.
var aroundCounts = map[string]map[string]bool{
	"en": wordSet("for of us people persons person guests guest pax party we are were there is its it make just only be will a in total"),
	"es": wordSet("para personas persona somos seriamos seremos son solo que sean es en total"),
	"fr": wordSet("pour personnes personne nous sommes on est sera serons seulement juste en tout"),
	"de": wordSet("fur personen person wir sind nur es leute zu"),
	"pt": wordSet("para pessoas pessoa somos seremos sao so apenas e no total"),
	"it": wordSet("per persone persona siamo saremo sono solo in tutto"),
}

// number reads the one number of an answer: nothing else may be said but what stands
// around numbers.
func (a *answer) number() (float64, bool) {
	words := trimWords(saidWords(a.text), aroundCounts[base(a.language)])
	value, end := quantity(words, 0, a.language)
	if end == 0 { // "a hundred": its "a" is no filler
		words = saidWords(a.text)
		value, end = quantity(words, 0, a.language)
	}
	return value, end > 0 && end == len(words)
}

// aroundMoney may stand beside an amount, by language.
var aroundMoney = map[string]map[string]bool{
	"en": wordSet("i can pay its it is only just today now tomorrow will do for me"),
	"es": wordSet("puedo pagar son es solo hoy ahora pago el la"),
	"fr": wordSet("je peux payer cest seulement aujourdhui maintenant paie"),
	"de": wordSet("ich kann zahlen bezahlen zahle bezahle es sind nur heute jetzt"),
	"pt": wordSet("posso vou pagar sao e so apenas hoje agora pago"),
	"it": wordSet("posso pagare sono e solo oggi adesso pago"),
}

// moneyWords are what amounts are called. A peso, a franc, a cent may be of several
// countries: they are not read.
var moneyWords = map[string]string{
	"$": "USD", "us$": "USD", "dollar": "USD", "dollars": "USD", "bucks": "USD", "buck": "USD", "dolares": "USD", "dolar": "USD", "dollari": "USD", "usd": "USD",
	"€": "EUR", "euro": "EUR", "euros": "EUR", "eur": "EUR",
	"£": "GBP", "pound": "GBP", "pounds": "GBP", "quid": "GBP", "libras": "GBP", "livres": "GBP", "pfund": "GBP", "sterline": "GBP", "gbp": "GBP",
	"r$": "BRL", "reais": "BRL", "real": "BRL", "brl": "BRL", "¥": "JPY", "yen": "JPY", "jpy": "JPY",
	"aud": "AUD", "cad": "CAD", "chf": "CHF", "czk": "CZK", "dkk": "DKK", "huf": "HUF", "inr": "INR", "mxn": "MXN", "nok": "NOK", "nzd": "NZD", "pln": "PLN", "sek": "SEK", "zar": "ZAR",
}

// isMoney says whether the currency that readMoney found in an answer is meant as one. Three
// letters may be any word ("20 max", "not 20"): a code that moneyWords lacks has to be a
// currency's, and written in capitals.
func (a *answer) isMoney(code string) bool {
	if code == "" || moneyWords[strings.ToLower(code)] != "" {
		return true
	}
	_, err := currency.ParseISO(code)
	return err == nil && strings.Contains(a.text, code)
}

// money reads the one amount of an answer, in figures or words.
func (a *answer) money() (amount float64, code string, ok bool) {
	if amount, code, ok = readMoney(strings.TrimRight(a.text, ".! "), a.language); ok && a.isMoney(code) {
		return amount, code, true
	}
	code = ""
	words := trimWords(unglueMoney(saidWords(a.text)), aroundMoney[base(a.language)])
	if len(words) == 0 {
		return 0, "", false
	}
	at := 0
	if c := moneyWords[words[0]]; c != "" {
		code, at = c, 1
	}
	amount, end := quantity(words, at, a.language)
	if end == at {
		return 0, "", false
	}
	rest := words[end:]
	if len(rest) == 2 && rest[0] == "us" {
		rest = rest[1:]
	}
	if len(rest) == 1 && code == "" {
		code = moneyWords[rest[0]]
		rest = rest[1:]
		if code == "" {
			return 0, "", false
		}
	}
	return amount, code, len(rest) == 0 && amount >= 0
}

// unglueMoney parts signs of money from the figures that they stand at.
func unglueMoney(words []string) []string {
	var out []string
	for _, w := range words {
		if moneyWords[w] != "" { // "R$ 50"
			out = append(out, w)
			continue
		}
		before, after := "", ""
		for _, sign := range []string{"us$", "r$", "$", "€", "£", "¥"} {
			if rest, ok := strings.CutPrefix(w, sign); ok && rest != "" && before == "" {
				before, w = sign, rest
			}
			if rest, ok := strings.CutSuffix(w, sign); ok && rest != "" && after == "" {
				after, w = sign, rest
			}
		}
		for _, part := range []string{before, w, after} {
			if part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}
