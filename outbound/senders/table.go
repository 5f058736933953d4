package senders

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Use of sender names in a country.
const (
	Yes               = "yes"
	No                = "no"
	NeedsRegistration = "registered"
	Overwritten       = "overwritten" // delivered, under another sender
)

// Rule is what a row of the table says of sender names; the table has more.
type Rule struct {
	Country      string    // ISO 3166
	Name         string    // of the country
	Prefix       string    // dial prefix with +
	Alphanumeric string    // Yes, No, NeedsRegistration, Overwritten
	Unregistered string    // what happens to an unregistered name, in words
	Effective    time.Time // the day from which registration is enforced, UTC; zero: already
	MaxLen       int       // of a sender name; 0: unknown
	Confidence   string    // high, medium, low
	Sources      []string
}

// Lookup finds the rule of an E.164 number's country by the longest dial prefix.
func Lookup(to string) (Rule, bool) {
	for n := min(len(to), longest); n > 1; n-- {
		if r, ok := rules[to[:n]]; ok {
			return r, true
		}
	}
	return Rule{}, false
}

//go:embed sender_rules.csv
var file string

// longest is the length of the longest dial prefix: "+1787".
const longest = 5

var rules = mustParse(file)

// mustParse panics on a broken table, which the package's tests would have found.
func mustParse(text string) map[string]Rule {
	m, err := parse(text)
	if err != nil {
		panic(err)
	}
	return m
}

// parse reads the table. Countries that share a prefix (+1, +7) also share the
// stricter rule, the first row's where they are equal.
func parse(text string) (map[string]Rule, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading the sender rules: %w", err)
	}
	column := make(map[string]int)
	for i, name := range rows[0] {
		column[name] = i
	}
	strictness := map[string]int{Yes: 1, NeedsRegistration: 2, Overwritten: 3, No: 4}
	m := make(map[string]Rule, len(rows))
	for i, row := range rows[1:] {
		r, err := parseRule(func(name string) string { return row[column[name]] })
		if err != nil {
			return nil, fmt.Errorf("sender rules, row %d: %w", i+2, err)
		}
		if strictness[r.Alphanumeric] == 0 || len(r.Prefix) > longest {
			return nil, fmt.Errorf("sender rules, row %d: alphanumeric %q, prefix %q", i+2, r.Alphanumeric, r.Prefix)
		}
		if strictness[r.Alphanumeric] > strictness[m[r.Prefix].Alphanumeric] {
			m[r.Prefix] = r
		}
	}
	return m, nil
}

func parseRule(field func(string) string) (Rule, error) {
	r := Rule{
		Country: field("iso2"), Name: field("country"), Prefix: field("dial_code"),
		Alphanumeric: field("alphanumeric"), Unregistered: field("unregistered_behaviour"),
		Confidence: field("confidence"), Sources: strings.Fields(field("sources")),
	}
	var err error
	if day := field("effective"); day != "" { // a date, sometimes with a remark behind it
		if r.Effective, err = time.Parse(time.DateOnly, day[:min(len(day), 10)]); err != nil {
			return Rule{}, err
		}
	}
	if n := field("max_len"); n != "" {
		r.MaxLen, err = strconv.Atoi(n)
	}
	return r, err
}
