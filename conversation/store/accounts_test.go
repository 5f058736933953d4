package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
	"parley/inbound"
)

// wants is an effect of a conversation on the account acc-1.
func wants(op string, i int, ids ...string) conversation.Effect {
	c := conversation.AccountChange{Op: op, Account: "acc-1", Scope: "purchases", Cause: "reply_no",
		Conversation: "c" + phone(i), Line: line, Phone: phone(i), Run: "r"}
	for _, id := range ids {
		c.Transactions = append(c.Transactions, conversation.AccountTransaction{ID: id, Merchant: "Garage", Amount: "9.00 USD"})
	}
	return conversation.Effect{Account: &c}
}

// commit writes effects with an event of phone i.
func commit(t testing.TB, s *store.Store, i int, key string, effects ...conversation.Effect) {
	t.Helper()
	b := begin(t, s, text(i, key))
	var w conversation.Writes
	step(b, 0, &w, nil)
	w.Effects = append(w.Effects, effects...)
	if err := b.Commit(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}

func account(t testing.TB, s *store.Store) verify.Account {
	t.Helper()
	a, err := s.Account(t.Context(), "acc-1", false)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func given(class string) verify.AccountEvent {
	return verify.AccountEvent{Op: verify.OpProof, Who: "key_1", Proof: class, Moved: verify.NumberKept}
}

// countJobs counts those whose arguments hold all the words.
func countJobs(t testing.TB, s *store.Store, words ...string) int64 {
	t.Helper()
	query, args := `SELECT count(*) FROM river_job WHERE 1 = 1`, []any{}
	for i, w := range words {
		query += fmt.Sprintf(` AND CAST(args AS text) LIKE $%d`, i+1)
		args = append(args, "%"+w+"%")
	}
	if store.Engine(s) == "sqlite" {
		query = strings.ReplaceAll(query, "CAST(args AS text)", "json(args)")
	}
	n, err := store.Ask(t.Context(), s, query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// accountLife is part of the life that runs every statement.
func accountLife(t *testing.T, s *store.Store) {
	ctx := t.Context()
	store.Listen(s, both)
	check(t, "an account out of nothing is not active", account(t, s).State == verify.Active)
	commit(t, s, 30, "a1", wants("alert", 30, "t1", "t2"))
	commit(t, s, 30, "a2", wants("recognise", 30, "t1"), wants("lock", 30, "t2"), wants("recognise", 30, "t2"))
	a := account(t, s)
	check(t, "not locked", a.State == verify.Locked && slices.Equal(a.Scopes, []string{"purchases"}) && len(a.Refunds) == 1 && a.Refunds[0].Merchant == "Garage" && a.Version == 3)
	check(t, "the business is not told of the lock", countJobs(t, s, "account.locked", `callback`) == 2)
	check(t, "the run does not hear of the lock, and again in answer to a yes", countJobs(t, s, "account.locked", `"news"`, phone(30)) == 2 && countJobs(t, s, `"news"`, "t2") == 0)
	check(t, "the run does not hear that its yes was taken", countJobs(t, s, "account.recognised", `"news"`, phone(30)) == 1)

	once := inbound.Once{Key: "api/k/accounts/acc-1/refunds/t2/1", BodyHash: "x"}
	pending := verify.AccountEvent{Op: verify.OpRefund, Who: "key_1", Status: verify.RefundPending, Transactions: []conversation.AccountTransaction{{ID: "t2"}}}
	for range 2 {
		answer := must(s.ChangeAccount(ctx, "acc-1", false, pending, once))(t)
		check(t, "the refund is not pending", answer.Refused == "" && answer.Account.Ref == "acc-1" && answer.Account.State == verify.Locked && answer.Account.Refunds[0].Status == verify.RefundPending)
	}
	check(t, "the refund is told twice, or never", countJobs(t, s, "refund.changed", `"news"`) == 1)
	once.BodyHash = "y"
	check(t, "another body under the key", must(s.ChangeAccount(ctx, "acc-1", false, pending, once))(t).Conflict)
	answer := must(s.ChangeAccount(ctx, "acc-2", false, given("app"), inbound.Once{}))(t)
	check(t, "an unknown account was unlocked", answer.Refused == "not_locked" && must(store.Ask(ctx, s, `SELECT count(*) FROM accounts`))(t) == 1)
	_, err := s.ChangeAccount(ctx, "acc-1", false, verify.AccountEvent{Op: verify.OpLock, Scope: "none"}, inbound.Once{Key: "api/k/x"})
	var wrong verify.WrongError
	check(t, "nonsense was taken", errors.As(err, &wrong))

	if err := store.Exec(ctx, s, `UPDATE accounts SET check_at = 1, data = REPLACE(data, '"asked_at":', '"asked_at":1,"x":')`); err != nil {
		t.Fatal(err)
	}
	check(t, "not one account is due", must(s.SettleAccounts(ctx))(t) == 1 && account(t, s).Alarmed)
	check(t, "nobody is alarmed", countJobs(t, s, "account.lock_unacknowledged", `callback`) == 2)
	check(t, "it is due again", must(s.SettleAccounts(ctx))(t) == 0)
	check(t, "nothing waits", must(s.AuditWaiting(ctx))(t) > 5)
	check(t, "nothing was chained", must(s.RelayAudit(ctx, 1000))(t) > 5 && must(s.RelayAudit(ctx, 1000))(t) == 0)
	check(t, "something still waits", must(s.AuditWaiting(ctx))(t) == 0)
	head, err := verify.CheckTrail(ctx, s, verify.Head{})
	check(t, "the trail is broken", err == nil && head.Count > 5)
}

// TestTestKeysHaveAccountsOfTheirOwn: what is played shuts nobody out.
func TestTestKeysHaveAccountsOfTheirOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		played := wants("lock", 1, "t1")
		played.Account.Test = true
		commit(t, s, 1, "1", played)
		if a := account(t, s); a.State != verify.Active {
			t.Errorf("the live account is %s", a.State)
		}
		a, err := s.Account(t.Context(), "acc-1", true)
		if err != nil || a.State != verify.Locked {
			t.Errorf("the played one is %s, %v", a.State, err)
		}
		if n := countJobs(t, s, `"test"`); n == 0 || n != countJobs(t, s) {
			t.Error("what a test led to is not marked as one")
		}
	})
}

// TestImpossibleChangesDoNoHarm: what no flow can say is kept in the trail, and what
// came with it is stored.
func TestImpossibleChangesDoNoHarm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		bad := wants("lock", 1)
		bad.Account.Scope = "everything"
		commit(t, s, 1, "1", bad, wants("contest", 1), wants("contest", 1))
		if a := account(t, s); a.State != verify.Locked || a.Cause != "unexpected_code" {
			t.Errorf("%+v", a)
		}
		if n, err := store.Ask(t.Context(), s, `SELECT count(*) FROM audit_pending WHERE data LIKE '%account.impossible%'`); n != 1 || err != nil {
			t.Errorf("%d entries, %v", n, err)
		}
	})
}

// TestAccountsUnderContention: texts and the business at the same time, on one
// account and on several in any order; every change counts once, and nothing deadlocks.
func TestAccountsUnderContention(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const each = 20
		var all sync.WaitGroup
		for n := range 4 {
			all.Go(func() {
				for i := range each {
					a, b := wants("lock", n, fmt.Sprintf("t%d-%d", n, i)), wants("contest", n)
					b.Account.Account = "acc-2"
					if n%2 == 0 {
						a, b = b, a
					}
					commit(t, s, n, fmt.Sprintf("%d-%d", n, i), a, b)
					ref := []string{"acc-1", "acc-2"}[i%2]
					lock := verify.AccountEvent{Op: verify.OpLock, Who: "key", Scope: "all", Cause: "api"}
					if _, err := s.ChangeAccount(t.Context(), ref, false, lock, inbound.Once{Key: fmt.Sprintf("api/%d/%d", n, i)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if a := account(t, s); len(a.Refunds) != 4*each || a.State != verify.Locked {
			t.Errorf("%d refunds, %s", len(a.Refunds), a.State)
		}
	})
}

// TestRulesReachAccounts: the installation's rules are those that are gone by.
func TestRulesReachAccounts(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		s := storetest.Open(t, store.Options{URL: url, Accounts: verify.Rules{Cooling: -1, AlertFor: time.Hour}})
		commit(t, s, 1, "1", wants("alert", 1, "t1"), wants("lock", 1, "t1"))
		commit(t, s, 1, "2", wants("proof", 1))
		answer, err := s.ChangeAccount(t.Context(), "acc-1", false, given("passkey"), inbound.Once{})
		if err != nil || answer.Account.State != verify.Active {
			t.Errorf("%s, %v", answer.Account.State, err)
		}
		if a := account(t, s).Alerts[0]; a.Expires-a.Opened != time.Hour.Milliseconds() {
			t.Errorf("the alert waits %d ms", a.Expires-a.Opened)
		}
	})
}

// TestALockEndsCodesAndGrants: what was out for an account's customer is good no more
// once it is locked, but for what helps to unlock it. What test keys play with is kept
// apart, and nobody else's is touched.
func TestALockEndsCodesAndGrants(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		out := func(id, subject string, purpose verify.Purpose, grant string) {
			open(t, s, asked(id, subject, phone(50), purpose))
			if grant != "" {
				c := conversation.Change{Challenge: id, To: "approved", Grant: &conversation.Grant{Hash: grant, Scope: "set-password", For: 600_000}}
				check(t, "not approved", alter(t, s, phone(50), c, nil))
			}
		}
		stands := func(id string) string {
			c, _, err := s.Challenge(ctx, id)
			check(t, "unreadable", err == nil)
			return string(c.Status) + " " + c.Reason
		}
		good := func(hash string) bool {
			g, found, err := s.GrantOf(ctx, hash)
			check(t, "no grant "+hash, err == nil && found)
			return g.Good
		}
		out("ver_login", "acc-1", verify.Login, "")
		out("ver_unlock", "acc-1", verify.AccountUnlock, "")
		out("ver_reset", "acc-1", verify.PasswordReset, "mine")
		out("ver_other", "acc-2", verify.Login, "")
		out("ver_theirs", "acc-2", verify.PasswordReset, "theirs")
		out("ver_played", "test:acc-1", verify.Login, "")
		out("ver_tried", "test:acc-1", verify.PasswordReset, "played")

		lock := verify.AccountEvent{Op: verify.OpLock, Who: "key_1", Scope: "all", Cause: "api"}
		_ = must(s.ChangeAccount(ctx, "acc-1", false, lock, inbound.Once{}))(t)
		for id, want := range map[string]string{"ver_login": "canceled account_locked", "ver_unlock": "pending ", "ver_other": "pending ", "ver_played": "pending "} {
			if got := stands(id); got != want {
				t.Errorf("%s is %q, want %q", id, got, want)
			}
		}
		check(t, "a grant outlives the lock", !good("mine"))
		redeem := conversation.Change{Challenge: "ver_reset", To: "redeemed", Grant: &conversation.Grant{Hash: "mine"}}
		check(t, "it is redeemed", !alter(t, s, phone(50), redeem, nil))
		check(t, "somebody else's grant is void", good("theirs") && good("played"))

		_ = must(s.ChangeAccount(ctx, "acc-1", true, lock, inbound.Once{}))(t)
		check(t, "what was played outlives its lock", stands("ver_played") == "canceled account_locked" && !good("played"))
	})
}

// TestALockEndsCodesWhateverFollows: what a lock ends is over as well when the account
// stands elsewhere before its transaction is.
func TestALockEndsCodesWhateverFollows(t *testing.T) {
	for _, after := range []string{"verify", "proof"} {
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			open(t, s, asked("ver_login", "acc-1", phone(50), verify.Login))
			open(t, s, asked("ver_reset", "acc-1", phone(50), verify.PasswordReset))
			approved := conversation.Change{Challenge: "ver_reset", To: "approved", Grant: &conversation.Grant{Hash: "mine", Scope: "set-password", For: 600_000}}
			check(t, "not approved", alter(t, s, phone(50), approved, nil))
			commit(t, s, 0, "1", wants("lock", 0, "t1"), wants(after, 0))
			check(t, "it is "+string(account(t, s).State), account(t, s).State == verify.Verifying)
			c, _, err := s.Challenge(t.Context(), "ver_login")
			check(t, "a code outlives the lock", err == nil && c.Status == "canceled")
			g, found, err := s.GrantOf(t.Context(), "mine")
			check(t, "a grant outlives the lock", err == nil && found && !g.Good)
		})
	}
}

// TestNoWayRoundALock: a code for a new password, or for another number, that was judged
// before its account was locked, and that the lock did not see, is not approved under it.
// What an account may have while it is locked is.
func TestNoWayRoundALock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		lock := verify.AccountEvent{Op: verify.OpLock, Who: "key_1", Scope: "purchases", Cause: "api"}
		_ = must(s.ChangeAccount(t.Context(), "acc-1", false, lock, inbound.Once{}))(t)
		_ = must(s.ChangeAccount(t.Context(), "acc-2", true, lock, inbound.Once{}))(t)
		for i, c := range []struct {
			subject string
			purpose verify.Purpose
			proof   string
			want    bool
		}{
			{"acc-1", verify.PasswordReset, "", false},
			{"acc-1", verify.NumberChange, "app", false},
			{"acc-1", verify.NumberChange, "", false},
			{"acc-1", verify.NumberChange, "in_person", true},
			{"acc-1", verify.Login, "", true},
			{"acc-1", verify.AccountUnlock, "", true},
			{"acc-2", verify.PasswordReset, "", true}, // what test keys play with is another
			{"test:acc-2", verify.PasswordReset, "", false},
		} {
			ch := asked(fmt.Sprintf("ver_%d", i), c.subject, phone(50+i), c.purpose)
			ch.Proof, ch.Context = c.proof, fmt.Sprint(i) // another context takes the place of the one before
			open(t, s, ch)
			grant := &conversation.Grant{Hash: ch.ID, Scope: "set-password", For: 600_000, Rebind: c.purpose == verify.NumberChange}
			if got := alter(t, s, ch.Phone, conversation.Change{Challenge: ch.ID, To: "approved", Grant: grant}, nil); got != c.want {
				t.Errorf("%s of %s by %q: approved is %v", c.purpose, c.subject, c.proof, got)
			}
			check(t, "not over", alter(t, s, ch.Phone, conversation.Change{Challenge: ch.ID, To: "canceled"}, nil) != c.want)
		}
	})
}
