package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/conversation/store/storetest"
)

func TestConversationThroughTheDoors(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		event := map[string]any{"type": "order.delivered", "to": testPhone, "data": map[string]any{"name": "Ann", "order": "A-1"}}
		status, body := s.do(http.MethodPost, "/v1/events", s.key, event, "Idempotency-Key", "k1")
		if status != http.StatusAccepted || len(body["messages"].([]any)) != 1 || body["run"] == "" || body["id"] == "" {
			t.Fatalf("%d %v", status, body)
		}
		if got := s.hears(1); !strings.Contains(got, "Hi Ann, order A-1 was delivered") {
			t.Fatalf("heard %q", got)
		}
		_, again := s.do(http.MethodPost, "/v1/events", s.key, event, "Idempotency-Key", "k1")
		if again["run"] != body["run"] || again["id"] != body["id"] {
			t.Errorf("the repeat got %v", again)
		}
		event["to"] = "+12025550124"
		if status, _ := s.do(http.MethodPost, "/v1/events", s.key, event, "Idempotency-Key", "k1"); status != http.StatusUnprocessableEntity {
			t.Errorf("another body under the key: %d", status)
		}
		s.texts("yeah it did")
		s.hears(2)
		s.texts("2, the box is crushed")
		s.hears(3)
		id := body["messages"].([]any)[0].(string)
		eventually(t, "the message is sent", func() bool {
			_, m := s.do(http.MethodGet, "/v1/messages/"+id, s.key, nil)
			return m["status"] == "sent"
		})
		_, list := s.do(http.MethodGet, "/v1/conversations?phone=%2B12025550123", s.key, nil)
		c := list["conversations"].([]any)[0].(map[string]any)
		if c["owner"] != "queue" || c["queue"] != "deliveries" || c["reason"] != "flow" {
			t.Errorf("conversation %v", c)
		}
		_, one := s.do(http.MethodGet, "/v1/conversations/"+c["id"].(string), s.key, nil)
		if len(one["messages"].([]any)) != 3 {
			t.Errorf("messages %v", one["messages"])
		}
		run := body["run"].(string)
		if status, ended := s.do(http.MethodPost, "/v1/runs/"+run+"/end", s.key, map[string]any{"outcome": "refunded"}); status != http.StatusOK {
			t.Errorf("ending the run: %d %v", status, ended)
		}
		if status, _ := s.do(http.MethodPost, "/v1/runs/"+run+"/end", s.key, map[string]any{}); status != http.StatusUnprocessableEntity {
			t.Errorf("ending it again: %d", status)
		}
	})
}

func TestAPIRefuses(t *testing.T) {
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	reader := s.newKey("live", "read")
	good := map[string]any{"type": "order.delivered", "to": testPhone, "data": map[string]any{"name": "Ann", "order": "A-1"}}
	for _, c := range []struct {
		name, key string
		body      any
		status    int
		says      string
	}{
		{"no key", "", good, 401, "API key"},
		{"a wrong key", "pk_live_nonsense", good, 401, "unknown or revoked"},
		{"a key without the scope", reader, good, 403, "scope events"},
		{"no JSON", s.key, "{", 400, ""},
		{"nobody listens", s.key, map[string]any{"type": "nothing.known", "to": testPhone}, 422, "no flow is started by nothing.known"},
		{"not a number", s.key, map[string]any{"type": "order.delivered", "to": "abc"}, 422, "body.to"},
		{"inputs missing", s.key, map[string]any{"type": "order.delivered", "to": testPhone}, 422, "body.data.order"},
		{"an input mistyped", s.key, map[string]any{"type": "order.delivered", "to": testPhone, "data": map[string]any{"name": "Ann", "order": 7}}, 422, "body.data.order"},
		{"an unknown line", s.key, map[string]any{"type": "order.delivered", "to": testPhone, "line": "+15550000"}, 422, "body.line"},
		{"too large", s.key, map[string]any{"type": "order.delivered", "to": testPhone, "data": map[string]any{"name": strings.Repeat("x", 300<<10)}}, 413, ""},
	} {
		status, body := s.do(http.MethodPost, "/v1/events", c.key, c.body)
		if status != c.status || !strings.Contains(body["raw"].(string), c.says) {
			t.Errorf("%s: %d %s", c.name, status, body["raw"])
		}
		if !strings.HasPrefix(body["content-type"].(string), "application/problem+json") {
			t.Errorf("%s: answered as %s", c.name, body["content-type"])
		}
	}
	if _, found := s.stored(); found {
		t.Error("something was stored")
	}
}

// TestEachInputIsNamed: what is missing or mistyped is named together, one problem
// for each, and nothing else is.
func TestEachInputIsNamed(t *testing.T) {
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	for _, c := range []struct {
		data map[string]any
		want []string
	}{
		{nil, []string{"body.data.name", "body.data.order"}},
		{map[string]any{"name": 7, "order": true}, []string{"body.data.name", "body.data.order"}},
		{map[string]any{"order": 7}, []string{"body.data.name", "body.data.order"}},
		{map[string]any{"order": "A-1"}, []string{"body.data.name"}},
	} {
		status, body := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "order.delivered", "to": testPhone, "data": c.data})
		var named []string
		problems, _ := body["errors"].([]any)
		for _, problem := range problems {
			at, _ := problem.(map[string]any)["location"].(string)
			named = append(named, at)
		}
		slices.Sort(named)
		if status != http.StatusUnprocessableEntity || !slices.Equal(named, c.want) {
			t.Errorf("%v: %d names %v, want %v", c.data, status, named, c.want)
		}
	}
}

func TestDryRun(t *testing.T) {
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	event := map[string]any{"type": "order.delivered", "to": testPhone, "data": map[string]any{"name": "Ann", "order": "A-1"}}
	status, body := s.do(http.MethodPost, "/v1/events?dry_run=true", s.key, event)
	if status != http.StatusOK || !strings.Contains(body["raw"].(string), `"segments":1`) {
		t.Errorf("%d %s", status, body["raw"])
	}
	if _, found := s.stored(); found {
		t.Error("a dry run left a conversation behind")
	}
}

func TestWebhooksRefuse(t *testing.T) {
	eachHouse(t, func(t *testing.T, s *server) {
		text := func(to, id string) string {
			return `{"type":"message.received","data":{"id":"` + id + `","from":"` + testPhone + `","to":"` + to + `","text":"top secret words"}}`
		}
		if status, _ := s.do(http.MethodPost, "/webhooks/lab", "", text(testLine, "m1")); status != http.StatusForbidden {
			t.Errorf("unsigned: %d", status)
		}
		if status, _ := s.do(http.MethodPost, "/webhooks/nobody", "", "{}"); status != http.StatusNotFound {
			t.Errorf("unknown carrier: %d", status)
		}
		if status, _ := s.do(http.MethodPost, "/webhooks/lab", "", strings.Repeat("x", 65<<10)); status != http.StatusRequestEntityTooLarge {
			t.Errorf("too large: %d", status)
		}
		for _, nonsense := range []string{"{", `[]`, `{"type":"message.received","data":7}`} {
			if status := s.signed("/webhooks/lab", nonsense); status != http.StatusBadRequest {
				t.Errorf("%s: %d", nonsense, status)
			}
		}
		if _, found := s.stored(); found {
			t.Error("something was stored")
		}
		if status := s.signed("/webhooks/lab", text("+12025550199", "m2")); status/100 != 2 {
			t.Errorf("unrouted: %d", status)
		}
		dead, err := s.house.store.DeadLetters(t.Context(), 10)
		if err != nil || len(dead) != 1 || !strings.Contains(dead[0].Reason, "no line") {
			t.Errorf("dead letters %+v, %v", dead, err)
		}
		for _, secret := range []string{"top secret", testPhone, testPhone[1:]} {
			if strings.Contains(s.logs.String(), secret) {
				t.Errorf("the log holds %q", secret)
			}
		}
	})
}

// TestReplayedWebhook posts the very bytes of an accepted webhook again.
func TestReplayedWebhook(t *testing.T) {
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	seen := make(chan *http.Request, 4)
	s.carrier.Client = &http.Client{Transport: recorder{seen}}
	s.texts("hello")
	captured := <-seen
	body, err := captured.GetBody()
	if err != nil {
		t.Fatal(err)
	}
	again := captured.Clone(t.Context())
	again.Body = body
	answer, err := http.DefaultTransport.RoundTrip(again)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("the replay was answered %d", answer.StatusCode)
	}
	if c, _ := s.stored(); c.Rev != 1 {
		t.Errorf("rev %d", c.Rev)
	}
}

type recorder struct{ seen chan *http.Request }

func (r recorder) RoundTrip(q *http.Request) (*http.Response, error) {
	r.seen <- q.Clone(q.Context())
	return http.DefaultTransport.RoundTrip(q)
}

func TestTestKeysSendNothing(t *testing.T) {
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	key := s.newKey("test", "events", "read")
	event := map[string]any{"type": "order.delivered", "to": testPhone, "data": map[string]any{"name": "Ann", "order": "A-1"}}
	status, body := s.do(http.MethodPost, "/v1/events", key, event)
	if status != http.StatusAccepted {
		t.Fatalf("%d %v", status, body)
	}
	id := body["messages"].([]any)[0].(string)
	eventually(t, "the message is settled", func() bool {
		_, m := s.do(http.MethodGet, "/v1/messages/"+id, key, nil)
		return m["status"] == "delivered"
	})
	if len(s.carrier.Messages()) != 0 {
		t.Error("a text left the house")
	}
}

// TestReservedNumbers plays the customers that test keys reserve.
func TestReservedNumbers(t *testing.T) {
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	key := s.newKey("test", "events", "read")
	for _, c := range []struct{ to, message, conversation string }{
		{"+12025550001", "delivered", `"state":"ask"`},
		{"+12025550002", "failed", `"runs":[]`},
		{"+12025550003", "failed", `"runs":[]`},
		{"+12025550004", "delivered", `"state":"condition"`},
	} {
		status, body := s.do(http.MethodPost, "/v1/events", key, map[string]any{"type": "order.delivered", "to": c.to, "data": map[string]any{"name": "Ann", "order": "A-1"}})
		if status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", c.to, status, body["raw"])
		}
		id, chat := body["messages"].([]any)[0].(string), body["conversation"].(string)
		eventually(t, c.to, func() bool {
			_, m := s.do(http.MethodGet, "/v1/messages/"+id, key, nil)
			_, conv := s.do(http.MethodGet, "/v1/conversations/"+chat, key, nil)
			return m["status"] == c.message && strings.Contains(conv["raw"].(string), c.conversation)
		})
	}
}

func TestStopThroughTheDoors(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		event := map[string]any{"type": "order.delivered", "to": testPhone, "data": map[string]any{"name": "Ann", "order": "A-1"}}
		s.do(http.MethodPost, "/v1/events", s.key, event)
		s.hears(1)
		s.texts("Stop. Thank you!")
		if got := s.hears(2); !strings.Contains(got, "unsubscribed") {
			t.Errorf("heard %q", got)
		}
		event["data"] = map[string]any{"name": "Ann", "order": "A-2"}
		if status, body := s.do(http.MethodPost, "/v1/events", s.key, event); status != 422 || !strings.Contains(body["raw"].(string), "opted out") {
			t.Errorf("%d %s", status, body["raw"])
		}
		if status, _ := s.do(http.MethodPost, "/v1/messages", s.key, map[string]any{"to": testPhone, "text": "hi"}); status != 422 {
			t.Errorf("a message to an opted-out phone: %d", status)
		}
		s.texts("START")
		s.hears(3)
		if status, body := s.do(http.MethodPost, "/v1/messages", s.key, map[string]any{"to": testPhone, "text": "hi again"}); status != 202 {
			t.Errorf("after START: %d %v", status, body)
		}
		if got := s.hears(4); got != "hi again" {
			t.Errorf("heard %q", got)
		}
	})
}
