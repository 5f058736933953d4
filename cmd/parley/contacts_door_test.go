package main

import (
	"net/http"
	"os"
	"path/filepath"
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

// TestContactsAtScale imports and exports many contacts; it is run by hand.
func TestContactsAtScale(t *testing.T) {
	from := os.Getenv("PARLEY_CONTACTS")
	if from == "" {
		t.Skip("PARLEY_CONTACTS names no CSV file to measure with")
	}
	for _, engine := range storetest.Engines {
		folder := t.TempDir()
		config := write(t, folder, "parley.yaml", strings.Replace(minimal, "sqlite:%s/parley.db", storetest.URL(t, engine), 1))
		for _, what := range [][]string{{"import", from}, {"import", from}, {"export", filepath.Join(folder, "out.csv")}} {
			began := time.Now()
			var o, e syncBuffer
			p := &Program{In: strings.NewReader(""), Out: &o, Err: &e, Env: os.LookupEnv}
			code := p.Run(t.Context(), append([]string{"-c", config, "contacts"}, what...))
			t.Logf("%s %s: %v, exit %d, %s", engine, what[0], time.Since(began), code, e.String())
		}
	}
}
