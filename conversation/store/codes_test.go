package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
	"parley/outbound"
)

// asked is a challenge as the service writes it. Who wants another number was seen in person.
func asked(id, subject, to string, purpose verify.Purpose) verify.Challenge {
	proof := ""
	if purpose == verify.NumberChange {
		proof = "in_person"
	}
	return verify.Challenge{ID: id, Subject: subject, Purpose: purpose, Proof: proof, Line: line, Phone: to, Client: "198.51.100.7", Digits: 6, MostAttempts: 2, MostSends: 3, Origin: "o/" + id}
}

func open(t *testing.T, s *store.Store, c verify.Challenge) verify.Opened {
	t.Helper()
	hits := []verify.Hit{{Key: "send/hour/" + c.Phone, Most: 9, Per: time.Hour}, {Key: "send/net/a", Most: 99, Per: time.Hour}}
	return must(s.Open(t.Context(), c, 5*time.Minute, hits, verify.Entry{What: "verification.asked", Subject: c.Subject}))(t)
}

// alter submits an event that changes a challenge, and says whether it held.
func alter(t *testing.T, s *store.Store, to string, c conversation.Change, m func(*conversation.Conversation, *conversation.Message), effects ...conversation.Effect) bool {
	t.Helper()
	b := begin(t, s, conversation.Event{Kind: conversation.KindVerified, Line: line, Phone: to, Change: &c})
	if b.Refused(0) {
		b.Rollback()
		return false
	}
	var w conversation.Writes
	step(b, 0, &w, m)
	w.Effects = append(w.Effects, effects...)
	if err := b.Commit(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	return true
}

func made(n int) *conversation.Made {
	return &conversation.Made{N: n, Kid: "k1", MAC: "aa", Sealed: "k1:xx"}
}

// codesLife lives the life of codes: asked for, weighed, made, taken, tried, approved,
// redeemed, canceled.
func codesLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	c := asked("ver_1", "u1", phone(40), verify.PasswordReset)
	check(t, "not opened", open(t, s, c).Challenge.Open)
	check(t, "another under the same origin", open(t, s, c).Challenge.ID == "ver_1")
	other := c
	other.ID, other.Origin = "ver_x", ""
	live := open(t, s, other)
	check(t, "two are open", live.Live && live.RetryAfter > 4*time.Minute)
	check(t, "no work", len(must(s.Work(ctx, 10, time.Minute))(t)) == 1)
	check(t, "not later", s.Later(ctx, "ver_1", time.Minute) == nil)

	is := must(s.Person(ctx, "u1", "", verify.PasswordReset))(t)
	check(t, "somebody is known", is.Now > 0 && is.Phone == "" && is.PausedUntil == 0)
	codesGate(t, s)

	check(t, "not made", alter(t, s, phone(40), conversation.Change{Challenge: "ver_1", Made: made(1)}, codeOf("ver_1")))
	check(t, "made twice", !alter(t, s, phone(40), conversation.Change{Challenge: "ver_1", Made: made(1)}, nil))
	codesSettle(t, s)

	check(t, "not once more", must(s.Again(ctx, "ver_1", verify.Entry{What: "verification.resend"}))(t))
	check(t, "twice more", !must(s.Again(ctx, "ver_1", verify.Entry{}))(t))
	a := must(s.Ask(ctx, "ver_1", false, time.Hour, nil, verify.Entry{What: "verification.resend"}))(t)
	check(t, "not asked again", a.Found && a.Challenge.Asked == 2)
	a = must(s.Ask(ctx, "ver_1", true, time.Hour, nil, verify.Entry{}))(t)
	check(t, "a test key asked", !a.Found && !a.Limited)
	a = must(s.Ask(ctx, "ver_1", false, time.Hour, nil, verify.Entry{}))(t)
	check(t, "asked before the pause was over", a.Limited && a.RetryAfter > 59*time.Minute)

	spends := func(right bool) verify.Spent {
		v := verify.Spend{ID: "ver_1", Purpose: verify.PasswordReset, Subject: "u1", Client: "198.51.100.7"}
		return must(s.Spend(ctx, v.With(&verify.Defaults, never, func(verify.Challenge) bool { return right })))(t)
	}
	counted := func() int64 {
		return must(store.Ask(ctx, s, `SELECT COALESCE(CAST(sum(n0) AS bigint), 0) FROM throttles WHERE key LIKE 'check/%'`))(t)
	}
	spent := spends(false)
	check(t, "no attempt", spent.Spent && !spent.Right && spent.Challenge.Attempts == 1 && spent.Reason == "wrong" && counted() == 6)
	spent = spends(true)
	check(t, "the last one is not right", spent.Spent && spent.Right && spent.Challenge.Attempts == 2 && spent.Reason == "right" && counted() == 3) // the number's, the block's and the client's
	grant := &conversation.Grant{Hash: "h1", Scope: "set-password", For: 600_000}
	check(t, "not approved", alter(t, s, phone(40), conversation.Change{Challenge: "ver_1", To: "approved", Grant: grant}, nil))
	check(t, "approved twice", !alter(t, s, phone(40), conversation.Change{Challenge: "ver_1", To: "approved", Grant: grant}, nil))
	check(t, "not credited", s.Credit(ctx, []string{"country/US"}) == nil)
	check(t, "not tallied", must(store.Ask(ctx, s, `SELECT approved FROM tallies WHERE key = 'country/US'`))(t) == 1)
	spent = spends(true)
	check(t, "an attempt of one that is over", !spent.Spent && !spent.Right && spent.Reason == "is approved" && counted() == 8)

	g, found, err := s.GrantOf(ctx, "h1")
	check(t, "no grant", err == nil && found && g.Good && g.Scope == "set-password" && g.Subject == "u1")
	redeem := conversation.Change{Challenge: "ver_1", To: "redeemed", Grant: &conversation.Grant{Hash: "h1"}}
	check(t, "not redeemed", alter(t, s, phone(40), redeem, nil))
	check(t, "redeemed twice", !alter(t, s, phone(40), redeem, nil))
	codesRebind(t, s)
	codesEnd(t, s)
	codesSweep(t, s)
	codesPause(t, s)
}

// codesPause has a purpose paused, and the pause end.
func codesPause(t *testing.T, s *store.Store) {
	g := &guesser{T: t, s: s, settings: verify.Defaults}
	g.settings.SubjectHour = verify.Limit{Most: 1, Per: time.Hour}
	g.tries("u11", verify.Login, false, false)
	check(t, "right in the pause", !g.tries("u11", verify.Login, false, true).Right)
	check(t, "not over", store.Exec(t.Context(), s, `UPDATE pauses SET until_at = started_at`) == nil)
	check(t, "refused behind the pause", g.tries("u11", verify.Login, false, true).Right)
}

func codeOf(id string) func(*conversation.Conversation, *conversation.Message) {
	return func(_ *conversation.Conversation, m *conversation.Message) {
		m.Challenge, m.Text = id, conversation.CodeBlank
	}
}

func codesGate(t *testing.T, s *store.Store) {
	ctx := t.Context()
	send := verify.Send{Challenge: "ver_1", N: 1, Cost: 7, Country: "country/US", Block: "block/1", Network: "net/a", Pair: "pair/a/US", Spread: "spread/a"}
	passes := func(verify.Counts) verify.Verdict { return verify.Verdict{} }
	_ = must(s.Weigh(ctx, send, passes))(t)
	_ = must(s.Weigh(ctx, send, func(verify.Counts) verify.Verdict { t.Error("weighed twice"); return verify.Verdict{} }))(t)
	mark := verify.Mark{Key: "blocked/block/1", For: time.Hour, Reason: "pumping", Told: conversation.VerificationAlarm{What: "pumping"}}
	send.N, send.Hits = 2, []verify.Hit{{Key: "send/gate/n", Most: 5, Per: time.Hour}}
	for i := range 2 {
		v := must(s.Weigh(ctx, send, func(n verify.Counts) verify.Verdict {
			want := verify.Count{HourSent: 1, DaySent: 1}
			paid := want
			paid.DayCost = 7
			check(t, "counts", n.Country == paid && n.Block == want && n.Network == want && n.Pair == want && n.Spread == want && n.HasNetwork && n.Blocked == (i == 1))
			return verify.Verdict{Reason: "block_budget", Marks: []verify.Mark{mark}}
		}))(t)
		check(t, "not refused", v.Reason == "block_budget")
		check(t, "a refused send counts", must(store.Ask(ctx, s, `SELECT n0 FROM throttles WHERE key = 'send/gate/n'`))(t) == 0)
	}
}

func codesSettle(t *testing.T, s *store.Store) {
	ctx := t.Context()
	check(t, "opened", open(t, s, asked("ver_2", "u2", phone(41), verify.Login)).Challenge.Open)
	check(t, "made", alter(t, s, phone(41), conversation.Change{Challenge: "ver_2", Made: made(1)}, codeOf("ver_2")))
	for _, m := range must(s.Claim(ctx, outbound.Claim{Line: line, Node: "n", Limit: 50, Lease: time.Minute}))(t) {
		as := conversation.Settlement{Message: m.ID, Node: "n", Attempt: m.Attempt, Status: conversation.Sent, Carrier: "us", Provider: []string{"pc" + m.ID}, Challenge: m.Challenge}
		if m.Challenge == "ver_2" {
			as.Status, as.Provider, as.Error = conversation.Failed, nil, "30003"
		}
		_ = must(s.Settle(ctx, []conversation.Settlement{as}))(t)
	}
	one, _, err := s.Challenge(ctx, "ver_1")
	check(t, "not sent", err == nil && one.Status == verify.Sent && one.Sealed != "")
	two, _, err := s.Challenge(ctx, "ver_2")
	check(t, "not lost", err == nil && two.Reason == "undeliverable")
}

// codesRebind gives u1 another number.
func codesRebind(t *testing.T, s *store.Store) {
	ctx := t.Context()
	is := must(s.Person(ctx, "u1", "", verify.Login))(t)
	check(t, "not bound", is.Phone == phone(40) && is.ConfirmedAt > 0 && is.ChangedAt == 0)
	open(t, s, asked("ver_3", "u1", phone(40), verify.Payment))
	open(t, s, asked("ver_4", "u1", phone(42), verify.NumberChange))
	check(t, "not approved", alter(t, s, phone(42), conversation.Change{Challenge: "ver_4", To: "approved", Grant: &conversation.Grant{Rebind: true}}, nil))
	is = must(s.Person(ctx, "u1", "", verify.Login))(t)
	check(t, "not changed", is.Phone == phone(42) && is.ChangedAt > 0)
	old, _, err := s.Challenge(ctx, "ver_3")
	check(t, "still good", err == nil && old.Status == verify.Canceled && old.Reason == "number_changed" && old.Open)
	open(t, s, asked("ver_4b", "u1", phone(44), verify.NumberChange)) // before anybody was told of the first
	check(t, "not approved", alter(t, s, phone(44), conversation.Change{Challenge: "ver_4b", To: "approved", Grant: &conversation.Grant{Rebind: true}}, nil))
	all := must(s.Rebound(ctx, 10))(t)
	if len(all) != 2 || all[0].Previous != phone(40) || all[1].Previous != phone(42) || all[0].Line != line {
		t.Fatalf("%+v", all)
	}
	check(t, "told", s.ToldRebound(ctx, all[0]) == nil && len(must(s.Rebound(ctx, 10))(t)) == 1)
	check(t, "told", s.ToldRebound(ctx, all[1]) == nil && len(must(s.Rebound(ctx, 10))(t)) == 0)
	open(t, s, asked("ver_5", "u1", phone(40), verify.Custom))
	check(t, "not approved", alter(t, s, phone(40), conversation.Change{Challenge: "ver_5", To: "approved"}, nil))
	check(t, "any approval rebinds", must(s.Person(ctx, "u1", "", verify.Login))(t).Phone == phone(44))
	var proofs []conversation.Event // the first two are of one subject, whose first number is its own
	for i, subject := range []string{"p0", "p0", "p1", "p2", "p3", "p4", "p5", "p6"} {
		c := asked(fmt.Sprint("ver_p", i), subject, phone(44+i), []verify.Purpose{verify.Login, verify.Custom}[i%2])
		open(t, s, c)
		proofs = append(proofs, conversation.Event{Kind: conversation.KindVerified, Line: line, Phone: c.Phone, Change: &conversation.Change{Challenge: c.ID, To: "approved"}})
	}
	b := begin(t, s, proofs...)
	check(t, "not approved", !b.Refused(0) && !b.Refused(1) && b.Commit(ctx, conversation.Writes{}) == nil)
	for subject, n := range map[string]int{"p0": 44, "p1": 46, "p6": 51} {
		check(t, "the number of "+subject, must(s.Person(ctx, subject, "", verify.Login))(t).Phone == phone(n))
	}
}

func codesEnd(t *testing.T, s *store.Store) {
	ctx := t.Context()
	c := asked("ver_6", "u3", phone(43), verify.Login)
	open(t, s, c)
	effects := []conversation.Effect{
		{Code: &conversation.Change{Challenge: "ver_6", To: "canceled", Reason: "denied", Pause: 60_000}},
		{Code: &conversation.Change{Challenge: "", To: "suspended", Reason: "wrong_number", Phone: phone(44)}},
	}
	check(t, "not denied", alter(t, s, phone(43), conversation.Change{Challenge: "ver_2", To: "failed", Reason: "undeliverable"}, nil, effects...))
	check(t, "not suspended", must(s.Person(ctx, "u1", "", verify.Login))(t).Suspended == "wrong_number")
	check(t, "not paused", must(s.Person(ctx, "u3", "", verify.Login))(t).PausedUntil > 0)
	check(t, "paused anew", !must(s.Pause(ctx, verify.PauseKey(verify.Login, "u3"), time.Second, "guessing"))(t))
	denied, _, _ := s.Challenge(ctx, "ver_6")
	check(t, "it shows", denied.Status == verify.Canceled && denied.Open)
	check(t, "not closed", s.CloseChallenge(ctx, "ver_6") == nil)
	denied, _, _ = s.Challenge(ctx, "ver_6")
	check(t, "closing it shows", denied.Open)
	burned := asked("ver_9", "u9", phone(43), verify.Login)
	open(t, s, burned)
	elsewhere := conversation.Effect{Code: &conversation.Change{Challenge: "ver_9", To: "burned"}}
	check(t, "not burned", !alter(t, s, phone(44), conversation.Change{Challenge: "ver_6", To: "failed"}, nil, elsewhere))
	check(t, "not burned", alter(t, s, phone(44), conversation.Change{Challenge: "ver_9", Made: made(1)}, nil, elsewhere))
	denied, _, _ = s.Challenge(ctx, "ver_9")
	check(t, "it is good elsewhere", denied.Status == verify.Canceled && denied.Reason == "texted elsewhere" && denied.Open && denied.Sealed == "")
	check(t, "nobody is told", slices.ContainsFunc(must(s.Work(ctx, 10, time.Minute))(t), func(c verify.Challenge) bool { return c.ID == "ver_9" }))
	open(t, s, asked("ver_7", "u7", "", verify.Login))
	check(t, "not finished", must(s.Finish(ctx, "ver_7", verify.Expired, ""))(t) && !must(s.Finish(ctx, "ver_7", verify.Expired, ""))(t))
	open(t, s, asked("ver_8", "u3", "", verify.Login))
	for range 2 {
		check(t, "cancel", s.Cancel(ctx, "ver_8", false, verify.Entry{What: "verification.canceled"}) == nil)
	}
	check(t, "recent", len(must(s.Recent(ctx, phone(40)))(t)) == 1)
	check(t, "wrong", must(s.Wrong(ctx, 2, time.Minute))(t).Window == 2 && must(s.Wrong(ctx, 1, time.Minute))(t).Window == 3)
	for _, ago := range []int{1, 24, 25, 168, 169} { // hours: two of the day before, one each of the second and the seventh
		if err := store.Exec(ctx, s, fmt.Sprintf(`INSERT INTO tallies (key, hour, sent) SELECT 'wrong/all', hour - %d, 10 FROM tallies WHERE key = 'wrong/all' ORDER BY hour DESC LIMIT 1`, ago)); err != nil {
			t.Fatal(err)
		}
	}
	wrong := must(s.Wrong(ctx, 1, time.Minute))(t)
	check(t, "wrong by days", wrong.Hour == 4 && wrong.Days == [7]int64{20, 10, 0, 0, 0, 0, 10})
	noted := ""
	for _, value := range []string{"a", "a", "b"} {
		check(t, "note", s.Note(ctx, "codes", value, func(before string) verify.Entry {
			noted += before + "→" + value + " "
			return verify.Entry{What: "settings.changed"}
		}) == nil)
	}
	check(t, "noted "+noted, noted == "→a a→b ")
	skew := must(s.Clock(ctx))(t)
	check(t, "clock", skew > -time.Minute && skew < time.Minute)
}

// TestAnApprovalComesInTime: of a code whose time ended between its check and its approval
// nothing is approved.
func TestAnApprovalComesInTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		to := phone(4250)
		for _, id := range []string{"ver_l1", "ver_l2"} {
			open(t, s, asked(id, id, to, verify.Login))
			check(t, "not made", alter(t, s, to, conversation.Change{Challenge: id, Made: made(1)}, nil))
		}
		if err := store.Exec(t.Context(), s, `UPDATE challenges SET expires_at = created_at WHERE id = 'ver_l1'`); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]bool{"ver_l1": false, "ver_l2": true} {
			check(t, "in time, or not: "+id, alter(t, s, to, conversation.Change{Challenge: id, To: "approved", Grant: &conversation.Grant{}}, nil) == want)
		}
	})
}
