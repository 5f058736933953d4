package senders

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func ExampleRefusal() {
	acme := Sender{ID: "ACME"}
	for _, to := range []string{"+12025550123", "+4915123456789", "+6591234567"} {
		fmt.Printf("%q\n", Refusal(acme, to, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	}
	// Output:
	// "United States does not carry sender names"
	// ""
	// "the sender name is not registered in Singapore: overwritten with \"Likely-SCAM\" / blocked"
}

func TestRefusal(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	now := day("2026-03-01")
	tests := []struct {
		name   string
		sender Sender
		to     string
		at     time.Time
		why    string // how it begins; "": it may
	}{
		{"a number is always fine", Sender{ID: "+12025550100"}, "+12025550123", now, ""},
		{"a short code too", Sender{ID: "12345"}, "+33612345678", now, ""},
		{"the longest prefix decides", Sender{ID: "ACME"}, "+17875550123", now, "Puerto Rico does not carry"},
		{"registered with proof", Sender{"ACME", []string{"SG"}}, "+6591234567", now, ""},
		{"registered elsewhere", Sender{"ACME", []string{"GB"}}, "+6591234567", now, "the sender name is not registered in Singapore"},
		{"registered without proof", Sender{ID: "ACME"}, "+6591234567", now, "the sender name is not registered in Singapore"},
		{"overwritten, even with proof", Sender{"ACME", []string{"JP"}}, "+8190123456789", now, "Japan overwrites"},
		{"sources conflict", Sender{"ACME", []string{"GH"}}, "+233241234567", now, "the sources about sender names in Ghana conflict"},
		{"Spain the day before", Sender{ID: "ACME"}, "+34612345678", day("2026-09-14"), ""},
		{"Spain on the day", Sender{ID: "ACME"}, "+34612345678", day("2026-09-15"), "the sender name is not registered in Spain"},
		{"Spain with proof", Sender{"ACME", []string{"ES"}}, "+34612345678", day("2026-09-15"), ""},
		{"Australia before", Sender{ID: "ACME"}, "+61412345678", day("2026-06-30"), ""},
		{"no row", Sender{"ACME", []string{"FO"}}, "+29812345", now, "no rule is known"},
		{"no number", Sender{ID: "ACME"}, "", now, "no rule is known"},
		{"too long a name", Sender{ID: "ACME-FACTORY"}, "+4915123456789", now, "a sender name has at most 11 characters"},
		{"shared +7", Sender{ID: "ACME"}, "+77010000000", now, "the sender name is not registered in Russia"},
	}
	for _, tt := range tests {
		why := Refusal(tt.sender, tt.to, tt.at)
		if !strings.HasPrefix(why, tt.why) || (why == "") != (tt.why == "") {
			t.Errorf("%s: %q", tt.name, why)
		}
		if tt.to != "" && strings.Contains(why, tt.to) {
			t.Errorf("%s: the reason holds the number: %s", tt.name, why)
		}
	}
}

// Rows that are not sure never let an unregistered name through.
func TestEveryRow(t *testing.T) {
	if len(rules) < 90 {
		t.Fatalf("only %d rules", len(rules))
	}
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for prefix, r := range rules {
		why := Refusal(Sender{ID: "ACME"}, prefix+"123456789", at)
		if may := r.Alphanumeric == Yes && r.Confidence != "low"; may != (why == "") {
			t.Errorf("%s: %q, and it may: %v", r.Name, why, may)
		}
		if len(r.Sources) == 0 || r.Country == "" {
			t.Errorf("%s: no source or country: %+v", prefix, r)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	head, row, _ := strings.Cut(file, "\n")
	row, _, _ = strings.Cut(row, "\n")
	for _, text := range []string{
		head + "\n" + strings.Replace(row, ",no,", ",perhaps,", 1),
		head + "\n" + strings.Replace(row, "rejected,,", "rejected,soon,", 1),
		head + "\n" + strings.Replace(row, "rejected,,,", "rejected,,eleven,", 1),
		head + "\nUS,short",
	} {
		if _, err := parse(text); err == nil {
			t.Errorf("no error for %q", text)
		}
	}
}
