package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store/storetest"
	"parley/inbound"
	"parley/outbound/provider"
)

func TestMain(m *testing.M) {
	code := storetest.Main(m)
	if built.folder != "" {
		os.RemoveAll(built.folder)
	}
	os.Exit(code)
}

const (
	testLine   = "+12025550100"
	testPhone  = "+12025550123"
	testSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
)

// server is a whole Parley in this process, with a carrier of the generic dialect
// on the other side.
type server struct {
	t       *testing.T
	house   *house
	carrier *provider.Carrier
	key     string // may do everything
	logs    *syncBuffer
	halt    func() // ends it before the test does
}

// syncBuffer is a log that may be read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// testConfig serves one line through one loopback carrier.
func testConfig(database string) Config {
	c := defaultConfig()
	c.Database, c.Listen, c.Admin = database, "127.0.0.1:0", "127.0.0.1:0"
	c.PublicURL = "https://sms.example.com"
	c.Brands = map[string]BrandConfig{"acme": {Name: "Acme", Contact: "help@acme.example", Quiet: "off"}}
	c.Carriers = map[string]CarrierConfig{"lab": {Provider: "loopback", Secret: testSecret, Rate: 1000}}
	c.Lines = []LineConfig{{Number: testLine, Carrier: "lab", Brand: "acme"}}
	c.Codes.Keys = []CodeKeyConfig{{ID: "t1", Secret: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}}
	return c
}

// serveTest runs a server until the test ends; before is done between the joining
// of its rooms and the opening of its doors.
func serveTest(t *testing.T, config Config, before ...func()) *server {
	t.Helper()
	s := &server{t: t, logs: &syncBuffer{}}
	if err := config.check(); err != nil {
		t.Fatal(err)
	}
	h, err := newHouse(t.Context(), config, slog.New(slog.NewTextHandler(s.logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	s.house = h
	if loop, ok := h.prepared.carriers["lab"].Provider.(*provider.Loopback); ok {
		s.carrier = loop.Carrier
	}
	s.key = s.newKey("live", inbound.Scopes...)
	for _, do := range before {
		do()
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.run(ctx) }()
	select {
	case <-h.listening:
	case err := <-ended:
		t.Fatal(err)
	}
	if s.carrier != nil {
		s.carrier.Webhook = "http://" + h.address + "/webhooks/lab"
	}
	s.halt = sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		h.close()
	})
	t.Cleanup(func() {
		s.halt()
		s.complains()
	})
	return s
}

// complains shows what the server of a test that failed complained of, at first and at last.
func (s *server) complains() {
	if !s.t.Failed() {
		return
	}
	var loud []string
	for line := range strings.Lines(s.logs.String()) {
		if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			loud = append(loud, line)
		}
	}
	s.t.Logf("the server complained %d times:\n%s", len(loud), strings.Join(slices.Concat(loud[:min(len(loud), 10)], loud[max(len(loud)-10, min(len(loud), 10)):]), ""))
}

func (s *server) newKey(mode string, scopes ...string) string {
	s.t.Helper()
	key, secret, err := inbound.NewKey("test", mode, scopes)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.house.store.CreateKey(s.t.Context(), key, inbound.HashKey(secret)); err != nil {
		s.t.Fatal(err)
	}
	return secret
}

// do makes one request and returns the status and the body, decoded when it is JSON.
func (s *server) do(method, path, key string, body any, headers ...string) (int, map[string]any) {
	s.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.house.address+path, reader)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, text := exchanged(s.t, r)
	out := map[string]any{"raw": string(text), "retry-after": answer.Header.Get("Retry-After"), "content-type": answer.Header.Get("Content-Type"), "headers": headersOf(answer.Header, text)}
	_ = json.Unmarshal(text, &out) // not every answer is JSON
	return answer.StatusCode, out
}

// exchanged makes a request and reads the whole answer.
func exchanged(t *testing.T, r *http.Request) (answer *http.Response, text []byte) {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err = io.ReadAll(answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer, text
}

// signed posts a webhook body with a good signature.
func (s *server) signed(path, body string) int {
	s.t.Helper()
	keys, err := provider.ParseKeys(testSecret)
	if err != nil {
		s.t.Fatal(err)
	}
	h := http.Header{}
	keys.Sign(h, "wh-"+time.Now().Format(time.RFC3339Nano), time.Now(), []byte(body))
	status, _ := s.do(http.MethodPost, path, "", body, "webhook-id", h.Get("webhook-id"), "webhook-timestamp", h.Get("webhook-timestamp"),
		"webhook-signature", h.Get("webhook-signature"))
	return status
}

// texts is what a phone types.
func (s *server) texts(text string) {
	s.t.Helper()
	if err := s.carrier.Text(s.t.Context(), provider.Text{From: testPhone, To: testLine, Text: text}); err != nil {
		s.t.Fatal(err)
	}
}

// hears waits for the n-th text that the carrier took and returns it.
func (s *server) hears(n int) string {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if m := s.carrier.Messages(); len(m) >= n {
			return m[n-1].Text
		}
		time.Sleep(5 * time.Millisecond) // a real server in real time
	}
	s.t.Fatalf("the carrier did not get a text number %d; log:\n%s", n, s.logs)
	return ""
}

// patience is for what happens at once on a machine that has nothing else to do.
const patience = 30 * time.Second

// eventually waits for something that other goroutines bring about.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if ok() {
			return
		}
		time.Sleep(20 * time.Millisecond) // a real server in real time
	}
	t.Fatalf("%s: not within %v", what, patience)
}

// stored is the customer's conversation, if there is one.
func (s *server) stored() (conversation.Conversation, bool) {
	s.t.Helper()
	c, found, err := s.house.store.Conversation(s.t.Context(), s.house.store.ConversationID(testLine, testPhone))
	if err != nil {
		s.t.Fatal(err)
	}
	return c, found
}

// eachHouse runs a test on a server over each engine.
func eachHouse(t *testing.T, run func(t *testing.T, s *server)) {
	storetest.EachURL(t, func(t *testing.T, url string) { run(t, serveTest(t, testConfig(url))) })
}
