package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// TestNoInTheLanguageOfTheCode: the word that a text with a code asks for cancels it,
// whatever the conversation's is, and is answered in it: that of the request, else the line's.
func TestNoInTheLanguageOfTheCode(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := testConfig(url)
		c.Codes.Limits.NumberHour = verify.Limit{Most: 100, Per: time.Hour}
		c.Lines[0].Language = "de"
		s := serveTest(t, c)
		for language, is := range map[string][2]string{
			"en": {"NO", "Thank you"}, "es": {"No", "Gracias"}, "fr": {"NON", "Merci"}, "de": {"NEIN", "Danke"}, "": {"NEIN", "Danke"}, "pt": {"NAO", "Obrigado"}, "it": {"NO", "Grazie"},
		} {
			id, code := s.asks(login("language", language, "subject", "user-"+language))
			eventually(t, "sent", func() bool { return s.status(id) == "sent" })
			n := len(s.carrier.Messages())
			s.texts(is[0])
			if text := s.hears(n + 1); !strings.HasPrefix(text, "Acme: "+is[1]) {
				t.Errorf("%s: %q", language, text)
			}
			if got := s.status(id); got != "canceled denied" {
				t.Errorf("%s: status %q", language, got)
			}
			if status, _ := s.checks(id, tried(code, "subject", "user-"+language)); status != http.StatusUnprocessableEntity {
				t.Errorf("%s, the denied code: %d", language, status)
			}
		}
	})
}
