package flows

import (
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// maxInteger is the largest double whose neighbours are whole numbers too.
const maxInteger = 1 << 53

// print appends a value as a customer reads it. Nothing prints as nothing.
func (c *call) print(b []byte, v any, foreign bool) ([]byte, error) {
	switch x := v.(type) {
	case nil:
		return b, nil
	case string:
		if foreign {
			x = Defuse(x)
		}
		return append(b, x...), nil
	case int:
		return strconv.AppendInt(b, int64(x), 10), nil
	case int64:
		return strconv.AppendInt(b, x, 10), nil
	case bool:
		return strconv.AppendBool(b, x), nil
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, errors.New("a number divided by nothing")
		}
		return append(b, plainNumber(x)...), nil
	case time.Time:
		return append(b, c.moment(x)...), nil
	case time.Duration:
		return append(b, x.String()...), nil
	case []string:
		list, _ := storable(x)
		return c.print(b, list, foreign)
	case []any:
		return c.printList(b, x, foreign)
	case map[string]any:
		return c.printObject(b, x)
	}
	return nil, errors.New("a value that cannot be read as text")
}

// plainNumber writes a number without exponent: 1e+06 is not a price.
func plainNumber(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) <= maxInteger {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// ands join the last two items of a list.
var ands = map[string]string{
	"en": " and ", "es": " y ", "fr": " et ", "de": " und ", "pt": " e ", "it": " e ", "nl": " en ",
}

func (c *call) printList(b []byte, items []any, foreign bool) ([]byte, error) {
	and, ok := ands[base(c.run.Language)]
	if !ok {
		and = ", "
	}
	for i, item := range items {
		switch {
		case i > 0 && i == len(items)-1:
			b = append(b, and...)
		case i > 0:
			b = append(b, ", "...)
		}
		var err error
		if b, err = c.print(b, item, foreign); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// printObject prints money as money, media as its address, anything else as JSON.
func (c *call) printObject(b []byte, m map[string]any) ([]byte, error) {
	if amount, ok := float(m["amount"]); ok {
		currency, _ := m["currency"].(string)
		return append(b, c.money(amount, currency)...), nil
	}
	if url, ok := m["url"].(string); ok {
		return append(b, url...), nil
	}
	j, err := json.Marshal(m)
	if err != nil {
		return nil, errors.New("a value that cannot be read as text")
	}
	return append(b, j...), nil
}

// signs stand before amounts in English; elsewhere the code follows the amount.
var signs = map[string]string{"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥"}

// wholeCurrencies have no cents.
var wholeCurrencies = map[string]bool{"JPY": true, "KRW": true, "CLP": true, "VND": true, "ISK": true, "PYG": true, "XOF": true, "XAF": true}

// money writes an amount by language: "$1,234.50", "1.234,50 EUR".
func (c *call) money(amount float64, currency string) string {
	digits := 2
	if wholeCurrencies[currency] {
		digits = 0
	}
	s := strconv.FormatFloat(math.Abs(amount), 'f', digits, 64)
	whole, cents, _ := strings.Cut(s, ".")
	thousands, point := ",", "."
	english := base(c.run.Language) == "en"
	if !english {
		thousands, point = ".", ","
	}
	var b strings.Builder
	if amount < 0 && strings.Trim(s, "0.") != "" {
		b.WriteByte('-')
	}
	if english && signs[currency] != "" {
		b.WriteString(signs[currency])
	} else if english && currency != "" {
		b.WriteString(currency + " ")
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(thousands)
		}
		b.WriteRune(r)
	}
	if cents != "" {
		b.WriteString(point + cents)
	}
	if !english && currency != "" {
		b.WriteString(" " + currency)
	}
	return b.String()
}

var (
	linkPattern  = regexp.MustCompile(`(?i)(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|tel:)\S*|\b[\pL\pN][\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL{2,}(?:[/?:#]\S*)?`)
	digitPattern = regexp.MustCompile(`\p{Nd}{4,}|\+?\p{Nd}(?:[ ()._/-]{0,2}\p{Nd}){6,}`) // the second: numbers to call, however they are spaced
	spacePattern = regexp.MustCompile(` {2,}`)
)

// Defuse takes out of a stranger's words what could make our text another one:
// line breaks, links, runs of four and more digits, numbers to call, characters that
// do not show.
func Defuse(s string) string {
	if harmless(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, s)
	// What is left after a link or number is gone may form another one.
	for {
		t := digitPattern.ReplaceAllString(linkPattern.ReplaceAllString(s, ""), "")
		if t == s {
			break
		}
		s = t
	}
	return strings.TrimSpace(spacePattern.ReplaceAllString(s, " "))
}

// harmless says that a text has nothing to take out: letters and single spaces,
// a few digits.
func harmless(s string) bool {
	digits, all := 0, 0
	for i := range len(s) {
		c := s[i]
		if c >= '0' && c <= '9' {
			digits, all = digits+1, all+1
			if digits >= 4 || all >= 7 {
				return false
			}
			continue
		}
		digits = 0
		if c != ' ' && c != '-' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// isMoment says whether a text is a date or a moment, as flows write them.
func isMoment(s string) bool {
	if len(s) < len(time.DateOnly) || len(s) > len(time.RFC3339) || strings.ContainsAny(s, ".,") { // no fraction: it could be a number to call
		return false
	}
	_, date := time.Parse(time.DateOnly, s)
	_, moment := time.Parse(time.RFC3339, s)
	return date == nil || moment == nil
}

// defuseAll defuses every text inside a value, so that nothing of it is another text.
func defuseAll(v any) any {
	switch x := v.(type) {
	case string:
		if isMoment(x) {
			return x // date() and time() have to read it, and it says nothing else
		}
		return Defuse(x)
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = defuseAll(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, item := range x {
			out[k] = defuseAll(item)
		}
		return out
	}
	return v
}
