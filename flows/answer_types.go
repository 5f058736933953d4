package flows

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is a customer's text as captures read it.
type answer struct {
	text     string // trimmed, without courtesies
	language string
	now      time.Time // by the brand's clock
	american bool      // 3/5 is March 5
}

// captureKinds read an answer of each kind; false when it does not fit. Unsure is
// no: the question is asked again. Media are not read from texts.
var captureKinds = map[kind]func(*variable, *answer) (any, bool){
	kindText: func(_ *variable, a *answer) (any, bool) { return a.text, a.text != "" },
	kindInteger: func(_ *variable, a *answer) (any, bool) {
		n, err := strconv.Atoi(strings.TrimRight(a.text, ".! "))
		return n, err == nil
	},
	kindNumber: func(_ *variable, a *answer) (any, bool) {
		f, ok := readNumeral(strings.TrimRight(a.text, ".! "), a.language)
		return f, ok
	},
	kindMoney: func(_ *variable, a *answer) (any, bool) {
		amount, currency, ok := readMoney(strings.TrimRight(a.text, ".! "), a.language)
		return moneyValue(amount, currency), ok
	},
	kindDate: func(_ *variable, a *answer) (any, bool) {
		d, ok := a.date(dateWords(a.text))
		return d.Format(time.DateOnly), ok
	},
	kindTime: func(_ *variable, a *answer) (any, bool) {
		h, m, ok := readClock(dateWords(a.text))
		return time.Date(0, 1, 1, h, m, 0, 0, time.UTC).Format("15:04"), ok
	},
	kindDatetime: func(_ *variable, a *answer) (any, bool) { return a.datetime() },
	kindEmail: func(_ *variable, a *answer) (any, bool) {
		found := emailPattern.FindAllString(a.text, 2)
		if len(found) != 1 {
			return nil, false
		}
		return found[0], true
	},
	kindPattern: func(v *variable, a *answer) (any, bool) {
		m := v.pattern.FindStringSubmatch(a.text)
		if m == nil {
			return nil, false
		}
		if len(m) > 1 && m[1] != "" {
			return m[1], true
		}
		return m[0], true
	},
	kindMedia: nil,
}

var emailPattern = regexp.MustCompile(`(?i)[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\.[a-z]{2,24}`)

// capture reads the answer for the variable, bounds included.
func (v *variable) capture(a *answer) (any, bool) {
	read := captureKinds[v.kind]
	if read == nil {
		return nil, false
	}
	value, ok := read(v, a)
	if !ok {
		return nil, false
	}
	if v.kind == kindMoney || v.kind == kindPattern {
		return value, v.within(value) == ""
	}
	value, problem := v.check(value)
	return value, problem == ""
}

// plainFigures matches digits with separators between groups.
var plainFigures = regexp.MustCompile(`^[+-]?\d{1,12}(?:[.,]\d+)*$`)

// readNumeral reads a number as the language writes it. "1,234" is a thousand in
// English; where the other sign could be meant, it is not read.
func readNumeral(s, language string) (float64, bool) {
	if !plainFigures.MatchString(s) {
		return 0, false
	}
	thousands, point := ",", "."
	if base(language) != "en" {
		thousands, point = ".", ","
	}
	whole, rest, hasPoint := strings.Cut(s, point)
	if strings.Contains(rest, thousands) || strings.Contains(rest, point) {
		return 0, false
	}
	groups := strings.Split(whole, thousands)
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && len(strings.TrimLeft(g, "+-")) > 3 {
			// "12.5" from someone who writes the other point: only without doubt.
			if !hasPoint && len(groups) == 2 && len(groups[1]) <= 2 {
				f, err := strconv.ParseFloat(groups[0]+"."+groups[1], 64)
				return f, err == nil
			}
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(strings.Join(groups, "")+"."+rest+"0", 64)
	return f, err == nil
}

var moneyPattern = regexp.MustCompile(`^(?i)(-?)\s*([$£€¥]|[a-z]{3})?\s*(-?[\d.,]+)\s*([$£€¥]|[a-z]{3}|dollars?|euros?|pounds?|dolares)?$`)

var currencyWords = map[string]string{
	"$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "DOLLAR": "USD", "DOLLARS": "USD", "DOLARES": "USD",
	"EURO": "EUR", "EUROS": "EUR", "POUND": "GBP", "POUNDS": "GBP",
}

// readMoney reads an amount with or without a currency.
func readMoney(s, language string) (amount float64, currency string, ok bool) {
	m := moneyPattern.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || m[2] != "" && m[4] != "" {
		return 0, "", false
	}
	amount, ok = readNumeral(m[3], language)
	currency = strings.ToUpper(m[2] + m[4])
	if c := currencyWords[currency]; c != "" {
		currency = c
	}
	if m[1] == "-" {
		amount = -amount
	}
	return amount, currency, ok && (currency == "" || isCurrency(currency))
}

// dateWords folds a text but keeps what dates and times are written with.
func dateWords(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\t' }) {
		w = strings.Trim(w, ".!?;()")
		if w != "" && !strings.ContainsAny(w, "0123456789") {
			w = Fold(strings.ReplaceAll(w, ".", "")) // "p.m." is one word
		}
		if w = strings.ToLower(w); w != "" && !slices.Contains(fillers, w) {
			out = append(out, w)
		}
	}
	return out
}

// fillers stand in dates and times without changing them.
var fillers = []string{"on", "the", "of", "at", "de", "del", "el", "a", "las", "la", "please", "por", "favor", "for", "para",
	"le", "les", "den", "der", "um", "bitte", "dia", "em", "no", "na", "as", "il", "alle", "ore", "du", "feira"}

// date reads a date: ISO, with a month's name, figures where their order is
// certain, a weekday (the next one), today and tomorrow.
func (a *answer) date(words []string) (time.Time, bool) {
	cal := calendars[base(a.language)]
	if base(a.language) == "de" && len(words) > 1 && words[0] == "am" {
		words = words[1:] // "am Donnerstag": elsewhere am is the morning
	}
	today := time.Date(a.now.Year(), a.now.Month(), a.now.Day(), 0, 0, 0, 0, a.now.Location())
	if len(words) == 1 {
		if d, ok := cal.near[words[0]]; ok {
			return today.AddDate(0, 0, d), true
		}
		if wd := cal.dayIn(words[0]); wd >= 0 {
			ahead := (wd - int(today.Weekday()) + 7) % 7
			return today.AddDate(0, 0, ahead), ahead > 0 // "thursday" said on a Thursday may mean either
		}
		return a.figures(words[0], today)
	}
	if len(words) > 1 && cal.dayIn(words[0]) >= 0 {
		d, ok := a.date(words[1:])
		return d, ok && int(d.Weekday()) == cal.dayIn(words[0])
	}
	return a.worded(words, cal, today)
}

func (a *answer) figures(w string, today time.Time) (time.Time, bool) {
	if t, err := time.ParseInLocation(time.DateOnly, w, today.Location()); err == nil {
		return t, true
	}
	parts := strings.FieldsFunc(w, func(r rune) bool { return r == '/' || r == '.' || r == '-' })
	if len(parts) != 2 && len(parts) != 3 {
		return time.Time{}, false
	}
	x, ok1 := number(parts[0])
	y, ok2 := number(parts[1])
	if !ok1 || !ok2 {
		return time.Time{}, false
	}
	day, month := x, y
	switch english := base(a.language) == "en"; {
	case a.american || english && y > 12:
		day, month = y, x
	case english && x <= 12 && x != y && a.now.Location() == time.UTC:
		return time.Time{}, false // nobody can know which is the month
	}
	year := 0
	if len(parts) == 3 {
		var ok bool
		if year, ok = number(parts[2]); !ok {
			return time.Time{}, false
		}
	}
	return dateAt(year, month, day, today)
}

// worded reads "5 march", "march 5th 2026", "5 marzo".
func (a *answer) worded(words []string, cal calendar, today time.Time) (time.Time, bool) {
	var day, month, year int
	for _, w := range words {
		digits := w
		for _, suffix := range []string{"st", "nd", "rd", "th"} {
			digits = strings.TrimSuffix(digits, suffix)
		}
		n, ok := number(digits)
		switch {
		case ok && n > 31 && year == 0:
			year = n
		case ok && day == 0:
			day = n
		case !ok && month == 0 && cal.monthIn(w) > 0:
			month = cal.monthIn(w)
		default:
			return time.Time{}, false
		}
	}
	return dateAt(year, month, day, today)
}

// dateAt is the date, which must exist; without a year it is the next one.
func dateAt(year, month, day int, today time.Time) (time.Time, bool) {
	given := year != 0
	if year == 0 {
		year = today.Year()
	} else if year < 100 {
		year += 2000
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, today.Location())
	if !given && t.Before(today) {
		t = time.Date(year+1, time.Month(month), day, 0, 0, 0, 0, today.Location())
	}
	return t, month >= 1 && month <= 12 && t.Day() == day && year >= 1900 && year < 2200
}

var clockPattern = regexp.MustCompile(`^(\d{1,2})(?:[:.h](\d{2}))?h?\s?(am|pm)?$`)

// readClock reads a time of day. A bare "3" is none: it could be either half.
func readClock(words []string) (hour, minute int, ok bool) {
	s := strings.Join(words, "")
	switch s {
	case "noon", "midday", "mediodia", "midi", "mittag", "mittags", "meiodia", "mezzogiorno":
		return 12, 0, true
	}
	for _, hours := range []string{"uhr", "heures", "heure", "horas"} {
		s = strings.TrimSuffix(s, hours) + map[bool]string{true: "h"}[strings.HasSuffix(s, hours)]
	}
	m := clockPattern.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, false
	}
	hour, _ = strconv.Atoi(m[1])
	minute, _ = strconv.Atoi(m[2])
	if m[3] == "" {
		certain := m[2] != "" && (hour == 0 || hour >= 7) || strings.HasSuffix(s, "h") || hour >= 13
		return hour, minute, certain && hour < 24 && minute < 60
	}
	if hour < 1 || hour > 12 || minute > 59 {
		return 0, 0, false
	}
	return hour%12 + map[string]int{"am": 0, "pm": 12}[m[3]], minute, true
}

// datetime reads a date and a time in either order.
func (a *answer) datetime() (any, bool) {
	if t, err := time.Parse(time.RFC3339, a.text); err == nil {
		return t.Format(time.RFC3339), true
	}
	words := dateWords(a.text)
	for cut := 1; cut < len(words); cut++ {
		for _, parts := range [][2][]string{{words[:cut], words[cut:]}, {words[cut:], words[:cut]}} {
			d, isDate := a.date(parts[0])
			h, m, isTime := readClock(parts[1])
			if isDate && isTime {
				return time.Date(d.Year(), d.Month(), d.Day(), h, m, 0, 0, d.Location()).Format(time.RFC3339), true
			}
		}
	}
	return nil, false
}
