package egress_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/outbound/egress"
)

func client(t *testing.T, c egress.Config) *http.Client {
	t.Helper()
	made, err := egress.NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func ExampleNewClient() {
	client, err := egress.NewClient(egress.Config{Private: []string{"10.0.0.5:8080"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Get("http://169.254.169.254/latest/meta-data/")
	fmt.Println(egress.Reason(err))
	// Output: forbidden
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var reached atomic.Int64
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer inside.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		outside := httptest.NewServer(http.RedirectHandler(inside.URL, code))
		defer outside.Close()
		// Even where the place that it leads to might be called.
		res, err := client(t, egress.Config{Private: []string{"127.0.0.1"}}).Get(outside.URL)
		if err != nil || res.StatusCode != code {
			t.Errorf("%d: %v", code, err)
			continue
		}
		res.Body.Close()
	}
	if reached.Load() > 0 {
		t.Error("a redirect was followed")
	}
}

func TestFormsAreRefused(t *testing.T) {
	for _, address := range []string{"ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "http://user:word@example.com/", "http://user@example.com/", "http:///path", "unix:///x"} {
		if res, err := client(t, egress.Config{}).Get(address); !errors.Is(err, egress.ErrForbidden) {
			if err == nil {
				res.Body.Close()
			}
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAnswersAreLimited(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/fits":
			io.WriteString(w, strings.Repeat("x", 1000))
		case "/large":
			io.WriteString(w, strings.Repeat("x", 1001))
		case "/header":
			w.Header().Set("X-Long", strings.Repeat("x", 1<<20))
		case "/slow":
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	}))
	defer srv.Close()
	c := client(t, egress.Config{Private: []string{"127.0.0.1"}, MostBody: 1000, Timeout: 500 * time.Millisecond})
	for path, want := range map[string]string{"/fits": "", "/large": "too_large", "/header": "unreachable", "/slow": "timeout"} {
		res, err := c.Get(srv.URL + path)
		var body []byte
		if err == nil {
			body, err = io.ReadAll(res.Body)
			res.Body.Close()
		}
		got := ""
		if err != nil {
			got = egress.Reason(err)
		}
		if got != want || len(body) > 1000 || want == "" && len(body) != 1000 {
			t.Errorf("%s: %v (%s), %d bytes; want %q", path, err, got, len(body), want)
		}
	}
}

func TestReasons(t *testing.T) {
	secured := httptest.NewTLSServer(http.NotFoundHandler())
	defer secured.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	c := client(t, egress.Config{Private: []string{"127.0.0.1"}})
	for address, want := range map[string]string{
		secured.URL: "tls", closed.URL: "refused", "http://127.0.0.1:x/": "unreachable", "http://nowhere.invalid/": "no_such_host",
	} {
		res, err := c.Get(address)
		if err == nil {
			res.Body.Close()
		}
		if got := egress.Reason(err); got != want {
			t.Errorf("%s: %v is %s, want %s", address, err, got, want)
		}
	}
}
