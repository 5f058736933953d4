package main

import (
	"net/http"
	"net/url"
	"testing"

	"parley/agentui"
)

// finds is which conversations somebody finds, and what stands beside the first.
func (d *desk) finds(query string) (all []string, first map[string]any) {
	d.t.Helper()
	for _, item := range d.wants("GET", "search?q="+url.QueryEscape(query), nil, http.StatusOK)["found"].([]any) {
		f := item.(map[string]any)
		if first == nil {
			first = f
		}
		all = append(all, f["conversation"].(string))
	}
	return all, first
}

// TestSearch: a conversation is found by its last digits, a name, a text, a note, an
// order; not by what is secret, nor by what only looks like a query.
func TestSearch(t *testing.T) {
	t.Parallel()
	eachMoving(t, func(t *testing.T, s *server) {
		ann := s.seat("ann", agentui.RoleAgent)
		if status, out := s.do(http.MethodPut, "/v1/contacts/"+testPhone, s.key, map[string]any{"name": "Zoë Ferreira"}); status >= 300 {
			t.Fatalf("%d %v", status, out)
		}
		id := s.handedOver()
		ann.wants("POST", "cmd", do("a1", "take", id, ann.seen(id), ""), http.StatusOK)
		ann.wants("POST", "cmd", do("a2", "note", id, ann.seen(id), "has a broken doorbell"), http.StatusOK)
		ann.wants("POST", "cmd", do("a3", "reply", id, ann.seen(id), "Señora, ring twice"), http.StatusOK)
		eventually(t, "the last text is found", func() bool { all, _ := ann.finds("senora"); return len(all) == 1 })
		for _, query := range []string{"0123", "555-0123", "+1 202 555 0123", "2025550", "zoe", "FERR", "carry", "many carry", "doorbell", "A-17", "señora ring", "2026-12-24"} {
			if all, first := ann.finds(query); query != "2025550" && (len(all) != 1 || all[0] != id || first["customer"] != "Zoë Ferreira" || first["owner"] != "agent") {
				t.Errorf("%q finds %v", query, all)
			}
		}
		if _, first := ann.finds("carry"); first["text"] != "as many as you can carry" {
			t.Errorf("%v", first)
		}
		for _, query := range []string{"94-71-x", "0124", "zoo", "doorbell zoe", "", "*", `") OR ("zoe`, "'zoe' |", "%", "NEAR(zoe)", "words:zoe", "\x00", "-zoe*"} {
			all, _ := ann.finds(query)
			if wild := query == `") OR ("zoe` || query == "'zoe' |" || query == "-zoe*"; !wild && len(all) != 0 {
				t.Errorf("%q finds %v", query, all)
			}
		}
		s.desk().wants("GET", "search?q=zoe", nil, http.StatusUnauthorized)
	})
}
