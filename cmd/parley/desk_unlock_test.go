package main

import (
	"net/http"
	"testing"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// TestUnlockByTwo: of the people at work, one proposes and another agrees; nobody does both,
// nobody unlocks an account that the conversation does not speak of, and the audit trail
// has both.
func TestUnlockByTwo(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c, folder := testConfig(url), t.TempDir()
		write(t, folder, "guarded.yaml", guarded)
		c.PublicURL, c.Flows = "", []string{folder}
		s := serveTest(t, c)
		ann, bob, eve := s.seat("ann", agentui.RoleAgent), s.seat("bob", agentui.RoleAgent), s.seat("eve", agentui.RoleAuditor)
		if status, out := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "card.odd", "to": testPhone, "data": map[string]any{"account": "acc-7", "pin": "94-71-x"}}); status != http.StatusAccepted {
			t.Fatalf("%d %v", status, out)
		}
		if status, out := s.do(http.MethodPost, "/v1/accounts/acc-8/lock", s.key, map[string]any{"reason": "lost"}); status >= 300 {
			t.Fatalf("%d %v", status, out)
		}
		s.hears(1)
		s.texts("no")
		var id string
		eventually(t, "it waits", func() bool {
			all := ann.wants("GET", "desk", nil, http.StatusOK)["conversations"].([]any)
			if len(all) == 1 {
				id = all[0].(map[string]any)["conversation"].(string)
			}
			return id != ""
		})
		door := "conversations/" + id + "/accounts/acc-7/unlock"
		said := map[string]any{"id": "w1", "reason": "knew the last three payments"}
		eve.wants("POST", door, said, http.StatusForbidden)
		s.desk().wants("POST", door, said, http.StatusUnauthorized)
		ann.wants("POST", door, map[string]any{"id": "w1", "reason": " "}, http.StatusUnprocessableEntity)
		ann.wants("POST", "conversations/"+id+"/accounts/acc-8/unlock", said, http.StatusNotFound)
		ann.wants("POST", "conversations/none/accounts/acc-7/unlock", said, http.StatusNotFound)
		ann.wants("POST", door, said, http.StatusNoContent)
		ann.wants("POST", door, said, http.StatusNoContent) // the answer was lost: it is the same word
		if out := ann.wants("POST", door, map[string]any{"id": "w2", "reason": "and again"}, http.StatusConflict); out["code"] != "same_agent" {
			t.Errorf("%s", out["raw"])
		}
		account := func() map[string]any {
			return bob.wants("GET", "conversations/"+id+"/customer", nil, http.StatusOK)["accounts"].([]any)[0].(map[string]any)
		}
		if a := account(); a["state"] != "locked" || a["shut"] != true || a["proposed"] != "ann" || a["reason"] != "knew the last three payments" {
			t.Errorf("%v", a)
		}
		if out := bob.wants("POST", door, map[string]any{"id": "w0", "reason": "I would propose it"}, http.StatusConflict); out["code"] != "moved_on" {
			t.Errorf("agreed unawares: %s", out["raw"])
		}
		bob.wants("POST", door, map[string]any{"id": "w1", "with": "ann", "reason": "called back under the number on file"}, http.StatusNoContent)
		if a := account(); a["state"] != "cooling" || a["shut"] == true || a["unlock_at"] == nil {
			t.Errorf("%v", a)
		}
		bob.wants("POST", door, map[string]any{"id": "w3", "reason": "once more"}, http.StatusConflict)
		s.did("agent:ann by console", "agent:bob by console", "account.agreed")
	})
}

// TestWhoIsDisabledGivesNoWord: neither in the console nor by a key of their own. What keys of
// nobody, and of people who never sign in here, may do is as it was.
func TestWhoIsDisabledGivesNoWord(t *testing.T) {
	eachHouse(t, func(t *testing.T, s *server) {
		s.asked(http.MethodPost, "/lock", map[string]any{}, http.StatusOK)
		s.hire("ann", agentui.RoleAgent)
		program, ann, ben := s.key, s.agentKey("ann"), s.agentKey("ben")
		if ok, err := s.house.store.DisableAgent(t.Context(), "ann"); err != nil || !ok {
			t.Fatal(ok, err)
		}
		s.key = ann
		s.asked(http.MethodPost, "/unlock", map[string]any{"agent": "ann", "reason": "passport seen"}, http.StatusUnauthorized)
		s.key = ben
		s.asked(http.MethodPost, "/unlock", map[string]any{"agent": "ben", "reason": "passport seen"}, http.StatusAccepted)
		s.key = program
		if a := s.account("locked"); a["proposed_by"] != "ben" {
			t.Errorf("%s", a["raw"])
		}
	})
}
