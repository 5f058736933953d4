package flows

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// calendar names months and days in one language, without accents that GSM-7
// lacks, and says how dates are written with them.
type calendar struct {
	months []string
	brief  []string // months in three or four letters
	days   []string // from Sunday
	// The layouts of date(x, 'short'), of date(x) and of date(x, 'long'): d the day,
	// m and b the month and its brief name, w and v the weekday and its first three
	// letters, y the year.
	short, usual, long string
}

// calendars of the languages that dates are written and read in with words;
// others see figures.
var calendars = map[string]calendar{
	"en": {
		months: strings.Fields("January February March April May June July August September October November December"),
		brief:  strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
		days:   strings.Fields("Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
		short:  "{b} {d}", usual: "{v}, {b} {d}", long: "{w}, {m} {d}, {y}",
	},
	"es": {
		months: strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
		brief:  strings.Fields("ene feb mar abr may jun jul ago sep oct nov dic"),
		days:   strings.Fields("domingo lunes martes miercoles jueves viernes sabado"),
		short:  "{d} {b}", usual: "{w} {d} de {m}", long: "{w} {d} de {m} de {y}",
	},
	"fr": {
		months: strings.Fields("janvier février mars avril mai juin juillet aout septembre octobre novembre décembre"),
		brief:  strings.Fields("janv févr mars avril mai juin juil aout sept oct nov déc"),
		days:   strings.Fields("dimanche lundi mardi mercredi jeudi vendredi samedi"),
		short:  "{d} {b}", usual: "{w} {d} {m}", long: "{w} {d} {m} {y}",
	},
	"de": {
		months: strings.Fields("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
		brief:  strings.Fields("Jan Feb März Apr Mai Juni Juli Aug Sep Okt Nov Dez"),
		days:   strings.Fields("Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag"),
		short:  "{d}. {b}", usual: "{w}, {d}. {m}", long: "{w}, {d}. {m} {y}",
	},
	"pt": {
		months: strings.Fields("janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro"),
		brief:  strings.Fields("jan fev mar abr mai jun jul ago set out nov dez"),
		days:   strings.Fields("domingo segunda terca quarta quinta sexta sabado"),
		short:  "{d} {b}", usual: "{w}, {d} de {m}", long: "{w}, {d} de {m} de {y}",
	},
	"it": {
		months: strings.Fields("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
		brief:  strings.Fields("gen feb mar apr mag giu lug ago set ott nov dic"),
		days:   strings.Fields("domenica lunedì martedì mercoledì giovedì venerdì sabato"),
		short:  "{d} {b}", usual: "{w} {d} {m}", long: "{w} {d} {m} {y}",
	},
}

// day writes a date in one of the styles: "Mar 5", "Thu, Mar 5", "Thursday, March 5,
// 2026".
func (c *call) day(t time.Time, style string) string {
	cal, ok := calendars[base(c.run.Language)]
	if !ok {
		if style == "short" {
			return t.Format("2/1")
		}
		return t.Format("2/1/2006")
	}
	layout := map[string]string{"short": cal.short, "long": cal.long}[style]
	if layout == "" {
		layout = cal.usual
	}
	weekday := cal.days[t.Weekday()]
	return strings.NewReplacer("{d}", strconv.Itoa(t.Day()), "{m}", cal.months[t.Month()-1], "{b}", cal.brief[t.Month()-1],
		"{w}", weekday, "{v}", weekday[:3], "{y}", strconv.Itoa(t.Year())).Replace(layout)
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
	if text, isText := v.(string); isText { // an event's data are not typed
		if v, isText = coerceMoney(text); !isText {
			return "", errors.New("no money")
		}
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

// nameIn finds the one name that the folded word begins; -1: none, or several.
func nameIn(names []string, word string) int {
	found := -1
	for i, name := range names {
		switch name = Fold(name); {
		case name == word:
			return i
		case len(word) >= 3 && strings.HasPrefix(name, word) && found >= 0:
			return -1
		case len(word) >= 3 && strings.HasPrefix(name, word):
			found = i
		}
	}
	return found
}
