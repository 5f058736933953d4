package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/agentui"
	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/verify"
	"parley/flows"
)

// agentLife lets somebody in, twice, and out again.
func agentLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ann := agentui.Agent{Name: "ann", Role: agentui.RoleLead, Password: "p1", Once: true}
	check(t, "not added", must(s.AddAgent(ctx, ann))(t))
	check(t, "added twice", !must(s.AddAgent(ctx, ann))(t))
	for _, id := range []string{"a", "b"} {
		check(t, "not signed in", s.BeginSignIn(ctx, agentui.SignIn{ID: id, Hash: "h" + id, Agent: "ann", Network: "192.0.2.7", Browser: "x"}) == nil)
	}
	if err := store.Exec(ctx, s, `UPDATE sign_ins SET seen_at = seen_at - 120000 WHERE id = 'a'`); err != nil {
		t.Fatal(err)
	}
	in, who, found, err := s.SignedIn(ctx, "ha", time.Hour, time.Hour)
	check(t, "not known by the cookie", err == nil && found && in.ID == "a" && who.Name == "ann" && who.Role == agentui.RoleLead && who.Once)
	check(t, "the minute was not noted", len(must(s.SignIns(ctx, "ann"))(t)) == 2)
	_, _, found, err = s.SignedIn(ctx, "hb", time.Hour, -time.Hour)
	check(t, "known for too long", err == nil && !found)
	check(t, "somebody else's was ended", !must(s.EndSignIn(ctx, "bob", "a"))(t))
	check(t, "not ended", must(s.EndSignIn(ctx, "ann", "a"))(t))
	check(t, "no password", must(s.SetPassword(ctx, "ann", "p2", false))(t))
	_, _, found, err = s.SignedIn(ctx, "hb", time.Hour, time.Hour)
	check(t, "a new password leaves others in", err == nil && !found)
	for range 2 {
		check(t, "not bound", must(s.BindOIDC(ctx, "ann", "https://a sub"))(t))
	}
	check(t, "bound to two", !must(s.BindOIDC(ctx, "ann", "https://a other"))(t) && !must(s.BindOIDC(ctx, "bob", "https://a sub"))(t))
	check(t, "not made an auditor", must(s.SetRole(ctx, "ann", agentui.RoleAuditor))(t) && must(s.Agents(ctx))(t)[0].Role == agentui.RoleAuditor)
	check(t, "made what she is", !must(s.SetRole(ctx, "ann", agentui.RoleAuditor))(t) && !must(s.SetRole(ctx, "bob", agentui.RoleAuditor))(t))
	check(t, "the trail of roles", len(entries(t, s, "agent.role", "command")) == 1)
	check(t, "nobody was disabled", must(s.DisableAgent(ctx, "ann"))(t) && !must(s.DisableAgent(ctx, "ann"))(t))
	check(t, "who is disabled has a new role", !must(s.SetRole(ctx, "ann", agentui.RoleAgent))(t))
	got, found, err := s.Agent(ctx, "ann")
	check(t, "not read", err == nil && found && got.Password == "p2" && !got.Once && got.DisabledAt > 0 && len(must(s.Agents(ctx))(t)) == 1)
	check(t, "not begun", s.BeginTOTP(ctx, "ann", "SECRET") == nil && must(s.Agents(ctx))(t)[0].TOTPBegun == "SECRET")
	check(t, "confirmed by another", !must(s.ConfirmTOTP(ctx, "ann", "OTHER", 5))(t) && !must(s.ConfirmTOTP(ctx, "ann", "", 5))(t))
	check(t, "not confirmed", must(s.ConfirmTOTP(ctx, "ann", "SECRET", 5))(t))
	check(t, "taken twice", !must(s.SpendTOTP(ctx, "ann", 5))(t) && must(s.SpendTOTP(ctx, "ann", 6))(t) && !must(s.SpendTOTP(ctx, "ann", 6))(t))
	if a, _, err := s.Agent(ctx, "ann"); err != nil || a.TOTP != "SECRET" || a.TOTPBegun != "" {
		t.Errorf("%+v %v", a, err)
	}
	check(t, "not ended", s.EndTOTP(ctx, "ann") == nil && must(s.Agents(ctx))(t)[0].TOTP == "")
	hit := []verify.Hit{{Key: "signin/name/x", Most: 1, Per: time.Minute}}
	check(t, "limited wrongly", must(s.TrySignIn(ctx, hit))(t) && !must(s.TrySignIn(ctx, hit))(t))
	check(t, "not signed in", s.BeginSignIn(ctx, agentui.SignIn{ID: "c", Hash: "hc", Agent: "ann"}) == nil)
	if err := store.Exec(ctx, s, `UPDATE sign_ins SET seen_at = 1`); err != nil {
		t.Fatal(err)
	}
	_ = must(s.Sweep(ctx))(t)
	check(t, "an old sign-in is kept", len(must(s.SignIns(ctx, "ann"))(t)) == 0)
}

// deskLife brings a conversation to the desk, to somebody, and away again.
func deskLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	at := func(d conversation.Desk) {
		t.Helper()
		b := begin(t, s, text(70, fmt.Sprint("desk", d.Owner, d.Agent)))
		var w conversation.Writes
		step(b, 0, &w, nil)
		d.Conversation, d.Line, d.Phone = b.Load(0).Conversation.ID, line, phone(70)
		w.Effects = append(w.Effects, conversation.Effect{Desk: &d})
		check(t, "not committed", b.Commit(ctx, w) == nil)
	}
	at(conversation.Desk{Owner: conversation.OwnerQueue, Queue: "fraud", Reason: "flow", Priority: flows.Alert, Since: 5, Awaiting: 7})
	all := must(s.Desk(ctx, "", agentui.Place{}, 10))(t)
	check(t, "not waiting", len(all) == 1 && all[0].Owner == conversation.OwnerQueue && all[0].Queue == "fraud" && all[0].Awaiting == 7 && all[0].Priority == flows.Alert)
	at(conversation.Desk{Owner: conversation.OwnerAgent, Agent: "ann", Since: 5, Snoozed: 9, Labels: []string{"late parcel", "vip"}})
	aside := must(s.Desk(ctx, "", agentui.Place{}, 10))(t)
	check(t, "not put aside", len(aside) == 1 && aside[0].Snoozed == 9 && slices.Equal(aside[0].Labels, []string{"late parcel", "vip"}))
	check(t, "not hers", len(must(s.Desk(ctx, "ann", agentui.Place{}, 10))(t)) == 1 && len(must(s.Desk(ctx, "bob", agentui.Place{}, 10))(t)) == 0)
	some := must(s.DeskOf(ctx, []string{"nobody", all[0].Conversation, "\x00"}))(t)
	check(t, "not the one that was asked for", len(some) == 1 && some[0].Snoozed == 9)
	mentions(t, s, all[0].Conversation)
	paneLife(t, s)
	findLife(t, s)
	savedLife(t, s)
	at(conversation.Desk{Owner: conversation.OwnerBot})
	check(t, "still there", len(must(s.Desk(ctx, "", agentui.Place{}, 10))(t)) == 0)
}

// mentions calls somebody twice, and they look once.
func mentions(t *testing.T, s *store.Store, id string) {
	t.Helper()
	for i := range 2 {
		b := begin(t, s, text(70, fmt.Sprint("mention", i)))
		var w conversation.Writes
		step(b, 0, &w, nil)
		w.Effects = append(w.Effects, conversation.Effect{Mention: &conversation.Mention{Conversation: id, Agent: "bob", By: "ann", At: int64(5 + i)}})
		check(t, "not committed", b.Commit(t.Context(), w) == nil)
	}
	all := must(s.Mentions(t.Context(), "bob", 10))(t)
	check(t, "not called", len(all) == 1 && all[0].By == "ann" && all[0].At == 6 && all[0].Phone == phone(70))
	check(t, "not seen", must(s.SeeMention(t.Context(), "bob", id))(t) && !must(s.SeeMention(t.Context(), "bob", id))(t))
	check(t, "still called", len(must(s.Mentions(t.Context(), "bob", 10))(t)) == 0)
}

// paneLife reads what there is of a customer besides their conversation: accounts that are
// named, and those that have proven themselves under the phone and are not suspended.
func paneLife(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	live := func(run string, at int64) conversation.Effect {
		return conversation.Effect{Ended: &conversation.Ended{Run: run, Flow: "g", Outcome: run, EndedAt: at, Phone: phone(71)}}
	}
	commit(t, s, 71, "ends", live("older", 500), live("newer", 600))
	ends := must(s.Ends(ctx, phone(71), 1))(t)
	check(t, "not the latest", len(ends) == 1 && ends[0].Outcome == "newer" && ends[0].EndedAt == 600)
	lock := func(ref string) conversation.Effect {
		return conversation.Effect{Account: &conversation.AccountChange{Op: "lock", Account: ref, Scope: "all", Cause: "flow", Phone: phone(71), Line: line}}
	}
	commit(t, s, 71, "locks", lock("pane-1"), lock("pane-2"), lock("pane-3"))
	for _, bound := range []string{`('pane-2', '` + phone(71) + `', 1, '')`, `('pane-3', '` + phone(71) + `', 1, 'recycled')`} {
		if err := store.Exec(ctx, s, `INSERT INTO bindings (subject, phone, confirmed_at, suspended) VALUES `+bound); err != nil {
			t.Fatal(err)
		}
	}
	all := must(s.AccountsOf(ctx, phone(71), []string{"pane-1", "nobody's"}))(t)
	check(t, "not their accounts", len(all) == 2 && all[0].Ref == "pane-1" && all[1].Ref == "pane-2" && all[0].State == verify.Locked)
	check(t, "somebody else's accounts", len(must(s.AccountsOf(ctx, phone(72), nil))(t)) == 0)
}

// findLife indexes what was said, once, and finds it again.
func findLife(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	commit(t, s, 73, "find")
	for must(s.Relay(ctx, 1000))(t) > 0 {
	}
	who := func(c conversation.Conversation, _ flows.Contact) []string {
		return []string{"with", "r" + c.Phone[1:]}
	}
	for must(s.Index(ctx, 3, who))(t) > 0 {
	}
	seek := func(terms ...agentui.Term) int { return len(must(s.Find(ctx, terms, 50))(t)) }
	check(t, "not found by whom it is with", seek(agentui.Term{"no", "r" + phone(73)[1:]}) == 1)
	check(t, "found by another", seek(agentui.Term{"without"}) == 0)
	check(t, "found by both words of one", seek(agentui.Term{"wi"}, agentui.Term{"r" + phone(73)[1:]}) == 1)
	check(t, "found by words of two", seek(agentui.Term{"r" + phone(72)[1:]}, agentui.Term{"r" + phone(73)[1:]}) == 0)
	if err := store.Exec(ctx, s, `UPDATE finds_head SET seq = 0`); err != nil {
		t.Fatal(err)
	}
	for must(s.Index(ctx, 1000, who))(t) > 0 {
	}
	check(t, "found twice", seek(agentui.Term{"r" + phone(73)[1:]}) == 1)
	if err := store.Exec(ctx, s, `DELETE FROM finds`); err != nil {
		t.Fatal(err)
	}
	check(t, "still found", seek(agentui.Term{"wi"}) == 0)
}

// savedLife keeps a reply, changes it, and takes it out.
func savedLife(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	check(t, "not kept", s.SaveReply(ctx, "late", "it is late", "ann") == nil && s.SaveReply(ctx, "late", "it is very late", "bob") == nil)
	all := must(s.SavedReplies(ctx, 10))(t)
	check(t, "not changed", len(all) == 1 && all[0].Text == "it is very late" && all[0].By == "bob" && all[0].At > 0)
	check(t, "not out", must(s.DropReply(ctx, "late", "ann"))(t) && !must(s.DropReply(ctx, "late", "ann"))(t))
	check(t, "still there", len(must(s.SavedReplies(ctx, 10))(t)) == 0)
}
