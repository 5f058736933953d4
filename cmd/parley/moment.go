package main

import (
	"fmt"
	"time"

	"parley/flows"
)

// moment reads a point in time; "" is now.
func moment(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return now, nil
	}
	if d, err := flows.ParseDuration(s); err == nil {
		return now.Add(-d), nil
	}
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.ParseInLocation(form, s, time.Local); err == nil {
			return t, nil
		}
	}
	return now, fmt.Errorf("%q is no time: write a span such as 7d, a day such as 2026-03-05, or RFC 3339", s)
}

// day prints a stored time; never for zero.
func day(ms int64) string {
	if ms == 0 {
		return "never"
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04")
}
