package outbound_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/conversation"
	"parley/outbound"
	"parley/outbound/egress"
)

// service answers a call; it notes what it was asked.
type service struct {
	*httptest.Server
	asked  []*http.Request
	bodies []string
}

func newService(t *testing.T, answer func(n int, w http.ResponseWriter)) *service {
	t.Helper()
	s := new(service)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.asked, s.bodies = append(s.asked, r), append(s.bodies, string(body))
		answer(len(s.asked), w)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) host() string { return s.Listener.Addr().String() }

func jsonAnswer(status int, body string) func(int, http.ResponseWriter) {
	return func(_ int, w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func caller(t *testing.T, hosts ...outbound.CallHost) *outbound.Caller {
	t.Helper()
	client, err := egress.NewClient(egress.Config{Private: []string{"127.0.0.1"}, Timeout: 300 * time.Millisecond, MostBody: outbound.MostCallBody})
	if err != nil {
		t.Fatal(err)
	}
	return &outbound.Caller{Hosts: hosts, Client: client}
}

func callJob(data map[string]any) conversation.Job {
	return conversation.Job{ID: "job_c1", Kind: conversation.JobCall, Conversation: "c1", Line: "+12025550100", Phone: "+12025550123",
		Run: "c1.2", Wait: 2, Epoch: 1, At: time.Now().UnixMilli(), Data: data}
}

// outcome is a result as a flow sees it.
func outcome(t *testing.T, e conversation.Event) string {
	t.Helper()
	r := e.Result
	if e.Kind != conversation.KindResult || r.Effect != "job_c1" || r.Kind != conversation.JobCall || r.Run != "c1.2" || r.Wait != 2 || r.Epoch != 1 ||
		e.Conversation != "c1" || e.Line == "" || e.Phone == "" {
		t.Errorf("the event is %+v, %+v", e, r)
	}
	return string(r.Data) + r.Error
}

func TestCallAnswers(t *testing.T) {
	plain := func(contentType, body string) func(int, http.ResponseWriter) {
		return func(_ int, w http.ResponseWriter) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(200)
			io.WriteString(w, body)
		}
	}
	for name, tt := range map[string]struct {
		answer func(int, http.ResponseWriter)
		last   bool
		want   string // "again": it is tried again
	}{
		"object":          {jsonAnswer(200, `{"left": 3, "name": "Ann"}`), false, `{"status":200,"body":{"left":3,"name":"Ann"}}`},
		"no content":      {jsonAnswer(204, ""), false, `{"status":204,"body":null}`},
		"empty text":      {plain("text/html", " \n"), false, `{"status":200,"body":null}`},
		"problem":         {jsonAnswer(404, `{"title":"none"}`), false, `{"status":404,"body":{"title":"none"}}`},
		"problem+json":    {plain("application/problem+json", `[1]`), false, `{"status":200,"body":[1]}`},
		"a page":          {plain("text/html", `{"a":1}`), false, `{"status":200,"body":null}not_json`},
		"no type":         {plain("", `<html>`), false, `{"status":200,"body":null}not_json`},
		"torn":            {jsonAnswer(200, `{"a":`), false, `{"status":200,"body":null}not_json`},
		"two":             {jsonAnswer(200, `{} {}`), false, `{"status":200,"body":null}not_json`},
		"deep":            {jsonAnswer(200, strings.Repeat("[", 32)+strings.Repeat("]", 32)), false, `{"status":200,"body":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`},
		"too deep":        {jsonAnswer(200, strings.Repeat("[", 33)+strings.Repeat("]", 33)), false, `{"status":200,"body":null}not_json`},
		"NUL":             {jsonAnswer(200, `{"a":"\u0000"}`), false, `{"status":200,"body":null}not_json`},
		"no UTF-8":        {jsonAnswer(200, "{\"a\":\"\xff\"}"), false, `{"status":200,"body":{"a":"` + "\uFFFD" + `"}}`},
		"fits":            {jsonAnswer(200, `"`+strings.Repeat("x", outbound.MostCallBody-2)+`"`), false, `{"status":200,"body":"` + strings.Repeat("x", outbound.MostCallBody-2) + `"}`},
		"too large":       {jsonAnswer(200, `"`+strings.Repeat("x", outbound.MostCallBody-1)+`"`), false, `{"status":200,"body":null}too_large`},
		"redirect":        {func(_ int, w http.ResponseWriter) { w.Header().Set("Location", "/x"); w.WriteHeader(302) }, false, `{"status":302,"body":null}`},
		"busy":            {jsonAnswer(503, `{}`), false, "again"},
		"too many":        {jsonAnswer(429, ``), false, "again"},
		"busy at last":    {jsonAnswer(503, `{"why":"x"}`), true, `{"status":503,"body":{"why":"x"}}`},
		"silent":          {func(int, http.ResponseWriter) { time.Sleep(500 * time.Millisecond) }, false, "again"},
		"silent at last":  {func(int, http.ResponseWriter) { time.Sleep(500 * time.Millisecond) }, true, "timeout"},
		"cut off at last": {func(int, http.ResponseWriter) { panic(http.ErrAbortHandler) }, true, "unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, tt.answer)
			c := caller(t, outbound.CallHost{Host: s.host(), Plain: true})
			e, ok, err := c.Do(t.Context(), callJob(map[string]any{"method": "GET", "url": s.URL + "/orders?token=hidden"}), tt.last)
			if tt.want == "again" {
				if ok || err == nil || strings.Contains(err.Error(), "hidden") {
					t.Errorf("%v, %v", ok, err)
				}
				return
			}
			if err != nil || !ok {
				t.Fatalf("%v, %v", ok, err)
			}
			if got := outcome(t, e); got != tt.want {
				t.Errorf("got %.200s, want %.200s", got, tt.want)
			}
		})
	}
}

func TestCallRequest(t *testing.T) {
	s := newService(t, jsonAnswer(200, `{}`))
	c := caller(t, outbound.CallHost{Host: s.host(), Plain: true, Headers: map[string]string{"authorization": "Bearer of-the-config"}})
	data := map[string]any{"method": "PATCH", "url": s.URL + "/a", "json": map[string]any{"n": 1.5},
		"headers": map[string]any{"Authorization": "Bearer of-the-flow", "X-Shop": "7", "idempotency-key": "mine", "user-agent": "me", "Host": "elsewhere", "Connection": "close"}}
	for range 2 {
		if _, ok, err := c.Do(t.Context(), callJob(data), false); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	r := s.asked[1]
	got := fmt.Sprint(r.Method, " ", r.Host == s.host(), " ", r.Header.Get("Authorization"), " ", r.Header.Get("X-Shop"), " ", r.Header.Get("User-Agent"),
		" ", r.Header.Get("Idempotency-Key"), " ", r.Header.Get("Content-Type"), " ", r.Header.Get("Connection"), " ", s.bodies[1])
	if want := `PATCH true Bearer of-the-config 7 Parley job_c1 application/json  {"n":1.5}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if s.asked[0].Header.Get("Idempotency-Key") != r.Header.Get("Idempotency-Key") {
		t.Error("a repeat has another key")
	}
	if _, _, err := c.Do(t.Context(), callJob(map[string]any{"method": "GET", "url": s.URL}), false); err != nil || s.bodies[2] != "" {
		t.Errorf("without a body: %v, %q", err, s.bodies[2])
	}
}

// A service is called where the configuration says it is, with its headers and with
// who asks.
func TestCallServices(t *testing.T) {
	s := newService(t, jsonAnswer(200, `{}`))
	base := func(address string) *url.URL {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	c := caller(t)
	c.Services = map[string]outbound.Service{
		"orders": {URL: base(s.URL + "/api/"), Plain: true, Headers: map[string]string{"Authorization": "Bearer x", "Parley-Phone": "mine"}},
		"outer":  {URL: base("http://api.example.com"), Headers: map[string]string{}},
		"inner":  {URL: base("https://10.0.0.1:8443/")},
	}
	for address, want := range map[string]string{
		"orders:/orders/A%2F1?q=a": "/api/orders/A%2F1?q=a",
		"orders:/":                 "/api/",
		"orders:/@evil.example/x":  "/api/@evil.example/x",
		"orders://evil.example/x":  "bad_request",
		"orders:/../secret":        "bad_request",
		"orders:/a/%2e%2E/secret":  "bad_request",
		"orders:/a\\..\\secret":    "bad_request",
		"orders:/%zz":              "bad_request",
		"orders:/a#b":              "bad_request",
		"orders:.evil.example/":    "bad_request",
		"nobody:/orders":           "service_unknown",
		"outer:/orders":            "host_not_allowed",
		"inner:/orders":            "forbidden",
		s.URL + "/api/orders":      "host_not_allowed",
	} {
		asked := len(s.asked)
		e, ok, err := c.Do(t.Context(), callJob(map[string]any{"method": "GET", "url": address, "headers": map[string]any{"parley-phone": "of-the-flow"}}), true)
		if err != nil || !ok {
			t.Fatal(address, ok, err)
		}
		got := e.Result.Error
		if len(s.asked) > asked {
			r := s.asked[asked]
			got = r.RequestURI
			if h := r.Header; h.Get("Authorization") != "Bearer x" || h.Get("Parley-Phone") != "+12025550123" || h.Get("Parley-Conversation") != "c1" {
				t.Errorf("%s: headers %v", address, h)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

// TestCallsThatAreNotMade are answered at once, and nothing leaves.
func TestCallsThatAreNotMade(t *testing.T) {
	s := newService(t, func(int, http.ResponseWriter) { t.Error("it was called") })
	c := caller(t, outbound.CallHost{Host: s.host(), Plain: true}, outbound.CallHost{Host: "api.example.com"}, outbound.CallHost{Host: "10.0.0.1:8080", Plain: true})
	job := func(method, url string) conversation.Job {
		return callJob(map[string]any{"method": method, "url": url})
	}
	with := func(header, value string) conversation.Job {
		j := job("GET", s.URL)
		j.Data["headers"] = map[string]any{header: value}
		return j
	}
	tested, late := job("GET", s.URL), job("GET", s.URL)
	tested.Test = true
	late.At -= 60_000
	for name, tt := range map[string]struct {
		job  conversation.Job
		want string
	}{
		"test mode":      {tested, "test_mode"},
		"too late":       {late, "timeout"},
		"not listed":     {job("GET", "https://evil.example/"), "host_not_allowed"},
		"another port":   {job("GET", "https://api.example.com:444/"), "host_not_allowed"},
		"plain":          {job("GET", "http://api.example.com/"), "host_not_allowed"},
		"a longer name":  {job("GET", "https://api.example.com.evil.example/"), "host_not_allowed"},
		"userinfo":       {job("GET", "https://api.example.com@evil.example/"), "bad_request"},
		"scheme":         {job("GET", "file://api.example.com/etc/passwd"), "bad_request"},
		"no address":     {job("GET", "::"), "bad_request"},
		"method":         {job("TRACE", s.URL), "bad_request"},
		"header":         {with("X-Name", "Ann\r\nX-Admin: 1"), "bad_request"},
		"header's name":  {with("X Name", "1"), "bad_request"},
		"nothing at all": {callJob(nil), "bad_request"},
		"private":        {job("GET", "http://10.0.0.1:8080/"), "forbidden"},
	} {
		e, ok, err := c.Do(t.Context(), tt.job, false)
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", name, ok, err)
			continue
		}
		if got := outcome(t, e); got != tt.want || e.Test != tt.job.Test {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestCallRetryAfter(t *testing.T) {
	var header atomic.Value
	s := newService(t, func(_ int, w http.ResponseWriter) {
		w.Header().Set("Retry-After", header.Load().(string))
		w.WriteHeader(503)
	})
	c := caller(t, outbound.CallHost{Host: s.host(), Plain: true})
	for text, want := range map[string]time.Duration{
		"3": 3 * time.Second, "-1": 0, "soon": 0, "99999999999999": 1 << 20 * time.Second, "Sun, 06 Nov 1994 08:49:37 GMT": 0,
	} {
		header.Store(text)
		_, _, err := c.Do(t.Context(), callJob(map[string]any{"method": "GET", "url": s.URL}), false)
		var later interface{ RetryAfter() time.Duration }
		if !errors.As(err, &later) || later.RetryAfter() != want && text != "99999999999999" {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}

func FuzzCallData(f *testing.F) {
	f.Add(`{"method":"GET","url":"https://api.example.com/","headers":{"A":"b"},"json":null}`)
	f.Add(`{"method":"GET","url":7,"headers":[]}`)
	c := &outbound.Caller{Hosts: []outbound.CallHost{{Host: "api.example.com"}}, Client: &http.Client{Transport: nowhere{}}}
	f.Fuzz(func(t *testing.T, text string) {
		var data map[string]any
		if json.Unmarshal([]byte(text), &data) != nil {
			return
		}
		j := callJob(data)
		if e, ok, err := c.Do(t.Context(), j, true); err != nil || !ok || e.Result == nil {
			t.Errorf("%v %v", ok, err)
		}
	})
}

// nowhere answers nothing, and lets requests go to the one listed host only.
type nowhere struct{}

func (nowhere) RoundTrip(r *http.Request) (*http.Response, error) {
	host := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(r.URL.Host), ":443"), ":"), ".")
	if host != "api.example.com" || r.URL.Scheme != "https" {
		panic("a request left for " + r.URL.Host)
	}
	return nil, errors.New("nowhere")
}
