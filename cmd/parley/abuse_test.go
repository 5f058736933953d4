package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"parley/conversation/store/storetest"
)

// TestEveryRefusalIsAProblem: whatever goes wrong under /v1 is told as a problem
// document.
func TestEveryRefusalIsAProblem(t *testing.T) {
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, "/v1/nothing", 404}, {http.MethodGet, "/v1/", 404}, {http.MethodPost, "/v1/messages/x/y", 404},
		{http.MethodPut, "/v1/events", 405}, {http.MethodDelete, "/v1/messages/abc", 405},
	} {
		status, body := s.do(c.method, c.path, s.key, nil)
		if status != c.status || !strings.HasPrefix(body["content-type"].(string), "application/problem+json") || body["status"] != float64(c.status) {
			t.Errorf("%s %s: %d %s %s", c.method, c.path, status, body["content-type"], body["raw"])
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+s.house.address+"/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.Header.Get("Allow") != "POST" {
		t.Errorf("Allow: %q", answer.Header.Get("Allow"))
	}
}

// nested is a value inside so many objects, as JSON.
func nested(levels int, value string) string {
	return strings.Repeat(`{"a":`, levels) + value + strings.Repeat("}", levels)
}

// TestOddBytesAreRefused: what a database cannot store, or JSON cannot keep, is
// refused at the door and never becomes a dead letter.
func TestOddBytesAreRefused(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		event := func(data string) string {
			return `{"type":"order.delivered","to":"` + testPhone + `","data":` + data + `}`
		}
		good := event(`{"name":"Ann","order":"A-1"}`)
		for _, c := range []struct {
			name, method, path, body, key string
			status                        int
			says                          string
		}{
			{"U+0000 in a text", http.MethodPost, "/v1/messages", `{"to":"` + testPhone + `","text":"a\u0000b"}`, "", 422, "body.text"},
			{"U+0000 in data", http.MethodPost, "/v1/events", event(`{"name":"Ann","order":"A-1","x":{"y":["\u0000"]}}`), "", 422, "body.data.x"},
			{"U+0000 in a name", http.MethodPost, "/v1/events", event(`{"name":"Ann","order":"A-1","\u0000":1}`), "", 422, "body.data"},
			{"a number that would lose digits", http.MethodPost, "/v1/events", event(`{"name":"Ann","order":"A-1","n":[{"m":9007199254740993}]}`), "", 422, "body.data.n"},
			{"a contact's number that would lose digits", http.MethodPut, "/v1/contacts/%2B12025550123", `{"fields":{"n":9007199254740993}}`, "", 422, "body.fields.n"},
			{"a payment's number that would lose digits", http.MethodPost, "/v1/verifications", `{"purpose":"payment","subject":"u","transaction":{"n":9007199254740993}}`, "", 422, "body.transaction.n"},
			{"an amount that would lose digits", http.MethodPost, "/v1/verifications", `{"purpose":"payment","subject":"u","transaction":{"amount":39.900000000000000001}}`, "", 422, "body.transaction.amount"},
			{"the same, checked", http.MethodPost, "/v1/verifications/ver_aaaaaaaaaaaaaaaaaaaaaaaaaa/check", `{"purpose":"payment","subject":"u","code":"123456","transaction":{"n":9007199254740993}}`, "", 422, "body.transaction.n"},
			{"a label of an odd conversation", http.MethodPost, "/v1/labels", `{"conversation":"a\u0000","event":1,"text":"a","flow":"f","intent":"i","agent":"ann"}`, "", 404, ""},
			{"U+0000 in a label", http.MethodPost, "/v1/labels", `{"conversation":"a","event":1,"text":"a\u0000","flow":"f","intent":"i","agent":"ann"}`, "", 422, "body.text"},
			{"U+0000 in the type", http.MethodPost, "/v1/events", strings.Replace(good, "delivered", `d\u0000`, 1), "", 422, ""},
			{"an odd language", http.MethodPost, "/v1/events", strings.Replace(good, `"data"`, `"language":"e\u0000","data"`, 1), "", 422, "language"},
			{"a key of odd bytes", http.MethodPost, "/v1/events", good, "k\xff", 422, "Idempotency-Key"},
			{"an id with U+0000", http.MethodGet, "/v1/messages/a%00", "", "", 404, ""},
			{"an id of odd bytes", http.MethodGet, "/v1/conversations/%ff", "", "", 404, ""},
			{"a run with U+0000", http.MethodPost, "/v1/runs/a%00.1/end", `{}`, "", 404, ""},
			{"a run with a slash", http.MethodPost, "/v1/runs/a%2Fb.1/end", `{}`, "", 404, ""},
			{"a run of nobody", http.MethodPost, "/v1/runs/abc.1/end", `{}`, "", 404, ""},
			{"nothing at all", http.MethodPost, "/v1/events", ``, "", 400, ""},
			{"as deep as may be", http.MethodPost, "/v1/events?dry_run=true", event(`{"name":"Ann","order":"A-1","x":` + nested(30, `"[\"[["`) + `}`), "", 200, ""},
			{"a number that keeps its digits", http.MethodPost, "/v1/events?dry_run=true", event(`{"name":"Ann","order":"A-1","x":-0.00123456789012345e-9}`), "", 200, ""},
			{"too deep", http.MethodPost, "/v1/events", event(`{"name":"Ann","order":"A-1","x":` + nested(31, "1") + `}`), "", 400, "32 levels"},
			{"lists too deep", http.MethodPost, "/v1/events/batch", `{"events":[{"type":"a","to":"` + testPhone + `","data":{"x":` + strings.Repeat("[", 30) + strings.Repeat("]", 30) + `}}]}`, "", 400, "32 levels"},
			{"a contact too deep", http.MethodPut, "/v1/contacts/%2B12025550123", `{"fields":` + nested(5000, "1") + `}`, "", 400, "32 levels"},
			{"a payment too deep", http.MethodPost, "/v1/verifications", `{"purpose":"payment","subject":"u","transaction":` + nested(40, "1") + `}`, "", 400, "32 levels"},
			{"another field", http.MethodPost, "/v1/events", strings.Replace(good, `"data"`, `"date":1,"data"`, 1), "", 422, "body.date"},
		} {
			var headers []string
			if c.key != "" {
				headers = []string{"Idempotency-Key", c.key}
			}
			status, body := s.do(c.method, c.path, s.key, c.body, headers...)
			if status != c.status || !strings.Contains(body["raw"].(string), c.says) {
				t.Errorf("%s: %d %.300s", c.name, status, body["raw"])
			}
		}
		if dead, err := s.house.store.DeadLetters(t.Context(), 10); err != nil || len(dead) != 0 {
			t.Errorf("dead letters %+v, %v", dead, err)
		}
		if _, found := s.stored(); found {
			t.Error("something was stored")
		}
	})
}

// TestLogsHoldNobodysWords holds a conversation through the doors, with everything
// going wrong that can, and looks for what must not be in the log at its most
// talkative.
func TestLogsHoldNobodysWords(t *testing.T) {
	t.Parallel()
	var called atomic.Int64
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		called.Add(1)
		http.Error(w, "try later", http.StatusBadGateway)
	}))
	defer shop.Close()
	const callbackSecret = "whsec_c2VjcmV0LW9mLXRoZS1zaG9wLWF0LWxlYXN0LTI0"
	storetest.EachURL(t, func(t *testing.T, url string) {
		config := testConfig(url)
		config.Callbacks = []CallbackConfig{{URL: shop.URL, Secret: callbackSecret, Events: []string{"*"}, Private: true}}
		s := serveTest(t, config)
		before := called.Load()
		event := map[string]any{"type": "order.delivered", "to": testPhone, "data": map[string]any{"name": "Zsuzsanna", "order": "ORD-77123"}}
		s.do(http.MethodPost, "/v1/events", s.key, event, "Idempotency-Key", "idem-5511")
		s.hears(1)
		s.do(http.MethodPost, "/v1/events", "pk_live_wrongsecret", event)
		s.do(http.MethodPost, "/v1/events", s.key, "{ORD-77123")
		s.do(http.MethodGet, "/v1/conversations?phone=%2B12025550123", s.key, nil)
		s.texts("yeah it did")
		s.hears(2)
		s.texts("2, the box of pralines is crushed")
		s.hears(3)
		s.signed("/webhooks/lab", `{"type":"message.received","data":{"id":"m9","from":"`+testPhone+`","to":"+12025550199","text":"lost pralines"}}`)
		s.signed("/webhooks/lab", `{"type":"message.received","data":{"id":"m8","from":"`+testPhone+`\u0000","to":"`+testLine+`","text":"lost pralines"}}`)
		s.signed("/webhooks/lab", `{"type":"message.status","data":{"id":"x\nlevel=ERROR forged","status":"failed","error":"a\nb"}}`)
		s.do(http.MethodPost, "/webhooks/lab", "", "lost pralines")
		s.do(http.MethodPost, "/v1/messages", s.key, map[string]any{"to": testPhone, "text": "words of the shop"})
		eventually(t, "a callback has failed", func() bool {
			return called.Load() > before && strings.Contains(s.logs.String(), "a callback was not taken")
		})
		log := s.logs.String()
		for _, secret := range []string{"Zsuzsanna", "ORD-77123", "yeah", "pralines", "words of the shop", testPhone, testPhone[1:], s.key, "wrongsecret",
			testSecret, testSecret[6:], callbackSecret[6:], "idem-5511", "\nlevel=ERROR forged"} {
			if at := strings.Index(log, secret); at >= 0 {
				t.Errorf("the log holds %q: …%s…", secret, log[max(0, at-300):min(len(log), at+200)])
			}
		}
	})
}
