package provider_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/outbound/provider"
)

var parcel = provider.Outgoing{ID: "0190-a", From: "+12025550100", To: "+12025550123", Text: "Your parcel is here.", Callback: "https://sms.example.com/webhooks/x"}

// overHTTP are the providers that speak to a server.
var overHTTP = []string{"twilio", "kannel", "generic"}

func sendTo(t *testing.T, name, address string, timeout time.Duration) *provider.Error {
	t.Helper()
	s := settings[name]
	s.BaseURL, s.Client = address, &http.Client{Timeout: timeout}
	_, err := open(t, s).Send(t.Context(), parcel)
	var e *provider.Error
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("%s: not an *Error: %v", name, err)
	}
	if e != nil {
		for _, private := range []string{s.AuthToken, s.Password, s.Secret, parcel.To, parcel.To[1:], parcel.Text, "parcel"} {
			if private != "" && strings.Contains(e.Error(), private) {
				t.Errorf("%s: the error holds %q: %v", name, private, e)
			}
		}
	}
	return e
}

func TestSendTrouble(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	tests := []struct {
		name    string
		handler http.HandlerFunc
		class   provider.Class
	}{
		{"no answer in time", func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			<-hang
		}, provider.Ambiguous},
		{"hangs up after reading", func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler) // how a handler cuts the connection
		}, provider.Ambiguous},
		{"a yes that breaks off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Write([]byte(`{"id":"`))
			panic(http.ErrAbortHandler) // how a handler cuts the connection
		}, provider.Ambiguous},
		{"an endless yes", func(w http.ResponseWriter, _ *http.Request) {
			for err := error(nil); err == nil; {
				_, err = w.Write([]byte(strings.Repeat("x", 1024)))
			}
		}, provider.Ambiguous},
	}
	for _, tt := range tests {
		for _, name := range overHTTP {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				var calls atomic.Int32
				srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					calls.Add(1)
					tt.handler(w, r)
				}))
				defer srv.CloseClientConnections()
				e := sendTo(t, name, srv.URL, 200*time.Millisecond)
				if e == nil || e.Class != tt.class {
					t.Fatalf("%v, want %s", e, tt.class)
				}
				if tt.name == "an endless yes" && e.Code == "timeout" {
					t.Error("read for as long as it came")
				}
				if n := calls.Load(); n != 1 {
					t.Errorf("asked %d times", n)
				}
			})
		}
	}
}

// TestNotTaken: answers by which the server says that it has not even looked at what
// came, which is nothing that the message could be refused for.
func TestNotTaken(t *testing.T) {
	for _, status := range []int{http.StatusRequestTimeout, http.StatusTooEarly} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		defer srv.Close()
		for _, name := range overHTTP {
			if e := sendTo(t, name, srv.URL, time.Second); e == nil || e.Class != provider.Temporary {
				t.Errorf("%s, %d: %v, want temporary", name, status, e)
			}
		}
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for _, name := range overHTTP {
		if e := sendTo(t, name, "http://"+l.Addr().String(), time.Second); e == nil || e.Class != provider.Temporary {
			t.Errorf("%s: %v, want temporary", name, e)
		}
	}
}

// A kept connection that breaks must not make net/http send a text a second time.
func TestBrokenConnectionIsNotRepeated(t *testing.T) {
	for _, name := range overHTTP {
		var calls atomic.Int32
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if calls.Add(1) > 1 {
				panic(http.ErrAbortHandler) // how a handler cuts the connection
			}
			io.Copy(io.Discard, r.Body)
			w.Write([]byte(`{}`))
		}))
		s := settings[name]
		s.BaseURL = srv.URL
		p := open(t, s)
		p.Send(t.Context(), parcel)
		p.Send(t.Context(), parcel)
		if n := calls.Load(); n != 2 {
			t.Errorf("%s: two sends made %d requests", name, n)
		}
		srv.Close()
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed a redirect") }))
	defer elsewhere.Close()
	srv := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer srv.Close()
	for _, name := range overHTTP {
		if e := sendTo(t, name, srv.URL, time.Second); e == nil || e.Class != provider.Config {
			t.Errorf("%s: %v, want config", name, e)
		}
	}
}

func TestSendEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, s := range settings {
		_, err := open(t, s).Send(ctx, parcel)
		var e *provider.Error
		if !errors.As(err, &e) || e.Class != provider.Temporary {
			t.Errorf("%s: %v", name, err)
		}
	}
}
