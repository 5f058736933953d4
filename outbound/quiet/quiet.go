// Package quiet holds back what would wake people. It is a leaf.
package quiet

import "time"

// Window is the part of the day in which notices and bulk texts are held, as
// minutes since midnight; it usually runs over midnight. The zero value is none.
type Window struct{ From, To int }

// Default is 21:00 to 08:00.
var Default = Window{From: 21 * 60, To: 8 * 60}

// holds are the classes that wait; codes and alerts never do.
var holds = map[string]bool{"notice": true, "bulk": true}

// Until says when a text of the class that is ready at the given time may go: at
// once (the same time), or when the window ends in zone, the brand's or the
// customer's; nil is UTC. Days of 23 and 25 hours come out right.
func Until(at time.Time, class string, zone *time.Location, w Window) time.Time {
	if !holds[class] || !w.Covers(at, zone) {
		return at
	}
	local := in(at, zone)
	day := local.Day()
	if minute(local) >= w.To {
		day++
	}
	return time.Date(local.Year(), local.Month(), day, 0, w.To, 0, 0, local.Location())
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
