package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parley/conversation"
)

// TestResults plays conversations to their ends and reads the results back.
func TestResults(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		phones := []string{testPhone, "+12025550124", "+12025550125"}
		for i, to := range phones {
			s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "order.delivered", "to": to, "data": map[string]any{"name": "Ann", "order": fmt.Sprint("A-", i)}})
		}
		s.hears(3)
		s.texts("yes")
		s.hears(4)
		s.texts("1")
		s.hears(5)
		file := write(t, t.TempDir(), "parley.yaml", fmt.Sprintf("database: %q\nadmin: \"off\"\nbrands: {acme: {name: Acme}}\ncarriers: {lab: {provider: loopback, secret: %q}}\nlines: [{number: %q, carrier: lab, brand: acme}]\n",
			s.house.config.Database, testSecret, testLine))
		results := func(more ...string) string {
			code, out, errs := invoke(t, "", append([]string{"results", "delivery_feedback", "-c", file}, more...)...)
			if code != 0 {
				t.Errorf("%v: %d %s", more, code, errs)
			}
			return out
		}
		table := results()
		for _, want := range []string{"delivery_feedback: 1 run, 1 answered", "100% ██████████", "+1•••••0123", "order=A-0"} {
			if !strings.Contains(table, want) {
				t.Errorf("the table lacks %q:\n%s", want, table)
			}
		}
		if strings.Contains(table, testPhone) {
			t.Error("the table shows a whole number")
		}
		if full := results("--full"); !strings.Contains(full, testPhone) {
			t.Errorf("--full hides the number:\n%s", full)
		}
		lines := strings.Split(strings.TrimSpace(results("--csv")), "\n")
		if len(lines) != 2 || !strings.HasPrefix(lines[0], "run,started,ended,phone,key") || !strings.Contains(lines[1], ","+testPhone+",") {
			t.Errorf("CSV:\n%s", strings.Join(lines, "\n"))
		}
		if live := results("--live", "--json"); strings.Count(live, "\n") != 3 || !strings.Contains(live, `"phone":"+12025550125"`) {
			t.Errorf("with the live ones:\n%s", live)
		}
		if one := results("--live", "--json", "--where", "order=A-2"); strings.Count(one, "\n") != 1 || strings.Contains(one, "outcome") {
			t.Errorf("one order:\n%s", one)
		}
		if none := results("--where", "outcome=nothing"); !strings.Contains(none, "0 runs") {
			t.Errorf("no row fits:\n%s", none)
		}
	})
}

func TestResultsRefuses(t *testing.T) {
	folder := t.TempDir()
	file := write(t, folder, "parley.yaml", fmt.Sprintf(minimal, folder))
	for _, args := range [][]string{{"--since", "yesterday"}, {"--until", "x"}, {"--where", "outcome"}} {
		if code, _, errs := invoke(t, "", append([]string{"results", "f", "-c", file}, args...)...); code != 1 || !strings.Contains(errs, args[0]) {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
}

func TestSummary(t *testing.T) {
	s := newSummary()
	for i, wait := range []int64{1000, 9000, 3000, 0} {
		_ = s.add(conversation.Ended{Outcome: fmt.Sprint("o", i%3), EndedAt: 1, AnswerIn: wait})
	}
	var out strings.Builder
	s.print(&out, "f")
	want := "f: 4 runs, 3 answered, half of them within 3s\n" +
		"  o0      2   50% ███████████████\n  o1      1   25% ███████\n  o2      1   25% ███████\n"
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}

func TestTame(t *testing.T) {
	for in, want := range map[string]string{"": "", "hi": "hi", "-4.5": "-4.5", "=1+1": "'=1+1", "@x": "'@x", "+cmd": "'+cmd", "'tis": "'tis", "'=1": "''=1", "''=1": "'''=1"} {
		if got := tame(in); got != want || untame(got) != in {
			t.Errorf("%q becomes %q, want %q, and then %q", in, got, want, untame(got))
		}
	}
}
