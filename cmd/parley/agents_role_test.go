package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// TestRoleChanges: another role holds at once, by what stands open too. Who reads from now on
// has their next command refused by the socket, which ends so that the page looks again; who
// is no lead any more gets no numbers, and who has become one gets them.
func TestRoleChanges(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := testConfig(url)
		c.PublicURL = ""
		s := serveTest(t, c)
		file := write(t, t.TempDir(), "parley.yaml", strings.Replace(minimal, "sqlite:%s/parley.db", strconv.Quote(url), 1))
		becomes := func(name string, role agentui.Role) {
			t.Helper()
			if code, _, errs := invoke(t, "", "--config", file, "agents", "role", name, string(role)); code != 0 {
				t.Fatal(errs)
			}
		}
		id := s.escalated()
		ann, bob := s.enters("ann", agentui.RoleAgent), s.enters("bob", agentui.RoleLead)
		view, l := ann.seen(id), ann.sits()
		l.hears("hello")
		becomes("ann", agentui.RoleAuditor)
		l.says("cmd", do("s1", "take", id, view, ""))
		if nack := l.hears("nack"); nack["id"] != "s1" || nack["status"].(float64) != http.StatusForbidden || nack["d"].(map[string]any)["code"] != "forbidden" {
			t.Errorf("%v", nack)
		}
		_ = l.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, _, err := l.conn.ReadMessage(); !websocket.IsCloseError(err, 4003) {
			t.Errorf("an auditor's socket hears %v", err)
		}
		again := ann.sits()
		if hello := again.hears("hello"); hello["role"] != "auditor" {
			t.Errorf("%v", hello)
		}
		ann.wants("POST", "cmd", do("p1", "take", id, view, ""), http.StatusForbidden)
		if owner := bob.seen(id)["owner"]; owner != "queue" {
			t.Errorf("an auditor took it: %v", owner)
		}

		numbers := fmt.Sprintf("numbers?from=%d&to=%d", time.Now().Add(-time.Hour).UnixMilli(), time.Now().UnixMilli())
		bob.wants("GET", numbers, nil, http.StatusOK)
		becomes("bob", agentui.RoleAgent)
		bob.wants("GET", numbers, nil, http.StatusForbidden)
		if me := bob.wants("GET", "me", nil, http.StatusOK); me["role"] != "agent" {
			t.Errorf("%s", me["raw"])
		}
		becomes("ann", agentui.RoleAgent)
		again.says("presence", map[string]any{"away": true})
		if told := again.hears("presence"); told["away"] != true {
			t.Errorf("%v", told)
		}
		again.says("cmd", do("s2", "take", id, ann.seen(id), ""))
		if ack := again.hears("ack"); ack["id"] != "s2" {
			t.Errorf("%v", ack)
		}
		s.did(`"what":"agent.role","who":"command","id":"ann","detail":"auditor"`)
	})
}
