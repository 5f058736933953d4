package main

import (
	"net/http"
	"strings"
	"testing"

	"parley/agentui"
)

// A business that texts under its name does so where the name is let through; elsewhere the
// door says why, and nothing has reached the carrier.
func TestNamedSender(t *testing.T) {
	t.Parallel()
	gateHouse(t, func(c *Config) {
		c.PublicURL = ""
		c.Lines[0].Number, c.Lines[0].Registered = "ACME", []string{"SG"}
	}, func(t *testing.T, s *server) {
		for _, c := range []struct {
			to, want string
			status   int
		}{
			{testPhone, "United States does not carry sender names", http.StatusUnprocessableEntity},
			{"+971501234567", "the sender name is not registered in United Arab Emirates", http.StatusUnprocessableEntity},
			{"+6591234567", "", http.StatusAccepted},
		} {
			status, body := s.do(http.MethodPost, "/v1/messages", s.key, map[string]any{"to": c.to, "class": "notice", "text": "Your order is ready."})
			raw, _ := body["raw"].(string)
			if status != c.status || !strings.Contains(raw, c.want) {
				t.Errorf("to %s: %d %s", c.to[:3], status, raw)
			}
		}
		ann := s.seat("ann", agentui.RoleAgent)
		refused := ann.wants("POST", "begin", map[string]any{"id": "b1", "to": testPhone, "text": "Good morning."}, http.StatusUnprocessableEntity)
		if refused["code"] != "sender" {
			t.Errorf("a beginning: %v", refused["raw"])
		}
		s.hears(1)
		if all := s.carrier.Messages(); len(all) != 1 || all[0].From != "ACME" || all[0].To != "+6591234567" {
			t.Errorf("the carrier got %+v", all)
		}
		eventually(t, "the metric has the one text", func() bool {
			return s.gauge(`parley_send_seconds_count{answer="accepted",carrier="lab"}`) == "1"
		})
	})
}
