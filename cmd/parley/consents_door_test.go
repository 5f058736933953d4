package main

import (
	"net/http"
	"testing"
)

// TestConsents: the business may write down an opt-in, and a customer's STOP stands.
func TestConsents(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		const path = "/v1/consents/%2B12025550123"
		put := func(state string) (int, map[string]any) {
			return s.do(http.MethodPut, path, s.key, map[string]any{"state": state, "how": "checkout form"})
		}
		sell := func() int {
			status, _ := s.do(http.MethodPost, "/v1/messages", s.key, map[string]any{"to": testPhone, "text": "Acme: 20% off today.", "class": "bulk"})
			return status
		}
		if status, out := s.do(http.MethodGet, path, s.key, nil); status != http.StatusOK || out["state"] != "none" {
			t.Errorf("at first: %d %v", status, out)
		}
		if got := sell(); got != http.StatusUnprocessableEntity {
			t.Errorf("without an opt-in: %d", got)
		}
		if status, out := put("in"); status != http.StatusOK || out["state"] != "in" || out["source"] != "api" || out["how"] != "checkout form" {
			t.Errorf("in: %d %v", status, out)
		}
		if got := sell(); got != http.StatusAccepted {
			t.Errorf("with an opt-in: %d", got)
		}
		if status, _ := put("out"); status != http.StatusOK {
			t.Errorf("out: %d", status)
		}
		if status, _ := put("in"); status != http.StatusOK {
			t.Errorf("in again, by the business alone: %d", status)
		}
		s.texts("STOP")
		eventually(t, "the customer is out", func() bool {
			_, out := s.do(http.MethodGet, path, s.key, nil)
			return out["state"] == "out" && out["source"] == "text"
		})
		if status, out := put("out"); status != http.StatusOK || out["source"] != "text" {
			t.Errorf("out after a STOP: %d %v", status, out)
		}
		if status, _ := put("in"); status != http.StatusConflict {
			t.Errorf("in over a STOP: %d", status)
		}
		if status, _ := s.do(http.MethodPut, path, s.newKey("test", "contacts"), map[string]any{"state": "in", "how": "x"}); status != http.StatusForbidden {
			t.Errorf("by a test key: %d", status)
		}
	})
}
