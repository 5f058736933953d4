package conversation

import (
	"testing"
	"time"
)

func TestHours(t *testing.T) {
	h, err := ParseHours("Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-14:00")
	if err != nil {
		t.Fatal(err)
	}
	line := Line{Open: h}
	for _, c := range []struct{ at, language, want string }{
		{"2026-03-02T10:00", "en", ""},          // a Monday
		{"2026-03-02T08:59", "en", "09:00"},     //
		{"2026-03-02T12:00", "en", "13:00"},     // lunch
		{"2026-03-02T18:00", "en", "Tue 09:00"}, //
		{"2026-03-06T18:00", "es", "sab 10:00"}, //
		{"2026-03-07T14:00", "de", "Mo 09:00"},  // Sunday is closed
		{"2026-03-08T23:00", "xx", "Mon 09:00"}, //
	} {
		at, _ := time.Parse("2006-01-02T15:04", c.at)
		if got := line.opens(at, c.language); got != c.want {
			t.Errorf("at %s: opens %q, want %q", c.at, got, c.want)
		}
	}
	for _, always := range []string{"", "24/7"} {
		h, err := ParseHours(always)
		if err != nil || !h.Next(time.Now()).IsZero() {
			t.Errorf("%q is not always: %v", always, err)
		}
	}
	for _, wrong := range []string{"Mo-Fr", "Mo 9-17", "Xx 09:00-17:00", "Mo 18:00-09:00", "always"} {
		if _, err := ParseHours(wrong); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}
