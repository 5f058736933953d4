package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"parley/conversation"
)

// buried serves a line, lets arrange bring events to their graves, and stops. It
// returns the configuration file.
func buried(t *testing.T, line string, arrange func(s *server)) (file string) {
	t.Helper()
	folder := t.TempDir()
	t.Run("arrange", func(t *testing.T) {
		config := testConfig("sqlite:" + filepath.Join(folder, "parley.db"))
		config.Lines[0].Number = line
		arrange(serveTest(t, config))
	})
	return write(t, folder, "parley.yaml", fmt.Sprintf(minimal, folder))
}

// deadIDs lists the open dead letters.
func deadIDs(t *testing.T, file string) (ids []string) {
	t.Helper()
	code, out, errs := invoke(t, "", "--config", file, "dead", "list")
	if code != 0 || strings.Contains(out+errs, testPhone) {
		t.Fatalf("dead list: %d\n%s%s", code, out, errs)
	}
	for _, row := range strings.Split(strings.TrimSpace(out), "\n")[1:] {
		ids = append(ids, strings.Fields(row)[0])
	}
	return ids
}

// peek opens the file's store for a look.
func peek(t *testing.T, file string) (c conversation.Conversation, found bool) {
	t.Helper()
	config, err := LoadConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openStore(context.Background(), config, "test", (&Program{Err: &syncBuffer{}}).logger(false))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, found, err = s.Conversation(t.Context(), s.ConversationID(testLine, testPhone))
	if err != nil {
		t.Fatal(err)
	}
	return c, found
}

// TestRetryFindsTheSameCustomer: a carrier writes numbers in its own way; retried,
// an orphan belongs to the conversation that its sender has.
func TestRetryFindsTheSameCustomer(t *testing.T) {
	t.Parallel()
	file := buried(t, "+12025550199", func(s *server) { // the line is not configured yet
		if status := s.signed("/webhooks/lab", `{"type":"message.received","data":{"id":"m1","from":"12025550123","to":"`+testLine+`","text":"hello"}}`); status/100 != 2 {
			t.Fatalf("the orphan was answered %d", status)
		}
	})
	ids := deadIDs(t, file)
	if len(ids) != 1 {
		t.Fatalf("%d dead letters", len(ids))
	}
	if code, out, errs := invoke(t, "", "--config", file, "dead", "retry", ids[0]); code != 0 {
		t.Fatalf("%d\n%s%s", code, out, errs)
	}
	if c, found := peek(t, file); !found || c.Rev != 1 {
		t.Errorf("the customer's own conversation: found %v, rev %d", found, c.Rev)
	}
	if ids := deadIDs(t, file); len(ids) != 0 {
		t.Errorf("still open: %v", ids)
	}
}

// TestRetryThatFailsAgain says so, and leaves exactly one letter, which a later
// retry applies.
func TestRetryThatFailsAgain(t *testing.T) {
	t.Parallel()
	file := buried(t, testLine, func(s *server) { s.texts("hello") })
	state := func(text string) {
		db, err := sql.Open("sqlite", strings.TrimPrefix(mustLoad(t, file).Database, "sqlite:"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(`UPDATE conversations SET state = $1`, text); err != nil {
			t.Fatal(err)
		}
	}
	state("{") // no state that can be read
	config := mustLoad(t, file)
	config.Listen, config.Admin = "127.0.0.1:0", "off"
	t.Run("bury", func(t *testing.T) { serveTest(t, config).texts("lost pralines") })
	ids := deadIDs(t, file)
	if len(ids) != 1 {
		t.Fatalf("%d dead letters", len(ids))
	}
	code, out, errs := invoke(t, "", "--config", file, "dead", "retry", ids[0])
	if code == 0 || !strings.Contains(errs, "again") || strings.Contains(out+errs, "pralines") {
		t.Errorf("a retry that failed: %d\n%s%s", code, out, errs)
	}
	next := deadIDs(t, file)
	if len(next) != 1 || next[0] == ids[0] {
		t.Fatalf("open letters %v, before %v", next, ids)
	}
	state("{}")
	if code, out, errs := invoke(t, "", "--config", file, "dead", "retry", next[0]); code != 0 || !strings.Contains(out, "applied") {
		t.Fatalf("%d\n%s%s", code, out, errs)
	}
	if c, _ := peek(t, file); c.Rev != 2 {
		t.Errorf("rev %d, want 2", c.Rev)
	}
	if ids := deadIDs(t, file); len(ids) != 0 {
		t.Errorf("still open: %v", ids)
	}
}

func mustLoad(t *testing.T, file string) Config {
	t.Helper()
	config, err := LoadConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// TestNoApprovalIsRetried: what became of a code that could not be applied is no proof
// later, whether the letter says that it was guarded or is an older one.
func TestNoApprovalIsRetried(t *testing.T) {
	t.Parallel()
	file := buried(t, testLine, func(s *server) {
		s.asked(http.MethodPost, "/lock", map[string]any{}, http.StatusOK)
		unlock := []any{"purpose", "account_unlock", "subject", "acc-1"}
		id, code := s.asks(login(unlock...))
		grant := s.granted(s.key, "other")
		db := ledger(t, s.house.config.Database)
		spoil := func(to string) {
			if _, err := db.ExecContext(t.Context(), `UPDATE conversations SET state = $1`, to); err != nil {
				t.Fatal(err)
			}
		}
		spoil("{")
		if status, out := s.checks(id, tried(code, unlock...)); status != http.StatusUnprocessableEntity {
			t.Errorf("the code: %d %v", status, out)
		}
		s.do(http.MethodPost, "/v1/grants/redeem", s.key, map[string]any{"grant": grant})
		spoil("{}")
		s.account("locked")
	})
	for _, older := range []bool{false, true} {
		ids := deadIDs(t, file)
		if len(ids) != 2 {
			t.Fatalf("%d dead letters", len(ids))
		}
		for _, id := range ids {
			code, out, errs := invoke(t, "", "--config", file, "dead", "retry", id)
			if older && code == 0 && strings.Contains(out, "applied") {
				continue // a receipt of a password that was not changed, if it says no more
			}
			if code == 0 || !strings.Contains(errs, "for that moment alone") {
				t.Errorf("%d\n%s%s", code, out, errs)
			}
		}
		if _, err := ledger(t, mustLoad(t, file).Database).ExecContext(t.Context(), `UPDATE dead_letters SET event = REPLACE(event, '"guarded":true', '"guarded":false')`); err != nil {
			t.Fatal(err)
		}
	}
	config := mustLoad(t, file)
	config.Listen, config.Admin = "127.0.0.1:0", "127.0.0.1:0"
	t.Run("stands", func(t *testing.T) {
		if a := serveTest(t, config).account("locked"); strings.Contains(a["raw"].(string), `"verifying"`) {
			t.Errorf("%s", a["raw"])
		}
	})
}
