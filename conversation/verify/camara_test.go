package verify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/conversation"
	"parley/flows"
	"parley/outbound/egress"
)

const swapPhone = "+12025550123"

// operator is a SIM-swap service on the loopback.
func operator(t *testing.T, timeout time.Duration, answer http.HandlerFunc) *Camara {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	client, err := egress.NewClient(egress.Config{Private: []string{strings.TrimPrefix(s.URL, "http://")}, Timeout: timeout, MostBody: MostSwapBody})
	if err != nil {
		t.Fatal(err)
	}
	return &Camara{URL: s.URL + "/sim-swap/v2/", Client: client, Token: StaticToken("tok-1")}
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestCamaraAsks(t *testing.T) {
	c := operator(t, time.Second, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		if r.Method != http.MethodPost || r.URL.Path != "/sim-swap/v2/check" || r.Header.Get("Authorization") != "Bearer tok-1" ||
			r.Header.Get("Content-Type") != "application/json" || body["phoneNumber"] != swapPhone || body["maxAge"] != 168.0 || len(body) != 2 {
			t.Errorf("%s %s %v %v", r.Method, r.URL.Path, r.Header, body)
		}
		says(http.StatusOK, `{"swapped": true}`)(w, r)
	})
	if swapped, err := c.Changed(t.Context(), swapPhone, 168*time.Hour); !swapped || err != nil {
		t.Errorf("%v, %v", swapped, err)
	}
}

func TestCamaraAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   bool
		ok     bool
	}{
		"not swapped":     {200, `{"swapped":false}`, false, true},
		"more than asked": {200, `{"swapped":true,"monitoredPeriod":120}`, true, true},
		"no such number":  {404, `{"status":404,"code":"IDENTIFIER_NOT_FOUND","message":"` + swapPhone + `"}`, false, false},
		"out of range":    {400, `{"status":400,"code":"OUT_OF_RANGE"}`, false, false},
		"too many":        {429, `{}`, false, false},
		"broken":          {500, swapPhone, false, false},
		"a redirect":      {302, ``, false, false},
		"nothing":         {200, ``, false, false},
		"no JSON":         {200, `<html>` + swapPhone, false, false},
		"another shape":   {200, `{"swapped":"no"}`, false, false},
		"without a word":  {200, `{}`, false, false},
		"null":            {200, `{"swapped":null}`, false, false},
		"more behind it":  {200, `{"swapped":false}{"swapped":true}`, false, false},
		"endless":         {200, `{"x":"` + strings.Repeat("a", MostSwapBody+1) + `","swapped":false}`, false, false},
	} {
		swapped, err := operator(t, time.Second, says(c.status, c.body)).Changed(t.Context(), swapPhone, time.Hour)
		if swapped != c.want || (err == nil) != c.ok {
			t.Errorf("%s: %v, %v", name, swapped, err)
		}
		if err != nil && (strings.Contains(err.Error(), swapPhone[1:]) || strings.Contains(err.Error(), "tok-1")) {
			t.Errorf("%s: the error says too much: %v", name, err)
		}
	}
}

func TestCamaraIsSlow(t *testing.T) {
	done := make(chan struct{})
	c := operator(t, 50*time.Millisecond, func(http.ResponseWriter, *http.Request) { <-done })
	defer close(done)
	if _, err := c.Changed(t.Context(), swapPhone, time.Hour); err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("%v", err)
	}
}

// TestABrokenServiceIsLeftAlone: codes that need no answer must not wait behind those
// that do.
func TestABrokenServiceIsLeftAlone(t *testing.T) {
	var asked atomic.Int64
	c := operator(t, time.Second, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); says(503, "")(w, r) })
	for range 20 {
		if _, err := c.Changed(t.Context(), swapPhone, time.Hour); err == nil {
			t.Error("an answer out of nothing")
		}
	}
	if asked.Load() != breakAfter {
		t.Errorf("asked %d times", asked.Load())
	}
	var b breaker
	at := time.Unix(1000, 0)
	for range breakAfter {
		b.heard(at, false)
	}
	if b.may(at.Add(breakFor - 1)) {
		t.Error("asked too early")
	}
	if !b.may(at.Add(breakFor)) || b.may(at.Add(breakFor+1)) {
		t.Error("after the pause one tries, and one only")
	}
	b.heard(at, true)
	if !b.may(at) {
		t.Error("an answer does not close it")
	}
}

// TestANumberThatNobodyKnowsStopsNobody: an answer about one number or one question is no
// broken service. Whoever has a code asked for at a number that it does not know, again and
// again, keeps nobody else's SIM from being asked about.
func TestANumberThatNobodyKnowsStopsNobody(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity} {
		c := operator(t, time.Second, func(w http.ResponseWriter, r *http.Request) {
			var body struct{ PhoneNumber string }
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			if body.PhoneNumber != swapPhone {
				says(status, `{"code":"IDENTIFIER_NOT_FOUND"}`)(w, r)
				return
			}
			says(http.StatusOK, `{"swapped":true}`)(w, r)
		})
		for range 2 * breakAfter {
			if _, err := c.Changed(t.Context(), "+12025550124", time.Hour); !errors.Is(err, ErrNumberUnknown) {
				t.Errorf("an answer out of nothing, or one to wait for: %v", err)
			}
		}
		if swapped, err := c.Changed(t.Context(), swapPhone, time.Hour); !swapped || err != nil {
			t.Errorf("%d: another number: %v, %v", status, swapped, err)
		}
	}
}

// TestAWrongAddressKnowsNobody: what answers 404 to everything, or takes each number for
// one too many, knows nothing of this number alone: it is an outage, which is logged
// and opens the breaker.
func TestAWrongAddressKnowsNobody(t *testing.T) {
	for status, bodies := range map[int][]string{
		http.StatusNotFound:            {"<html>not here</html>", `{"error":"no route"}`, `{"code":404}`, ""},
		http.StatusUnprocessableEntity: {`{"code":"MISSING_IDENTIFIER"}`, `{"code":"UNNECESSARY_IDENTIFIER"}`},
		http.StatusBadRequest:          {"the plain HTTP request was sent to HTTPS port"},
		http.StatusForbidden:           {`{"code":"PERMISSION_DENIED"}`},
	} {
		for _, body := range bodies {
			var asked atomic.Int64
			c := operator(t, time.Second, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); says(status, body)(w, r) })
			for range 2 * breakAfter {
				if _, err := c.Changed(t.Context(), swapPhone, time.Hour); err == nil || errors.Is(err, ErrNumberUnknown) {
					t.Errorf("%d %s: %v", status, body, err)
				}
			}
			if asked.Load() != breakAfter {
				t.Errorf("%d %s: asked %d times", status, body, asked.Load())
			}
		}
	}
	c := operator(t, time.Second, says(http.StatusNotFound, `{"code":"IDENTIFIER_NOT_FOUND"}`))
	c.Token = ClientToken(c.Client, c.URL, "me", "secret", "")
	if _, err := c.Changed(t.Context(), swapPhone, time.Hour); err == nil || errors.Is(err, ErrNumberUnknown) {
		t.Errorf("no token: %v", err)
	}
}

// TestTokensAreFetched: by client credentials, kept, and fetched anew when refused.
func TestTokensAreFetched(t *testing.T) {
	var fetched atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if err := r.ParseForm(); err != nil || id != "me" || secret != "s%26cret" || r.Form.Get("grant_type") != "client_credentials" || r.Form.Get("scope") != "sim-swap:check" {
			t.Errorf("%q %q %v", id, secret, r.Form)
		}
		n := fetched.Add(1)
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "t" + string(rune('0'+n)), "expires_in": 3600})
	})
	mux.HandleFunc("POST /sim-swap/v2/check", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t2" {
			says(http.StatusUnauthorized, "")(w, r)
			return
		}
		says(http.StatusOK, `{"swapped":false}`)(w, r)
	})
	c := operator(t, time.Second, mux.ServeHTTP)
	c.Token = ClientToken(c.Client, strings.TrimSuffix(c.URL, "/sim-swap/v2/")+"/token", "me", "s&cret", "sim-swap:check")
	for range 3 {
		if _, err := c.Changed(context.Background(), swapPhone, time.Hour); err != nil {
			t.Error(err)
		}
	}
	if fetched.Load() != 2 {
		t.Errorf("fetched %d times", fetched.Load())
	}
}

// TestATokenIsNotWaitedForLonger: who waits for the token that somebody else fetches has
// their own time, as if they fetched it.
func TestATokenIsNotWaitedForLonger(t *testing.T) {
	asked, done := make(chan struct{}, 1), make(chan struct{})
	c := operator(t, time.Minute, func(http.ResponseWriter, *http.Request) { asked <- struct{}{}; <-done })
	defer close(done)
	token := ClientToken(c.Client, c.URL, "me", "secret", "")
	go func() { _, _ = token(t.Context(), false) }()
	<-asked
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	told := make(chan error, 1)
	go func() { _, err := token(ctx, false); told <- err }()
	select {
	case err := <-told:
		if err == nil || !strings.Contains(err.Error(), "timeout") {
			t.Errorf("%v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("still waiting")
	}
}

// What is told of a changed number and of a locked account is one segment, and in every
// language that codes are worded in.
func TestToldTexts(t *testing.T) {
	line := conversation.Line{Brand: flows.Brand{Name: "Twenty-four Characters A"}}
	for _, texts := range []map[string]string{changedTexts, lockedTexts} {
		for language := range phrases {
			text := spoken(texts, line, language)
			if gsmSegments(text) != 1 || !strings.HasPrefix(text, line.Brand.Name) || language != "en" && text == spoken(texts, line, "en") {
				t.Errorf("%s: %d segments: %q", language, gsmSegments(text), text)
			}
		}
	}
}
