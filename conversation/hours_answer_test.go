package conversation

import (
	"slices"
	"testing"
	"time"
)

const whenAsked = `flow: visit
start: ask
states:
  ask:
    say: "When?"
    capture: {at: datetime}
    goto: told
    otherwise: {say: "Which half of the day?"}
  told: {say: "{{ time(at) }}", end: told}
`

// TestHoursReadABareHour: "at 3" is in the afternoon where people are there in the
// afternoon only, and nobody's guess where no hours are known.
func TestHoursReadABareHour(t *testing.T) {
	for hours, want := range map[string]string{"": "Which half of the day?", "24/7": "Which half of the day?", "Mo-Su 09:00-18:00": "3:00 PM", "Mo-Su 02:00-05:00": "3:00 AM", "Mo-Su 02:00-18:00": "Which half of the day?"} {
		k := newTalk(t, whenAsked)
		open, err := ParseHours(hours)
		if err != nil {
			t.Fatal(err)
		}
		k.env.Line.Open = open
		k.start("visit", nil)
		k.taken().after(time.Minute).text("tmrw 3ish")
		if !slices.Contains(k.said(), want) {
			t.Errorf("%q: %q, want %q", hours, k.said(), want)
		}
	}
}
