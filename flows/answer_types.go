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
