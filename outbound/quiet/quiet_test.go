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
