package outbound_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/conversation"
	"parley/outbound"
	"parley/outbound/provider"
)

const secret = "whsec_cGFybGV5LXRlc3Qtc2VjcmV0LTI0LWJ5dGVzIQ=="

var job = conversation.Job{
	ID: "job-1", Kind: conversation.JobCallback, Name: "delivery.confirmed", Conversation: "c1", Run: "r1",
	Line: "+12025550100", Phone: "+12025550123", Data: map[string]any{"order": "A-7"}, At: 1772366400000,
}

// shop is the business's endpoint; it answers with the codes given, in turn.
func shop(t *testing.T, codes ...int) (address string, got *[]map[string]any) {
	t.Helper()
	keys, err := provider.ParseKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	got = new([]map[string]any)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if id, err := keys.Verify(r.Header, body, time.Now()); err != nil || id != job.ID {
			t.Errorf("signature of %q: %v", id, err)
		}
		var n map[string]any
		if err := json.Unmarshal(body, &n); err != nil {
			t.Error(err)
		}
		*got = append(*got, n)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(codes[min(len(*got), len(codes))-1])
		io.WriteString(w, strings.Repeat("x", 1<<20))
	}))
	t.Cleanup(srv.Close)
	return srv.URL, got
}

func TestCallbacks(t *testing.T) {
	keys, _ := provider.ParseKeys(secret)
	tests := []struct {
		name      string
		code      int
		ok        bool
		permanent bool
	}{
		{"taken", 204, true, false},
		{"busy", 503, false, false},
		{"refused", 400, false, false},
		{"redirected", 302, false, false},
		{"gone", 410, false, true},
	}
	for _, tt := range tests {
		address, got := shop(t, tt.code)
		c := outbound.Callbacks{Endpoints: []outbound.Endpoint{{URL: address + "/hook?token=hidden", Keys: keys, Events: []string{"*"}}}}
		err := c.Deliver(t.Context(), job)
		if (err == nil) != tt.ok || errors.Is(err, outbound.ErrPermanent) != tt.permanent {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "hidden") || strings.Contains(err.Error(), job.Phone)) {
			t.Errorf("the error says too much: %v", err)
		}
		if len(*got) != 1 {
			t.Fatalf("%s: called %d times", tt.name, len(*got))
		}
		n := (*got)[0]
		if n["type"] != "delivery.confirmed" || n["timestamp"] != "2026-03-01T12:00:00Z" || n["data"].(map[string]any)["order"] != "A-7" || n["phone"] != job.Phone {
			t.Errorf("%s: body %v", tt.name, n)
		}
	}
}

func TestCallbacksChooseEndpoints(t *testing.T) {
	keys, _ := provider.ParseKeys(secret)
	good, heard := shop(t, 200)
	gone, _ := shop(t, 410)
	busy, _ := shop(t, 500)
	endpoint := func(address, event string) outbound.Endpoint {
		return outbound.Endpoint{URL: address, Keys: keys, Events: []string{event}}
	}
	c := outbound.Callbacks{Endpoints: []outbound.Endpoint{endpoint(good, "delivery.*"), endpoint(good, "delivery.confirmed"), endpoint(good, "booking.*"), endpoint(good, "delivery")}}
	if err := c.Deliver(t.Context(), job); err != nil || len(*heard) != 2 {
		t.Errorf("%v, heard %d times", err, len(*heard))
	}
	c.Endpoints = []outbound.Endpoint{endpoint(gone, "*"), endpoint(busy, "*")}
	if err := c.Deliver(t.Context(), job); err == nil || errors.Is(err, outbound.ErrPermanent) {
		t.Errorf("one may still take it: %v", err)
	}
	if err := (outbound.Callbacks{}).Deliver(t.Context(), job); err != nil {
		t.Errorf("nobody to call: %v", err)
	}
	c.Endpoints = []outbound.Endpoint{endpoint("http://127.0.0.1:1/?token=hidden", "*")}
	if err := c.Deliver(t.Context(), job); err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("nobody listens: %v", err)
	}
}
