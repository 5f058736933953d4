package flows

import (
	"cmp"
	"regexp"
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
	open     Opening   // when the business is open; nil: not known
}

// captureReaders read an answer of each kind; false when it does not fit. Unsure is
// no: the question is asked again. Media are not read from texts.
var captureReaders = map[kind]func(*variable, *answer) (any, bool){
	kindText: func(_ *variable, a *answer) (any, bool) { return a.text, a.text != "" },
	kindInteger: func(_ *variable, a *answer) (any, bool) {
		if n, err := strconv.Atoi(strings.TrimRight(a.text, ".! ")); err == nil {
			return n, true
		}
		f, ok := a.number()
		return int(f), ok && f == float64(int(f))
	},
	kindNumber: func(_ *variable, a *answer) (any, bool) {
		if f, ok := readNumeral(strings.TrimRight(a.text, ".! "), a.language); ok {
			return f, true
		}
		f, ok := a.number()
		return f, ok
	},
	kindMoney: func(_ *variable, a *answer) (any, bool) {
		amount, currency, ok := a.money()
		return moneyValue(amount, currency), ok
	},
	kindDate: func(_ *variable, a *answer) (any, bool) {
		d, ok := a.date()
		return d.Format(time.DateOnly), ok
	},
	kindTime: func(_ *variable, a *answer) (any, bool) {
		h, m, ok := a.time()
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
	read := captureReaders[v.kind]
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

// readMoney reads an amount with or without a currency.
func readMoney(s, language string) (amount float64, currency string, ok bool) {
	m := moneyPattern.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || m[2] != "" && m[4] != "" {
		return 0, "", false
	}
	amount, ok = readNumeral(m[3], language)
	currency = cmp.Or(moneyWords[strings.ToLower(m[2]+m[4])], strings.ToUpper(m[2]+m[4]))
	if m[1] == "-" {
		amount = -amount
	}
	return amount, currency, ok && (currency == "" || isCurrency(currency))
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
