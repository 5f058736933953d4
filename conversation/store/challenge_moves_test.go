package store_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// cell is one challenge of the grid: it stands somewhere, and something happens to it.
type cell struct {
	t           *testing.T
	s           *store.Store
	n           int
	id, subject string
}

// opens asks for a code; nothing limits how many.
func (c cell) opens(id, to string, purpose verify.Purpose) {
	c.t.Helper()
	o := must(c.s.Open(c.t.Context(), asked(id, c.subject, to, purpose), 5*time.Minute, nil, verify.Entry{What: "verification.asked"}))(c.t)
	check(c.t, "not opened", o.Challenge.Open)
}

func (c cell) phone() string { return phone(2000 + c.n) }

// text is the n-th text with the challenge's code, as the carrier has it in hand.
func (c cell) text(n int) string {
	return must(store.AskText(c.t.Context(), c.s, fmt.Sprintf(`SELECT id FROM messages WHERE challenge = $1 ORDER BY position LIMIT 1 OFFSET %d`, n-1), c.id))(c.t)
}

func (c cell) exec(text string, args ...any) {
	c.t.Helper()
	if err := store.Exec(c.t.Context(), c.s, text, args...); err != nil {
		c.t.Fatal(err)
	}
}

// issue makes the code for the n-th send, and has the carrier take the text in hand.
func (c cell) issue(n int) bool {
	held := alter(c.t, c.s, c.phone(), conversation.Change{Challenge: c.id, Made: made(n)}, codeOf(c.id))
	c.exec(`UPDATE messages SET status = 'sending', node = 'n', attempt = 1 WHERE challenge = $1 AND status = 'queued'`, c.id)
	return held
}

// settles brings the carrier's answer to the last text.
func (c cell) settles(as conversation.Status) bool {
	n := must(store.Ask(c.t.Context(), c.s, `SELECT count(*) FROM messages WHERE challenge = $1`, c.id))(c.t)
	m := conversation.Settlement{Message: c.text(int(n)), Node: "n", Attempt: 1, Status: as, Carrier: "us", Challenge: c.id}
	if as == conversation.Sent || as == conversation.Delivered {
		m.Provider = []string{"p-" + m.Message}
	}
	_ = must(c.s.Settle(c.t.Context(), []conversation.Settlement{m}))(c.t)
	return true
}

func (c cell) ends(to verify.Status, reason string) bool {
	change := conversation.Change{Challenge: c.id, To: string(to), Reason: reason}
	if to == verify.Approved {
		hash := fmt.Sprint(c.id, "/", must(store.Ask(c.t.Context(), c.s, `SELECT count(*) FROM grants`))(c.t))
		change.Grant = &conversation.Grant{Hash: hash, Scope: "set-password", For: 600_000}
	}
	return alter(c.t, c.s, c.phone(), change, nil)
}

// texts is what a conversation decides when its customer writes.
func (c cell) texts(reason string) bool {
	n := must(store.Ask(c.t.Context(), c.s, `SELECT count(*) FROM events`))(c.t)
	commit(c.t, c.s, 2000+c.n, fmt.Sprint(c.id, reason, n), conversation.Effect{Code: &conversation.Change{Challenge: c.id, To: string(verify.Canceled), Reason: reason}})
	return true
}

func (c cell) cancels() bool {
	check(c.t, "not asked to cancel", c.s.Cancel(c.t.Context(), c.id, false, verify.Entry{What: "verification.canceled"}) == nil)
	return true
}

// tries checks a code, and says whether it was taken.
func (c cell) tries(right bool) bool {
	v := verify.Spend{ID: c.id, Purpose: verify.PasswordReset, Subject: c.subject}
	return must(c.s.Spend(c.t.Context(), v.With(&verify.Defaults, never, func(verify.Challenge) bool { return right })))(c.t).Right
}

// stands are the places where a challenge may stand, and how it comes there. What an
// asker did not bring about leaves it open to them.
var stands = []struct {
	name   string
	status verify.Status
	reach  func(c cell)
}{
	{"pending", verify.Pending, func(cell) {}},
	{"sent", verify.Sent, func(c cell) { c.settles(conversation.Sent); c.issue(2) }},
	{"approved", verify.Approved, func(c cell) { c.ends(verify.Approved, "") }},
	{"max_attempts", verify.MaxAttempts, func(c cell) { c.tries(false); c.tries(false); c.ends(verify.MaxAttempts, "max_attempts") }},
	{"expired", verify.Expired, func(c cell) { c.settles(conversation.Sent); c.ends(verify.Expired, "") }},
	{"canceled by the asker", verify.Canceled, func(c cell) { c.cancels() }},
	{"canceled by NO", verify.Canceled, func(c cell) { c.settles(conversation.Sent); c.issue(2); c.texts("denied") }},
	{"failed", verify.Failed, func(c cell) { c.ends(verify.Failed, "country") }},
}

// moves are all that may happen to a challenge, what becomes of a live one, and whether
// what happens says that it held. Final is final.
var moves = []struct {
	name          string
	pending, sent verify.Status
	reason        string // of one that ends so
	says          bool   // false: it does not say
	do            func(c cell) bool
}{
	{"a code is made", verify.Pending, verify.Sent, "", true, func(c cell) bool {
		return c.issue(1 + int(must(store.Ask(c.t.Context(), c.s, `SELECT sends FROM challenges WHERE id = $1`, c.id))(c.t)))
	}},
	{"the carrier takes it", verify.Sent, verify.Sent, "", false, func(c cell) bool { return c.settles(conversation.Sent) }},
	{"it is delivered", verify.Sent, verify.Sent, "", false, func(c cell) bool { return c.settles(conversation.Delivered) }},
	{"the carrier refuses it", verify.Pending, verify.Sent, "", false, func(c cell) bool { return c.settles(conversation.Failed) }},
	{"it is tried again", verify.Pending, verify.Sent, "", false, func(c cell) bool { return c.settles(conversation.Queued) }},
	{"approved", verify.Approved, verify.Approved, "", true, func(c cell) bool { return c.ends(verify.Approved, "") }},
	{"the right code", verify.Pending, verify.Sent, "", true, func(c cell) bool { return c.tries(true) }},
	{"the right code at the last try", verify.Pending, verify.Sent, "", true, func(c cell) bool { c.tries(false); return c.tries(true) }},
	{"a wrong code", verify.Pending, verify.Sent, "", false, func(c cell) bool { return c.tries(false) }},
	{"wrong codes until they are spent", verify.MaxAttempts, verify.MaxAttempts, "max_attempts", true, func(c cell) bool {
		for range 3 {
			c.tries(false)
		}
		return c.ends(verify.MaxAttempts, "max_attempts")
	}},
	{"its time is over", verify.Expired, verify.Expired, "", true, func(c cell) bool { return c.ends(verify.Expired, "") }},
	{"its time is over, and nobody hears", verify.Expired, verify.Expired, "", true, func(c cell) bool { return must(c.s.Finish(c.t.Context(), c.id, verify.Expired, ""))(c.t) }},
	{"another is asked for when its time is over", verify.Expired, verify.Expired, "", false, func(c cell) bool {
		c.exec(`UPDATE challenges SET expires_at = 1 WHERE id = $1`, c.id)
		c.opens(c.id+"-next", c.phone(), verify.PasswordReset)
		return true
	}},
	{"another is asked for, for another transaction", verify.Canceled, verify.Canceled, "canceled", false, func(c cell) bool {
		next := asked(c.id+"-edited", c.subject, c.phone(), verify.PasswordReset)
		next.Context = "what the customer is shown now"
		o := must(c.s.Open(c.t.Context(), next, time.Minute, nil, verify.Entry{What: "verification.asked"}))(c.t)
		check(c.t, "not opened", o.Challenge.ID == next.ID)
		return true
	}},
	{"it must not be sent", verify.Failed, verify.Failed, "number_type", true, func(c cell) bool { return c.ends(verify.Failed, "number_type") }},
	{"it must not be sent, and nobody hears", verify.Failed, verify.Failed, "no_number", true, func(c cell) bool {
		return must(c.s.Finish(c.t.Context(), c.id, verify.Failed, "no_number"))(c.t)
	}},
	{"the asker cancels", verify.Canceled, verify.Canceled, "canceled", false, func(c cell) bool { return c.cancels() }},
	{"NO", verify.Canceled, verify.Canceled, "denied", false, func(c cell) bool { return c.texts("denied") }},
	{"the code is texted to us", verify.Canceled, verify.Canceled, "texted", false, func(c cell) bool { return c.texts("texted") }},
	{"the code is texted to another line", verify.Canceled, verify.Canceled, "texted elsewhere", false, func(c cell) bool {
		n := must(store.Ask(c.t.Context(), c.s, `SELECT count(*) FROM events`))(c.t)
		commit(c.t, c.s, 2000+c.n, fmt.Sprint(c.id, "elsewhere", n), conversation.Effect{Code: &conversation.Change{Challenge: c.id, To: "burned"}})
		return true
	}},
	{"the account is locked", verify.Canceled, verify.Canceled, "account_locked", false, func(c cell) bool {
		commit(c.t, c.s, 2000+c.n, c.id+"-lock", conversation.Effect{Account: &conversation.AccountChange{Op: "lock", Account: c.subject, Scope: "all", Cause: "flow",
			Conversation: "c" + c.phone(), Line: line, Phone: c.phone(), Run: "r"}})
		return true
	}},
	{"another number takes the place of its", verify.Canceled, verify.Canceled, "number_changed", false, func(c cell) bool {
		id, to := c.id+"-other", phone(6000+c.n)
		c.opens(id, to, verify.NumberChange)
		check(c.t, "no other number", alter(c.t, c.s, to, conversation.Change{Challenge: id, To: "approved", Grant: &conversation.Grant{Rebind: true}}, nil))
		return true
	}},
	{"it is asked for again", verify.Pending, verify.Sent, "", false, func(c cell) bool {
		return must(c.s.Ask(c.t.Context(), c.id, false, time.Millisecond, nil, verify.Entry{What: "verification.resend"}))(c.t).Found
	}},
	{"its customer texts that it has not come", verify.Pending, verify.Sent, "", false, func(c cell) bool {
		c.exec(`UPDATE challenges SET next_send_at = 1 WHERE id = $1`, c.id)
		return must(c.s.Again(c.t.Context(), c.id, verify.Entry{What: "verification.resend"}))(c.t)
	}},
	{"the loop looks at it", verify.Pending, verify.Sent, "", false, func(c cell) bool {
		c.exec(`UPDATE challenges SET work_at = 1 WHERE id = $1`, c.id)
		all := must(c.s.Work(c.t.Context(), 10, time.Minute))(c.t)
		check(c.t, "not looked at", slices.ContainsFunc(all, func(v verify.Challenge) bool { return v.ID == c.id }))
		check(c.t, "not put off", c.s.Later(c.t.Context(), c.id, time.Hour) == nil)
		return true
	}},
	{"a budget counts it", verify.Pending, verify.Sent, "", false, func(c cell) bool {
		_ = must(c.s.Weigh(c.t.Context(), verify.Send{Challenge: c.id, N: 1, Country: "country/US", Block: "block/1"}, func(verify.Counts) verify.Verdict { return verify.Verdict{} }))(c.t)
		return true
	}},
	{"what is left of it is closed", verify.Pending, verify.Sent, "", false, func(c cell) bool {
		check(c.t, "not closed", c.s.CloseChallenge(c.t.Context(), c.id) == nil)
		return true
	}},
}

// TestMovesOfAChallenge has everything happen to a challenge wherever it may stand: a
// live one becomes what it must, with nothing left to send when that is final, and one
// that is final never changes.
func TestMovesOfAChallenge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		seen := map[string]bool{}
		store.Trace(s, func(template string) { seen[template] = true })
		n := 0
		for _, from := range stands {
			for _, move := range moves {
				n++
				t.Run(from.name+": "+move.name, func(t *testing.T) {
					c := cell{t, s, n, fmt.Sprint("ver_move_", n), fmt.Sprint("acc-move-", n)}
					c.opens(c.id, c.phone(), verify.PasswordReset)
					check(t, "not made", c.issue(1))
					from.reach(c)
					before := c.stands(t, from.status)
					held := move.do(c)
					want, reason := map[verify.Status]verify.Status{verify.Pending: move.pending, verify.Sent: move.sent}[from.status], move.reason
					if !from.status.Live() {
						want, reason = from.status, before.reason
					}
					after := c.stands(t, want)
					switch {
					case move.says && held != from.status.Live():
						t.Errorf("it says that it held: %v", held)
					case !from.status.Live() && after != before:
						t.Errorf("it is final and changed:\n%+v\n%+v", before, after)
					case !want.Live() && (after.reason != reason || after.sealed != "" || after.finished == 0):
						t.Errorf("it ended as %+v", after)
					case want.Live() && (after.finished != 0 || after.sealed == ""):
						t.Errorf("it lives as %+v", after)
					}
				})
			}
		}
		for _, text := range statementsOn(t, "challenges") {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(seen)), func(s string) bool { return strings.Contains(s, text) }) {
				t.Errorf("nothing here runs %q: give the grid a move", text)
			}
		}
	})
}

// row is what must not change of a challenge that is over.
type row struct {
	status       verify.Status
	reason       string
	sealed, mac  string
	finished     int64
	grants, sent int64
}

// stands reads a challenge, and expects it to have a status.
func (c cell) stands(t *testing.T, want verify.Status) row {
	t.Helper()
	v, found, err := c.s.Challenge(t.Context(), c.id)
	if err != nil || !found || v.Status != want {
		t.Fatalf("it is %q (%s), want %q: %v", v.Status, v.Reason, want, err)
	}
	count := func(text string) int64 { return must(store.Ask(t.Context(), c.s, text, c.id))(t) }
	return row{v.Status, v.Reason, v.Sealed, v.MAC, count(`SELECT finished_at FROM challenges WHERE id = $1`), count(`SELECT count(*) FROM grants WHERE challenge = $1`), int64(v.Sends)}
}

// statementsOn are the first lines of all statements that change a table, as the sources
// have them.
func statementsOn(t *testing.T, table string) (all []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") {
			all = append(all, regexp.MustCompile(`UPDATE `+table+` SET [^\n`+"`"+`]+`).FindAllString(string(text), -1)...)
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %q", all)
	}
	return all
}
