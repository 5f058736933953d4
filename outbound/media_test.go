package outbound_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/outbound"
	"parley/outbound/egress"
	"parley/outbound/provider"
)

const (
	jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00 and so on"
	page = "<!DOCTYPE html><script>alert(1)</script>"
)

// fetcher may ask the given private hosts.
func fetcher(t *testing.T, private ...string) *outbound.Fetcher {
	t.Helper()
	return fetcherWithin(t, outbound.MediaTimeout, private...)
}

func fetcherWithin(t *testing.T, timeout time.Duration, private ...string) *outbound.Fetcher {
	t.Helper()
	client, err := egress.NewClient(egress.Config{Private: private, Timeout: timeout, MostBody: outbound.MostMedia})
	if err != nil {
		t.Fatal(err)
	}
	return outbound.NewFetcher(client, 2)
}

// twilio is a carrier at the address, whose media want credentials.
func twilioAt(t *testing.T, base string) provider.Provider {
	t.Helper()
	p, _, err := provider.New(provider.Settings{Name: "us", Provider: "twilio", BaseURL: base, AccountSID: "AC1", AuthToken: "very-secret"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMedia(t *testing.T) {
	var elsewhere string
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if auth := r.Header.Get("Authorization"); auth != "" {
			t.Errorf("credentials went to another host: %s", r.URL.Path)
		}
		io.WriteString(w, jpeg)
	}))
	defer store.Close()
	carrier := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, token, _ := r.BasicAuth(); token != "very-secret" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		switch r.URL.Path {
		case "/photo":
			w.Header().Set("Content-Type", "text/html") // what the carrier says counts for nothing
			io.WriteString(w, jpeg)
		case "/page":
			w.Header().Set("Content-Type", "image/jpeg")
			io.WriteString(w, page)
		case "/svg":
			io.WriteString(w, `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)
		case "/moved":
			http.Redirect(w, r, store.URL+"/kept#part", http.StatusTemporaryRedirect)
		case "/inside":
			http.Redirect(w, r, elsewhere, http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/large":
			io.WriteString(w, strings.Repeat("x", outbound.MostMedia+1))
		case "/slow":
			time.Sleep(time.Second) // longer than the client waits
		default:
			http.NotFound(w, r)
		}
	}))
	defer carrier.Close()
	elsewhere = "http://169.254.169.254/latest/meta-data/"
	patient, quick := fetcher(t, hostOf(carrier.URL), hostOf(store.URL)), fetcherWithin(t, 500*time.Millisecond, hostOf(carrier.URL))
	for path, want := range map[string]string{
		"/photo": "image/jpeg", "/moved": "image/jpeg", "/page": "application/octet-stream", "/svg": "application/octet-stream",
		"/inside": "forbidden", "/round": "without end", "/large": "too_large", "/slow": "timeout", "/none": "answered 404",
	} {
		f := patient
		if path == "/slow" {
			f = quick
		}
		m, err := f.Fetch(t.Context(), twilioAt(t, carrier.URL), carrier.URL+path)
		if got := m.Type + fmt.Sprint(err); err == nil && m.Type != want || err != nil && !strings.Contains(got, want) {
			t.Errorf("%s: %q %v, want %s", path, m.Type, err, want)
		}
		if err != nil && (!errors.Is(err, outbound.ErrMedia) || strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "127.0.0.1")) {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, address := range []string{store.URL + "/x", "http://user:pw@" + hostOf(store.URL), "file:///etc/passwd", "gopher://x", "::", ""} {
		if _, err := fetcher(t).Fetch(t.Context(), twilioAt(t, carrier.URL), address); !errors.Is(err, outbound.ErrMedia) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// One that finds no room waits, and hears when its caller has gone.
func TestMediaAtOnce(t *testing.T) {
	f := fetcher(t)
	f.Room <- struct{}{}
	f.Room <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Fetch(ctx, nil, "https://example.com/x.jpg"); !errors.Is(err, context.Canceled) {
		t.Errorf("without room: %v", err)
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err) // of a test's own server
	}
	return u.Host
}
