// Package quiet holds back what would wake people. It is a leaf.
package quiet

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Window is the part of the day in which notices and bulk texts are held, as
// minutes since midnight; it usually runs over midnight. The zero value is none.
type Window struct{ From, To int }

// Default is 21:00 to 08:00.
var Default = Window{From: 21 * 60, To: 8 * 60}

// Parse reads "21:00-08:00"; "off" is no window, "" the default.
//
// 47 CFR 64.1200(c)(1) keeps solicitations between 8 and 21 o'clock; transactional
// texts need not follow it, and wise ones do.
func Parse(text string) (Window, error) {
	switch text {
	case "off":
		return Window{}, nil
	case "":
		return Default, nil
	}
	a, b, ok := strings.Cut(text, "-")
	from, errFrom := minutes(a)
	to, errTo := minutes(b)
	if !ok || errFrom != nil || errTo != nil {
		return Window{}, errors.New(`want hours like "21:00-08:00", or off`)
	}
	return Window{From: from, To: to}, nil
}

// minutes reads a time of day as minutes since midnight.
func minutes(text string) (int, error) {
	h, m, ok := strings.Cut(strings.TrimSpace(text), ":")
	hour, err := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if !ok || err != nil || err2 != nil || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, errors.New("not a time of day")
	}
	return hour*60 + minute, nil
}

// holds are the classes that wait; codes and alerts never do.
var holds = map[string]bool{"notice": true, "bulk": true}

// Until says when a text of the class that is ready at the given time may go: at
// once (the same time), or when the window ends in zone, the brand's or the
// customer's; nil is UTC. Days of 23 and 25 hours come out right.
func Until(at time.Time, class string, zone *time.Location, w Window) time.Time {
	if !holds[class] {
		return at
	}
	return w.After(at, zone)
}

// After is the time itself when it lies outside the window, else the window's end.
func (w Window) After(at time.Time, zone *time.Location) time.Time {
	if !w.Covers(at, zone) {
		return at
	}
	local := in(at, zone)
	day := local.Day()
	if minute(local) >= w.To {
		day++
	}
	end := time.Date(local.Year(), local.Month(), day, 0, w.To, 0, 0, local.Location())
	if minute(end) == w.To && end.After(at) {
		return end
	}
	end = local.Truncate(time.Minute) // the clock skips the end, or has it twice: go and look
	for w.Covers(end, zone) {
		end = end.Add(time.Minute)
	}
	return end
}

// Covers says whether the time lies within the window.
func (w Window) Covers(at time.Time, zone *time.Location) bool {
	m := minute(in(at, zone))
	if w.From <= w.To {
		return m >= w.From && m < w.To
	}
	return m >= w.From || m < w.To
}

func in(at time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return at.In(zone)
}

func minute(t time.Time) int { return t.Hour()*60 + t.Minute() }
