package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/agentui"
	"parley/conversation"
	"parley/conversation/store"
)

// queueLife: one node carries the rules out, another when its lease is over; who is there
// is known, what somebody says of themselves holds, and turns only go forward.
func queueLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	rules := func(node string) bool { return must(s.Rules(ctx, node, time.Minute))(t) }
	check(t, "nobody rules", rules("a"))
	check(t, "it may not go on", rules("a"))
	check(t, "two rule", !rules("b"))
	if err := store.Exec(ctx, s, `UPDATE ruling SET until = 1`); err != nil {
		t.Fatal(err)
	}
	check(t, "nobody follows", rules("b"))
	check(t, "the first has not noticed", !rules("a"))

	for _, name := range []string{"una", "ugo"} {
		check(t, "not let in", must(s.AddAgent(ctx, agentui.Agent{Name: name, Role: agentui.RoleAgent}))(t))
	}
	before := len(presences(t, s, "una"))
	for range 2 {
		check(t, "not noted", s.SeenHere(ctx, []string{"una"}) == nil)
		check(t, "not said", s.SetAway(ctx, "una", true) == nil)
		if err := store.Exec(ctx, s, `UPDATE presence SET seen = seen - 3600000, since = since - 3600000`); err != nil {
			t.Fatal(err)
		}
	}
	scene := must(s.Scene(ctx, 10))(t)
	ugo, una := who(scene, "ugo"), who(scene, "una")
	hours := func(at int64) int64 { return (scene.Now - at + 60_000) / 3_600_000 }
	check(t, "ugo was seen", ugo.Role == agentui.RoleAgent && ugo.Seen == 0 && !ugo.Away)
	check(t, "una is not as she says", una.Away && hours(una.Seen) == 1 && hours(una.Since) == 2)
	check(t, "what changed nothing is in the trail", len(presences(t, s, "una")) == before+1)
	must(s.DisableAgent(ctx, "una"))(t)
	check(t, "una works here", who(must(s.Scene(ctx, 10))(t), "una").Name == "")

	for i, turn := range []int64{3, 5, 4} {
		b := begin(t, s, text(74, fmt.Sprint("turn", i)))
		var w conversation.Writes
		step(b, 0, &w, nil)
		d := conversation.Desk{Conversation: b.Load(0).Conversation.ID, Line: line, Phone: phone(74), Owner: conversation.OwnerAgent, Agent: "ugo", Since: 1, Wrote: 2, Replied: 3, Given: 4}
		w.Effects = append(w.Effects, conversation.Effect{Desk: &d}, conversation.Effect{Given: &conversation.Given{Queue: "q", Agent: "ugo", Turn: turn}})
		check(t, "not committed", b.Commit(ctx, w) == nil)
	}
	scene = must(s.Scene(ctx, 10))(t)
	check(t, "a turn went back", scene.Turns["q"]["ugo"] == 5)
	check(t, "not on the desk", slices.ContainsFunc(scene.Desk, func(d conversation.Desk) bool {
		return d.Phone == phone(74) && d.Wrote == 2 && d.Replied == 3 && d.Given == 4
	}))
}

func who(s agentui.Scene, name string) (p agentui.Presence) {
	for _, one := range s.People {
		if one.Name == name {
			p = one
		}
	}
	return p
}

// presences are the entries of what somebody said of their presence.
func presences(t *testing.T, s *store.Store, name string) []string {
	t.Helper()
	return entries(t, s, "console.presence", "agent:"+name)
}

// entries are those of the audit trail that say what somebody did.
func entries(t *testing.T, s *store.Store, what, who string) (all []string) {
	t.Helper()
	for n := 1; n > 0; {
		n = must(s.RelayAudit(t.Context(), 100))(t)
	}
	for _, l := range must(s.AuditLinks(t.Context(), 0, 1000))(t) {
		if strings.Contains(l.Data, `"`+what+`"`) && strings.Contains(l.Data, `"`+who+`"`) {
			all = append(all, l.Data)
		}
	}
	return all
}
