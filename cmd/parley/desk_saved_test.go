package main

import (
	"net/http"
	"strings"
	"testing"

	"parley/agentui"
)

// TestSavedReplies: leads keep them, agents use them filled in for the customer, and one
// that cannot be read is not kept.
func TestSavedReplies(t *testing.T) {
	t.Parallel()
	eachMoving(t, func(t *testing.T, s *server) {
		ann, boss := s.seat("ann", agentui.RoleAgent), s.seat("boss", agentui.RoleLead)
		if status, out := s.do(http.MethodPut, "/v1/contacts/"+testPhone, s.key, map[string]any{"name": "Zoë"}); status >= 300 {
			t.Fatalf("%d %v", status, out)
		}
		id := s.handedOver()
		ann.wants("PUT", "replies/hello", typed{"text": "Hello"}, http.StatusForbidden)
		ann.wants("DELETE", "replies/hello", nil, http.StatusForbidden)
		for _, bad := range []string{"", "{{ agent", "{{ pin }}", strings.Repeat("x", 1601)} {
			boss.wants("PUT", "replies/hello", typed{"text": bad}, http.StatusUnprocessableEntity)
		}
		boss.wants("PUT", "replies/Hello", typed{"text": "Hello"}, http.StatusUnprocessableEntity)
		boss.wants("PUT", "replies/hello", typed{"text": "Hello {{ contact.name }}, {{ agent }} of {{ brand }} here."}, http.StatusNoContent)
		list := ann.wants("GET", "replies?conversation="+id, nil, http.StatusOK)["replies"].([]any)
		if len(list) != 1 || list[0].(map[string]any)["filled"] != "Hello Zoë, ann of Acme here." {
			t.Errorf("%v", list)
		}
		if plain := ann.wants("GET", "replies", nil, http.StatusOK)["replies"].([]any); plain[0].(map[string]any)["filled"] != nil {
			t.Errorf("%v", plain)
		}
		ann.wants("GET", "replies?conversation=none", nil, http.StatusOK)
		boss.wants("DELETE", "replies/hello", nil, http.StatusNoContent)
		boss.wants("DELETE", "replies/hello", nil, http.StatusNotFound)
		s.desk().wants("GET", "replies", nil, http.StatusUnauthorized)
		s.did("console.save_reply", "console.drop_reply", "agent:boss")
	})
}
