package main

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/conversation/verify"
	"parley/inbound"
)

// TestAuditCommands: verify prints a head and takes it again, names the row that was
// tampered with, and exits accordingly; list shows who did what.
func TestAuditCommands(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	database := "sqlite:" + filepath.Join(folder, "parley.db")
	file := write(t, folder, "parley.yaml", "database: "+database+"\n")
	s, err := openStore(t.Context(), mustLoad(t, file), "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	lock := verify.AccountEvent{Op: verify.OpLock, Who: "key_1", Scope: "all", Cause: "agent", Agent: "ann", Reason: "phone \x1b[31mstolen\n9  row"}
	for _, ref := range []string{"acc-1", "+12025550123", "acc-3"} {
		if _, err := s.ChangeAccount(t.Context(), ref, false, lock, inbound.Once{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.RelayAudit(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	code, out, errs := invoke(t, "", "--config", file, "audit", "verify")
	if lines := strings.Split(strings.TrimSpace(out), "\n"); code != 0 || !strings.HasPrefix(out, "2 more entries wait") || !strings.HasPrefix(lines[len(lines)-1], "4:") {
		t.Errorf("with rows that wait: %d %s %s", code, out, errs)
	}
	if _, err := s.RelayAudit(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	s.Close()

	code, out, errs = invoke(t, "", "--config", file, "audit", "verify")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	head := lines[len(lines)-1]
	if code != 0 || !strings.HasPrefix(head, "6:") || strings.Contains(out, "wait") {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	if code, _, errs := invoke(t, "", "--config", file, "audit", "verify", "--head", head); code != 0 {
		t.Errorf("the head that it printed: %d %s", code, errs)
	}
	if code, _, errs := invoke(t, "", "--config", file, "audit", "verify", "--head", "7"+head[1:]); code != 1 || !strings.Contains(errs, "row 7 is missing") {
		t.Errorf("a trail that was cut: %d %s", code, errs)
	}
	_, out, _ = invoke(t, "", "--config", file, "audit", "list", "--subject", "+12025550123", "--since", "1d")
	if !strings.Contains(out, "agent:ann by key_1") || strings.Count(out, "\n") != 3 || strings.Contains(out, "acc-1") || strings.Contains(out, "2025550123") || strings.Contains(out, "\x1b") {
		t.Errorf("%q", out)
	}
	if _, err := ledger(t, database).ExecContext(t.Context(), `DROP TRIGGER audit_no_update`); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger(t, database).ExecContext(t.Context(), `UPDATE audit SET data = REPLACE(data, 'ann', 'bob') WHERE seq = 4`); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := invoke(t, "", "--config", file, "audit", "verify"); code != 1 || !strings.Contains(errs, "row 4 is not what was written") || strings.Contains(out, ":") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	for _, args := range [][]string{{"verify", "--head", "x"}, {"list", "--since", "soon"}} {
		if code, _, _ := invoke(t, "", append([]string{"--config", file, "audit"}, args...)...); code != 2 {
			t.Errorf("%v: exit code %d", args, code)
		}
	}
}

func TestAccountRules(t *testing.T) {
	none, long := time.Duration(0), 25*time.Hour
	for _, c := range []struct {
		config AccountsConfig
		rules  verify.Rules
		bad    int
	}{
		{AccountsConfig{}, verify.Rules{}, 0},
		{AccountsConfig{Cooling: &none, Alert: time.Hour}, verify.Rules{Cooling: -1, AlertFor: time.Hour}, 0},
		{AccountsConfig{Cooling: &long, Alert: 73 * time.Hour}, verify.Rules{Cooling: long, AlertFor: 73 * time.Hour}, 2},
	} {
		bad := 0
		c.config.check(func(string, ...any) { bad++ })
		if bad != c.bad || c.config.rules() != c.rules {
			t.Errorf("%+v: %d complaints, %+v", c.config, bad, c.config.rules())
		}
	}
}
