package quiet_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"parley/outbound/quiet"
)

func TestUntil(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, at, class, want string }{
		{"afternoon", "2026-03-02T15:00", "bulk", "2026-03-02T15:00"},
		{"last minute", "2026-03-02T20:59", "notice", "2026-03-02T20:59"},
		{"evening", "2026-03-02T21:00", "notice", "2026-03-03T08:00"},
		{"night", "2026-03-02T03:00", "bulk", "2026-03-02T08:00"},
		{"morning", "2026-03-02T08:00", "bulk", "2026-03-02T08:00"},
		{"end of the month", "2026-01-31T23:30", "bulk", "2026-02-01T08:00"},
		{"the night that loses an hour", "2026-03-07T22:00", "bulk", "2026-03-08T08:00"},
		{"the night that gains an hour", "2026-10-31T22:00", "bulk", "2026-11-01T08:00"},
		{"a code", "2026-03-02T03:00", "code", "2026-03-02T03:00"},
		{"an alert", "2026-03-02T03:00", "alert", "2026-03-02T03:00"},
	}
	for _, tt := range tests {
		at, _ := time.ParseInLocation("2006-01-02T15:04", tt.at, zone)
		want, _ := time.ParseInLocation("2006-01-02T15:04", tt.want, zone)
		if got := quiet.Until(at.UTC(), tt.class, zone, quiet.Default); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", tt.name, got, want)
		}
	}
	noon := time.Date(2026, 3, 2, 12, 30, 0, 0, time.UTC)
	siesta := quiet.Window{From: 12 * 60, To: 13 * 60}
	if got := quiet.Until(noon, "bulk", nil, siesta); got.Hour() != 13 || got.Minute() != 0 {
		t.Errorf("a window within the day: %v", got)
	}
	if got := quiet.Until(noon, "bulk", nil, quiet.Window{}); !got.Equal(noon) {
		t.Errorf("no window: %v", got)
	}
}

// An end that the clock skips or has twice is the first moment outside the window.
func TestAfterInTheNightOfTheChange(t *testing.T) {
	for _, tt := range []struct {
		zone, at, want string
		w              quiet.Window
	}{
		{"America/New_York", "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z", quiet.Window{From: 20 * 60, To: 150}}, // 2:30 is not there: at 3:00
		{"America/New_York", "2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z", quiet.Window{From: 60, To: 150}},
		{"Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", quiet.Window{From: 20 * 60, To: 150}},
		{"Australia/Lord_Howe", "2026-10-03T15:00:00Z", "2026-10-03T15:30:00Z", quiet.Window{From: 20 * 60, To: 135}}, // half an hour is lost
		{"America/New_York", "2026-11-01T06:15:00Z", "2026-11-01T06:30:00Z", quiet.Window{From: 20 * 60, To: 90}},     // 1:15 for the second time
		{"America/New_York", "2026-11-01T04:15:00Z", "2026-11-01T05:30:00Z", quiet.Window{From: 20 * 60, To: 90}},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, _ := time.Parse(time.RFC3339, tt.at)
		if got := tt.w.After(at, zone).UTC().Format(time.RFC3339); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.zone, tt.at, got, tt.want)
		}
	}
}
