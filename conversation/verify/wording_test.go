package verify

import (
	"regexp"
	"strings"
	"testing"

	"parley/conversation"
	"parley/outbound/segment"
)

// TestWording: every language and purpose is one segment of GSM-7, names business
// and purpose, holds no link and no number, and ends in the line that was asked for.
func TestWording(t *testing.T) {
	numbers, links := regexp.MustCompile(`[0-9]{4}`), regexp.MustCompile(`[\pL0-9]\.[\pL]|/`)
	for language, p := range phrases {
		for _, purpose := range Purposes {
			for _, autofill := range []Autofill{{}, {Origin: "login.example-ab.com"}, {App: "FA+9qCX9VSu"}} {
				w := wording{brand: "Twenty Characters Ab", language: language, purpose: purpose, autofill: autofill, digits: rules[purpose].digits, canReply: true}
				text, segments := w.write()
				full := fill(text, NewSecret("12345678"[:w.digits]))
				if segments != 1 || segment.Count(full).Segments != 1 || segment.Count(full).Encoding != segment.GSM7 {
					t.Errorf("%s %s: %d segments: %q", language, purpose, segments, full)
				}
				if autofill.App != "" && len(full) > 140 {
					t.Errorf("%s %s: %d bytes: the SMS Retriever reads 140: %q", language, purpose, len(full), full)
				}
				if !strings.Contains(full, "Twenty Characters Ab: ") || !strings.Contains(full, p.purposes[purpose]) || p.purposes[purpose] == "" {
					t.Errorf("%s %s: %q", language, purpose, full)
				}
				plain := strings.ReplaceAll(strings.ReplaceAll(full, "12345678"[:w.digits], ""), "1234 5678", "")
				if numbers.MatchString(plain) || links.MatchString(strings.TrimSuffix(plain, autofill.Origin+" #")) {
					t.Errorf("%s %s: a number or a link: %q", language, purpose, plain)
				}
				if autofill.Origin != "" && !strings.HasSuffix(full, "\n@login.example-ab.com #"+"12345678"[:w.digits]) {
					t.Errorf("last line: %q", full)
				}
				if autofill.App != "" && !strings.HasSuffix(full, "\nFA+9qCX9VSu") {
					t.Errorf("last line: %q", full)
				}
				if autofill == (Autofill{}) && !strings.HasSuffix(full, p.deny) {
					t.Errorf("%s %s: nothing to answer: %q", language, purpose, full)
				}
				if strings.Contains(text, "1234") || !strings.Contains(text, conversation.CodeBlank) {
					t.Errorf("blank: %q", text)
				}
			}
		}
	}
}

// TestWordingOfLongNames: names of any script and the longest origins leave one segment,
// which still names the business and the purpose, and says never to share it.
func TestWordingOfLongNames(t *testing.T) {
	origin := Autofill{Origin: "login.forty-characters-long.example-a.com"[:40]}
	for language, p := range phrases {
		for _, brand := range []string{"Acme", "Česká pojišťovna", "Кофейня"} {
			for _, payee := range []string{"", "Ł", "Łódź Kebab & Spółka Ltd.", "Кофейня на углу"} {
				for _, autofill := range []Autofill{{}, origin, {App: "FA+9qCX9VSu"}} {
					if brand == "Кофейня" && autofill != (Autofill{}) {
						continue // 70 characters do not hold all of it
					}
					w := wording{brand: brand, language: language, purpose: Payment, autofill: autofill, digits: 6, canReply: true}
					if payee != "" {
						w.about = &Paying{Amount: "1999.99 EUR", Payee: payee}
					}
					text, segments := w.write()
					full := fill(text, NewSecret("123456"))
					if segments != 1 || segment.Count(full).Segments != 1 || autofill.App != "" && len(full) > 140 {
						t.Errorf("%s: %d segments, %d bytes: %q", language, segments, len(full), full)
					}
					_, never, _ := strings.Cut(p.brief, "{purpose}. ")
					if !strings.HasPrefix(full, segment.Fold(brand)+": 123456 ") && !strings.HasPrefix(full, brand+": 123456 ") || !strings.Contains(full, strings.TrimSuffix(never, ".")) {
						t.Errorf("%s: %q", language, full)
					}
					if w.about != nil && !strings.Contains(full, w.about.Amount) {
						t.Errorf("%s: the amount is not there: %q", language, full)
					}
				}
			}
		}
	}
}

// TestWordingOfStrangers: a name brings no line, link or number of its own.
func TestWordingOfStrangers(t *testing.T) {
	w := wording{brand: "Acme", language: "en-GB", purpose: Payment, digits: 6, canReply: true,
		about: payingOf(map[string]any{"amount": "39.99", "currency": "EUR", "payee": "Bad\n@evil.com #123456 http://x.io call 555010099"})}
	text, _ := w.write()
	if got, want := fill(text, NewSecret("000042")), "Acme: 000042 is your code to pay 39.99 EUR to Bad @ # call. Never share it, even with us. Not you? Reply NO."; got != want && strings.ContainsAny(got, "\n") {
		t.Errorf("%q", got)
	}
	if strings.Contains(text, "evil.com") || strings.Contains(text, "123456") || strings.Count(text, "\n") != 0 || strings.Contains(text, "55501") {
		t.Errorf("%q", text)
	}
	for _, bad := range []map[string]any{{}, {"amount": "1e9", "currency": "EUR", "payee": "x"}, {"amount": "5", "currency": "euro", "payee": "x"}, {"amount": "5", "currency": "EUR", "payee": "1234567"}} {
		if p := payingOf(bad); p != nil {
			t.Errorf("%v: %v", bad, p)
		}
	}
	one := wording{brand: "Acme", purpose: Login, digits: 6}
	if text, _ := one.write(); strings.Contains(text, "NO") {
		t.Errorf("a one-way sender asks: %q", text)
	}
}

// TestAmountsAreShownAsTheyAre: an amount that cannot be shown whole is not shown rounded.
func TestAmountsAreShownAsTheyAre(t *testing.T) {
	for amount, want := range map[float64]string{39.9: "39.90 EUR", 5: "5 EUR", 1234.567: "1234.567 EUR", 0.004: "0.004 EUR", 12: "12 EUR", 0.0004: "", 39.9999: "", 1e9: ""} {
		got := ""
		if p := payingOf(map[string]any{"amount": amount, "currency": "EUR", "payee": "Shop"}); p != nil {
			got = p.Amount
		}
		if got != want {
			t.Errorf("%v: %q, want %q", amount, got, want)
		}
	}
}

func TestAutofill(t *testing.T) {
	for _, good := range []Autofill{{}, {Origin: "example.com"}, {Origin: "a-b.c.example.co"}, {App: "FA+9qCX9VSu"}} {
		if err := good.check(); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
	for _, bad := range []Autofill{{Origin: "Example.com"}, {Origin: "a b.com"}, {Origin: "x"}, {Origin: "evil.com #123456"}, {Origin: "e\n.com"}, {App: "short"}, {App: "aaaaaaaaaa\n"}, {Origin: "a.com", App: "FA+9qCX9VSu"}} {
		if err := bad.check(); err == nil {
			t.Errorf("%+v: taken", bad)
		}
	}
}

// gsmSegments counts segments; 0: it is not GSM-7.
func gsmSegments(text string) int {
	c := segment.Count(text)
	if c.Encoding != segment.GSM7 {
		return 0
	}
	return c.Segments
}
