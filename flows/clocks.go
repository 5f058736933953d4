package flows

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	clockPattern = regexp.MustCompile(`^(\d{1,2})(?:([:.h])(\d{2}))?(h|hs|hrs|uhr)?-?(am|pm)?-?(ish)?$`)
	ordinalEnd   = regexp.MustCompile(`^(\d{1,2})(st|nd|rd|th|er|ro|do|º|ª|°)$`)
)

// timed reads "3pm", "15:30", "half past three in the afternoon", "a las 3 y media".
func (m *moment) timed(i int) int {
	add, at := 0, i
	if past, n := phraseOf(m.words, i, m.w.before); n > 0 {
		add, at = past, i+n
	}
	marked := at > i || i > 0 && m.w.at[m.words[i-1]]
	if at >= len(m.words) {
		return i
	}
	hour, minute, sure, end := m.hourAt(at)
	if end == at {
		return i
	}
	if past, n := phraseOf(m.words, end, m.w.past); n > 0 && minute == 0 {
		add, end, marked = past, end+n, true
	}
	if end < len(m.words) && m.w.oclock[m.words[end]] { // "15 uhr"
		end, marked = end+1, true
		sure = sure || hour == 0 || hour >= 7 && base(m.a.language) != "en"
		if past, n := phraseOf(m.words, end, m.w.past); n > 0 && minute == 0 {
			add, end = past, end+n
		}
	}
	if end < len(m.words) && (m.words[end] == "am" || m.words[end] == "pm") && base(m.a.language) != "de" {
		if hour < 1 || hour > 12 {
			m.broken = true
			return end + 1
		}
		hour = hour%12 + map[string]int{"am": 0, "pm": 12}[m.words[end]]
		sure, marked, m.marked, end = true, true, true, end+1
	}
	if _, p := phraseOf(m.words, end, m.w.parts); p == 0 && !marked && !sure && m.day.IsZero() && m.part == anyPart && len(m.words) > 1 && !strings.HasSuffix(m.words[at], "ish") {
		return i // a bare number is no time
	}
	total := hour*60 + minute + add
	m.setClock(total/60, total%60, sure || hour >= 13)
	return end
}

// hourAt reads an hour, with its minutes if they stand with it.
func (m *moment) hourAt(i int) (hour, minute int, sure bool, end int) {
	p := clockPattern.FindStringSubmatch(m.words[i])
	if p == nil {
		of := numeralsOf[base(m.a.language)]
		if of == nil {
			return 0, 0, false, i
		}
		n, e := of.spelled(m.words[:min(len(m.words), i+1)], i)
		return n, 0, false, map[bool]int{true: e, false: i}[n >= 1 && n <= 24 && e > i]
	}
	hour, _ = strconv.Atoi(p[1])
	minute, _ = strconv.Atoi(p[3])
	if p[2] == "." && p[4] == "" && p[5] == "" && (i+1 >= len(m.words) || !m.w.oclock[m.words[i+1]] && m.words[i+1] != "am" && m.words[i+1] != "pm") {
		return 0, 0, false, i // 5.30 is as well a date, or an amount
	}
	switch {
	case p[5] != "" && (hour < 1 || hour > 12):
		m.broken = true
	case p[5] != "":
		hour, sure, m.marked = hour%12+map[string]int{"am": 0, "pm": 12}[p[5]], true, true
	default:
		sure = (p[3] != "" || p[4] != "" || p[2] == "h") && (hour == 0 || hour >= 7) || hour >= 13
	}
	return hour, minute, sure, i + 1
}

// half says on which half of the day the hour falls, by the part of the day that was
// said, or by the hours in which the business is open when only one of them fits.
func (m *moment) half() bool {
	switch h := m.hour; {
	case !m.clock:
		return true
	case m.marked && m.part != anyPart:
		return (m.part == morning) == (h < 12)
	case m.sure && (m.part == anyPart || m.part == morning || h >= 12):
		return m.part != morning || h < 12
	case m.part == morning:
		return h >= 1 && h <= 11
	case m.part == afternoon && h <= 8 || m.part == evening && h >= 5 && h <= 11:
		m.hour = h + 12
		return h >= 1
	case m.part == afternoon && h == 12:
		return true
	case m.part != anyPart || m.a.open == nil:
		return false
	}
	early := m.open(m.hour)
	late := m.open((m.hour + 12) % 24)
	if late && !early {
		m.hour = (m.hour + 12) % 24
	}
	return early != late
}

// open says whether the business is open then: on the day that was said, or on any.
func (m *moment) open(hour int) bool {
	first, days := m.today, 7
	if !m.day.IsZero() {
		first, days = m.day, 1
	}
	for d := range days {
		if m.a.open.OpenAt(time.Date(first.Year(), first.Month(), first.Day()+d, hour, m.minute, 0, 0, first.Location())) {
			return true
		}
	}
	return false
}
