package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"parley/conversation/store/storetest"
)

func TestContactsDoor(t *testing.T) {
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	const path = "/v1/contacts/%2B12025550177"
	if code, _ := s.do(http.MethodGet, path, s.key, nil); code != 404 {
		t.Errorf("nobody is known: %d", code)
	}
	body := map[string]any{"name": "Ann", "language": "es", "timezone": "Europe/Madrid", "tags": []string{"vip"}, "fields": map[string]any{"tier": "gold", "n": 3}}
	if code, out := s.do(http.MethodPut, path, s.key, body); code != 200 || out["phone"] != "+12025550177" {
		t.Errorf("%d %v", code, out)
	}
	code, out := s.do(http.MethodGet, path, s.key, nil)
	fields, _ := out["fields"].(map[string]any)
	if code != 200 || out["name"] != "Ann" || fields["tier"] != "gold" || fields["n"] != 3.0 {
		t.Errorf("%d %v", code, out)
	}
	if code, out := s.do(http.MethodPut, path, s.key, map[string]any{"name": "Ben"}); code != 200 || out["language"] != nil {
		t.Errorf("what the body leaves out stays: %d %v", code, out)
	}
	many := map[string]any{}
	for i := range 51 {
		many[strings.Repeat("a", i+1)] = 1
	}
	for what, bad := range map[string]any{
		"body.language": map[string]any{"language": "no language"},
		"body.timezone": map[string]any{"timezone": "Mars/Olympus"},
		"body.tags":     map[string]any{"tags": []string{"a b"}},
		"has its own":   map[string]any{"fields": map[string]any{"name": "Ann"}},
		"blanks":        map[string]any{"fields": map[string]any{" a": 1}},
		"body.fields":   map[string]any{"fields": many},
		"8192":          map[string]any{"fields": map[string]any{"a": strings.Repeat("x", 9000)}},
	} {
		if code, out := s.do(http.MethodPut, path, s.key, bad); code != 422 || !strings.Contains(out["raw"].(string), what) {
			t.Errorf("%s: %d %s", what, code, out["raw"])
		}
	}
	if code, _ := s.do(http.MethodPut, "/v1/contacts/nobody", s.key, body); code != 422 {
		t.Errorf("a phone that is none: %d", code)
	}
	if code, _ := s.do(http.MethodGet, path, s.newKey("live", "read"), nil); code != 403 {
		t.Errorf("without the scope: %d", code)
	}
}

// A flow greets by the contact, in its language, and labels it; the record of the
// event keeps what it read and nothing else.
func TestFlowsKnowTheContact(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write(t, folder, "greet.yaml", `
flow: greet
trigger: {events: [greet.me]}
languages: [en, es]
start: s
states:
  s:
    do: [{tag: greeted}]
    say: {en: "Hi {{ contact.name }}, {{ contact.fields.tier }}.", es: "Hola {{ contact.name }}, {{ contact.fields.tier }}."}
    end: done
`)
	for _, engine := range storetest.Engines {
		t.Run(engine, func(t *testing.T) {
			c := testConfig(storetest.URL(t, engine))
			c.Flows = []string{folder}
			s := serveTest(t, c)
			body := map[string]any{"name": "Ann", "language": "es-MX", "timezone": "Europe/Madrid", "tags": []string{"vip"}, "fields": map[string]any{"tier": "gold", "secret": "s3cret"}}
			if code, out := s.do(http.MethodPut, "/v1/contacts/%2B12025550123", s.key, body); code != 200 {
				t.Fatal(out)
			}
			code, out := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "greet.me", "to": testPhone})
			if code != 202 {
				t.Fatal(out)
			}
			id := out["messages"].([]any)[0].(string)
			if _, out := s.do(http.MethodGet, "/v1/messages/"+id, s.key, nil); out["text"] != "Hola Ann, gold." {
				t.Errorf("said %v", out["text"])
			}
			_, known := s.do(http.MethodGet, "/v1/contacts/%2B12025550123", s.key, nil)
			if tags, _ := known["tags"].([]any); len(tags) != 2 || tags[1] != "greeted" || known["name"] != "Ann" {
				t.Errorf("%v", known)
			}
			events, _, err := s.house.store.Thread(t.Context(), out["conversation"].(string), 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			first := events[len(events)-1].Data
			if want := `"ct":{"name":"Ann","language":"es-MX","tags":["vip"],"fields":{"tier":"gold"}}`; !strings.Contains(first, want) {
				t.Errorf("the record has not %s:\n%s", want, first)
			}
		})
	}
}

// TestContactsAtScale imports many contacts, imports them again and exports them, in
// little memory: five thousand, and a million under make bench.
func TestContactsAtScale(t *testing.T) {
	rows := 5_000
	if os.Getenv("PARLEY_BENCH") != "" {
		rows = 1_000_000
	}
	folder := t.TempDir()
	from, to := manyContacts(t, folder, rows), filepath.Join(folder, "out.csv")
	storetest.EachURL(t, func(t *testing.T, url string) {
		config := write(t, t.TempDir(), "parley.yaml", strings.Replace(minimal, "sqlite:%s/parley.db", url, 1))
		for _, step := range []struct {
			args []string
			says string
		}{
			{[]string{"import", from}, fmt.Sprintf("%d good (%d new or changed), 0 bad", rows, rows)},
			{[]string{"import", from}, fmt.Sprintf("%d good (0 new or changed), 0 bad", rows)},
			{[]string{"export", to}, ""},
		} {
			began, most := time.Now(), heapDuring(t)
			var out, errs syncBuffer
			p := &Program{In: strings.NewReader(""), Out: &out, Err: &errs, Env: os.LookupEnv}
			code := p.Run(t.Context(), append([]string{"-c", config, "contacts"}, step.args...))
			took, heap := time.Since(began), most()
			if code != 0 || !strings.Contains(errs.String(), step.says) {
				t.Fatalf("%s: exit %d, %s", step.args[0], code, errs.String())
			}
			t.Logf("%s of %d: %v, %.0f a second, %d MiB of heap at most", step.args[0], rows, took.Round(time.Millisecond), float64(rows)/took.Seconds(), heap>>20)
			if heap > 128<<20 {
				t.Errorf("%s holds %d MiB: it is to hold a page at a time", step.args[0], heap>>20)
			}
		}
		exported, err := os.ReadFile(to)
		if err != nil || bytes.Count(exported, []byte("\n")) != rows+1 {
			t.Errorf("%d lines were exported (%v)", bytes.Count(exported, []byte("\n")), err)
		}
	})
}

// manyContacts writes a file of contacts as an export would.
func manyContacts(t *testing.T, folder string, rows int) (path string) {
	t.Helper()
	path = filepath.Join(folder, "in.csv")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriter(file)
	fmt.Fprintln(out, "phone,name,language,timezone,tags,city,tier")
	for i := range rows {
		fmt.Fprintf(out, "+1202%07d,Ann %d,%s,America/New_York,%s,Lima,gold\n", 2_000_000+i, i, []string{"en", "es"}[i%2], []string{"", "vip new"}[i%2])
	}
	if err := errors.Join(out.Flush(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// heapDuring watches the heap until most is called, which says how large it was.
func heapDuring(t *testing.T) (most func() uint64) {
	t.Helper()
	runtime.GC()
	var peak uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-stopped
		return peak
	}
}
