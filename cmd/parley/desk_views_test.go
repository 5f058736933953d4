package main

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"parley/agentui"
)

// TestViews: what somebody keeps of the list is theirs, at any browser; names that cannot be
// read are refused, and a twenty-first is. What a list is filtered by stands in its rows.
func TestViews(t *testing.T) {
	t.Parallel()
	eachMoving(t, func(t *testing.T, s *server) {
		ann, eve := s.enters("ann", agentui.RoleAgent), s.enters("eve", agentui.RoleAuditor)
		but := func(v map[string]any, key, value string) map[string]any { return with(maps.Clone(v), key, value) }
		late := map[string]any{"name": " Late  ones ⏰", "which": "waiting", "queue": "deliveries", "label": "late", "priority": "alert", "flow": "moving"}
		for _, d := range []*desk{ann, eve} {
			d.wants("PUT", "views", late, http.StatusNoContent)
		}
		s.desk().wants("PUT", "views", late, http.StatusUnauthorized)
		for _, wrong := range []map[string]any{but(late, "name", " "), but(late, "name", strings.Repeat("é", 41)), but(late, "name", "a\x00b"), but(late, "name", "a\u202eb"),
			but(late, "which", "theirs"), but(late, "priority", "code"), but(late, "queue", strings.Repeat("q", 129)), but(late, "flow", "a\nb")} {
			ann.wants("PUT", "views", wrong, http.StatusUnprocessableEntity)
		}
		again := but(late, "name", "Late ones ⏰")
		ann.wants("PUT", "views", but(again, "label", ""), http.StatusNoContent)
		if list := ann.wants("GET", "views", nil, http.StatusOK)["raw"].(string); !strings.Contains(list, `{"views":[{"name":"Late ones ⏰","which":"waiting","queue":"deliveries","priority":"alert","flow":"moving"}]}`) {
			t.Errorf("%s", list)
		}
		for i := range 19 {
			ann.wants("PUT", "views", map[string]any{"name": fmt.Sprint("v/", i), "which": "all"}, http.StatusNoContent)
		}
		if out := ann.wants("PUT", "views", map[string]any{"name": "one more", "which": "all"}, http.StatusUnprocessableEntity); out["code"] != "views_full" {
			t.Errorf("%s", out["raw"])
		}
		ann.wants("DELETE", "views?name=v%2F3", nil, http.StatusNoContent)
		for _, none := range []string{"v%2F3", "", "%00", "%ff"} {
			ann.wants("DELETE", "views?name="+none, nil, http.StatusNotFound)
		}
		if n := len(eve.wants("GET", "views", nil, http.StatusOK)["views"].([]any)); n != 1 {
			t.Errorf("eve has %d", n)
		}
		s.handedOver()
		if row := ann.wants("GET", "desk", nil, http.StatusOK)["conversations"].([]any)[0].(map[string]any); row["flow"] != "moving" || row["queue"] != "deliveries" {
			t.Errorf("%v", row)
		}
	})
}
