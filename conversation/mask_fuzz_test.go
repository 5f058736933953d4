package conversation

import (
	"regexp"
	"testing"
	"unicode/utf8"

	"parley/flows"
)

// FuzzMask: whatever a stranger writes, six digits in a row and what is known of them do
// not come through.
func FuzzMask(f *testing.F) {
	for _, seed := range []string{"my code is 123 456", "$12.50 on 2026-03-05", "１２３４５６", "ann@example.com https://a.example", "İSTANBUL tulip", "\xff\xfe 12\xff3456", "a\x00b 1\u200b2\u200b3\u200b4\u200b5\u200b6"} {
		f.Add(seed)
	}
	digits, secret := regexp.MustCompile(`\p{Nd}{6}`), regexp.MustCompile(`(?i)tulip-9`)
	f.Fuzz(func(t *testing.T, text string) {
		m := &masker{}
		m.add("pin", "tulip-9", true)
		m.contact(flows.Contact{Name: "Ann Miller", Phone: "+12025550123"})
		got := m.shown(text)
		switch {
		case !utf8.ValidString(got):
			t.Errorf("%q is no UTF-8", got)
		case digits.MatchString(got):
			t.Errorf("%q gave %q", text, got)
		case utf8.ValidString(text) && len(text) < 300 && secret.MatchString(got):
			t.Errorf("%q gave %q", text, got)
		case utf8.RuneCountInString(got) > mostShown:
			t.Errorf("%d characters", utf8.RuneCountInString(got))
		}
	})
}
