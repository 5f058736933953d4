package flows

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// calendar names months and days in one language, without accents that GSM-7
// lacks. Names are told apart by their first three letters when read.
type calendar struct {
	months []string
	days   []string // from Sunday
	near   map[string]int
}

// calendars of the languages that dates are written and read in with words;
// others see figures.
var calendars = map[string]calendar{
	"en": {
		months: strings.Fields("January February March April May June July August September October November December"),
		days:   strings.Fields("Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
		near:   map[string]int{"today": 0, "tomorrow": 1},
	},
	"es": {
		months: strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
		days:   strings.Fields("domingo lunes martes miercoles jueves viernes sabado"),
		near:   map[string]int{"hoy": 0, "manana": 1},
	},
}

// day writes a date: short "Mar 5", long "Thursday, March 5, 2026", else "Thu, Mar 5".
func (c *call) day(t time.Time, style string) string {
	cal, ok := calendars[base(c.run.Language)]
	if !ok {
		if style == "short" {
			return t.Format("2/1")
		}
		return t.Format("2/1/2006")
	}
	month, weekday := cal.months[t.Month()-1], cal.days[t.Weekday()]
	if base(c.run.Language) == "es" {
		switch style {
		case "short":
			return fmt.Sprintf("%d %s", t.Day(), month[:3])
		case "long":
			return fmt.Sprintf("%s %d de %s de %d", weekday, t.Day(), month, t.Year())
		}
		return fmt.Sprintf("%s %d de %s", weekday, t.Day(), month)
	}
	switch style {
	case "short":
		return fmt.Sprintf("%s %d", month[:3], t.Day())
	case "long":
		return fmt.Sprintf("%s, %s %d, %d", weekday, month, t.Day(), t.Year())
	}
	return fmt.Sprintf("%s, %s %d", weekday[:3], month[:3], t.Day())
}

// clock writes a time of day: "3:30 PM" in English, else "15:30".
func (c *call) clock(t time.Time) string {
	if base(c.run.Language) == "en" {
		return t.Format("3:04 PM")
	}
	return t.Format("15:04")
}

// moment writes a time.Time that stands in a text without a function around it:
// a date when it is midnight, else date and time.
func (c *call) moment(t time.Time) string {
	t = t.In(c.zone())
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return c.day(t, "")
	}
	return c.day(t, "") + " " + c.clock(t)
}

func (c *call) zone() *time.Location { return c.flow.Zone(c.sc.Brand) }

// styles of date().
var styles = map[string]bool{"": true, "short": true, "long": true}

// dateOf is the language's date(x, style).
func (c *call) dateOf(v any, style ...string) (string, error) {
	var s string
	if len(style) > 0 {
		s = style[0]
	}
	t, ok := c.readTime(v)
	switch {
	case v == nil:
		return "", nil
	case !ok || !styles[s]:
		return "", errors.New("no date")
	}
	return c.day(t, s), nil
}

// timeOf is the language's time(x).
func (c *call) timeOf(v any) (string, error) {
	t, ok := c.readTime(v)
	switch {
	case v == nil:
		return "", nil
	case !ok:
		return "", errors.New("no time")
	}
	return c.clock(t), nil
}

// moneyOf is the language's money(x).
func (c *call) moneyOf(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	if amount, ok := float(v); ok {
		return c.money(amount, ""), nil
	}
	m, ok := v.(map[string]any)
	amount, isNumber := float(m["amount"])
	if !ok || !isNumber {
		return "", errors.New("no money")
	}
	currency, _ := m["currency"].(string)
	return c.money(amount, currency), nil
}

// readTime reads a moment, a stored date or a stored time of day.
func (c *call) readTime(v any) (time.Time, bool) {
	switch x := v.(type) {
	case time.Time:
		return x.In(c.zone()), true
	case string:
		if t, err := time.Parse(time.RFC3339, x); err == nil {
			return t.In(c.zone()), true
		}
		for _, layout := range []string{time.DateOnly, "15:04"} {
			if t, err := time.ParseInLocation(layout, x, c.zone()); err == nil {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// monthIn finds the month that a folded word names in the language.
func (cal calendar) monthIn(word string) int { return nameIn(cal.months, word) + 1 }

// dayIn finds the weekday that a folded word names, or -1.
func (cal calendar) dayIn(word string) int { return nameIn(cal.days, word) }

func nameIn(names []string, word string) int {
	for i, name := range names {
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(name), word) {
			return i
		}
	}
	return -1
}

func number(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && len(s) <= 4
}
