package main

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// victims are whose codes are guessed under a limit: what the n-th has in common with the
// others is what the limit counts under.
type victims struct {
	name    string
	limit   func(*LimitsConfig) *verify.Limit
	subject func(n int) string
	phone   func(n int) string
}

func allVictims() []victims {
	one := func(text string) func(int) string { return func(int) string { return text } }
	many := func(form string) func(int) string { return func(n int) string { return fmt.Sprintf(form, n) } }
	return []victims{
		{"subject, hour", func(l *LimitsConfig) *verify.Limit { return &l.SubjectHour }, one("victim"), many("+120255%d0001")},
		{"subject, day", func(l *LimitsConfig) *verify.Limit { return &l.SubjectDay }, one("victim"), many("+120255%d0001")},
		{"number", func(l *LimitsConfig) *verify.Limit { return &l.NumberChecks }, many("s-%d"), one("+12025560001")},
		{"block", func(l *LimitsConfig) *verify.Limit { return &l.BlockChecks }, many("s-%d"), many("+120255600%02d")},
	}
}

func (v victims) wants(s *server, n int) (id, code string) {
	s.t.Helper()
	return s.made(login("purpose", "custom", "to", v.phone(n), "subject", v.subject(n))) // no right code of it takes anything back
}

// made asks for a code and learns it from what is sealed of it: the text may go out by
// any node.
func (s *server) made(body map[string]any) (id, code string) {
	s.t.Helper()
	id = s.wants(body)
	eventually(s.t, "the code is made", func() bool {
		text, err := s.house.codes.Fill(s.t.Context(), id, conversation.CodeBlank)
		code = strings.ReplaceAll(text, " ", "")
		return err == nil && s.status(id) == "sent"
	})
	return id, code
}

// checks tries the n-th code at a server, and cancels it.
func (v victims) checks(s *server, n int, id, code string) int {
	s.t.Helper()
	status, _ := s.checks(id, tried(code, "purpose", "custom", "subject", v.subject(n)))
	s.do(http.MethodDelete, "/v1/verifications/"+id, s.key, nil)
	return status
}

// refuses expects the right code to be refused, and nothing but the limit to be why.
func (v victims) refuses(s, other *server, n int, said map[string]string) {
	s.t.Helper()
	if _, err := ledger(s.t, s.house.config.Database).ExecContext(s.t.Context(), `DELETE FROM pauses`); err != nil { // what is counted is to refuse by itself
		s.t.Fatal(err)
	}
	id, code := v.wants(s, n)
	if status := v.checks(other, n, id, code); status != http.StatusUnprocessableEntity {
		s.t.Errorf("the right code behind the limit: %d", status)
	}
	said[id] = "over a limit"
}

// trailSays waits until the trail says of the check of each code what it should.
func (s *server) trailSays(want map[string]string) {
	s.t.Helper()
	eventually(s.t, "the trail says what the checks were", func() bool {
		said := map[string]string{}
		if err := verify.Entries(s.t.Context(), s.house.store, "", time.Time{}, func(_ int64, e verify.Entry) {
			if e.What == "verification.check" {
				said[e.ID] += e.Reason
			}
		}); err != nil {
			s.t.Fatal(err)
		}
		return maps.Equal(said, want)
	})
}

// TestTheRightCodeIsRefusedBehindLimits: wrong codes at two nodes count together, and are
// counted still by a node that is started later. Behind the limit the right code is
// refused, also when nobody has paused anything.
func TestTheRightCodeIsRefusedBehindLimits(t *testing.T) {
	t.Parallel()
	for _, v := range allVictims() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			storetest.EachURL(t, func(t *testing.T, url string) {
				config, said := testConfig(url), map[string]string{} // of the code that was tried
				lots := verify.Limit{Most: 1000, Per: 24 * time.Hour}
				l := &config.Codes.Limits
				for _, other := range []*verify.Limit{&l.NumberHour, &l.NumberDay, &l.SubjectSendsHour, &l.SubjectSendsDay, &l.NetworkSends, &l.NetworkChecks, &l.CallerSends, &l.CallerChecks, &l.SubjectHour, &l.SubjectDay, &l.NumberChecks, &l.BlockChecks} {
					*other = lots
				}
				*v.limit(l) = verify.Limit{Most: 4, Per: 24 * time.Hour}
				t.Run("two nodes", func(t *testing.T) {
					a := serveTest(t, config)
					b := a // SQLite has one
					if strings.HasPrefix(url, "postgres:") {
						b = serveTest(t, config)
					}
					for n := range 4 {
						if n == 3 {
							id, code := v.wants(b, 7)
							if v.checks(a, 7, id, code) != http.StatusOK {
								t.Error("the right code is refused before the limit")
							}
							said[id] = "right"
						}
						id, code := v.wants(a, n)
						v.checks(b, n, id, another(code))
						said[id] = "wrong"
						a, b = b, a
					}
					v.refuses(a, b, 4, said)
					v.refuses(b, a, 5, said)
				})
				t.Run("started since", func(t *testing.T) {
					s := serveTest(t, config)
					v.refuses(s, s, 6, said)
					s.trailSays(said)
				})
			})
		})
	}
}

// another is a code that is not this one.
func another(code string) string {
	return code[:len(code)-1] + string('0'+(code[len(code)-1]-'0'+1)%10)
}
