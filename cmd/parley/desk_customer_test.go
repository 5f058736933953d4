package main

import (
	"net/http"
	"strings"
	"testing"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// guarded is a flow that speaks of an account, and hands over.
const guarded = `flow: guarded
title: Asks about a payment
class: alert
trigger: {events: [card.odd]}
input: {account: string, pin: {type: string, secret: true}}
start: ask
states:
  ask:
    say: "Was this you? YES or NO"
    replies: [{match: [yes], goto: over}, {match: [no], goto: lock}]
    silence: {after: 24h, goto: over}
    otherwise: {goto: person}
  lock:
    do: [{lock_account: {account: "{{ account }}", scope: purchases, reason: denied}}]
    goto: person
  person: {handoff: {queue: fraud, note: "{{ account }} is locked"}}
  over: {end: done}
`

// TestCustomerPane: whom a conversation is with, what they agreed to, how their account
// stands, and what there was before; nothing that is secret.
func TestCustomerPane(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c, folder := testConfig(url), t.TempDir()
		write(t, folder, "moving.yaml", moving)
		write(t, folder, "guarded.yaml", guarded)
		c.PublicURL, c.Flows = "", []string{folder}
		brand := c.Brands["acme"]
		brand.Timezone = "America/New_York"
		c.Brands["acme"] = brand
		s := serveTest(t, c)
		ann := s.seat("ann", agentui.RoleAgent)
		if status, out := s.do(http.MethodPut, "/v1/contacts/"+testPhone, s.key, map[string]any{"name": "Zoë <b>", "tags": []string{"vip"}, "timezone": "Europe/Lisbon"}); status >= 300 {
			t.Fatalf("%d %v", status, out)
		}
		id := s.handedOver()
		ann.wants("POST", "cmd", do("a1", "take", id, ann.seen(id), ""), http.StatusOK)
		if row := ann.wants("GET", "desk", nil, http.StatusOK)["conversations"].([]any)[0].(map[string]any); row["customer"] != "Zoë <b>" {
			t.Errorf("%v", row)
		}
		ann.wants("POST", "cmd", do("a2", "close", id, ann.seen(id), ""), http.StatusOK)
		if status, out := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "card.odd", "to": testPhone, "data": map[string]any{"account": "acc-7", "pin": "94-71-x"}}); status != http.StatusAccepted {
			t.Fatalf("%d %v", status, out)
		}
		s.hears(3)
		s.texts("no")
		view := ann.seen(id)
		if h := view["handoff"].(map[string]any); h["queue"] != "fraud" || h["note"] != "acc-7 is locked" || h["run"] != view["runs"].([]any)[0].(map[string]any)["id"] {
			t.Errorf("%v", h)
		}
		k := ann.wants("GET", "conversations/"+id+"/customer", nil, http.StatusOK)
		if strings.Contains(k["raw"].(string)+view["raw"].(string), "94-71-x") {
			t.Error("a secret is shown")
		}
		accounts := k["accounts"].([]any)
		if len(accounts) != 1 || accounts[0].(map[string]any)["name"] != "acc-7" || accounts[0].(map[string]any)["state"] != "locked" {
			t.Errorf("%v", accounts)
		}
		ends := k["ends"].([]any)
		if len(ends) != 1 || ends[0].(map[string]any)["flow"] != "moving" || ends[0].(map[string]any)["outcome"] != "by_agent" {
			t.Errorf("%v", ends)
		}
		if k["name"] != "Zoë <b>" || k["timezone"] != "Europe/Lisbon" || k["brand"] != "Acme" || k["consent"].(map[string]any)["state"] != "" {
			t.Errorf("%s", k["raw"])
		}
		s.texts("STOP")
		if k := ann.wants("GET", "conversations/"+id+"/customer", nil, http.StatusOK); k["consent"].(map[string]any)["state"] != "out" {
			t.Errorf("%s", k["raw"])
		}
		s.desk().wants("GET", "conversations/"+id+"/customer", nil, http.StatusUnauthorized)
		ann.wants("GET", "conversations/none/customer", nil, http.StatusNotFound)
		ann.wants("GET", "conversations/%00/customer", nil, http.StatusNotFound)
	})
}
