package main

import (
	"fmt"
	"net/http"
	"testing"

	"parley/conversation/store/storetest"
)

// TestABrandTellsOfNobody: of a brand that has senders for some countries only, a customer,
// one whose country has none, and nobody are answered alike.
func TestABrandTellsOfNobody(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := testConfig(url)
		c.Brands["acme"] = BrandConfig{Name: "Acme", Quiet: "off", Senders: map[string]string{"US": testLine, "GB": "+447400123456"}}
		c.Lines = append(c.Lines, LineConfig{Number: "+447400123456", Carrier: "lab", Brand: "acme"})
		c.Codes.Countries = []string{"US", "GB", "FR"}
		s := serveTest(t, c)
		asks := func(subject string, more ...any) string {
			body := login(append(more, "subject", subject, "brand", "acme")...)
			if body["to"] == "" {
				delete(body, "to")
			}
			status, out := s.do(http.MethodPost, "/v1/verifications", s.key, body)
			id, _ := out["id"].(string)
			return fmt.Sprintf("%d %v %v %t", status, out["status"], out["sends_left"], id != "")
		}
		customer := asks("user-17")
		if customer != "201 pending 2 true" {
			t.Errorf("a customer: %s", customer)
		}
		for name, got := range map[string]string{"nobody": asks("nobody", "to", ""), "abroad": asks("user-18", "to", "+33612345678")} {
			if got != customer {
				t.Errorf("%s: %s, a customer %s", name, got, customer)
			}
		}
		status, _ := s.do(http.MethodPost, "/v1/verifications", s.key, login("brand", "none"))
		if other, _ := s.do(http.MethodPost, "/v1/verifications", s.key, login("line", "+12025550199")); status != http.StatusUnprocessableEntity || other != status {
			t.Errorf("no such brand, line: %d, %d", status, other)
		}
	})
}
