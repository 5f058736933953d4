package store_test

import (
	"fmt"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// limited is one limit of wrong codes: what the n-th guess has in common with the others.
type limited struct {
	name, key        string
	limit            func(*verify.Settings) *verify.Limit
	subject, network func(n int) string
	phone            func(n int) string
}

const mostWrong = 4

func each(form string) func(int) string { return func(n int) string { return fmt.Sprintf(form, n) } }

func same(text string) func(int) string { return func(int) string { return text } }

// limitsOfChecks are all of them. In everything but what a limit counts under, the
// guesses differ, so that no other can stand in for it.
func limitsOfChecks() []limited {
	block := each("+1202556%04d")                                    // of one block of a thousand
	spread := func(n int) string { return phone(3000 + 1000*(n%6)) } // of a block each
	return []limited{
		{"subject, hour", "check/hour/custom/victim", func(s *verify.Settings) *verify.Limit { return &s.SubjectHour }, same("victim"), each("192.0.2.%d"), spread},
		{"subject, day", "check/day/custom/victim", func(s *verify.Settings) *verify.Limit { return &s.SubjectDay }, same("victim"), each("192.0.2.%d"), spread},
		{"number", "check/number/+12025560001", func(s *verify.Settings) *verify.Limit { return &s.NumberChecks }, each("s-%d"), each("192.0.2.%d"), same("+12025560001")},
		{"block", "check/block/+12025560", func(s *verify.Settings) *verify.Limit { return &s.BlockChecks }, each("s-%d"), each("192.0.2.%d"), block},
		{"network", "check/net/198.51.100.1", func(s *verify.Settings) *verify.Limit { return &s.NetworkChecks }, each("s-%d"), same("198.51.100.1"), spread},
	}
}

// settings have this limit alone.
func (l limited) settings() *verify.Settings {
	lots := verify.Limit{Most: 1_000_000, Per: time.Hour}
	s := &verify.Settings{NetworkChecks: lots, SubjectHour: lots, SubjectDay: lots, NumberChecks: lots, BlockChecks: lots}
	*l.limit(s) = verify.Limit{Most: mostWrong, Per: 24 * time.Hour}
	return s
}

// guess asks for the n-th code on one node, and tries it on another.
func (l limited) guess(t *testing.T, at, other *store.Store, n int, right bool) verify.Spent {
	t.Helper()
	c := asked(fmt.Sprint("ver_limit_", n), l.subject(n), l.phone(n), verify.Custom) // no right code of it takes anything back
	return triedOnce(t, at, other, c, l.network(n), l.settings(), right)
}

// triedOnce asks for a code on one node, tries it once on another, right or wrong, and
// cancels it.
func triedOnce(t *testing.T, at, other *store.Store, c verify.Challenge, client string, s *verify.Settings, right bool) verify.Spent {
	t.Helper()
	check(t, "not opened", must(at.Open(t.Context(), c, time.Minute, nil, verify.Entry{What: "verification.asked"}))(t).Challenge.Open)
	check(t, "not made", alter(t, at, c.Phone, conversation.Change{Challenge: c.ID, Made: made(1)}, nil))
	v := verify.Spend{ID: c.ID, Purpose: c.Purpose, Subject: c.Subject, Client: client, Test: c.Test}
	spent := must(other.Spend(t.Context(), v.With(s, never, func(verify.Challenge) bool { return right })))(t)
	check(t, "not canceled", other.Cancel(t.Context(), c.ID, c.Test, verify.Entry{What: "verification.canceled"}) == nil)
	return spent
}

// refuses expects the right code to be refused because of this limit, and of no other.
func (l limited) refuses(t *testing.T, when string, s verify.Spent) {
	t.Helper()
	if s.Right || len(s.Over) != 1 || s.Over[0].Key != l.key || s.Reason != "over a limit" || !s.Spent {
		t.Errorf("%s: %+v", when, s)
	}
}

// TestTheRightCodeIsRefusedBehindEachLimit: guesses by turns at two nodes count together,
// one by one; behind the limit the right code is refused at either, and by one that has
// started since. It is taken before the limit, where nothing is shared, and again when
// the window is over.
func TestTheRightCodeIsRefusedBehindEachLimit(t *testing.T) {
	for _, l := range limitsOfChecks() {
		t.Run(l.name, func(t *testing.T) {
			storetest.EachURL(t, func(t *testing.T, url string) {
				start := func() *store.Store { return storetest.Open(t, store.Options{URL: url}) }
				a, b := start(), start()
				for n := range mostWrong {
					if n == mostWrong-1 {
						s := l.guess(t, b, a, 90, true)
						check(t, "the right code is refused before the limit", s.Right && len(s.Over) == 0)
					}
					s := l.guess(t, a, b, n, false)
					check(t, "not compared", s.Spent && !s.Right && len(s.Over) == 0 && s.Reason == "wrong")
					a, b = b, a
				}
				l.refuses(t, "one node", l.guess(t, a, b, 91, true))
				l.refuses(t, "the other", l.guess(t, b, a, 92, true))
				l.refuses(t, "started since", l.guess(t, start(), start(), 93, true))
				other := l
				other.subject, other.network, other.phone = each("other-%d"), each("203.0.113.%d"), each("+1202557%04d")
				check(t, "others are refused as well", other.guess(t, a, b, 94, true).Right)
				if err := store.Exec(t.Context(), a, `UPDATE throttles SET bucket = bucket - 3 WHERE key = $1`, l.key); err != nil {
					t.Fatal(err)
				}
				s := l.guess(t, a, b, 95, true)
				check(t, "still refused when the window is over", s.Right && len(s.Over) == 0)
			})
		})
	}
}
