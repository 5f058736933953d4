package flows

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dated reads "5 march", "march 5th 2026", "el 5 de marzo", "the 5th", 5/3.
func (m *moment) dated(i int) int {
	if i >= len(m.words) {
		return i
	}
	if t, ok := m.a.figures(m.words[i], m.today); ok {
		m.setDay(t, true)
		return i + 1
	} else if figuresLike.MatchString(m.words[i]) {
		m.broken = true
		return i + 1
	}
	day, month, end := m.dayAndMonth(i)
	switch {
	case day == 0:
		return i
	case month == 0:
		m.setDay(m.nextOf(day))
		return end
	}
	year := 0
	if k := m.past(end); k < len(m.words) {
		if n, ok := number(m.words[k]); ok && n > 31 {
			year, end = n, k+1
		}
	}
	m.setDay(dateAt(year, month, day, m.today))
	return end
}

// dayAndMonth reads a day of the month with the month before or behind it; month 0: a
// day that can be nothing else stands alone. day 0: neither.
func (m *moment) dayAndMonth(i int) (day, month, end int) {
	marker := prefixOf(m.words, i, m.w.day)
	day, ordinal, end := m.dayAt(i + marker)
	if end == i+marker && marker == 0 { // the month first
		after := m.past(i + 1)
		day, _, end = m.dayAt(after)
		if month = m.cal.monthIn(m.words[i]); month == 0 || end == after {
			return 0, 0, i
		}
		return day, month, end
	}
	if k := m.past(end); k < len(m.words) && m.cal.monthIn(m.words[k]) > 0 {
		return day, m.cal.monthIn(m.words[k]), k + 1
	}
	if ordinal || marker > 0 && !m.timeFollows(end) {
		return day, 0, end
	}
	return 0, 0, i
}

// timeFollows says whether the number before at is rather an hour.
func (m *moment) timeFollows(at int) bool {
	if at >= len(m.words) {
		return false
	}
	_, p := phraseOf(m.words, at, m.w.past)
	return p > 0 || m.w.oclock[m.words[at]] || m.words[at] == "am" || m.words[at] == "pm"
}

var figuresLike = regexp.MustCompile(`^\d{1,4}[/-]\d{1,2}([/-]\d{1,4})?$`)

// dayAt reads a day of the month; ordinal says that it can be nothing else.
func (m *moment) dayAt(i int) (day int, ordinal bool, end int) {
	if i >= len(m.words) {
		return 0, false, i
	}
	if p := ordinalEnd.FindStringSubmatch(m.words[i]); p != nil {
		day, _ = strconv.Atoi(p[1])
		return day, true, i + 1
	}
	if n := m.w.ordinals[m.words[i]]; n > 0 {
		alone := n != 2 || i > 0 // "second" alone is a time as well
		return n, alone && base(m.a.language) != "en" || alone && i > 0, i + 1
	}
	if n, ok := number(m.words[i]); ok && n >= 1 && n <= 31 {
		return n, false, i + 1
	}
	if of := numeralsOf[base(m.a.language)]; of != nil {
		if n, e := of.spelled(m.words, i); e > i && n >= 1 && n <= 31 {
			return n, false, e
		}
	}
	return 0, false, i
}

// nextOf is the next day of the month with this number.
func (m *moment) nextOf(day int) (time.Time, bool) {
	for ahead := range 3 {
		t := time.Date(m.today.Year(), m.today.Month()+time.Month(ahead), day, 0, 0, 0, 0, m.today.Location())
		if t.Day() == day && !t.Before(m.today) {
			return t, true
		}
	}
	return time.Time{}, false
}

// figures reads 2026-03-05, 5/3, 05.03.26.
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

// number reads what a day, a month or a year is written as: four digits at most.
func number(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && len(s) <= 4
}
