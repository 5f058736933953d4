package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// leakCalls have one good call of every operation of the API. Where a path names
// something, it is there; accounts and contacts are this test's own.
var leakCalls = map[string]func(l *leaking, code string) (path string, body any){
	"POST /v1/events": func(*leaking, string) (string, any) {
		return "/v1/events", map[string]any{"type": "secret.given", "to": leakTo, "line": testLine, "data": map[string]any{"token": leakInput}}
	},
	"POST /v1/events/batch": func(*leaking, string) (string, any) {
		return "/v1/events/batch", map[string]any{"events": []any{map[string]any{"type": "secret.given", "to": leakTo, "line": testLine, "data": map[string]any{"token": leakInput}, "idempotency_key": "b-1"}}}
	},
	"GET /v1/results": func(*leaking, string) (string, any) { return "/v1/results?flow=leak_secret", nil },
	"POST /v1/messages": func(*leaking, string) (string, any) {
		return "/v1/messages", map[string]any{"to": leakTo, "line": testLine, "text": "hello"}
	},
	"GET /v1/messages/{id}": func(l *leaking, _ string) (string, any) {
		_, out := l.ask(http.MethodPost, "/v1/messages", map[string]any{"to": leakTo, "line": testLine, "text": "hello again"})
		sent, _ := out["messages"].([]any)
		if len(sent) == 0 {
			l.t.Fatalf("no message: %v", out)
		}
		return fmt.Sprint("/v1/messages/", sent[0]), nil
	},
	"GET /v1/conversations": func(*leaking, string) (string, any) {
		return "/v1/conversations?phone=" + url.QueryEscape(leakTo), nil
	},
	"GET /v1/conversations/{id}": func(l *leaking, _ string) (string, any) {
		return "/v1/conversations/" + l.house.store.ConversationID(testLine, leakTo), nil
	},
	"GET /v1/conversations/{id}/media": func(l *leaking, _ string) (string, any) {
		body := `{"type":"message.received","data":{"id":"photo","from":"` + leakTo + `","to":"` + testLine + `","text":"","media":[{"url":"` + leakPhoto + `","type":"image/png"}]}}`
		l.signed("/webhooks/lab", body)
		return "/v1/conversations/" + l.house.store.ConversationID(testLine, leakTo) + "/media?url=" + url.QueryEscape(leakPhoto), nil
	},
	"POST /v1/runs/{id}/end": func(l *leaking, _ string) (string, any) {
		_, out := l.ask(http.MethodPost, "/v1/events", map[string]any{"type": "secret.given", "to": "+12025558001", "line": testLine, "data": map[string]any{"token": leakInput}})
		return fmt.Sprint("/v1/runs/", out["run"], "/end"), map[string]any{"outcome": "given_up"}
	},
	"GET /v1/contacts/{phone}": func(*leaking, string) (string, any) { return "/v1/contacts/" + leakTo, nil },
	"PUT /v1/contacts/{phone}": func(*leaking, string) (string, any) {
		return "/v1/contacts/" + leakTo, map[string]any{"name": "Ann", "language": "en"}
	},
	"POST /v1/labels": func(l *leaking, code string) (string, any) {
		return "/v1/labels", map[string]any{"conversation": l.house.store.ConversationID(testLine, leakTo), "event": 1, "flow": "leak_llm", "intent": "broken", "agent": "ann",
			"text": "they want " + code + " from me"}
	},
	"GET /v1/consents/{phone}": func(*leaking, string) (string, any) { return "/v1/consents/" + leakTo, nil },
	"PUT /v1/consents/{phone}": func(*leaking, string) (string, any) {
		return "/v1/consents/+12025558002", map[string]any{"state": "out", "source": "by letter", "at": time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)}
	},
	"POST /v1/verifications": func(*leaking, string) (string, any) {
		return "/v1/verifications", login("to", "+12025558003", "subject", "operation")
	},
	"POST /v1/verifications/{id}/check": func(l *leaking, code string) (string, any) {
		return "/v1/verifications/" + l.operated + "/check", tried(code, "subject", "operated")
	},
	"POST /v1/verifications/{id}/resend": func(l *leaking, _ string) (string, any) {
		return "/v1/verifications/" + l.operated + "/resend", nil
	},
	"GET /v1/verifications/{id}":    func(l *leaking, _ string) (string, any) { return "/v1/verifications/" + l.operated, nil },
	"DELETE /v1/verifications/{id}": func(l *leaking, _ string) (string, any) { return "/v1/verifications/" + l.operated, nil },
	"POST /v1/grants/redeem": func(l *leaking, _ string) (string, any) {
		return "/v1/grants/redeem", map[string]any{"grant": l.newGrant("u-grant-2")}
	},
	"GET /v1/accounts/{ref}": func(*leaking, string) (string, any) { return "/v1/accounts/leak-1", nil },
	"POST /v1/accounts/{ref}/lock": func(*leaking, string) (string, any) {
		return "/v1/accounts/leak-1/lock", map[string]any{"transactions": []any{map[string]any{"id": "t-1"}}}
	},
	"PUT /v1/accounts/{ref}/lock": func(*leaking, string) (string, any) {
		return "/v1/accounts/leak-1/lock", map[string]any{"applied_at": time.Now().UTC().Format(time.RFC3339)}
	},
	"POST /v1/accounts/{ref}/reviewed": func(*leaking, string) (string, any) {
		return "/v1/accounts/leak-1/reviewed", map[string]any{"reason": "nothing was found"}
	},
	"PUT /v1/accounts/{ref}/password": func(*leaking, string) (string, any) {
		return "/v1/accounts/leak-1/password", map[string]any{"changed_at": time.Now().UTC().Format(time.RFC3339)}
	},
	"POST /v1/accounts/{ref}/unlock": func(*leaking, string) (string, any) {
		return "/v1/accounts/leak-1/unlock", map[string]any{"proof": "app"}
	},
	"PUT /v1/accounts/{ref}/refunds/{transaction}": func(*leaking, string) (string, any) {
		return "/v1/accounts/leak-1/refunds/t-1", map[string]any{"status": "pending"}
	},
}

// operationOrder are calls that others need to have been made.
var operationOrder = []string{"POST /v1/events", "PUT /v1/contacts/{phone}", "POST /v1/accounts/{ref}/lock", "DELETE /v1/verifications/{id}"}

// operations makes one good call of every operation of the OpenAPI document, and then
// calls with a code, a grant or a key wherever one can slip in.
func (l *leaking) operations() {
	var code string
	l.operated, code = l.wanted("a code of the operations", login("to", "+12025558004", "subject", "operated"))
	l.ask(http.MethodPost, "/v1/events", map[string]any{"type": "payment.asked", "to": leakKeyed, "line": testLine, "data": map[string]any{"order": "o-7"}})
	var all []string
	_, document := l.do(http.MethodGet, "/v1/openapi.json", "", nil)
	paths, _ := document["paths"].(map[string]any)
	for path, methods := range paths {
		for method := range methods.(map[string]any) {
			all = append(all, strings.ToUpper(method)+" "+path)
		}
	}
	if len(all) < 20 {
		l.t.Fatalf("%d operations: %v", len(all), all)
	}
	slices.Sort(all)
	slices.SortStableFunc(all, func(a, b string) int { return rank(a) - rank(b) })
	for _, op := range all {
		call, ok := leakCalls[op]
		if !ok {
			l.t.Errorf("%s is not hunted: give it a call", op)
			continue
		}
		method, _, _ := strings.Cut(op, " ")
		path, body := call(l, code)
		if status, out := l.ask(method, path, body); status >= 500 && status != http.StatusBadGateway || // a photo that is nowhere
			status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusUnauthorized {
			l.t.Errorf("%s: %d %v", op, status, out)
		}
		l.hostile(method, path, op, code)
	}
	// What is no secret is shown: a run's key would else be a poor thing to hide.
	if status, out := l.ask(http.MethodGet, "/v1/conversations/"+l.house.store.ConversationID(testLine, leakKeyed), nil); status != http.StatusOK || !strings.Contains(fmt.Sprint(out["runs"]), "key:o-7") {
		l.t.Errorf("a key that is no secret: %d %v", status, out)
	}
	for op := range leakCalls {
		if !slices.Contains(all, op) {
			l.t.Errorf("%s: there is no such operation", op)
		}
	}
}

func rank(op string) int {
	switch i := slices.Index(operationOrder, op); {
	case i < 0:
		return 1
	case i < 3:
		return i - 3
	default:
		return 2
	}
}

// hostile puts secrets where an operation does not want them: nothing of it is to be
// kept or given back.
func (l *leaking) hostile(method, path, op, code string) {
	template := strings.SplitN(op, " ", 2)[1]
	for _, secret := range []string{code, leakStray} {
		for i, part := range strings.Split(template, "/") { // each name in the path
			if strings.HasPrefix(part, "{") && part != "{ref}" && part != "{transaction}" { // which the business calls as it likes
				parts := strings.Split(strings.SplitN(path, "?", 2)[0], "/")
				parts[i] = secret
				l.ask(http.MethodGet, strings.Join(parts, "/"), nil)
				l.ask(method, strings.Join(parts, "/"), `{"`)
			}
		}
		bare := strings.SplitN(path, "?", 2)[0]
		for _, body := range []string{`{"` + secret + `": "` + secret + `"}`, `["` + secret + `"]`, `"` + secret, secret, `{"to": {"` + secret + `": 1}, "status": "` + secret + `", "purpose": ["` + secret + `"]}`} {
			if method == http.MethodPost || method == http.MethodPut {
				if status, out := l.ask(method, bare, body); status < 400 || status >= 500 {
					l.t.Errorf("%s takes %q: %d %v", op, strings.ReplaceAll(body, secret, "…"), status, out)
				}
			}
		}
		l.ask(http.MethodGet, bare+"?code="+secret+"&"+secret+"=1&limit="+secret, nil)
		l.ask(http.MethodPatch, bare+"?"+secret, secret)
		_, out := l.do(method, bare, leakStray, nil, "X-Code", secret, "Content-Type", "text/"+secret)
		fmt.Fprintln(&l.answers, out)
	}
}
