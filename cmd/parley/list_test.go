package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/flows"
)

// deliveries is a list with everything that spreadsheets do to one: a BOM,
// semicolons, quotes, CRLF, a column too many, one without a name.
const deliveries = "\xef\xbb\xbfPhone;name;\"Order no\";language;Nobody's business;\r\n" +
	"+12025550123;\"Ann; \"\"A\"\"\";A-1;en;x;1\r\n" +
	"202 555 0124;Bea;A-2;;;\r\n" +
	"+12025550123;\"Ann; \"\"A\"\"\";A-1;en;y;2\r\n"

// listConfig is a configuration for commands beside the server.
func listConfig(t *testing.T, s *server) (file string) {
	t.Helper()
	return write(t, t.TempDir(), "parley.yaml", fmt.Sprintf("database: %q\nadmin: \"off\"\nbrands: {acme: {name: Acme}}\ncarriers: {lab: {provider: loopback, secret: %q, rate: 100}}\nlines: [{number: %q, carrier: lab, brand: acme}]\n",
		s.house.config.Database, testSecret, testLine))
}

func TestTriggerList(t *testing.T) {
	t.Parallel()
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	file := write(t, t.TempDir(), "list.csv", deliveries)
	args := []string{"trigger", "order.delivered", "--csv", file, "--map", "to=Phone", "--map", "data.order=Order no",
		"--url", "http://" + s.house.address, "--key", s.key, "-c", listConfig(t, s)}
	code, out, errs := invoke(t, "", append(args, "--dry-run")...)
	if code != 0 || !strings.Contains(out, `"order":"A-1"`) || !strings.Contains(errs, "3 good rows, 0 bad; at 100 rows a second") || !strings.Contains(errs, "Nobody's business") {
		t.Fatalf("dry run: %d %s%s", code, out, errs)
	}
	if len(s.carrier.Messages()) != 0 {
		t.Fatal("the dry run sent something")
	}
	code, out, errs = invoke(t, "", args...)
	if code != 0 || !strings.Contains(out, "3 rows taken (1 of them before, or twice in the list), 0 refused, 0 bad") {
		t.Fatalf("%d %s%s", code, out, errs)
	}
	if a, b := s.hears(1), s.hears(2); !strings.Contains(a+b, `Hi Ann; "A", order A-1 was delivered`) || !strings.Contains(a+b, "Hi Bea, order A-2") {
		t.Errorf("heard %q and %q", a, b)
	}
	code, out, _ = invoke(t, "", args...)
	if code != 0 || !strings.Contains(out, "3 rows taken (3 of them before") || len(s.carrier.Messages()) != 2 {
		t.Errorf("again: %d %s, %d texts", code, out, len(s.carrier.Messages()))
	}
	if _, out, _ := invoke(t, "", append(args, "--label", "again", "--from", "3")...); !strings.Contains(out, "2 rows taken,") {
		t.Errorf("under another label from line 3: %s", out)
	}
}

func TestTriggerListRefuses(t *testing.T) {
	t.Parallel()
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	folder, config := t.TempDir(), listConfig(t, s)
	for name, c := range map[string]struct {
		text string
		says []string
	}{
		"no phones":       {"name,order\nAnn,A-1\n", []string{"no column has the phones"}},
		"empty":           {"", []string{"first line"}},
		"twice":           {"to,to\n1,2\n", []string{`two columns are called "to"`}},
		"bad rows":        {"to,name,order\nx,Ann,A-1\n+12025550123,Ann,\n+12025550123,Ann\n+12025550124,B\"ob,A\n+12025550125,\xff,A\n+12025550126,Cy,A-9\n", []string{":2: to: not a phone", ":3: order is missing", ":4: it has 2 columns", ":5: bare \"", ":6: it is not UTF-8", "5 of 6 rows are bad and nothing was sent"}},
		"an open quote":   {"to,name,order\n+12025550123,\"Ann,A-1\n" + strings.Repeat("x\n", 200_000), []string{"is a quote left open?"}},
		"latin-1 columns": {"to,stra\xdfe\n", []string{"not UTF-8"}},
	} {
		file := write(t, folder, "list.csv", c.text)
		args := []string{"trigger", "order.delivered", "--csv", file, "--url", "http://" + s.house.address, "--key", s.key, "-c", config}
		code, _, errs := invoke(t, "", args...)
		for _, says := range c.says {
			if code != 1 || !strings.Contains(errs, says) {
				t.Errorf("%s: %d, and it does not say %q:\n%.2000s", name, code, says, errs)
			}
		}
	}
	if n := len(s.carrier.Messages()); n != 0 {
		t.Errorf("%d texts went out", n)
	}
	file := write(t, folder, "list.csv", "to,name,order\nx,Ann,A-1\n+12025550126,Cy,A-9\n")
	code, out, errs := invoke(t, "", "trigger", "order.delivered", "--csv", file, "--skip-bad", "--url", "http://"+s.house.address, "--key", s.key, "-c", config)
	if code != 0 || !strings.Contains(out, "1 rows taken, 0 refused, 1 bad") {
		t.Errorf("skipping the bad: %d %s%s", code, out, errs)
	}
}

// TestTriggerListInterrupted stops in the middle: what is under way is waited for,
// and the same command goes on from there.
func TestTriggerListInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	seen := map[string]int{}
	posts := 0
	business := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Events []struct {
				Key string `json:"idempotency_key"`
			}
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		if posts++; posts == 2 {
			cancel()
		}
		var results []map[string]any
		for i, e := range body.Events {
			status := "accepted"
			if seen[e.Key]++; seen[e.Key] > 1 {
				status = "repeated"
			}
			results = append(results, map[string]any{"index": i, "status": status, "conversation": "c", "messages": []string{}})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"results": results})
	}))
	defer business.Close()
	var list strings.Builder
	list.WriteString("to,name,order\n")
	for i := range 30 {
		fmt.Fprintf(&list, "+1202555%04d,Ann,A-%d\n", i, i)
	}
	folder := t.TempDir()
	file := write(t, folder, "list.csv", list.String())
	config := write(t, folder, "parley.yaml", fmt.Sprintf(minimal, folder))
	args := []string{"trigger", "order.delivered", "--csv", file, "--rate", "10/s", "--url", business.URL, "--key", "k", "-c", config}
	var out, errs syncBuffer
	p := &Program{In: strings.NewReader(""), Out: &out, Err: &errs, Env: os.LookupEnv}
	if code := p.Run(ctx, args); code != 1 || !strings.Contains(out.String(), "20 rows taken,") || !strings.Contains(errs.String(), "interrupted: the last row taken is line 21; the same command goes on") {
		t.Errorf("%d %s%s", code, out.String(), errs.String())
	}
	code, second, _ := invoke(t, "", append(args, "--rate", "10000/s")...)
	if code != 0 || !strings.Contains(second, "30 rows taken (20 of them before") || len(seen) != 30 {
		t.Errorf("again: %d %s", code, second)
	}
}

// endless is a list without an end, which must not be kept.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	line := "to,order\n"
	if e.n > 0 {
		line = "+12025550123,A-1\n"
	}
	e.n++
	return copy(p, line), nil
}

func TestListIsNotKept(t *testing.T) {
	l, err := openList(&endless{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	grown := testing.AllocsPerRun(1000, func() {
		if r, err := l.next(); err != nil || len(r.problems) > 0 {
			t.Fatal(r.problems, err)
		}
	})
	if grown > 60 {
		t.Errorf("%v allocations for a row", grown)
	}
}

func FuzzList(f *testing.F) {
	f.Add([]byte(deliveries))
	f.Add([]byte("to,order\n\"+12025550123,\"\n,,,\n"))
	library, err := flows.Load([]string{"library"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := openList(strings.NewReader(string(text)), nil)
		if err != nil {
			return
		}
		l.flows = library.ForEvent("order.delivered")
		for range len(text) + 1 {
			r, err := l.next()
			if errors.Is(err, io.EOF) || err != nil {
				return
			}
			if len(r.problems) == 0 && (r.row.IdempotencyKey == "" || r.row.To[0] != '+') {
				t.Errorf("a good row without key or phone: %+v", r)
			}
		}
		t.Error("it does not end")
	})
}

func TestProgressLine(t *testing.T) {
	p := &progress{what: "rows", total: 10_000}
	if got := p.line(4500, 450*time.Second); got != "4500 of 10000 rows (45%), 10.0/s, 9m10s left" {
		t.Error(got)
	}
	if got := p.bar(5000); got != "████████████░░░░░░░░░░░░ " {
		t.Error(got)
	}
}

func TestRates(t *testing.T) {
	for text, want := range map[string]float64{"5/s": 5, "300/m": 5, "3600/h": 1, "2": 2, "0/s": 0, "-1": 0, "x": 0, "5/d": 0, "NaN": 0, "Inf/s": 0} {
		if got, err := perSecond(text); got != want || (err == nil) != (want > 0) {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
}
