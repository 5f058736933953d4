package flows_test

import (
	"strings"
	"testing"

	"parley/flows"
)

// TestSaved: a saved reply is filled in for the customer, and one that is wrong is refused
// in words that its writer understands.
func TestSaved(t *testing.T) {
	sc := flows.Scope{Brand: flows.Brand{Name: "Acme"}, Contact: flows.Contact{Name: "Zoë"}}
	for text, want := range map[string]string{
		"Hello {{ contact.name }}, this is {{ agent }} of {{ brand }}.": "Hello Zoë, this is ann of Acme.",
		"About {{ key != '' ? key : 'your order' }}: it is on its way.": "About A-17: it is on its way.",
		"Curly {braces} and \"quotes\" stay: C:\\x":                     "Curly {braces} and \"quotes\" stay: C:\\x",
		"Dear {{ contact.name == '' ? 'customer' : contact.name }}":     "Dear Zoë",
	} {
		saved, err := flows.ParseSaved(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got, err := saved.Fill(sc, "en", "ann", "A-17"); err != nil || got != want {
			t.Errorf("%q: %q %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "  ", "{{ agent", "{{ nobody }}", "{{ agent + }}", strings.Repeat("x", 9000)} {
		if _, err := flows.ParseSaved(bad); err == nil || strings.Contains(err.Error(), "saved.yaml") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	long, err := flows.ParseSaved("{{ agent }}{{ agent }}{{ agent }}")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := long.Fill(sc, "en", strings.Repeat("a", 600), ""); err == nil {
		t.Errorf("%d characters were written", len(got))
	}
}
