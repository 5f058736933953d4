package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store/storetest"
)

// listener is an endpoint of the business's.
type listener struct {
	*httptest.Server
	mu    sync.Mutex
	code  int
	heard []string // types, each with its webhook-id
}

func newListener(t *testing.T, code int) *listener {
	t.Helper()
	l := &listener{code: code}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n struct{ Type string }
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &n); err != nil {
			t.Error(err)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.heard = append(l.heard, n.Type+" "+r.Header.Get("webhook-id"))
		w.WriteHeader(l.code)
	}))
	t.Cleanup(l.Close)
	return l
}

// hears waits for n callbacks of a type and returns their ids.
func (l *listener) hears(t *testing.T, typ string, n int) (ids []string) {
	t.Helper()
	eventually(t, fmt.Sprint(n, " ", typ), func() bool {
		ids = l.of(typ)
		return len(ids) >= n
	})
	if len(ids) != n {
		t.Errorf("%s came %d times, want %d", typ, len(ids), n)
	}
	return ids
}

func (l *listener) of(typ string) (ids []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.heard {
		if id, ok := strings.CutPrefix(one, typ+" "); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func (l *listener) answers(code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.code = code
}

// TestCallbackLife tells two endpoints of a conversation, of which one says that it
// is gone: the other is told, the operator sees it, and brings it back.
func TestCallbackLife(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		books, shop := newListener(t, 200), newListener(t, 410)
		yaml := fmt.Sprintf(`
database: %q
listen: 127.0.0.1:0
admin: "off"
brands: {acme: {name: Acme, contact: help@acme.example, quiet: "off"}}
carriers: {lab: {provider: loopback, secret: %q, rate: 1000}}
lines: [{number: %q, carrier: lab, brand: acme}]
callbacks:
  - {name: books, url: %q, secret: %q, private: true}
  - {name: shop, url: "%s/?token=hidden", secret: %q, private: true, events: [consent.changed]}
`, url, testSecret, testLine, books.URL, testSecret, shop.URL, testSecret)
		file := write(t, t.TempDir(), "parley.yaml", yaml)
		s := serveTest(t, mustLoad(t, file))
		parley := func(args ...string) string {
			t.Helper()
			code, out, errs := invoke(t, "", append([]string{"--config", file}, args...)...)
			if code != 0 || strings.Contains(out+errs, "hidden") || strings.Contains(out+errs, testPhone) {
				t.Fatalf("%v: %d\n%s%s", args, code, out, errs)
			}
			return out
		}
		s.texts("STOP")
		same := shop.hears(t, "consent.changed", 1)[0]
		if other := books.hears(t, "consent.changed", 1)[0]; other != same {
			t.Errorf("one event has the ids %s and %s", same, other)
		}
		books.hears(t, "message.sent", 1)
		books.hears(t, "callback.dead", 1)
		if list := parley("callbacks", "list"); !strings.Contains(list, "disabled (410)") {
			t.Errorf("the endpoint is not disabled:\n%s", list)
		}
		s.texts("START")
		books.hears(t, "consent.changed", 2)
		var ids []string
		eventually(t, "both are kept", func() bool { ids = deadIDs(t, file); return len(ids) == 2 })
		if n := len(shop.of("consent.changed")); n != 1 {
			t.Errorf("the disabled endpoint was told %d times", n)
		}
		if shown := parley("dead", "show", ids[0]); !strings.Contains(shown, "shop") || !strings.Contains(shown, same) || !strings.Contains(shown, "not shown") {
			t.Errorf("shown:\n%s", shown)
		}
		shop.answers(204)
		if out := parley("callbacks", "test", "shop"); !strings.Contains(out, "204") {
			t.Errorf("the test says %s", out)
		}
		parley("callbacks", "enable", "shop")
		parley("dead", "retry", ids[0])
		if again := shop.hears(t, "consent.changed", 2); again[1] != same {
			t.Errorf("told again as %s, before as %s", again[1], same)
		}
		parley("dead", "drop", ids[1])
		eventually(t, "all is well again", func() bool {
			fields := strings.Fields(parley("callbacks", "list"))
			return len(deadIDs(t, file)) == 0 && strings.Contains(strings.Join(fields, " "), "shop told 0 0 consent.changed")
		})
		if n := len(books.of("callback.dead")); n != 1 {
			t.Errorf("the other endpoint heard %d times of one that is gone", n)
		}
		if code, _, errs := invoke(t, "", "--config", file, "callbacks", "enable", "nobody"); code != 1 || !strings.Contains(errs, "books, shop") {
			t.Errorf("an unknown endpoint: %d %s", code, errs)
		}
	})
}

// TestCallsGoThroughTheHouse: what a configuration lists is called with its headers,
// and nothing else is.
func TestCallsGoThroughTheHouse(t *testing.T) {
	var asked http.Header
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"left":3}`)
	}))
	defer service.Close()
	config := testConfig(storetest.URL(t, "sqlite"))
	config.Calls = []CallConfig{{Host: service.Listener.Addr().String(), Headers: map[string]string{"Authorization": "Bearer x"}, Private: true}}
	s := serveTest(t, config)
	do := s.house.runner().Do[conversation.JobCall]
	job := conversation.Job{ID: "job_1", Kind: conversation.JobCall, Run: "r", Wait: 1, At: time.Now().UnixMilli(), Data: map[string]any{"method": "GET", "url": service.URL}}
	e, ok, err := do(t.Context(), job)
	if err != nil || !ok || string(e.Result.Data) != `{"status":200,"body":{"left":3}}` || asked.Get("Authorization") != "Bearer x" {
		t.Errorf("%v %v %+v", ok, err, e.Result)
	}
	job.Data["url"] = "http://" + s.house.address + "/v1/openapi.json"
	if e, _, _ := do(t.Context(), job); e.Result == nil || e.Result.Error != "host_not_allowed" {
		t.Errorf("a host that is not listed: %+v", e.Result)
	}
}

// TestServicesThroughTheHouse: a customer's text is looked up at the service that the
// configuration names, which hears who asks.
func TestServicesThroughTheHouse(t *testing.T) {
	t.Parallel()
	asked := make(chan *http.Request, 10)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"state":"shipped","day":"2026-03-05"}`)
	}))
	defer service.Close()
	config := testConfig(storetest.URL(t, "sqlite"))
	config.Calls = []CallConfig{{Name: "orders", URL: service.URL + "/api", Headers: map[string]string{"Authorization": "Bearer x"}, Private: true}}
	s := serveTest(t, config)
	s.texts("Track A1")
	if got := s.hears(1); !strings.Contains(got, "order A1 is on its way and arrives Mar 5") {
		t.Errorf("heard %s", got)
	}
	r := <-asked
	c, _ := s.stored()
	if r.URL.Path != "/api/orders/A1" || r.Header.Get("Authorization") != "Bearer x" || r.Header.Get("Parley-Phone") != testPhone || r.Header.Get("Parley-Conversation") != c.ID {
		t.Errorf("%s %v", r.URL, r.Header)
	}
	missServices(config, s.house.prepared.library, s.house.log)
	if logs := s.logs.String(); strings.Contains(logs, "service=orders") || !strings.Contains(logs, "flow=account_status service=accounts") {
		t.Error("the log should name the service that is not configured, and no other")
	}
}

func TestOutgoingConfig(t *testing.T) {
	good := fmt.Sprintf(minimal, t.TempDir())
	const with = `secret: "` + testSecret + `"`
	for _, c := range []struct{ name, config, says string }{
		{"private call", `calls: [{host: "10.0.0.5:8080"}]`, "calls[0].host: 10.0.0.5:8080 is a private address; if that is meant, add private: true"},
		{"metadata", `calls: [{host: 169.254.169.254}]`, "private address"},
		{"address", `calls: [{host: "https://api.example.com/"}]`, "want a host like api.example.com"},
		{"wildcard", `calls: [{host: "*.example.com"}]`, "want a host like"},
		{"empty", `calls: [{headers: {A: b}}]`, "want a host like"},
		{"twice", `calls: [{host: a.example}, {host: A.example}]`, "a.example is there twice"},
		{"header", `calls: [{host: a.example, headers: {"X Name": b}}]`, "calls[0].headers"},
		{"header's value", `calls: [{host: a.example, headers: {X: "a\nb"}}]`, "calls[0].headers"},
		{"unknown key", `calls: [{host: a.example, token: b}]`, "token"},
		{"service and host", `calls: [{name: orders, url: "https://a.example/", host: a.example}]`, "host beside name and url"},
		{"service's name", `calls: [{name: https, url: "https://a.example/"}]`, "calls[0].name: \"https\" cannot name a service"},
		{"service without a name", `calls: [{url: "https://a.example/"}]`, "cannot name a service"},
		{"service without an address", `calls: [{name: orders}]`, "calls[0].url: want an address"},
		{"service's query", `calls: [{name: orders, url: "https://a.example/?key=hidden"}]`, "calls[0].url: want an address"},
		{"private service", `calls: [{name: orders, url: "https://10.0.0.5/api"}]`, "10.0.0.5 is a private address"},
		{"plain service", `calls: [{name: orders, url: "http://a.example/"}]`, "want https"},
		{"services of one name", `calls: [{name: orders, url: "https://a.example/"}, {name: orders, url: "https://b.example/"}]`, "orders is there twice"},
		{"good services", `calls: [{name: orders, url: "https://a.example/api"}, {name: accounts, url: "http://10.0.0.5:8080", private: true}]`, ""},
		{"private callback", `callbacks: [{url: "https://localhost/", ` + with + `}]`, "localhost is a private address"},
		{"plain callback", `callbacks: [{url: "http://shop.example.com/", ` + with + `}]`, "want https"},
		{"callback with a password", `callbacks: [{url: "https://a:hidden@shop.example.com/", ` + with + `}]`, "without a name or password"},
		{"callbacks of one name", `callbacks: [{url: "https://shop.example.com/a", ` + with + `}, {url: "https://shop.example.com/b", ` + with + `}]`, "two endpoints called shop.example.com"},
		{"callback's name", `callbacks: [{name: "The shop", url: "https://shop.example.com/a", ` + with + `}]`, "cannot be a name"},
		{"no secret", `callbacks: [{url: "https://shop.example.com/a"}]`, "openssl rand"},
		{"good", `calls: [{host: api.example.com}, {host: "10.0.0.5:8080", private: true}]` + "\n" + `callbacks: [{url: "https://shop.example.com/a", ` + with + `}, {name: lab, url: "http://127.0.0.1:7000/", private: true, ` + with + `}]`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := write(t, t.TempDir(), "parley.yaml", good+c.config+"\n")
			code, out, errs := invoke(t, "", "--config", file, "config", "check")
			if warned := strings.Contains(errs, "service=orders"); code == 0 && warned == (c.name == "good services") {
				t.Errorf("warnings of services: %s", errs)
			}
			if (code == 0) != (c.says == "") || !strings.Contains(errs, c.says) || strings.Contains(errs, "hidden") || strings.Contains(errs, "whsec_") {
				t.Errorf("%d, want %q\n%s%s", code, c.says, out, errs)
			}
		})
	}
}
