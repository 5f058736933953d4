package outbound_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/conversation"
	"parley/outbound"
	"parley/outbound/egress"
	"parley/outbound/provider"
)

const secret = "whsec_cGFybGV5LXRlc3Qtc2VjcmV0LTI0LWJ5dGVzIQ=="

var job = conversation.Job{
	ID: "job-1", Kind: conversation.JobCallback, Name: "delivery.confirmed", Endpoint: "shop", Conversation: "c1", Run: "r1",
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
		if id, err := keys.Verify(r.Header, body, time.Now()); err != nil || id == "" {
			t.Errorf("signature of %q: %v", id, err)
		}
		n := map[string]any{"id": r.Header.Get("webhook-id")}
		if err := json.Unmarshal(body, &n); err != nil {
			t.Error(err)
		}
		*got = append(*got, n)
		w.Header().Set("Location", "/elsewhere")
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(codes[min(len(*got), len(codes))-1])
		io.WriteString(w, strings.Repeat("x", 1<<20))
	}))
	t.Cleanup(srv.Close)
	return srv.URL, got
}

// ledger is a CallbackStore in memory.
type ledger struct {
	disabled map[string]bool
	given    []conversation.GivenUp
}

func (l *ledger) Disabled(_ context.Context, endpoint, _ string) (bool, error) {
	return l.disabled[endpoint], nil
}

func (l *ledger) GiveUp(_ context.Context, g conversation.GivenUp) error {
	l.given = append(l.given, g)
	return nil
}

func callbacks(t *testing.T, endpoints ...outbound.Endpoint) (*outbound.Callbacks, *ledger) {
	t.Helper()
	client, err := egress.NewClient(egress.Config{Private: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{disabled: map[string]bool{}}
	return &outbound.Callbacks{Endpoints: endpoints, Store: l, Client: client, Log: slog.New(slog.DiscardHandler)}, l
}

func endpoint(t *testing.T, name, address string, events ...string) outbound.Endpoint {
	t.Helper()
	keys, err := provider.ParseKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	return outbound.Endpoint{Name: name, URL: address, Keys: keys, Events: events}
}

func TestCallbacks(t *testing.T) {
	for _, tt := range []struct {
		name  string
		code  int
		last  bool
		again bool
		dead  string // the reason
		gone  bool
	}{
		{name: "taken", code: 204},
		{name: "busy", code: 503, again: true},
		{name: "refused", code: 400, again: true},
		{name: "redirected", code: 302, again: true},
		{name: "busy to the last", code: 503, last: true, dead: "answered 503"},
		{name: "gone", code: 410, dead: "gone", gone: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			address, got := shop(t, tt.code)
			c, l := callbacks(t, endpoint(t, "shop", address+"/hook?token=hidden", "*"))
			err := c.Deliver(t.Context(), job, 3, tt.last)
			if (err != nil) != tt.again {
				t.Errorf("%v", err)
			}
			var later interface{ RetryAfter() time.Duration }
			if tt.again && (!errors.As(err, &later) || later.RetryAfter() != 7*time.Second) {
				t.Errorf("its wish to be left alone is lost: %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "hidden") || strings.Contains(err.Error(), job.Phone)) {
				t.Errorf("the error says too much: %v", err)
			}
			if len(*got) != 1 {
				t.Fatalf("called %d times", len(*got))
			}
			n := (*got)[0]
			if n["id"] != job.ID || n["type"] != "delivery.confirmed" || n["timestamp"] != "2026-03-01T12:00:00Z" || n["data"].(map[string]any)["order"] != "A-7" || n["phone"] != job.Phone {
				t.Errorf("body %v", n)
			}
			if (tt.dead != "") != (len(l.given) == 1) {
				t.Fatalf("given up: %+v", l.given)
			}
			if tt.dead == "" {
				return
			}
			g := l.given[0]
			if !strings.Contains(g.Reason, tt.dead) || strings.Contains(g.Reason, "hidden") || (g.Gone != "") != tt.gone || g.Job.ID != job.ID {
				t.Errorf("%+v", g)
			}
			if g.Tell == nil || g.Tell.Name != "callback.dead" || g.Tell.Data["endpoint"] != "shop" || g.Tell.Data["id"] != job.ID || g.Tell.Data["tries"] != 3.0 {
				t.Errorf("told: %+v", g.Tell)
			}
		})
	}
}

func TestCallbacksThatAreNotPosted(t *testing.T) {
	address, got := shop(t, 200)
	c, l := callbacks(t, endpoint(t, "shop", address, "*"))
	l.disabled["shop"] = true
	if err := c.Deliver(t.Context(), job, 1, false); err != nil || len(l.given) != 1 || l.given[0].Tell != nil || l.given[0].Gone != "" {
		t.Errorf("a disabled endpoint: %v, %+v", err, l.given)
	}
	other := job
	other.Endpoint = "nobody"
	if err := c.Deliver(t.Context(), other, 1, false); err != nil || len(*got) > 0 {
		t.Errorf("an endpoint that is not there: %v, told %d times", err, len(*got))
	}
	strict, err := egress.NewClient(egress.Config{})
	if err != nil {
		t.Fatal(err)
	}
	delete(l.disabled, "shop")
	c.Client = strict
	if err := c.Deliver(t.Context(), job, 1, false); err == nil || !strings.Contains(err.Error(), "private: true") || len(*got) > 0 {
		t.Errorf("a private endpoint: %v", err)
	}
}

// TestDeadCallbackIsNotToldOfItself: nobody is told of a callback.dead that nobody
// took.
func TestDeadCallbackIsNotToldOfItself(t *testing.T) {
	address, _ := shop(t, 500)
	c, l := callbacks(t, endpoint(t, "shop", address, "*"))
	dead := job
	dead.Name = "callback.dead"
	if err := c.Deliver(t.Context(), dead, 10, true); err != nil || len(l.given) != 1 || l.given[0].Tell != nil {
		t.Errorf("%v, %+v", err, l.given)
	}
}

func TestListeners(t *testing.T) {
	c, _ := callbacks(t, endpoint(t, "all", "", "*"), endpoint(t, "some", "", "delivery.*", "run.ended"), endpoint(t, "exact", "", "delivery"))
	for event, want := range map[string][]string{
		"delivery.confirmed": {"all", "some"}, "run.ended": {"all", "some"}, "run.started": {"all"}, "delivery": {"all", "exact"}, "deliveries": {"all"},
	} {
		if got := c.Listeners(event); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", event, got, want)
		}
	}
}

func TestCallbackTest(t *testing.T) {
	address, got := shop(t, 202, 500)
	c, l := callbacks(t, endpoint(t, "shop", address, "run.ended"))
	if status, _, err := c.Test(t.Context(), "shop"); status != 202 || err != nil {
		t.Errorf("%d %v", status, err)
	}
	if status, _, err := c.Test(t.Context(), "shop"); status != 500 || err == nil {
		t.Errorf("%d %v", status, err)
	}
	if _, _, err := c.Test(t.Context(), "nobody"); err == nil || len(l.given) > 0 {
		t.Errorf("%v, %+v", err, l.given)
	}
	if n := (*got)[0]; n["type"] != "callback.test" || n["test"] != true {
		t.Errorf("%v", n)
	}
}
