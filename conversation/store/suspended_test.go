package store_test

import (
	"testing"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// TestANumberIsSuspendedForWhoeverWasSentCodesThere: also where nothing was proved under
// it, of several numbers of one subject each, until a number_change is approved there.
func TestANumberIsSuspendedForWhoeverWasSentCodesThere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		first, second, other := phone(4200), phone(4201), phone(4202)
		approve := func(id, subject, to string, purpose verify.Purpose) {
			t.Helper()
			check(t, "not opened", open(t, s, asked(id, subject, to, purpose)).Challenge.Open)
			check(t, "not made", alter(t, s, to, conversation.Change{Challenge: id, Made: made(1)}, nil))
			grant := &conversation.Grant{Rebind: purpose == verify.NumberChange}
			check(t, "not approved", alter(t, s, to, conversation.Change{Challenge: id, To: "approved", Grant: grant}, nil))
		}
		wrong := func(id, to string) {
			t.Helper()
			check(t, "not opened", open(t, s, asked(id, id, other, verify.Login)).Challenge.Open)
			gone := conversation.Effect{Code: &conversation.Change{To: "suspended", Reason: "wrong_number", Phone: to}}
			check(t, "not suspended", alter(t, s, other, conversation.Change{Challenge: id, Made: made(1)}, nil, gone))
		}
		suspended := func(subject, number, want string) {
			t.Helper()
			if got := must(s.Person(ctx, subject, number, verify.PasswordReset))(t).Suspended; got != want {
				t.Errorf("%s at %s: %q, want %q", subject, number, got, want)
			}
		}
		open(t, s, asked("ver_s1", "ivy", first, verify.Login))
		open(t, s, asked("ver_s2", "ivy", second, verify.Payment))
		open(t, s, asked("ver_s3", "joe", first, verify.Login))
		wrong("ver_w1", first)
		wrong("ver_w2", second)
		wrong("ver_w3", second) // once more
		for _, c := range [][2]string{{"ivy", first}, {"ivy", second}, {"joe", first}} {
			suspended(c[0], c[1], "wrong_number")
		}
		for _, c := range [][2]string{{"joe", second}, {"kim", first}, {"ivy", other}, {"ivy", ""}} {
			suspended(c[0], c[1], "")
		}
		check(t, "not canceled", s.Cancel(ctx, "ver_s1", false, verify.Entry{What: "verification.canceled"}) == nil)
		suspended("ivy", first, "wrong_number")
		approve("ver_s5", "ivy", first, verify.NumberChange)
		suspended("ivy", first, "")
		suspended("ivy", second, "wrong_number")
		suspended("joe", first, "wrong_number")
	})
}

// TestAWrongNumberAgreesToNothing: who says that a number is not the customer's takes back
// that it agreed to be replaced.
func TestAWrongNumberAgreesToNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		old, other := phone(4210), phone(4211)
		person := func() verify.Person {
			return must(s.Person(t.Context(), "lou", other, verify.NumberChange))(t)
		}
		open(t, s, asked("ver_a1", "lou", old, verify.NumberChange))
		check(t, "not made", alter(t, s, old, conversation.Change{Challenge: "ver_a1", Made: made(1)}, nil))
		check(t, "not approved", alter(t, s, old, conversation.Change{Challenge: "ver_a1", To: "approved", Grant: &conversation.Grant{Rebind: true}}, nil))
		check(t, "it did not agree", person().AgreedAt > 0)
		open(t, s, asked("ver_a2", "max", other, verify.Login))
		gone := conversation.Effect{Code: &conversation.Change{To: "suspended", Reason: "wrong_number", Phone: old}}
		check(t, "not suspended", alter(t, s, other, conversation.Change{Challenge: "ver_a2", Made: made(1)}, nil, gone))
		check(t, "it still agrees", person().AgreedAt == 0)
	})
}

// TestANewNumberAgreedToNothing: what the number before agreed to is not the new one's word.
func TestANewNumberAgreedToNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for n, to := range []string{phone(4220), phone(4221)} {
			id := []string{"ver_n1", "ver_n2"}[n]
			open(t, s, asked(id, "ned", to, verify.NumberChange))
			check(t, "not made", alter(t, s, to, conversation.Change{Challenge: id, Made: made(1)}, nil))
			check(t, "not approved", alter(t, s, to, conversation.Change{Challenge: id, To: "approved", Grant: &conversation.Grant{Rebind: true}}, nil))
			is := must(s.Person(t.Context(), "ned", "", verify.NumberChange))(t)
			check(t, "agreed: "+id, is.Phone == to && (is.AgreedAt > 0) == (n == 0))
		}
	})
}

// TestAnAgreementHoldsToTheEnd: a code for another number that was sent while no number of
// the subject's was known, or while it agreed, changes nothing once one has proved itself,
// or was called wrong.
func TestAnAgreementHoldsToTheEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		old, other := phone(4230), phone(4231)
		approves := func(id, to string, rebind bool) bool {
			t.Helper()
			return alter(t, s, to, conversation.Change{Challenge: id, To: "approved", Grant: &conversation.Grant{Rebind: rebind}}, nil)
		}
		sent := func(id, to string, purpose verify.Purpose) {
			t.Helper()
			c := asked(id, "pam", to, purpose)
			c.Proof = ""
			open(t, s, c)
			check(t, "not made", alter(t, s, to, conversation.Change{Challenge: id, Made: made(1)}, nil))
		}
		sent("ver_h1", other, verify.NumberChange)
		sent("ver_h2", old, verify.Login)
		check(t, "the first number is refused", approves("ver_h2", old, false))
		check(t, "a stranger's number took its place", !approves("ver_h1", other, true))
		check(t, "not canceled", s.Cancel(t.Context(), "ver_h1", false, verify.Entry{What: "verification.canceled"}) == nil)

		sent("ver_h3", old, verify.NumberChange)
		check(t, "it cannot agree", approves("ver_h3", old, true))
		sent("ver_h4", other, verify.NumberChange)
		open(t, s, asked("ver_h5", "rob", other, verify.Login))
		gone := conversation.Effect{Code: &conversation.Change{To: "suspended", Reason: "wrong_number", Phone: old}}
		check(t, "not suspended", alter(t, s, other, conversation.Change{Challenge: "ver_h5", Made: made(1)}, nil, gone))
		check(t, "a number that was called wrong has agreed", !approves("ver_h4", other, true))
	})
}

// TestACodeIsNotApprovedAtAWrongNumber: it was sent before somebody told another line that
// the number is not the customer's. One for which the business vouches is.
func TestACodeIsNotApprovedAtAWrongNumber(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		to, other := phone(4240), phone(4241)
		for id, purpose := range map[string]verify.Purpose{"ver_g1": verify.PasswordReset, "ver_g2": verify.AccountUnlock, "ver_g3": verify.Login, "ver_g4": verify.NumberChange, "ver_g5": verify.Login} {
			c := asked(id, "sue", to, purpose)
			if id == "ver_g5" {
				c.Subject = "tom"
			}
			open(t, s, c)
			check(t, "not made: "+id, alter(t, s, to, conversation.Change{Challenge: id, Made: made(1)}, nil))
		}
		approves := func(id string) bool {
			return alter(t, s, to, conversation.Change{Challenge: id, To: "approved", Grant: &conversation.Grant{Rebind: id == "ver_g4"}}, nil)
		}
		check(t, "not approved before it was called wrong", approves("ver_g5"))
		open(t, s, asked("ver_g6", "ulf", other, verify.Login))
		gone := conversation.Effect{Code: &conversation.Change{To: "suspended", Reason: "wrong_number", Phone: to}}
		check(t, "not suspended", alter(t, s, other, conversation.Change{Challenge: "ver_g6", Made: made(1)}, nil, gone))
		for _, id := range []string{"ver_g1", "ver_g2", "ver_g3"} {
			check(t, "approved at a number that was called wrong: "+id, !approves(id))
		}
		check(t, "the business vouches for it, and it is refused", approves("ver_g4"))
		check(t, "it is its customer's again, and refused", approves("ver_g3"))
	})
}
