package flows

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// wordReader reads "yes" and "no" anywhere, and knows nothing of other words.
type wordReader struct{}

func (wordReader) Read(text, _ string, intents []string) (string, bool, bool) {
	for _, intent := range intents {
		if strings.Contains(strings.ToLower(text), intent) {
			return intent, true, false
		}
	}
	return "", false, true
}

func (wordReader) Skim(_, _ string, _ []string) (string, bool) { return "", false }

const reading = `flow: x
start: a
on:
  replies:
    - {match: [fraud, "/card .* stolen/"], as: emergency, goto: z}
states:
  a:
    replies:
      - {match: ["1", fine, "all good"], as: one, goto: z}
      - {match: ["2", "Dañado", "/\\bbox(es)?\\b/"], as: two, goto: z}
      - {intent: no, as: no, goto: z}
      - {match: ["3", "👍", "don't know"], as: three, goto: z, confirm: true}
      - {intent: yes, as: yes, goto: z}
    capture: {q: integer}
    goto: z
  b: {replies: [{any: true, as: any, goto: z}]}
  m: {capture: {pics: media}, goto: z}
  n: {capture: {pics: media, w: text}, goto: z}
  z: {end: done}
`

func TestRead(t *testing.T) {
	f := mustParse(t, reading)
	cases := []struct{ state, text, layer, as string }{
		{"a", "1", "word", "one"}, {"a", " Fine! ", "word", "one"}, {"a", "fine, thanks", "word", "one"}, {"a", "please: ALL GOOD", "word", "one"},
		{"a", "danado", "word", "two"}, {"a", "DAÑADO", "word", "two"}, {"a", "ｄanado", "word", "two"}, {"a", "I dont know", "lexicon", "no"},
		{"a", "Don’t know", "word", "three"}, {"a", "👍🏽", "word", "three"}, {"a", "2️⃣", "word", "two"},
		{"a", "2, box crushed", "word", "two"}, {"a", "#2", "word", "two"}, {"a", "2) it is wet", "word", "two"}, {"a", "2 - no lid", "word", "two"},
		{"a", "the boxes are wet", "pattern", "two"}, {"a", "no box", "pattern", "two"}, {"a", "yes and no", "lexicon", "no"}, {"a", "oh yes", "lexicon", "yes"},
		{"a", "1 or 2", "", ""}, {"a", "1/2", "", ""}, {"a", "2:30", "", ""}, {"a", "2.5", "", ""}, {"a", "2nd", "", ""}, {"a", "20%", "", ""}, {"a", "2, 3", "", ""},
		{"a", "17", "capture", ""}, {"a", "-4", "capture", ""}, {"a", "seventeen", "capture", ""}, {"a", "", "", ""}, {"a", "...", "", ""},
		{"a", "FRAUD", "word", "emergency"}, {"a", "my card was stolen, 1", "pattern", "emergency"}, {"b", "fraud!", "word", "emergency"},
		{"b", "whatever", "any", "any"}, {"b", "...", "", ""}, {"z", "fine", "", ""},
	}
	for _, c := range cases {
		r := f.Read(Scope{}, wordReader{}, Run{State: c.state, Language: "en"}, Said{Text: c.text})
		if r.Layer != c.layer || r.As != c.as || r.Fits != (c.layer != "") || r.Exact != (c.layer == "word") || r.On != (c.as == "emergency") {
			t.Errorf("%q in %s: %+v, want %s by %s", c.text, c.state, r, c.as, c.layer)
		}
		if r.Confirm != (c.as == "three") {
			t.Errorf("%q: confirm %v", c.text, r.Confirm)
		}
		if later := !r.Fits && c.state == "a" && c.text != ""; r.Later != later {
			t.Errorf("%q in %s: later %v, want %v", c.text, c.state, r.Later, later)
		}
	}
}

// Media are an answer only where nothing else is asked for.
func TestReadMedia(t *testing.T) {
	f := mustParse(t, reading)
	photo := []Media{{URL: "x.jpg", Type: "image/jpeg"}}
	if r := f.Read(Scope{}, nil, Run{State: "m"}, Said{Media: photo}); !r.Fits || r.Layer != "media" {
		t.Errorf("%+v", r)
	}
	if r := f.Read(Scope{}, nil, Run{State: "n"}, Said{Media: photo}); r.Fits {
		t.Errorf("%+v", r)
	}
	if r := f.Read(Scope{}, nil, Run{State: "n"}, Said{Text: "look", Media: photo}); r.Layer != "capture" || r.Captured["w"] != "look" {
		t.Errorf("%+v", r)
	}
}

func TestCaptures(t *testing.T) {
	// Monday, 2 March 2026, 9:00 in New York.
	money := func(a float64, c string) any { return map[string]any{"amount": a, "currency": c} }
	cases := []struct {
		kind, lang, text string
		want             any
	}{
		{"text", "en", "  hello ", "hello"}, {"text", "en", "  ", nil},
		{"integer", "en", "42", 42}, {"integer", "en", "42.", 42}, {"integer", "en", "4.2", nil}, {"integer", "en", "42 or 43", nil},
		{"number", "en", "1,234.5", 1234.5}, {"number", "es", "1.234,5", 1234.5}, {"number", "en", "1,5", 1.5}, {"number", "es", "1,234", 1.234}, {"number", "en", "12,34,5", nil},
		{"number", "en", "-3", -3.0}, {"number", "en", "12,3456", nil},
		{"money", "en", "$1,234.50", money(1234.5, "USD")}, {"money", "es", "12,50 €", money(12.5, "EUR")}, {"money", "en", "20 dollars", money(20, "USD")},
		{"money", "en", "20", money(20, "")}, {"money", "en", "USD 5", money(5, "USD")}, {"money", "en", "about 5", nil}, {"money", "en", "-$5", money(-5, "USD")},
		{"money", "en", "500 yen", money(500, "JPY")}, {"money", "de", "20 CHF", money(20, "CHF")}, {"money", "de", "20 chf", money(20, "CHF")}, {"money", "en", "XAF 500", money(500, "XAF")},
		{"money", "en", "50 now", money(50, "")}, {"money", "es", "50 hoy", money(50, "")}, {"money", "en", "not 20", nil}, {"money", "en", "20 max", nil}, {"money", "en", "TRY 20", money(20, "TRY")}, {"money", "en", "try 20", nil}, {"money", "en", "20 MAX", nil},
		{"date", "en", "2026-03-05", "2026-03-05"}, {"date", "en", "March 5", "2026-03-05"}, {"date", "en", "on the 5th of March", "2026-03-05"}, {"date", "en", "Jan 5", "2027-01-05"},
		{"date", "en", "3/5", "2026-03-05"}, {"date", "es", "3/5", "2026-05-03"}, {"date", "en", "3/25/27", "2027-03-25"}, {"date", "en", "25/3", nil}, {"date", "en", "31 feb", nil},
		{"date", "en", "tomorrow", "2026-03-03"}, {"date", "es", "mañana", "2026-03-03"}, {"date", "en", "Friday", "2026-03-06"}, {"date", "en", "monday", nil},
		{"date", "en", "Thursday, March 5", "2026-03-05"}, {"date", "en", "Friday, March 5", nil}, {"date", "es", "el 5 de marzo", "2026-03-05"}, {"date", "en", "5", nil}, {"date", "en", "soon", nil},
		{"date", "fr", "le 5 août", "2026-08-05"}, {"date", "fr", "1 jui", nil}, {"date", "fr", "jeudi 2 juil", "2026-07-02"}, {"date", "de", "am 5. März", "2026-03-05"}, {"date", "de", "am Freitag", "2026-03-06"}, {"date", "de", "den 5. März", "2026-03-05"},
		{"date", "de", "morgen", "2026-03-03"}, {"date", "pt", "5 de março", "2026-03-05"}, {"date", "pt", "amanhã", "2026-03-03"}, {"date", "it", "venerdì 6 marzo", "2026-03-06"}, {"date", "it", "domani", "2026-03-03"},
		{"time", "de", "15 Uhr", "15:00"}, {"time", "fr", "14 heures", "14:00"}, {"time", "it", "alle 15", "15:00"}, {"time", "de", "um 9 Uhr", "09:00"}, {"datetime", "de", "morgen um 15 Uhr", "2026-03-03T15:00:00-05:00"},
		{"datetime", "fr", "demain à 10h30", "2026-03-03T10:30:00-05:00"}, {"time", "en", "3pm", "15:00"}, {"time", "en", "3:30 p.m.", "15:30"}, {"time", "en", "12 am", "00:00"}, {"time", "es", "a las 15:30", "15:30"}, {"time", "es", "15h30", "15:30"},
		{"time", "en", "3", nil}, {"time", "en", "3:30", nil}, {"time", "en", "25:00", nil}, {"time", "en", "13pm", nil}, {"time", "en", "noon", "12:00"}, {"time", "es", "15h", "15:00"},
		{"datetime", "en", "March 5 at 3pm", "2026-03-05T15:00:00-05:00"}, {"datetime", "es", "mañana a las 10:30", "2026-03-03T10:30:00-05:00"}, {"datetime", "en", "3 PM on Friday", "2026-03-06T15:00:00-05:00"},
		{"datetime", "en", "Friday", nil}, {"datetime", "en", "2026-03-05T15:30:00Z", "2026-03-05T15:30:00Z"},
		{"email", "en", "it is Ann.B@example.com, thanks", "Ann.B@example.com"}, {"email", "en", "a@b.com or c@d.com", nil}, {"email", "en", "a at b.com", nil},
		{"{type: pattern, pattern: '/order ([A-Z]-\\d+)/'}", "en", "my order a-17 please", "a-17"}, {"{type: pattern, pattern: '/\\d{5}/'}", "en", "zip 12345", "12345"},
		{"{type: integer, min: 1, max: 9}", "en", "10", nil}, {"{type: text, max: 3}", "en", "four", nil}, {"{type: text, values: [a, b]}", "en", "c", nil},
	}
	sc := Scope{Now: time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC), Brand: Brand{Timezone: "America/New_York"}}
	for _, c := range cases {
		f := mustParse(t, "flow: x\nlanguages: [en, es]\nstart: a\nstates: {a: {capture: {q: "+c.kind+"}, goto: z}, z: {end: done}}")
		r := f.Read(sc, nil, Run{State: "a", Language: c.lang}, Said{Text: c.text})
		if !reflect.DeepEqual(r.Captured["q"], c.want) || r.Fits != (c.want != nil) {
			t.Errorf("%s in %s from %q: %#v, want %#v", c.kind, c.lang, c.text, r.Captured["q"], c.want)
		}
	}
	// Without a zone nobody knows which of 3/5 is the month.
	f := mustParse(t, "flow: x\nstart: a\nstates: {a: {capture: {q: date}, goto: z}, z: {end: done}}")
	if r := f.Read(Scope{Now: sc.Now}, nil, Run{State: "a", Language: "en"}, Said{Text: "3/5"}); r.Fits {
		t.Errorf("3/5 was read as %v", r.Captured)
	}
}

// Every kind that a capture may have can be read, or is media.
func TestCaptureKindsAreComplete(t *testing.T) {
	for _, name := range captureKinds {
		if read, ok := captureReaders[kind(name)]; !ok || read == nil && kind(name) != kindMedia {
			t.Errorf("no way to read %s", name)
		}
		if kindWords[kind(name)] == "" {
			t.Errorf("no words for %s", name)
		}
	}
	for _, name := range inputKinds {
		if kindWords[kind(name)] == "" {
			t.Errorf("no words for %s", name)
		}
	}
}

// A text denies where it leads where a plain no leads, in whatever words; a yes never does.
func TestDenies(t *testing.T) {
	f := mustParse(t, `flow: x
start: a
states:
  a:
    on: {replies: [{match: [stop it], goto: shut}]}
    replies:
      - {match: [fraud], goto: shut}
      - {match: ["2"], goto: other}
      - {match: [sure], confirm: true, goto: shut}
      - {intent: no, goto: shut}
      - {intent: yes, goto: shut}
  b: {replies: [{match: [fraud], goto: shut}]}
  shut: {goto: other}
  other: {end: done}
`)
	for text, want := range map[string]bool{"no": true, "fraud": true, "stop it": true, "2": false, "sure": false, "yes": false, "hm": false} {
		run := Run{State: "a", Language: "en"}
		if denies, been := f.Denies(run, f.Read(Scope{}, wordReader{}, run, Said{Text: text})); denies != want || been {
			t.Errorf("%q: %v, been there: %v", text, denies, been)
		}
	}
	run := Run{State: "a", Language: "en", Path: "a shut other"}
	if denies, been := f.Denies(run, f.Read(Scope{}, wordReader{}, run, Said{Text: "no"})); !denies || !been {
		t.Errorf("it has been in shut: %v, %v", denies, been)
	}
	run.State = "b" // which knows no plain no
	if denies, _ := f.Denies(run, f.Read(Scope{}, wordReader{}, run, Said{Text: "fraud"})); denies {
		t.Error("a state without a no was denied")
	}
}

// Some of what is asked about is denied where a text leads to a plain no's state by states
// that do not wait.
func TestDeniesPart(t *testing.T) {
	f := mustParse(t, `flow: x
start: a
states:
  a:
    choose: {from: "['p', 'q']", as: item, goto: one}
    replies:
      - {match: [third], goto: named}
      - {match: [later], goto: asks}
      - {match: [mine], goto: clear}
      - {intent: no, goto: shut}
      - {intent: yes, goto: shut}
  named: {branch: [{when: "now < now", goto: clear}, {goto: one}]}
  one: {goto: shut}
  asks: {say: "sure?", replies: [{intent: no, goto: shut}]}
  shut: {end: shut}
  clear: {end: clear}
`)
	run := Run{State: "a", Language: "en", Choices: []Choice{{Label: "p"}, {Label: "q"}}}
	for text, want := range map[string]bool{"no": true, "third": true, "2": true, "later": false, "mine": false, "yes": false, "hm": false} {
		r := f.Read(Scope{}, wordReader{}, run, Said{Text: text})
		if f.DeniesPart(run, r) != want {
			t.Errorf("%q: not %v", text, want)
		}
		if denies, _ := f.Denies(run, r); denies != (text == "no") {
			t.Errorf("%q denies all: %v", text, denies)
		}
	}
}

// wholeReader reads a text that is "yes" or "no", and nothing else.
type wholeReader struct{}

func (wholeReader) Read(text, _ string, intents []string) (string, bool, bool) {
	i := slices.Index(intents, strings.ToLower(text))
	if i < 0 {
		return "", false, false
	}
	return intents[i], true, false
}

func (wholeReader) Skim(string, string, []string) (string, bool) { return "", false }

// What stands behind a number is read where an alert lists what may be wrong, beside a yes:
// the number alone, the label, or a no to it.
func TestAnAlertsChoiceSaysNoMore(t *testing.T) {
	const source = `flow: x
class: alert
start: a
states:
  a:
    choose: {from: "['p', '7 eleven']", as: item, goto: shut}
    replies: [{intent: no, goto: shut}, {intent: yes, goto: clear}]
  shut: {end: shut}
  clear: {end: clear}
`
	bare := map[string]bool{"2": true, "#2!": true, "7 Eleven": true, "2 no": true, "2\nNO": true}
	more := map[string]bool{"2 yes": true, "2, it is mine": true, "1 or 2": false, "9": false}
	for _, alert := range []bool{true, false} {
		text := source
		if !alert {
			text = strings.Replace(source, "alert", "notice", 1)
		}
		f := mustParse(t, text)
		run := Run{State: "a", Language: "en", Choices: []Choice{{Label: "p"}, {Label: "7 eleven"}}}
		for said, want := range bare {
			if r := f.Read(Scope{}, wholeReader{}, run, Said{Text: said}); r.Fits != want || r.Reply >= 0 {
				t.Errorf("alert %v, %q: %+v", alert, said, r)
			}
		}
		for said, want := range more {
			if r := f.Read(Scope{}, wholeReader{}, run, Said{Text: said}); r.Fits != (want && !alert) {
				t.Errorf("alert %v, %q: %+v", alert, said, r)
			}
		}
	}
}
