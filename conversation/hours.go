package conversation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Hours are when people answer: for each weekday the minutes of the day between
// which they are there. The zero value is always.
type Hours struct {
	days [7][]span // by time.Weekday
	some bool
}

type span struct{ from, to int }

// weekdays are the two-letter names of OpenStreetMap's opening_hours, of which
// ParseHours reads the part that shops use.
var weekdays = map[string]time.Weekday{"Mo": time.Monday, "Tu": time.Tuesday, "We": time.Wednesday, "Th": time.Thursday,
	"Fr": time.Friday, "Sa": time.Saturday, "Su": time.Sunday}

// ParseHours reads "Mo-Fr 09:00-18:00; Sa 10:00-14:00"; "" and "24/7" are always.
func ParseHours(text string) (Hours, error) {
	var h Hours
	text = strings.TrimSpace(text)
	if text == "" || text == "24/7" {
		return h, nil
	}
	for _, rule := range strings.Split(text, ";") {
		days, times, ok := strings.Cut(strings.TrimSpace(rule), " ")
		if !ok {
			return h, fmt.Errorf(`%q: want days and hours like "Mo-Fr 09:00-18:00"`, rule)
		}
		for _, list := range strings.Split(times, ",") {
			s, err := parseSpan(strings.TrimSpace(list))
			if err != nil {
				return h, err
			}
			if err := h.add(days, s); err != nil {
				return h, err
			}
		}
	}
	h.some = true
	return h, nil
}

func parseSpan(text string) (span, error) {
	a, b, ok := strings.Cut(text, "-")
	from, errFrom := time.Parse("15:04", a)
	to, errTo := time.Parse("15:04", b)
	if b == "24:00" {
		to, errTo = from, nil
	}
	s := span{from.Hour()*60 + from.Minute(), to.Hour()*60 + to.Minute()}
	if b == "24:00" {
		s.to = 24 * 60
	}
	if !ok || errFrom != nil || errTo != nil || s.from >= s.to {
		return s, fmt.Errorf(`%q: want hours like "09:00-18:00"`, text)
	}
	return s, nil
}

func (h *Hours) add(days string, s span) error {
	for _, part := range strings.Split(days, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, ok := weekdays[first]
		to, ok2 := weekdays[last]
		if !ok || !ok2 {
			return fmt.Errorf("%q: want days like Mo-Fr or Sa,Su", part)
		}
		for d := from; ; d = (d + 1) % 7 {
			h.days[d] = append(h.days[d], s)
			if d == to {
				break
			}
		}
	}
	return nil
}

// OpenAt says whether somebody is there, by at's clock.
func (h *Hours) OpenAt(at time.Time) bool { return h.Next(at).IsZero() }

// Next is when somebody is there again, by at's clock; the zero time: now.
func (h Hours) Next(at time.Time) time.Time {
	if !h.some {
		return time.Time{}
	}
	for days := range 8 {
		day := time.Date(at.Year(), at.Month(), at.Day()+days, 0, 0, 0, 0, at.Location())
		var best time.Time
		for _, s := range h.days[day.Weekday()] {
			from := time.Date(day.Year(), day.Month(), day.Day(), 0, s.from, 0, 0, at.Location())
			to := time.Date(day.Year(), day.Month(), day.Day(), 0, s.to, 0, 0, at.Location())
			if !at.Before(from) && at.Before(to) {
				return time.Time{}
			}
			if from.After(at) && (best.IsZero() || from.Before(best)) {
				best = from
			}
		}
		if !best.IsZero() {
			return best
		}
	}
	return time.Time{}
}

// mostAhead bounds how far After looks: what hours are open for a minute a week.
const mostAhead = 10 * 366

// After is when somebody has been there for d since at, by at's clock: hours in which nobody
// is there do not count.
func (h Hours) After(at time.Time, d time.Duration) time.Time {
	if !h.some {
		return at.Add(d)
	}
	for days := range mostAhead {
		day := time.Date(at.Year(), at.Month(), at.Day()+days, 0, 0, 0, 0, at.Location())
		for _, s := range h.on(day.Weekday()) {
			from := time.Date(day.Year(), day.Month(), day.Day(), 0, s.from, 0, 0, at.Location())
			to := time.Date(day.Year(), day.Month(), day.Day(), 0, s.to, 0, 0, at.Location())
			if from.Before(at) {
				from = at
			}
			open := to.Sub(from)
			if open > 0 && d <= open {
				return from.Add(d)
			}
			d -= max(open, 0)
		}
	}
	return at.AddDate(0, 0, mostAhead)
}

// on are the spans of a weekday in order, none within another.
func (h Hours) on(day time.Weekday) (all []span) {
	spans := slices.SortedFunc(slices.Values(h.days[day]), func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for _, s := range spans {
		if n := len(all); n > 0 && s.from <= all[n-1].to {
			all[n-1].to = max(all[n-1].to, s.to)
			continue
		}
		all = append(all, s)
	}
	return all
}

// dayNames are short weekday names by language, Sunday first (CLDR, abbreviated,
// as far as GSM-7 has the letters).
var dayNames = map[string][7]string{
	"en": {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	"es": {"dom", "lun", "mar", "mie", "jue", "vie", "sab"},
	"fr": {"dim", "lun", "mar", "mer", "jeu", "ven", "sam"},
	"de": {"So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"},
	"pt": {"dom", "seg", "ter", "qua", "qui", "sex", "sab"},
	"it": {"dom", "lun", "mar", "mer", "gio", "ven", "sab"},
}

// opens says when people are there again, for a text: "Mon 09:00", or "09:00" on
// the same day; "" while they are.
func (l *Line) opens(now time.Time, language string) string {
	next := l.Open.Next(now)
	if next.IsZero() {
		return ""
	}
	clock := next.Format("15:04")
	if next.YearDay() == now.YearDay() && next.Year() == now.Year() {
		return clock
	}
	language, _, _ = strings.Cut(language, "-")
	names, ok := dayNames[language]
	if !ok {
		names = dayNames["en"]
	}
	return names[next.Weekday()] + " " + clock
}
