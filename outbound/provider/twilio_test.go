package provider_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"parley/outbound/provider"
)

// TestTwilioForgets: with content_retention: discard a text, which may be a code, goes
// out with the parameter by which Twilio forgets it, and else as it would without.
func TestTwilioForgets(t *testing.T) {
	sent := func(options map[string]string) (path, auth string, form url.Values) {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			path, auth, form = r.URL.RequestURI(), r.Header.Get("Authorization"), maps.Clone(r.PostForm)
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(`{"sid":"SM1"}`))
		}))
		defer srv.Close()
		s := settings["twilio"]
		s.BaseURL, s.Options = srv.URL, options
		o := provider.Outgoing{ID: "m-1", From: "+12025550100", To: "+12025550123", Text: "Acme: 123456 is your code to log in.", Callback: "https://sms.example.com/webhooks/us"}
		if _, err := open(t, s).Send(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		return path, auth, form
	}
	path, auth, keeps := sent(nil)
	if keeps.Has("ContentRetention") || keeps.Get("Body") == "" {
		t.Errorf("unasked: %v", keeps)
	}
	forgettingPath, forgettingAuth, forgets := sent(map[string]string{"content_retention": "discard"})
	if got := forgets["ContentRetention"]; len(got) != 1 || got[0] != "discard" {
		t.Errorf("ContentRetention: %v", got)
	}
	delete(forgets, "ContentRetention")
	if path != forgettingPath || auth != forgettingAuth || !reflect.DeepEqual(keeps, forgets) {
		t.Errorf("something else changed:\n%s %v\n%s %v", path, keeps, forgettingPath, forgets)
	}
}

// TestTwilioMisspelt: a retention that Twilio does not know would fail every message
// (https://www.twilio.com/docs/api/errors/30029); the start fails instead.
func TestTwilioMisspelt(t *testing.T) {
	s := settings["twilio"]
	for value, fine := range map[string]bool{"discard": true, "retain": true, "": true, "discrad": false, "Discard": false} {
		s.Options = map[string]string{"content_retention": value}
		_, _, err := provider.New(s)
		if fine != (err == nil) || err != nil && !strings.Contains(err.Error(), "content_retention") {
			t.Errorf("%q: %v", value, err)
		}
	}
}
