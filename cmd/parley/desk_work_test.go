package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/agentui"
)

// TestDeskWork: notes call colleagues and leave the house by no carrier; labels and
// priority show in the list; what is put aside comes back by itself.
func TestDeskWork(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, s *server) {
		ann, bob, eve := s.seat("ann", agentui.RoleAgent), s.seat("bob", agentui.RoleAgent), s.seat("eve", agentui.RoleAuditor)
		id := s.escalated()
		s.house.store.DisableAgent(t.Context(), s.gone())
		ann.wants("POST", "cmd", do("a1", "take", id, ann.seen(id), ""), http.StatusOK)
		before := len(s.carrier.Messages())
		ann.wants("POST", "cmd", do("a2", "note", id, ann.seen(id), "@Bob. do you know the cat? @gone @nobody @ann, me@eve.example"), http.StatusOK)
		calls := bob.wants("GET", "desk", nil, http.StatusOK)["mentions"].([]any)
		if len(calls) != 1 || calls[0].(map[string]any)["by"] != "ann" || calls[0].(map[string]any)["conversation"] != id {
			t.Errorf("bob is called %v", calls)
		}
		for _, d := range []*desk{ann, eve} {
			if calls := d.wants("GET", "desk", nil, http.StatusOK)["mentions"].([]any); len(calls) != 0 {
				t.Errorf("called too: %v", calls)
			}
		}
		ann.wants("DELETE", "mentions/"+id, nil, http.StatusNotFound)
		bob.wants("DELETE", "mentions/"+id, nil, http.StatusNoContent)
		bob.wants("DELETE", "mentions/"+id, nil, http.StatusNotFound)
		bob.wants("DELETE", "mentions/%00", nil, http.StatusNotFound)

		bob.wants("POST", "cmd", with(do("b1", "label", id, bob.seen(id), ""), "labels", []string{"Cats", "router"}), http.StatusOK)
		bob.wants("POST", "cmd", with(do("b2", "label", id, bob.seen(id), ""), "labels", []string{"<script>"}), http.StatusUnprocessableEntity)
		bob.wants("POST", "cmd", with(do("b3", "priority", id, bob.seen(id), ""), "priority", "alert"), http.StatusOK)
		row := ann.wants("GET", "desk", nil, http.StatusOK)["conversations"].([]any)[0].(map[string]any)
		if got := row["labels"].([]any); len(got) != 2 || got[0] != "cats" || row["priority"] != "alert" {
			t.Errorf("%v", row)
		}

		aside := func(cmd string, d time.Duration) {
			t.Helper()
			ann.wants("POST", "cmd", with(do(cmd, "snooze", id, ann.seen(id), ""), "until", time.Now().Add(d).UnixMilli()), http.StatusOK)
		}
		back := func() bool { return ann.seen(id)["snoozed"] == nil }
		aside("a3", time.Hour)
		if back() {
			t.Error("not put aside")
		}
		s.texts("it is me again")
		if !back() {
			t.Error("the customer's text did not bring it back")
		}
		aside("a4", 300*time.Millisecond)
		eventually(t, "it comes back at its time", back)
		for _, op := range []string{"note", "label", "priority", "snooze"} {
			eve.wants("POST", "cmd", do("e-"+op, op, id, eve.seen(id), "x"), http.StatusForbidden)
		}
		if n := len(s.carrier.Messages()); n != before {
			t.Errorf("%d texts went out", n-before)
		}
		list := ann.wants("GET", "colleagues", nil, http.StatusOK)
		if raw := list["raw"].(string); len(list["colleagues"].([]any)) != 3 || strings.Contains(raw, "gone") || strings.Contains(raw, "argon") {
			t.Errorf("%s", raw)
		}
		s.did("console.note", "console.label", `"detail":"2 labels"`, "console.priority", "console.snooze")
	})
}
