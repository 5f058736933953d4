package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/conversation/store/storetest"
)

// marker stands in every strange value: no answer may repeat it.
const marker = "Zq7marker"

// strange are values for a field that no field is meant to have, as JSON.
func strange() map[string]string {
	text := func(s string) string { b, _ := json.Marshal(s); return string(b) } // texts always encode
	return map[string]string{
		"null": `null`, "true": `true`, "a number": `7`, "a large number": `1e400`, "a long number": strings.Repeat("9", 400), "a negative one": `-1`,
		"a list": `["` + marker + `"]`, "an object": `{"x":"` + marker + `"}`, "nothing": `""`, "a space": `" "`,
		"a word": text(marker), "long": text(strings.Repeat(marker, 1000)), "longer than a body": text(strings.Repeat("x", 20<<10)),
		"U+0000": text(marker + "\x00"), "a lone surrogate": `"` + marker + `\ud800"`, "invalid UTF-8": "\"" + marker + "\xff\xfe\"",
		"full width": text("１２３４５６"), "Arabic digits": text("١٢٣٤٥٦"), "right to left": text("\u202e" + marker), "zero width": text("1\u200b2\u200d3456" + marker),
		"an emoji": text("🔑" + marker), "combining": text("e" + strings.Repeat("\u0301", 200)), "a Cyrillic login": text("lоgin"), "a Turkish i": text("logİn"),
		"a line break": text(marker + "\r\nX-Evil: 1"), "SQL": text(marker + "'; DROP TABLE challenges; --"), "a template": text("{{ " + marker + " }}"),
		"deep": strings.Repeat("[", 200) + strings.Repeat("]", 200), "deeper": strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000),
	}
}

// TestEveryFieldMayBeWrong: whatever a field, a query or a name in the path of any
// operation holds, the answer is a problem, never a failure of ours, and does not repeat
// what it was given.
func TestEveryFieldMayBeWrong(t *testing.T) { // by itself: thirty at once want all of the machine
	gateHouse(t, func(c *Config) {
		c.Codes.Limits.NumberHour.Most, c.Codes.Limits.NumberHour.Per = 100_000, 3600e9
		c.Codes.Limits.NumberDay, c.Codes.Limits.SubjectSendsHour, c.Codes.Limits.SubjectSendsDay = c.Codes.Limits.NumberHour, c.Codes.Limits.NumberHour, c.Codes.Limits.NumberHour
	}, func(t *testing.T, s *server) {
		f := s.fuzz()
		f.good()
		f.everyOperation()
		all(len(f.requests), func(i int) { // answers about codes take their time: many at once
			r := f.requests[i]
			status, out := s.do(r.method, r.path, s.key, r.body, r.headers...)
			s.isProblem(fmt.Sprintf("%s %.80s: %s", r.method, r.path, r.what), r.said(status), status, out)
		})
		t.Logf("%d requests", len(f.requests))
		if log := s.logs.String(); strings.Contains(log, "level=ERROR") || strings.Contains(log, marker) {
			t.Errorf("the log:\n%s", log)
		}
	})
}

func encoded(v any) string {
	b, _ := json.Marshal(v) // maps of texts always encode
	return string(b)
}

// isProblem accepts what worked, too: some strange values are only unusual. said: it may
// say what it was given.
func (s *server) isProblem(what string, said bool, status int, out map[string]any) {
	s.t.Helper()
	raw, _ := out["raw"].(string)
	kind, _ := out["content-type"].(string)
	switch {
	case status >= 500, status < 200, status >= 300 && status < 400:
		s.t.Errorf("%s: %d %s", what, status, raw)
	case status >= 400 && !strings.HasPrefix(kind, "application/problem+json"):
		s.t.Errorf("%s: %d as %q: %.200s", what, status, kind, raw)
	case strings.Contains(raw, marker) && !said:
		s.t.Errorf("%s: %d repeats what it was given: %.300s", what, status, raw)
	}
	if status >= 400 && !slices.Contains([]int{400, 403, 404, 405, 409, 413, 422, 429}, status) {
		s.t.Errorf("%s: %d", what, status)
	}
}

// TestOneKeyOneBody: an Idempotency-Key stands for one body, whatever differs.
func TestOneKeyOneBody(t *testing.T) {
	t.Parallel()
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	ask := func(body map[string]any) (int, string) {
		status, out := s.do(http.MethodPost, "/v1/verifications", s.key, body, "Idempotency-Key", "k1")
		return status, out["raw"].(string)
	}
	paying := login("purpose", "payment", "transaction", map[string]any{"amount": "1.00", "currency": "EUR", "payee": "Shop"})
	_, first := ask(paying)
	if status, again := ask(paying); status != http.StatusCreated || again != first {
		t.Errorf("the same: %d\n%s\n%s", status, again, first)
	}
	for name, value := range map[string]any{"transaction": map[string]any{"amount": "2.00", "currency": "EUR", "payee": "Shop"}, "subject": "other", "to": "+12025550199", "purpose": "login"} {
		other := maps.Clone(paying)
		other[name] = value
		if status, raw := ask(other); status != http.StatusUnprocessableEntity {
			t.Errorf("another %s: %d %s", name, status, raw)
		}
	}
}
