package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"parley/outbound/segment"
)

// checkTexts looks at what customers will read: who is speaking, what must not stand
// in an alert, what sells, and what it costs.
func (p *parser) checkTexts() {
	p.checkBrand()
	for _, t := range p.flow.allTexts() {
		if t.every != nil {
			p.checkText(t.every, p.flow.Languages[0])
			continue
		}
		for i, one := range t.byLang {
			if one != nil {
				p.checkText(one, p.flow.Languages[i])
			}
		}
	}
}

// checkBrand finds first texts that do not say who is texting. CTIA's Messaging
// Principles and Best Practices (5.1) ask every first message to identify its sender.
func (p *parser) checkBrand() {
	for _, s := range p.flow.firstSpeakers() {
		for i, one := range append([]*template{s.say.every}, s.say.byLang...) {
			if one == nil || slices.ContainsFunc(one.exprs(), func(e *expression) bool { return slices.Contains(e.uses, "brand") }) {
				continue
			}
			lang := ""
			if i > 0 && len(p.flow.Languages) > 1 {
				lang = " in " + p.flow.Languages[i-1]
			}
			p.warnAt(one.at, "the first text%s does not say who is texting: begin it with {{ brand }}", lang)
		}
	}
}

// firstSpeakers are the states whose text may be the first of a run.
func (f *Flow) firstSpeakers() []*state {
	var out []*state
	f.walk(f.entrances(), func(s *state) []string {
		if s.say != nil {
			out = append(out, s)
			return nil
		}
		return slices.DeleteFunc(f.ways(s), edge.said).to()
	})
	return out
}

var (
	// phonePattern is a number that one could call: seven digits or more.
	phonePattern = regexp.MustCompile(`\+?\d(?:[ ().-]{0,2}\d){6,}`)
	// shortPattern are public link shorteners, which carriers filter (CTIA, 5.3.2).
	shortPattern = regexp.MustCompile(`(?i)\b(?:bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd|buff\.ly|rebrand\.ly|cutt\.ly|rb\.gy|shorturl\.at|tiny\.cc|s\.id)\b`)
)

// salesWords sell, by language, folded.
var salesWords = map[string][]string{
	"en": {"sale", "discount", "off your", "special offer", "buy now", "promo", "promo code", "coupon", "limited time", "free gift", "shop now", "best deal"},
	"es": {"oferta", "descuento", "rebaja", "rebajas", "promocion", "cupon", "compre ahora", "por tiempo limitado", "regalo gratis"},
	"fr": {"soldes", "remise", "promotion", "code promo", "offre speciale", "achetez"},
	"de": {"rabatt", "sonderangebot", "angebot", "gutschein", "jetzt kaufen"},
	"pt": {"desconto", "promocao", "oferta", "cupom", "compre agora"},
	"it": {"sconto", "saldi", "promozione", "offerta", "acquista ora"},
}

// mostSegments is what one text may take in the worst case without a word from us.
const mostSegments = 2

func (p *parser) checkText(t *template, lang string) {
	literal := t.literalText()
	if p.flow.Class == Alert || p.flow.Class == Code {
		if link := linkPattern.FindString(literal); link != "" {
			p.failAt(t.at, "a link in a text of class %s (%s): take it out, for it teaches people to follow what fraudsters send", p.flow.Class, link)
		} else if phone := phonePattern.FindString(literal); phone != "" {
			p.failAt(t.at, "a phone number in a text of class %s (%s): take it out, and name a place that people know", p.flow.Class, phone)
		}
	}
	if short := shortPattern.FindString(literal); short != "" {
		p.failAt(t.at, "%s is a public link shortener, which carriers filter: use a link of your own", short)
	}
	if word := sells(literal, base(lang)); word != "" && p.flow.Class != Bulk {
		p.warnAt(t.at, "%s sells something: mark the flow promotional: true, or word it otherwise", quote(word))
	}
	p.checkSegments(t, lang, literal)
	p.checkCut(t.at)
}

func (p *parser) checkSegments(t *template, lang, literal string) {
	if info := segment.Count(literal); info.Encoding == segment.UCS2 {
		p.warnAt(t.at, "%q forces UCS-2, where a segment holds 70 characters and not 160: this text may take %d; write it without",
			string(info.Offending), segment.Count(t.worst(p.flow, lang)).Segments)
		return
	}
	if n := segment.Count(t.worst(p.flow, lang)).Segments; n > mostSegments {
		p.warnAt(t.at, "this text may take %d segments in %s: shorten it, or give the inputs in it a smaller max", n, lang)
	}
}

func sells(text, lang string) string {
	words := " " + Fold(text) + " "
	for _, w := range salesWords[lang] {
		if strings.Contains(words, " "+w+" ") {
			return w
		}
	}
	if strings.Contains(text, "% off") || strings.Contains(text, "% OFF") {
		return "% off"
	}
	return ""
}

// checkCut finds a text without quotes that a # has cut short: the rest became a
// comment.
func (p *parser) checkCut(n *node) {
	if n.shape != isText || n.inside != 0 || n.from == nil || n.line < 1 || n.line > len(n.from.lines) {
		return
	}
	line := []rune(n.from.lines[n.line-1])
	if n.col-1 > len(line) {
		return
	}
	_, rest, found := strings.Cut(string(line[n.col-1:]), n.text)
	if cut, ok := strings.CutPrefix(rest, " #"); found && ok && cut != "" && cut[0] != ' ' && cut[0] != '#' {
		p.warnAt(n, "a # has cut this text short: put it in quotes")
	}
}

// literalText is what stands in the template without its expressions.
func (t *template) literalText() string {
	var b strings.Builder
	for _, part := range t.parts {
		b.WriteString(part.text)
	}
	return b.String()
}

// worst is the text with every expression as long as it may get.
func (t *template) worst(f *Flow, lang string) string {
	var b strings.Builder
	for _, part := range t.parts {
		b.WriteString(part.text)
		if part.expr != nil {
			b.WriteString(strings.Repeat("x", part.expr.longest(f, lang)))
		}
	}
	return b.String()
}

// What an expression may come to where the flow does not say, in characters: an
// alphanumeric sender has 11, people's names and order numbers rarely more than 30.
const (
	usualBrand  = 15
	usualLength = 30
	usualMoney  = 13 // 1.234.567,00 or $123,456.00
	usualTime   = 8
)

// longest is the worst length of an expression in a text, in characters.
func (e *expression) longest(f *Flow, lang string) int {
	n := 0
	switch name, _, _ := strings.Cut(e.source, "("); {
	case name == "date" && strings.Contains(e.source, "short"):
		n = longestDate(lang, "short")
	case name == "date" && strings.Contains(e.source, "long"):
		n = longestDate(lang, "long")
	case name == "date":
		n = longestDate(lang, "")
	case name == "time":
		n = usualTime
	case name == "money":
		n = usualMoney
	case len(e.path) == 1:
		n = f.longestOf(e.path[0], lang)
	default:
		n = usualLength
	}
	if s, ok := e.fallback.(string); ok {
		n = max(n, len(s))
	}
	return n
}

// longestOf is the worst length of a variable.
func (f *Flow) longestOf(name, lang string) int {
	v := f.vars[name]
	switch {
	case name == "brand":
		return usualBrand
	case name == "choices":
		return maxChoices * usualLength
	case v == nil:
		return usualLength
	case len(v.values) > 0:
		n := 0
		for _, value := range v.values {
			n = max(n, len(fmt.Sprint(value)))
		}
		return n
	}
	switch v.kind {
	case kindString, kindText, kindPattern:
		if v.max != nil {
			return int(*v.max)
		}
	case kindInteger:
		if v.max != nil {
			return len(plainNumber(*v.max))
		}
		return 6
	case kindNumber:
		return 8
	case kindBoolean:
		return 5
	case kindTime:
		return usualTime
	case kindDate, kindDatetime:
		return longestDate(lang, "") + 1 + usualTime
	case kindMoney:
		return usualMoney
	}
	return usualLength
}

// longestDate is the longest that a date gets in a style.
func longestDate(lang, style string) int {
	cal, ok := calendars[base(lang)]
	if !ok {
		return len("31/12/2026")
	}
	longest := func(names []string) int {
		n := 0
		for _, name := range names {
			n = max(n, len([]rune(name)))
		}
		return n
	}
	switch style {
	case "short":
		return longest(cal.brief) + 4
	case "long":
		return longest(cal.months) + longest(cal.days) + 16
	}
	return longest(cal.months) + longest(cal.days) + 8
}
