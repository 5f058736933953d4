package provider

import (
	"strings"
	"testing"
)

// TestWord: what a carrier calls a status or an error is kept as long as it is a word;
// what may repeat a message, or be a code, is not.
func TestWord(t *testing.T) {
	for said, want := range map[string]string{
		"": "", "30003": "30003", "UNDELIV": "UNDELIV", "039": "039", "0x0000000b": "0x0000000b", "opted_out": "opted_out", "EC_INVALID": "EC_INVALID", "1234567": "1234567",
		"Acme: 123456 is your code": unclear, "123456": unclear, "1234-5678": unclear, "12345678": unclear, "@acme.example\n#123456": unclear, "12\x0034": unclear, "a\xff": unclear,
		strings.Repeat("x", 99): strings.Repeat("x", maxWord),
	} {
		if got := word(said); got != want {
			t.Errorf("%q is kept as %q, not %q", said, got, want)
		}
	}
}
