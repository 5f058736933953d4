package main

import (
	"maps"
	"net/http"
	"testing"
	"time"
)

// TestLabels: what agents say is kept, masked, once for a text; only admins may say it.
func TestLabels(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		s.texts("hello")
		eventually(t, "the text is stored", func() bool { _, found := s.stored(); return found })
		c, _ := s.stored()
		s.do(http.MethodPut, "/v1/contacts/%2B12025550123", s.key, map[string]any{"name": "Zacharias Quill"})
		label := func(more map[string]any) map[string]any {
			body := map[string]any{"conversation": c.ID, "event": 1, "text": "quill here, call +1 202 555 0123, the lid is off", "flow": "parcel", "state": "ask", "intent": "broken", "agent": "ann"}
			maps.Copy(body, more)
			return body
		}
		post := func(key string, body map[string]any) (int, map[string]any) {
			return s.do(http.MethodPost, "/v1/labels", key, body)
		}
		status, out := post(s.key, label(nil))
		if status != http.StatusOK || out["text"] != "[name] here, call [number], the lid is off" {
			t.Fatalf("%d %v", status, out)
		}
		if status, _ := post(s.key, label(map[string]any{"intent": "-", "agent": "bo"})); status != http.StatusOK {
			t.Errorf("again: %d", status)
		}
		all, err := s.house.store.Labels(t.Context(), "parcel", time.Time{})
		if err != nil || len(all) != 1 || all[0].Intent != "-" || all[0].Agent != "bo" || all[0].Text != "[name] here, call [number], the lid is off" {
			t.Errorf("%+v %v", all, err)
		}
		for want, body := range map[int][]map[string]any{
			http.StatusNotFound:            {label(map[string]any{"conversation": "cv_none"}), label(map[string]any{"event": c.Rev + 1})},
			http.StatusUnprocessableEntity: {label(map[string]any{"intent": "a b"}), label(map[string]any{"flow": ""}), label(map[string]any{"text": ""}), label(map[string]any{"text": "a\x00b"}), label(map[string]any{"more": 1})},
		} {
			for _, b := range body {
				if status, out := post(s.key, b); status != want {
					t.Errorf("%v: %d %v", b, status, out)
				}
			}
		}
		if status, _ := post(s.newKey("live", "events", "read", "contacts", "accounts", "verifications"), label(nil)); status != http.StatusForbidden {
			t.Errorf("without admin: %d", status)
		}
	})
}
