package flows

import (
	"slices"
	"strings"
	"time"
)

// moment is what an answer says of a date and a time. Every word has to be understood,
// and all of them have to say one thing: "friday or saturday" says none.
type moment struct {
	a     *answer
	w     *momentWords
	cal   calendar
	words []string
	today time.Time

	day          time.Time // the zero time: none was said
	hour, minute int
	clock        bool
	sure         bool // which half of the day the hour is in
	marked       bool // it was said with am or pm
	part         dayPart
	at           time.Time // "in two hours"
	broken       bool      // it says two things
}

// said reads the answer as a date, a time, or both. ok is false when a word is not
// understood.
func (a *answer) said() (m *moment, ok bool) {
	m = &moment{a: a, w: momentsOf[base(a.language)], cal: calendars[base(a.language)], words: saidWords(a.text),
		today: time.Date(a.now.Year(), a.now.Month(), a.now.Day(), 0, 0, 0, 0, a.now.Location())}
	if m.w == nil {
		m.w = &momentWords{}
	}
	for i, w := range m.words {
		if right := m.w.names[w]; right != "" {
			m.words[i] = right
		}
	}
	for i := 0; i < len(m.words); {
		next := m.step(i)
		if next == i || m.broken {
			return m, false
		}
		i = next
	}
	return m, len(m.words) > 0
}

// step understands what begins at word i and says where the next thing begins.
func (m *moment) step(i int) int {
	for _, read := range []func(int) int{m.relative, m.named, m.dated, m.timed, m.weekday, m.filler} {
		if next := read(i); next > i || m.broken {
			return next
		}
	}
	return i
}

// setDay notes the date; a second one has to be the same. Where nobody says what day it
// is, "tomorrow" is none.
func (m *moment) setDay(day time.Time, ok bool) {
	m.broken = m.broken || !ok || day.Year() < 1900 || !m.day.IsZero() && !m.day.Equal(day)
	m.day = day
}

func (m *moment) setClock(hour, minute int, sure bool) {
	m.broken = m.broken || m.clock || hour > 23 || minute > 59
	m.hour, m.minute, m.clock, m.sure = hour, minute, true, sure
}

// phraseOf finds the longest key that the words at i begin with; 0 words: none.
func phraseOf[V any](words []string, i int, table map[string]V) (v V, n int) {
	for n = min(4, len(words)-i); n > 0; n-- {
		if v, ok := table[strings.Join(words[i:i+n], " ")]; ok {
			return v, n
		}
	}
	return v, 0
}

func prefixOf(words []string, i int, list []string) int {
	best := 0
	for _, p := range list {
		parts := strings.Fields(p)
		if n := len(parts); n > best && i+n <= len(words) && slices.Equal(parts, words[i:i+n]) {
			best = n
		}
	}
	return best
}

// relative reads "in three days", "in half an hour".
func (m *moment) relative(i int) int {
	if n := prefixOf(m.words, i, m.w.halfHour); n > 0 {
		m.setAt(30 * time.Minute)
		return i + n
	}
	n := prefixOf(m.words, i, m.w.in)
	if n == 0 || i+n >= len(m.words) {
		return i
	}
	count, end := quantity(m.words, i+n, m.a.language)
	if end == i+n && m.words[end] == "a" || end == i+n && m.words[end] == "an" {
		count, end = 1, end+1
	}
	if end == i+n || end >= len(m.words) {
		return i
	}
	whole := int(count)
	switch m.w.units[m.words[end]] {
	case "day":
		m.setDay(m.today.AddDate(0, 0, whole), count == float64(whole) && whole < 1000 && !m.w.idiom[m.words[end-1]])
	case "week":
		m.setDay(m.today.AddDate(0, 0, 7*whole), count == float64(whole) && whole < 200)
	case "hour":
		m.setAt(time.Duration(min(count, 1000) * float64(time.Hour)))
	case "minute":
		m.setAt(time.Duration(min(count, 10_000)) * time.Minute)
	default:
		return i
	}
	return end + 1
}

func (m *moment) setAt(after time.Duration) {
	m.broken = m.broken || !m.at.IsZero() || m.a.now.Year() < 1900
	m.at = m.a.now.Add(after)
}

// named reads "tomorrow", "in the morning", "noon".
func (m *moment) named(i int) int {
	days, n := phraseOf(m.words, i, m.w.near)
	part, p := phraseOf(m.words, i, m.w.parts)
	at, c := phraseOf(m.words, i, m.w.clocks)
	switch {
	case c > max(n, p) || c > 0 && c == p:
		if past, k := phraseOf(m.words, i+c, m.w.past); k > 0 {
			m.setClock(at[0], past, true)
			return i + c + k
		}
		m.setClock(at[0], at[1], true)
		return i + c
	case n == 0 && p == 0:
		return i
	}
	if n >= p {
		m.setDay(m.today.AddDate(0, 0, days), true)
	}
	if p >= n && p > 0 {
		m.broken = m.broken || m.part != anyPart && m.part != part
		m.part = part
	}
	return i + max(n, p)
}

// weekday reads "friday", "this friday", "next monday".
func (m *moment) weekday(i int) int {
	next, at := false, i
	for at < len(m.words) && (m.w.this[m.words[at]] || m.w.next[m.words[at]]) {
		next = next || m.w.next[m.words[at]]
		at++
	}
	if at == len(m.words) || m.cal.dayIn(m.words[at]) < 0 {
		return i
	}
	named := m.cal.dayIn(m.words[at])
	if end := m.dateBeside(at+1, named); end > 0 {
		return end
	}
	ahead := (named - int(m.today.Weekday()) + 7) % 7
	switch {
	case !m.day.IsZero(): // "5 march, thursday"
		m.broken = m.broken || next || int(m.day.Weekday()) != named
	case next && ahead == 0:
		m.setDay(m.today.AddDate(0, 0, 7), true)
	default: // today's name, or the next one's, may be this week's or the one after
		m.setDay(m.today.AddDate(0, 0, ahead), !next && ahead > 0)
	}
	return at + 1
}

// dateBeside reads the date that follows the name of a weekday and has to fall on it:
// "thursday, march 5", "friday the 6th", "viernes 6". 0: none follows.
func (m *moment) dateBeside(i, weekday int) int {
	end := m.dated(m.past(i))
	if end <= m.past(i) {
		day, _, last := m.dayAt(i)
		if last != len(m.words) || last == i {
			return 0
		}
		m.setDay(m.nextOf(day))
		end = last
	}
	m.broken = m.broken || int(m.day.Weekday()) != weekday
	return end
}

// past is where fillers end.
func (m *moment) past(i int) int {
	for i < len(m.words) && m.w.fillers[m.words[i]] {
		i++
	}
	return i
}

// filler reads what changes nothing.
func (m *moment) filler(i int) int {
	if n := prefixOf(m.words, i, m.w.around); n > 0 {
		return i + n
	}
	if m.w.fillers[m.words[i]] {
		return i + 1
	}
	return i
}

// date is the date alone: a time beside it is no harm if it is said as one.
func (a *answer) date() (time.Time, bool) {
	m, ok := a.said()
	return m.day, ok && !m.day.IsZero() && m.at.IsZero() && !m.clock
}

// time is the time of day alone.
func (a *answer) time() (hour, minute int, ok bool) {
	m, ok := a.said()
	ok = ok && m.day.IsZero() && m.at.IsZero() && m.clock && m.half()
	return m.hour, m.minute, ok
}

// datetime is a date and a time, in either order.
func (a *answer) datetime() (any, bool) {
	if t, err := time.Parse(time.RFC3339, a.text); err == nil {
		return t.Format(time.RFC3339), true
	}
	m, ok := a.said()
	switch {
	case !ok:
		return nil, false
	case !m.at.IsZero():
		return m.at.Format(time.RFC3339), m.day.IsZero() && !m.clock
	case m.day.IsZero() || !m.clock || !m.half():
		return nil, false
	}
	d := m.day
	return time.Date(d.Year(), d.Month(), d.Day(), m.hour, m.minute, 0, 0, d.Location()).Format(time.RFC3339), true
}
