package provider_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"parley/outbound/provider"
)

// vector is Twilio's published example: address, parameters and signature.
func vector() (provider.Settings, provider.Request) {
	u, _ := url.Parse("https://mycompany.com/myapp.php?foo=1&bar=2")
	return provider.Settings{Name: "us", Provider: "twilio", AccountSID: "AC1", AuthToken: "12345"}, provider.Request{
		URL: u, Now: now,
		Header: http.Header{
			"Content-Type":       {"application/x-www-form-urlencoded"},
			"X-Twilio-Signature": {"0/KCTR6DLpKmkAf8muzZqo1nDgQ="},
		},
		Body: []byte("CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212"),
	}
}

func TestTwilioSignature(t *testing.T) {
	tests := []struct {
		name   string
		change func(*provider.Settings, *provider.Request)
		fits   bool
	}{
		{"published vector", func(*provider.Settings, *provider.Request) {}, true},
		{"port present", func(_ *provider.Settings, r *provider.Request) { r.URL.Host = "mycompany.com:443" }, true},
		{"unusual port present", func(_ *provider.Settings, r *provider.Request) { r.URL.Host = "mycompany.com:8443" }, true},
		{"signed with the port, ours without", func(_ *provider.Settings, r *provider.Request) {
			r.Header.Set("X-Twilio-Signature", "EpDEmp1PyjDYp77YxYU3GILBWzE=") // the vector's parameters for mycompany.com:443
		}, true},
		{"second live token", func(s *provider.Settings, _ *provider.Request) { s.AuthToken, s.Secrets = "99999", []string{"12345"} }, true},
		{"wrong token", func(s *provider.Settings, _ *provider.Request) { s.AuthToken = "12346" }, false},
		{"changed parameter", func(_ *provider.Settings, r *provider.Request) {
			r.Body = bytes.Replace(r.Body, []byte("Digits=1234"), []byte("Digits=1235"), 1)
		}, false},
		{"added parameter", func(_ *provider.Settings, r *provider.Request) { r.Body = append(r.Body, "&X=1"...) }, false},
		{"changed query", func(_ *provider.Settings, r *provider.Request) { r.URL.RawQuery = "foo=1&bar=3" }, false},
		{"other host", func(_ *provider.Settings, r *provider.Request) { r.URL.Host = "evil.example" }, false},
		{"other scheme", func(_ *provider.Settings, r *provider.Request) { r.URL.Scheme = "http" }, false},
		{"no header", func(_ *provider.Settings, r *provider.Request) { r.Header.Del("X-Twilio-Signature") }, false},
		{"cut header", func(_ *provider.Settings, r *provider.Request) { r.Header.Set("X-Twilio-Signature", "0/KCTR6D") }, false},
		{"body that the signature does not cover", func(_ *provider.Settings, r *provider.Request) {
			r.Header.Set("Content-Type", "application/json")
		}, false},
	}
	for _, tt := range tests {
		s, r := vector()
		tt.change(&s, &r)
		_, err := open(t, s).Receive(r)
		// The vector is a call, not a text: verified, it is malformed.
		if want := map[bool]error{true: provider.ErrMalformed, false: provider.ErrSignature}[tt.fits]; !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", tt.name, err, want)
		}
	}
}

// TestTwilioVectors holds the server to the signatures that Twilio's own libraries
// are held to: ports that are there or not, repeated parameters, a JSON body.
func TestTwilioVectors(t *testing.T) {
	const call, twice = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212",
		"Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234"
	for _, v := range []struct{ name, address, body, signature string }{
		{"as published", "https://mycompany.com/myapp.php?foo=1&bar=2", call, "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
		{"a port that was not signed", "https://mycompany.com:1234/myapp.php?foo=1&bar=2", call, "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
		{"a port that was signed", "http://mycompany.com:1234/myapp.php?foo=1&bar=2", call, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="},
		{"443 was signed", "https://mycompany.com/myapp.php?foo=1&bar=2", call, "kvajT1Ptam85bY51eRf/AJRuM3w="},
		{"80 was signed", "http://mycompany.com/myapp.php?foo=1&bar=2", call, "0ZXoZLH/DfblKGATFgpif+LLRf4="},
		{"a parameter twice", "https://mycompany.com/myapp.php?foo=1&bar=2", twice, "IK+Dwps556ElfBT0I3Rgjkr1wJU="},
		{"a body by its hash", "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620",
			`{"property": "value", "boolean": true}`, "a9nBmqA0ju/hNViExpshrM61xv4="},
	} {
		s, r := vector()
		r.URL, _ = url.Parse(v.address)
		r.Body = []byte(v.body)
		if v.body[0] == '{' {
			r.Header.Set("Content-Type", "application/json")
		}
		for signature, want := range map[string]error{v.signature: provider.ErrMalformed, "A" + v.signature[1:]: provider.ErrSignature} {
			r.Header.Set("X-Twilio-Signature", signature)
			if _, err := open(t, s).Receive(r); !errors.Is(err, want) { // verified, none of them is a text
				t.Errorf("%s, signed %s: %v, want %v", v.name, signature, err, want)
			}
		}
	}
}

// JSON bodies are vouched for by their hash in the signed address.
func TestTwilioBodyHash(t *testing.T) {
	s, r := vector()
	r.Header = http.Header{"Content-Type": {"application/json"}, "X-Twilio-Signature": {"nriFqGpAZQ0iSzTL2w82OSEwU5I="}}
	r.URL, _ = url.Parse("https://mycompany.com/myapp.php?bodySHA256=2689dac6b47d79db1b6db1f89475b8a7c0bc2a2f1f21bb7a3e6c68e6f3ee2f20")
	r.Body = []byte(`{"a":1}`)
	if _, err := open(t, s).Receive(r); !errors.Is(err, provider.ErrSignature) {
		t.Errorf("another body: %v", err)
	}
	r.URL, _ = url.Parse("https://mycompany.com/myapp.php?bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862")
	r.Header.Set("X-Twilio-Signature", "+kSuX/0ZJYA1+JmgZwzpaeDUJPg=")
	if _, err := open(t, s).Receive(r); !errors.Is(err, provider.ErrMalformed) {
		t.Errorf("signed JSON: %v", err)
	}
}

func TestKeys(t *testing.T) {
	other := "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("x"), 32))
	ours, _ := provider.ParseKeys(secret)
	both, _ := provider.ParseKeys("", other, secret)
	theirs, _ := provider.ParseKeys(other)
	body := []byte(`{"type":"message.received"}`)
	signed := func(k provider.Keys, id string, at time.Time) http.Header {
		h := http.Header{}
		k.Sign(h, id, at, body)
		return h
	}
	tests := []struct {
		name string
		keys provider.Keys
		h    http.Header
		body []byte
		fits bool
	}{
		{"ours", ours, signed(ours, "a", now), body, true},
		{"an older live secret", both, signed(ours, "a", now), body, true},
		{"signed with both, we know one", ours, signed(both, "a", now), body, true},
		{"at the edge of the window", ours, signed(ours, "a", now.Add(-provider.Window)), body, true},
		{"stale", ours, signed(ours, "a", now.Add(-provider.Window-time.Second)), body, false},
		{"from the future", ours, signed(ours, "a", now.Add(provider.Window+time.Second)), body, false},
		{"another secret", ours, signed(theirs, "a", now), body, false},
		{"another body", ours, signed(ours, "a", now), []byte(`{}`), false},
		{"no headers", ours, http.Header{}, body, false},
		{"an id of U+FFFD bytes", ours, signed(ours, "\xff", now), body, false},
		{"the zero value", provider.Keys{}, signed(ours, "a", now), body, false},
	}
	for _, tt := range tests {
		id, err := tt.keys.Verify(tt.h, tt.body, now)
		if tt.fits && (err != nil || id != "a") || !tt.fits && !errors.Is(err, provider.ErrSignature) {
			t.Errorf("%s: %q, %v", tt.name, id, err)
		}
	}
	moved := signed(ours, "a", now)
	moved.Set("Webhook-Id", "b")
	if _, err := ours.Verify(moved, body, now); !errors.Is(err, provider.ErrSignature) {
		t.Errorf("the id is not covered: %v", err)
	}
	for _, bad := range []string{"", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 100))} {
		if _, err := provider.ParseKeys(bad); err == nil {
			t.Errorf("ParseKeys accepted %q", bad)
		}
	}
}
