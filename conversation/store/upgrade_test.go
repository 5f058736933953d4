package store_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// earlier is the version of the schema before numbers could be suspended for a subject, and
// codes be sent again for their customer.
const earlier = 20

// ofAnEarlierVersion makes a database of the same engine as it was then.
func ofAnEarlierVersion(t *testing.T, url string) (older string) {
	t.Helper()
	older = "sqlite:" + filepath.Join(t.TempDir(), "older.db")
	if !strings.HasPrefix(url, "sqlite:") {
		older = storetest.URL(t, "postgres")
		db, _, err := store.SQL(t.Context(), store.Options{URL: older})
		check(t, "not emptied", err == nil)
		defer db.Close()
		_, err = db.ExecContext(t.Context(), `DROP SCHEMA public CASCADE; CREATE SCHEMA public`)
		check(t, "not emptied", err == nil)
	}
	check(t, "not made", store.MigrateTables(t.Context(), store.Options{URL: older}, earlier) == nil)
	return older
}

// carriesOver copies what the older database has columns for.
func carriesOver(t *testing.T, from, to string, tables ...string) {
	t.Helper()
	source, _, err := store.SQL(t.Context(), store.Options{URL: from})
	check(t, "not read", err == nil)
	defer source.Close()
	target, _, err := store.SQL(t.Context(), store.Options{URL: to})
	check(t, "not written", err == nil)
	defer target.Close()
	for _, table := range tables {
		none := must(target.QueryContext(t.Context(), `SELECT * FROM `+table+` WHERE 1 = 0`))(t)
		names := must(none.Columns())(t)
		check(t, "not read", none.Close() == nil)
		list := strings.Join(names, ", ")
		rows := must(source.QueryContext(t.Context(), `SELECT `+list+` FROM `+table))(t)
		n := 0
		for ; rows.Next(); n++ {
			values, marks, into := make([]any, len(names)), make([]string, len(names)), make([]any, len(names))
			for i := range names {
				marks[i], into[i] = fmt.Sprint("$", i+1), &values[i]
			}
			check(t, "not read", rows.Scan(into...) == nil)
			_, err := target.ExecContext(t.Context(), `INSERT INTO `+table+` (`+list+`) VALUES (`+strings.Join(marks, ", ")+`)`, values...)
			check(t, fmt.Sprint(table, " not written: ", err), err == nil)
		}
		check(t, "nothing of "+table, n > 0 && rows.Close() == nil)
	}
}

// TestWhatIsOpenOutlivesAnUpgrade: a code that is out is still good, a number is bound and
// can be called wrong, and an alert can be answered, when their rows have the columns of
// before. The JSON in them is this version's.
func TestWhatIsOpenOutlivesAnUpgrade(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		before := newLastTry(t, url)
		last := before.asks(phone(4400))
		bound := before.asks(phone(4401))
		must(before.Check(t.Context(), bound))(t)
		commit(t, before.s, 4402, "alert", wants("alert", 4402, "t1"))
		older := ofAnEarlierVersion(t, url)
		carriesOver(t, url, older, "installation", "feed_head", "challenges", "bindings", "accounts", "conversations")
		check(t, "not migrated", store.Migrate(t.Context(), store.Options{URL: older}) == nil)

		l := newLastTry(t, older)
		_, err := l.Check(t.Context(), last)
		check(t, fmt.Sprint("the right code: ", err), err == nil)
		for _, c := range []verify.Check{last, bound} {
			is := must(l.s.Person(t.Context(), c.Subject, "", verify.PasswordReset))(t)
			check(t, fmt.Sprintf("%s is not bound: %+v", c.Subject, is), is.Phone == l.is(c.ID).Phone && is.Suspended == "" && is.AgreedAt == 0)
		}
		a := account(t, l.s)
		check(t, fmt.Sprint("it is ", a.State), a.State == verify.Alerted && !a.ChangePassword())
		commit(t, l.s, 4402, "no", wants("lock", 4402, "t1"))
		check(t, "not locked", account(t, l.s).State == verify.Locked)
		commit(t, l.s, 4401, "wrong", conversation.Effect{Code: &conversation.Change{To: "suspended", Reason: "wrong_number", Phone: phone(4401)}})
		is := must(l.s.Person(t.Context(), bound.Subject, "", verify.PasswordReset))(t)
		check(t, "a wrong number still proves something", is.Suspended == "wrong_number")
	})
}
