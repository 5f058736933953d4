package conversation

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/flows"
)

// Mask takes out of a text what must not leave the building, or lie about in it: e-mail
// addresses, links, long tokens, and numbers that may be phones, codes, cards or
// accounts. Dates, times, amounts with their currency and small numbers stay. What is
// taken out is named in brackets, as in "call [number]".
func Mask(text string) string { return (&masker{}).text(text) }

// MostPast is how many results of a phone MaskOf should be given.
const MostPast = 100

// MaskOf masks a text of a conversation: what is known of the contact, of its live runs and of
// past ones is taken out too, since a text is spoken of when its run is long over. Of the
// secrets of those nothing is kept, nor can they be found. A version that is not found has no
// words of its own.
func MaskOf(c Conversation, past []Ended, contact flows.Contact, version func(hash string) (*flows.Flow, bool), text string) string {
	m := &masker{}
	for _, run := range c.State.Runs {
		f, _ := version(run.Hash)
		m.run(f, run.Run)
	}
	for _, e := range past {
		f, _ := version(e.Hash)
		m.run(f, flows.Run{Vars: e.Details.Answers})
	}
	contact.Phone = c.Phone
	m.contact(contact)
	return m.text(text)
}

// masker knows besides what a customer, or the business about them, has said.
type masker struct{ known []knownValue }

// knownValue is one value and what stands for it.
type knownValue struct {
	words  []string // folded
	whole  string   // in lower case; "" : only whole words count
	stands string
}

// masker knows the variables of all runs and what is known of the contact: names, orders,
// addresses, whatever is secret. Words that the flow itself writes, dates and currencies
// stay: they say what a text is about and nothing of the customer.
func (s *step) masker() *masker {
	m := &masker{}
	for _, run := range s.c.State.Runs {
		f, _ := s.env.Flows.ByHash(run.Hash)
		m.run(f, run.Run)
	}
	m.contact(s.contact())
	return m
}

// run notes what a run knows; f may be nil.
func (m *masker) run(f *flows.Flow, run flows.Run) {
	for _, name := range slices.Sorted(maps.Keys(run.Vars)) {
		var t flows.Trait
		if f != nil {
			t = f.Trait(name)
		}
		m.keep(f, name, run.Vars[name], t)
	}
	for _, c := range run.Choices {
		m.add("choice", c.Label, false)
	}
}

// contact notes what is known of the customer; it comes last.
func (m *masker) contact(c flows.Contact) {
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		m.keep(nil, name, c.Fields[name], flows.Trait{Foreign: true})
	}
	m.add("name", c.Name, true)
	m.names("name", c.Name)
	m.add("phone", c.Phone, true)
	slices.SortStableFunc(m.known, func(a, b knownValue) int { return cmp.Compare(len(b.words), len(a.words)) }) // the longest first
}

// keep notes a value, and all that lies in it.
func (m *masker) keep(f *flows.Flow, name string, v any, t flows.Trait) {
	switch x := v.(type) {
	case string:
		open := !t.Secret && !t.Foreign
		if open && (t.Fixed || isMoment(x) || isCurrency(name, x) || f != nil && f.Compares(x)) {
			return
		}
		m.add(name, x, t.Secret || len(x) >= 6)
		m.names(name, x)
	case float64:
		if t.Secret {
			m.add(name, strconv.FormatFloat(x, 'f', -1, 64), false)
		}
	case int:
		if t.Secret {
			m.add(name, strconv.Itoa(x), false)
		}
	case []any:
		for _, item := range x { // nothing that flows compare stands in lists
			m.keep(nil, name, item, t)
		}
	case map[string]any:
		for key, item := range x {
			m.keep(f, key, item, t)
		}
	}
}

// names notes the single words of a value that look like names: who is "Ann Miller" there
// may sign with one of them here. What a sentence begins with is no name by that.
func (m *masker) names(name, value string) {
	parts := strings.Fields(value)
	for i, part := range parts {
		first, _ := utf8.DecodeRuneInString(part)
		if unicode.IsUpper(first) && len(flows.Fold(part)) > 2 && (i > 0 || len(parts) <= 3) {
			m.add(name, part, false)
		}
	}
}

// add notes that name stands for a value; anywhere says that it is to be found within
// other words too.
func (m *masker) add(name, value string, anywhere bool) {
	words := strings.Fields(flows.Fold(value))
	if len(words) == 0 {
		return
	}
	k := knownValue{words: words, stands: "[" + strings.Trim(name, "[]") + "]"}
	if anywhere {
		k.whole = strings.ToLower(value)
	}
	m.known = append(m.known, k)
}

var (
	wordPattern   = regexp.MustCompile(`[\pL\pM\pN'’]+`)
	tokenPattern  = regexp.MustCompile(`[\pL\pN_+/=-]{16,}`)
	numberPattern = regexp.MustCompile(`\p{Sc}?\+?\p{Nd}(?:[\p{Zs}\p{Pd}\p{Cf}()._*/·•,;|'’\t\r\n\x{FE0F}\x{20E3}-]{0,4}\p{Nd})*[\x{FE0F}\x{20E3}]*(?:\s?(?:\p{Sc}|` + currencies + `\b))?`)
	datePattern   = regexp.MustCompile(`^(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:19|20)\d\d|(?:19|20)\d\d)$`)
	listPattern   = regexp.MustCompile(`[,;|\s]+`)
	amountPattern = regexp.MustCompile(`^(?:\p{Sc}\d{1,5}(?:[.]\d{1,2})?|(?:\d{1,5}|\d{1,2},\d{3})(?:[.]\d{1,2})?\s?(?:\p{Sc}|` + currencies + `))$`)
)

// currencies are those whose code may stand behind an amount; whatever else has three
// letters is no reason to let a number through.
const currencies = `(?:USD|EUR|GBP|CAD|AUD|NZD|CHF|MXN|BRL|INR|JPY|SEK|NOK|DKK|PLN|CZK|ZAR)`

// text masks one text.
func (m *masker) text(s string) string {
	s = strings.ToValidUTF8(s, "")
	t := wordsOf(s)
	for _, k := range m.known {
		if within := k.within(t); within != t.text {
			t = wordsOf(within)
		}
		if masked := k.replace(t); masked != t.text {
			t = wordsOf(masked)
		}
	}
	s = t.text
	s = emailPattern.ReplaceAllString(s, "[email]")
	s = linkPattern.ReplaceAllString(s, "[link]")
	s = tokenPattern.ReplaceAllStringFunc(s, func(token string) string {
		if strings.ContainsAny(token, "0123456789_=") {
			return "[token]"
		}
		return token
	})
	return numberPattern.ReplaceAllStringFunc(s, maskNumber)
}

// maskNumber judges one number with all that belongs to it: four digits in a row, or six
// in pieces, may be a code or a part of something longer.
func maskNumber(number string) string {
	plain := strings.TrimSpace(number)
	if datePattern.MatchString(plain) || amountPattern.MatchString(plain) {
		return number
	}
	if at := listPattern.FindStringIndex(number); at != nil && (datePattern.MatchString(number[:at[0]]) || amountPattern.MatchString(number[:at[0]])) {
		return number[:at[1]] + maskNumber(number[at[1]:]) // "05/03/2026, 10"
	}
	digits, row, longest := 0, 0, 0
	for _, r := range plain {
		if row++; !unicode.IsDigit(r) {
			row = 0
			continue
		}
		digits, longest = digits+1, max(longest, row)
	}
	if longest < 4 && digits < 6 {
		return number
	}
	return "[number]"
}

// textWords is a text as known values are looked for in it.
type textWords struct {
	text, lower string
	spans       [][]int
	folded      []string
}

func wordsOf(s string) textWords {
	t := textWords{text: s, lower: strings.ToLower(s), spans: wordPattern.FindAllStringIndex(s, -1)}
	t.folded = make([]string, len(t.spans))
	for i, at := range t.spans {
		t.folded[i] = flows.Fold(s[at[0]:at[1]])
	}
	return t
}

// replace masks the value where the text has its words one after another.
func (k knownValue) replace(t textWords) string {
	var b strings.Builder
	end := 0
	for i := 0; i+len(k.words) <= len(t.spans); i++ {
		if !slices.Equal(t.folded[i:i+len(k.words)], k.words) {
			continue
		}
		b.WriteString(t.text[end:t.spans[i][0]])
		b.WriteString(k.stands)
		i += len(k.words) - 1
		end = t.spans[i][1]
	}
	return b.String() + t.text[end:]
}

// within masks the value whatever its case, inside of words too.
func (k knownValue) within(t textWords) string {
	if k.whole == "" || len(t.lower) != len(t.text) { // a letter whose cases differ in length: whole words must do
		return t.text
	}
	var b strings.Builder
	end := 0
	for {
		i := strings.Index(t.lower[end:], k.whole)
		if i < 0 {
			return b.String() + t.text[end:]
		}
		b.WriteString(t.text[end : end+i])
		b.WriteString(k.stands)
		end += i + len(k.whole)
	}
}

// standIn is a value with stand-ins for the texts in it that would be masked.
func (m *masker) standIn(f *flows.Flow, name string, v any, top bool) any {
	if top && f.Trait(name).Secret {
		return f.Instead(name, "["+name+"]")
	}
	switch x := v.(type) {
	case string:
		switch {
		case isMoment(x), top && m.text(x) == x:
			return x
		case top:
			return f.Instead(name, "["+name+"]")
		}
		return "[" + name + "]"
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = m.standIn(f, name, item, false)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for key, item := range x {
			out[key] = m.standIn(f, key, item, false)
		}
		return out
	}
	return v
}
