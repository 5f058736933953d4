package conversation

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"parley/flows"
)

// redactor puts placeholders for what a customer, or a business about a customer,
// said: the same for the same value, everywhere.
type redactor struct {
	flow     func(name string) *flows.Flow // nil: unknown
	stands   map[string]string             // value → placeholder
	counts   map[string]int                // placeholders so far, by label
	replaced map[string]int                // what was taken out, by what it was called
	secret   []string                      // values that must not stand in the result at all
}

func newRedactor(flow func(name string) *flows.Flow) *redactor {
	return &redactor{flow: flow, stands: map[string]string{}, counts: map[string]int{}, replaced: map[string]int{}}
}

var (
	emailPattern  = regexp.MustCompile(`[\pL\pN._%+-]+@[\pL\pN.-]+\.\pL{2,}`)
	linkPattern   = regexp.MustCompile(`(?i)(?:https?://|www\.)\S+`)
	digitsPattern = regexp.MustCompile(`\+?\p{Nd}(?:[ ().-]{0,2}\p{Nd}){2,}`)
	momentLayouts = []string{time.RFC3339, time.DateOnly, "15:04"}
)

// data redacts what came with an event for a flow.
func (r *redactor) data(flow string, data map[string]any) map[string]any {
	out := make(map[string]any, len(data))
	for _, name := range slices.Sorted(maps.Keys(data)) {
		out[name] = r.value(r.flow(flow), name, data[name], true)
	}
	return out
}

// value redacts one value; top says that it is the variable of that name itself.
func (r *redactor) value(f *flows.Flow, name string, v any, top bool) any {
	var trait flows.Trait
	if f != nil && top {
		trait = f.Trait(name)
	}
	switch x := v.(type) {
	case string:
		stands := r.text(f, name, x, trait)
		if f == nil || !top {
			return stands
		}
		made := f.Instead(name, stands)
		if text, ok := made.(string); ok && stands != x {
			r.stands[strings.ToLower(x)] = text
		}
		return made
	case float64:
		stands := roughly(x, trait.Secret)
		if stands != x {
			r.replaced[name]++
		}
		return stands
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = r.value(f, name, item, false)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, item := range x {
			out[k] = r.value(f, k, item, false)
		}
		return out
	}
	return v
}

// roughly keeps a number's first digit: small ones identify nobody and lead the way.
func roughly(x float64, secret bool) float64 {
	switch {
	case secret:
		return 0
	case math.Abs(x) < 100:
		return x
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(x))))
	return math.Trunc(x/unit) * unit
}

// text redacts a value that is a text, unless it is one of the flow's own words, a
// date or a time.
func (r *redactor) text(f *flows.Flow, name, s string, trait flows.Trait) string {
	open := !trait.Secret && !trait.Foreign
	if s == "" || open && (trait.Fixed || isMoment(s) || isCurrency(name, s) || f != nil && f.Compares(s)) {
		return s
	}
	if trait.Secret {
		r.secret = append(r.secret, s)
	}
	return r.placeholder(strings.ToUpper(name), s)
}

func isMoment(s string) bool {
	return slices.ContainsFunc(momentLayouts, func(layout string) bool { _, err := time.Parse(layout, s); return err == nil })
}

func isCurrency(name, s string) bool {
	return name == "currency" && len(s) == 3
}

// placeholder stands for a value from now on: NAME1, or the shape of what has
// digits.
func (r *redactor) placeholder(label, s string) string {
	key := strings.ToLower(s)
	if stands, ok := r.stands[key]; ok {
		return stands
	}
	r.counts[label]++
	r.replaced[strings.ToLower(label)]++
	n := r.counts[label]
	stands := label + strconv.Itoa(n)
	switch {
	case emailPattern.MatchString(s):
		stands = fmt.Sprintf("name%d@example.com", n)
	case strings.ContainsFunc(s, unicode.IsDigit):
		stands = shaped(s, n)
	}
	r.stands[key] = stands
	return stands
}

// shaped keeps the form of a number or code: its digits become n, its letters X.
func shaped(s string, n int) string {
	out := []rune(s)
	for i := len(out) - 1; i >= 0; i-- {
		switch {
		case unicode.IsDigit(out[i]):
			out[i] = rune('0' + n%10)
			n /= 10
		case unicode.IsLetter(out[i]):
			out[i] = 'X'
		}
	}
	return string(out)
}

// free is a placeholder for a text of which nothing may stay.
func (r *redactor) free(s string) string {
	if strings.TrimSpace(s) == "" {
		return s
	}
	if mail := emailPattern.FindString(s); mail != "" {
		return r.placeholder("EMAIL", mail)
	}
	key := "\x00" + s
	if stands, ok := r.stands[key]; ok {
		return stands
	}
	r.counts["TEXT"]++
	r.replaced["free text"]++
	r.stands[key] = "TEXT" + strconv.Itoa(r.counts["TEXT"])
	return r.stands[key]
}

var (
	longPattern = regexp.MustCompile(`\+?\p{Nd}{5,}`)
	bigPattern  = regexp.MustCompile(`\p{Nd}{3,}`)
)

// answer is what may stay of an answer that was read as a value of the kind.
func (r *redactor) answer(kind, s string) string {
	switch kind {
	case "pattern":
		return r.placeholder("CODE", s)
	case "date", "time", "datetime":
		return longPattern.ReplaceAllStringFunc(r.known(s), func(m string) string { return r.zeros(m, 0) })
	}
	return bigPattern.ReplaceAllStringFunc(r.known(s), func(m string) string { return r.zeros(m, 1) })
}

// zeros keeps the first digits of a number.
func (r *redactor) zeros(number string, keep int) string {
	r.replaced["number"]++
	return number[:keep] + shaped(number[keep:], 0)
}

// scrub takes out of words that may stay what is no word of the flow: values that
// were seen, addresses, links, numbers of three digits and more.
func (r *redactor) scrub(s string) string {
	s = r.known(s)
	return digitsPattern.ReplaceAllStringFunc(s, func(m string) string {
		for _, stands := range r.stands {
			if strings.Contains(stands, m) { // a placeholder that stands already
				return m
			}
		}
		r.replaced["number"]++
		return shaped(m, 0)
	})
}

// known replaces values that were seen before, addresses and links.
func (r *redactor) known(s string) string {
	known := slices.SortedFunc(maps.Keys(r.stands), func(a, b string) int { return len(b) - len(a) })
	for _, value := range known {
		if len(value) < 2 || value[0] == 0 {
			continue
		}
		word := regexp.MustCompile(`(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(value) + `($|[^\pL\pN])`)
		s = word.ReplaceAllString(s, "${1}"+strings.ReplaceAll(r.stands[value], "$", "$$")+"${2}")
	}
	s = emailPattern.ReplaceAllStringFunc(s, func(m string) string { return r.placeholder("EMAIL", m) })
	return linkPattern.ReplaceAllStringFunc(s, func(string) string { r.replaced["link"]++; return "LINK" })
}

// summary says what was replaced, for the reader of the dialogue.
func (r *redactor) summary() string {
	var out []string
	for _, what := range slices.Sorted(maps.Keys(r.replaced)) {
		out = append(out, fmt.Sprintf("%s (%d)", what, r.replaced[what]))
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, ", ")
}
