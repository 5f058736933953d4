package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestACustomerTextsForTheCode: who says that the code has not come gets the same one once
// more, when there was time for it to come; before that they are told to wait, and how to
// get another. It gives nobody more sends than there are.
func TestACustomerTextsForTheCode(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		id, _ := s.asks(login())
		s.texts("I didn't get the code")
		if text := s.hears(2); !strings.HasPrefix(text, "Acme: Your code may take a minute.") {
			t.Fatalf("before the pause was over: %q", text)
		}
		s.do("DELETE", "/v1/verifications/"+id, s.key, nil)

		id, code := s.asks(login())
		if _, err := ledger(t, s.house.config.Database).ExecContext(t.Context(), `UPDATE challenges SET next_send_at = 0 WHERE id = $1`, id); err != nil {
			t.Fatal(err)
		}
		n := len(s.carrier.Messages())
		s.texts("I didn't get the code")
		if text := s.hears(n + 1); !strings.Contains(text, code) {
			t.Errorf("sent again: %q", text)
		}
		if status, out := s.checks(id, tried(code)); status != 200 {
			t.Errorf("%d %v", status, out)
		}
		e, tell, err := s.house.codes.Again(t.Context(), id)
		if err != nil || tell {
			t.Errorf("of one that was given they hear %+v, %v", e, err)
		}
		over := s.wants(login())
		s.becomes(over, "sent")
		s.do("DELETE", "/v1/verifications/"+over, s.key, nil)
		if e, tell, err := s.house.codes.Again(t.Context(), over); err != nil || !tell || e.Verified.Outcome != "not_again" {
			t.Errorf("of one that is over they hear %v %+v, %v", tell, e, err)
		}
	})
}

// TestWhoAsksSeesNoTextsForTheCode: that a customer has texted for their code, or somebody
// under their number, tells whoever asked for it nothing: neither that there is a customer
// nor which number is theirs.
func TestWhoAsksSeesNoTextsForTheCode(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		id, _ := s.asks(login())
		nobody := s.wants(login("to", "", "subject", "nobody"))
		if _, err := ledger(t, s.house.config.Database).ExecContext(t.Context(), `UPDATE challenges SET next_send_at = 0`); err != nil {
			t.Fatal(err)
		}
		n := len(s.carrier.Messages())
		s.texts("I didn't get the code")
		s.hears(n + 1)
		for range 3 {
			var seen []string
			for _, id := range []string{id, nobody} {
				status, out := s.do("POST", "/v1/verifications/"+id+"/resend", s.key, nil)
				seen = append(seen, fmt.Sprint(status, out["sends_left"], out["detail"]))
			}
			if seen[0] != seen[1] {
				t.Errorf("a customer's: %s; nobody's: %s", seen[0], seen[1])
			}
			if _, err := ledger(t, s.house.config.Database).ExecContext(t.Context(), `UPDATE challenges SET next_send_at = 0`); err != nil {
				t.Fatal(err)
			}
		}
	})
}
