package flows

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"testing"
	"time"
)

// answerRow is a customer's answer and what a capture makes of it; "-": nothing.
type answerRow struct{ text, want, language, kind string }

func answerRows(t *testing.T) []answerRow {
	t.Helper()
	f, err := os.Open("testdata/answers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []answerRow
	for lines := bufio.NewScanner(f); lines.Scan(); {
		p := strings.Split(lines.Text(), "\t")
		rows = append(rows, answerRow{p[0], p[1], p[2], p[3]})
	}
	return rows
}

// captured is what a capture of this kind makes of the text, on Monday, 2 March 2026,
// at nine in New York.
func captured(t *testing.T, r answerRow, flowsOf map[string]*Flow, hours Opening) string {
	if flowsOf[r.kind] == nil {
		flowsOf[r.kind] = mustParse(t, "flow: x\nlanguages: [en, es, fr, de, pt, it]\nstart: a\nstates: {a: {capture: {q: "+r.kind+"}, goto: z}, z: {end: done}}")
	}
	sc := Scope{Now: time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC), Brand: Brand{Timezone: "America/New_York"}, Hours: hours}
	got := flowsOf[r.kind].Read(sc, nil, Run{State: "a", Language: r.language}, Said{Text: r.text})
	if !got.Fits {
		return "-"
	}
	switch v := got.Captured["q"].(type) {
	case string:
		return v
	case map[string]any:
		return strings.TrimSpace(fmt.Sprintf("%v %v", v["amount"], v["currency"]))
	default:
		b, _ := json.Marshal(v)
		return string(b)
	}
}

// TestAnswers holds the captures to answers that were written by hand in six languages:
// nine in ten are read, none wrongly, and what could mean two things is not read.
func TestAnswers(t *testing.T) {
	type score struct{ meant, right, wrong, others, taken int }
	scores := map[string]*score{}
	rows := map[string]int{}
	flowsOf := map[string]*Flow{}
	for _, r := range answerRows(t) {
		half := "tuned"
		if h := fnv.New32a(); true {
			h.Write([]byte(r.text))
			if h.Sum32()%2 == 1 {
				half = "held out"
			}
		}
		rows[r.language+map[string]string{"money": " money", "integer": " number", "number": " number"}[r.kind]]++
		got := captured(t, r, flowsOf, nil)
		key := r.language + ", " + half
		if scores[key] == nil {
			scores[key] = &score{}
		}
		s := scores[key]
		switch {
		case r.want == "-":
			s.others++
			if got != "-" {
				s.taken++
			}
		case got == r.want:
			s.meant, s.right = s.meant+1, s.right+1
		default:
			s.meant++
			if got != "-" {
				s.wrong++
			}
		}
		if got != r.want && (half == "tuned" || got != "-") {
			t.Logf("%s %s %q: %s, want %s", r.language, r.kind, r.text, got, r.want)
		}
	}
	for _, language := range []string{"en", "es", "fr", "de", "pt", "it"} {
		for _, kind := range []string{" money", " number", ""} { // the rest are days and times
			if rows[language+kind] < 40 {
				t.Errorf("%s%s: only %d answers", language, kind, rows[language+kind])
			}
		}
		for _, half := range []string{"tuned", "held out"} {
			s := scores[language+", "+half]
			fmt.Printf("own answers %s, %-8s  right %.3f of %d  target 0.90   wrong %d  target 0   taken %d of %d ambiguous  target 0\n", language, half,
				float64(s.right)/float64(s.meant), s.meant, s.wrong, s.taken, s.others)
			if 10*s.right < 9*s.meant || s.wrong > 0 || s.taken > 0 {
				t.Errorf("%s, %s: %+v", language, half, *s)
			}
		}
	}
}

// nineToSix is a business that is open on working days.
type nineToSix struct{}

func (nineToSix) OpenAt(at time.Time) bool {
	return at.Weekday() != time.Sunday && at.Weekday() != time.Saturday && at.Hour() >= 9 && at.Hour() < 18
}

// TestHoursTellTheHalfOfTheDay: a bare hour is read when the business is open in one
// half of the day only.
func TestHoursTellTheHalfOfTheDay(t *testing.T) {
	flowsOf := map[string]*Flow{}
	for _, r := range []answerRow{
		{"tmrw 3ish", "2026-03-03T15:00:00-05:00", "en", "datetime"}, {"tomorrow at 10", "2026-03-03T10:00:00-05:00", "en", "datetime"},
		{"tomorrow at 7", "-", "en", "datetime"}, {"saturday at 3", "-", "en", "datetime"}, {"at 3", "15:00", "en", "time"}, {"half past three", "15:30", "en", "time"},
		{"mañana a las 3", "2026-03-03T15:00:00-05:00", "es", "datetime"}, {"halb vier", "15:30", "de", "time"}, {"demain à 3h", "2026-03-03T15:00:00-05:00", "fr", "datetime"},
		{"3am", "03:00", "en", "time"}, {"monday the 9th", "2026-03-09", "en", "date"}, {"monday the 10th", "-", "en", "date"}, {"8 am in the evening", "-", "en", "time"},
	} {
		if got := captured(t, r, flowsOf, nineToSix{}); got != r.want {
			t.Errorf("%s %s %q: %s, want %s", r.language, r.kind, r.text, got, r.want)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	for _, text := range []string{"tmrw 3ish", "el 5 de marzo a las 3 y media", "zweihundertfünfzig €", "in half", "am 5.", "next", "a hundred and"} {
		f.Add(text, uint8(0))
	}
	flowsOf := map[string]*Flow{}
	f.Fuzz(func(t *testing.T, text string, which uint8) {
		language := []string{"en", "es", "fr", "de", "pt", "it", "nl"}[which%7]
		for _, kind := range []string{"integer", "number", "money", "date", "time", "datetime"} {
			captured(t, answerRow{text, "", language, kind}, flowsOf, nineToSix{})
		}
	})
}
