package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// requests are one good request of each operation on accounts that changes something.
var requests = []struct {
	method, path, body string
}{
	{"POST", "/lock", `{"scope":"all","cause":"agent","agent":"ann","reason":"r","transactions":[{"id":"t1","merchant":"m","amount":{"amount":9.5,"currency":"USD"},"at":"2026-03-02T08:50:00Z"}]}`},
	{"PUT", "/lock", `{"applied_at":"2026-03-02T08:50:00Z"}`},
	{"POST", "/unlock", `{"proof":"passkey","failed":false,"reason":"r"}`},
	{"POST", "/unlock", `{"agent":"ann","reason":"r"}`},
	{"PUT", "/refunds/t1", `{"status":"pending"}`},
}

// odd are values that no field expects, or that only look as if.
var odd = []any{nil, true, -1, 1e300, 9007199254740993, "", " ", "\x00", "аll", "ａｌｌ", "all\u200b", "ALL", "pаsskey", "аnn", "\u202eann", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z",
	"9999-12-31T23:59:59Z", "'; DROP TABLE accounts; --", strings.Repeat("x", 100_000), strings.Repeat("é", 600), []any{}, []any{nil}, []any{map[string]any{}}, []any{"t1"},
	map[string]any{}, map[string]any{"id": 7}, map[string]any{"amount": "x", "currency": "USD"}, []any{[]any{[]any{}}}}

// TestAccountsTakeNoNonsense sends every field missing, mistyped, oversized and spelt
// alike: the answer is never a 500, and a refusal is a problem.
func TestAccountsTakeNoNonsense(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		n := 0
		send := func(method, path string, body any, headers ...string) {
			n++
			status, answer := s.do(method, path, s.key, body, headers...)
			kind, _ := answer["content-type"].(string)
			if status >= 500 || status >= 400 && !strings.HasPrefix(kind, "application/problem+json") {
				t.Errorf("%s %s %.200v: %d %s %.300s", method, path, body, status, kind, answer["raw"])
			}
		}
		for _, r := range requests {
			for _, body := range spoilt(t, r.body) {
				send(r.method, "/v1/accounts/acc-1"+r.path, body)
			}
			for _, raw := range []string{"", "{", "[]", "null", `"x"`, "7", r.body + r.body, r.body[:len(r.body)/2], strings.Repeat("[", 5000), "\xff\xfe", `{"` + strings.Repeat("k", 300_000) + `":1}`} {
				send(r.method, "/v1/accounts/acc-1"+r.path, raw)
			}
			for _, ref := range []string{"%00", "%ff%fe", strings.Repeat("x", 300), "..%2f..", "a%2Fb", "%20", "test:acc-1", "%E2%80%AE", "acc%20", "%0A", "%F0%9F%98%80", "%D0%B0cc-1"} {
				send(r.method, "/v1/accounts/"+ref+r.path, r.body)
				send(http.MethodGet, "/v1/accounts/"+ref, nil)
			}
			for _, key := range []string{" ", strings.Repeat("k", 200), "é"} {
				send(r.method, "/v1/accounts/acc-1"+r.path, r.body, "Idempotency-Key", key)
			}
		}
		for _, transaction := range []string{"%00", "%ff", strings.Repeat("t", 200), "a%2Fb", "%20"} {
			send(http.MethodPut, "/v1/accounts/acc-1/refunds/"+transaction, `{"status":"pending"}`)
		}
		if strings.Contains(s.logs.String(), "could not be answered") {
			t.Error("something could not be answered: see the log")
		}
		t.Logf("%d requests", n)
	})
}

// spoilt gives the body with each field, at any depth, left out and replaced, and with
// one that nobody knows.
func spoilt(t *testing.T, body string) (all []map[string]any) {
	t.Helper()
	var good map[string]any
	if err := json.Unmarshal([]byte(body), &good); err != nil {
		t.Fatal(err)
	}
	for name, value := range good {
		without := maps.Clone(good)
		delete(without, name)
		all = append(all, without)
		for _, v := range odd {
			with := maps.Clone(good)
			with[name] = v
			all = append(all, with)
		}
		list, _ := value.([]any)
		for i := range list {
			inner, err := json.Marshal(list[i])
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range spoilt(t, string(inner)) {
				with := maps.Clone(good)
				with[name] = []any{item}
				all = append(all, with)
			}
		}
	}
	unknown := maps.Clone(good)
	unknown["sсope"] = "all"
	return append(all, unknown)
}
