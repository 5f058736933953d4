package senders

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func ExampleCheck() {
	acme := Sender{ID: "ACME"}
	for _, to := range []string{"+12025550123", "+4915123456789", "+6591234567"} {
		d := Check(acme, to, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), false)
		fmt.Println(d.Country, d.Choice, "-", d.Why)
	}
	// Output:
	// US numeric - United States does not carry sender names
	// DE use - sender names are allowed in Germany
	// SG numeric - the sender name is not registered in Singapore: overwritten with "Likely-SCAM" / blocked
}

func TestCheck(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	now := day("2026-03-01")
	tests := []struct {
		name    string
		sender  Sender
		to      string
		at      time.Time
		reply   bool
		choice  Choice
		country string
		warns   bool
	}{
		{"a number is always fine", Sender{ID: "+12025550100"}, "+12025550123", now, true, Use, "US", false},
		{"a short code too", Sender{ID: "12345"}, "+33612345678", now, true, Use, "FR", false},
		{"the longest prefix decides", Sender{ID: "ACME"}, "+17875550123", now, false, Numeric, "PR", false},
		{"an answer is expected", Sender{ID: "ACME"}, "+4915123456789", now, true, Numeric, "DE", false},
		{"registered with proof", Sender{"ACME", []string{"SG"}}, "+6591234567", now, false, Use, "SG", false},
		{"registered with proof, answer expected", Sender{"ACME", []string{"SG"}}, "+6591234567", now, true, Numeric, "SG", false},
		{"registered elsewhere", Sender{"ACME", []string{"GB"}}, "+6591234567", now, false, Numeric, "SG", false},
		{"registered without proof", Sender{ID: "ACME"}, "+6591234567", now, false, Numeric, "SG", false},
		{"overwritten, even with proof", Sender{"ACME", []string{"JP"}}, "+8190123456789", now, false, Numeric, "JP", false},
		{"sources conflict", Sender{"ACME", []string{"PA"}}, "+50712345678", now, false, Numeric, "PA", false},
		{"Spain the day before", Sender{ID: "ACME"}, "+34612345678", day("2026-09-14"), false, Use, "ES", true},
		{"Spain on the day", Sender{ID: "ACME"}, "+34612345678", day("2026-09-15"), false, Numeric, "ES", false},
		{"Spain with proof does not warn", Sender{"ACME", []string{"ES"}}, "+34612345678", now, false, Use, "ES", false},
		{"Australia before", Sender{ID: "ACME"}, "+61412345678", day("2026-06-30"), false, Use, "AU", true},
		{"no row", Sender{"ACME", []string{"FO"}}, "+29812345", now, false, Numeric, "", false},
		{"no number", Sender{ID: "ACME"}, "", now, false, Numeric, "", false},
		{"too long a name", Sender{ID: "ACME-FACTORY"}, "+4915123456789", now, false, Refuse, "DE", false},
		{"shared +7", Sender{ID: "ACME"}, "+77010000000", now, false, Numeric, "RU", false},
	}
	for _, tt := range tests {
		d := Check(tt.sender, tt.to, tt.at, tt.reply)
		if d.Choice != tt.choice || d.Country != tt.country || (d.Warning != "") != tt.warns || d.Why == "" {
			t.Errorf("%s: %+v", tt.name, d)
		}
		if tt.to != "" && strings.Contains(d.Why+d.Warning, tt.to) {
			t.Errorf("%s: the reason holds the number: %s", tt.name, d.Why)
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
		d := Check(Sender{ID: "ACME"}, prefix+"123456789", at, false)
		want := Numeric
		if r.Alphanumeric == Yes && r.Confidence != "low" {
			want = Use
		}
		if d.Choice != want {
			t.Errorf("%s: %s, want %s (%s)", r.Name, d.Choice, want, d.Why)
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
