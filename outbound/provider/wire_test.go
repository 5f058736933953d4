package provider_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/outbound/provider"
)

var update = flag.Bool("update", false, "rewrite the results in testdata")

// now is when the recorded webhooks arrived.
var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// secret signs everything in testdata.
const secret = "whsec_cGFybGV5LXRlc3Qtc2VjcmV0LTI0LWJ5dGVzIQ=="

var settings = map[string]provider.Settings{
	"twilio":   {Name: "us", Provider: "twilio", AccountSID: "AC00000000000000000000000000000001", AuthToken: "12345"},
	"kannel":   {Name: "gw", Provider: "kannel", Username: "parley", Password: "tester-pw", Secret: "kannel-test-secret", BaseURL: "http://127.0.0.1:13013"},
	"generic":  {Name: "lab", Provider: "generic", Secret: secret, BaseURL: "http://127.0.0.1:7070"},
	"loopback": {Name: "loop", Provider: "loopback", Secret: secret},
}

// TestWire plays every file of testdata/NAME: webhooks (### webhook, ### result)
// and sends (### message, ### request, ### answer, ### result).
func TestWire(t *testing.T) {
	for name := range provider.Table {
		files, _ := filepath.Glob(filepath.Join("testdata", name, "*.http"))
		if len(files) == 0 {
			t.Errorf("provider %s has no testdata/%s/*.http", name, name)
		}
		for _, file := range files {
			t.Run(name+"/"+strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
				sections := readSections(t, file)
				got := slices.Clone(sections)
				if webhook := find(sections, "webhook"); webhook != nil {
					find(got, "result").body = receive(t, settings[name], webhook.body)
				} else {
					find(got, "request").body, find(got, "result").body = send(t, settings[name], sections)
				}
				compare(t, file, sections, got)
			})
		}
	}
}

func receive(t *testing.T, s provider.Settings, webhook string) string {
	p := open(t, s)
	r := parseRequest(t, webhook)
	d, err := p.Receive(r)
	if err != nil {
		return err.Error()
	}
	return describe(d)
}

func describe(d provider.Delivery) string {
	var b strings.Builder
	for _, m := range d.Texts {
		fmt.Fprintf(&b, "text %s from %s to %s %q", m.ID, m.From, m.To, m.Text)
		for _, a := range m.Media {
			fmt.Fprintf(&b, " [%s %s]", a.Type, a.URL)
		}
		if !m.At.IsZero() {
			fmt.Fprintf(&b, " at %s", m.At.Format(time.RFC3339))
		}
		fmt.Fprintln(&b, strings.TrimSpace(" "+m.OptOut))
	}
	for _, r := range d.Receipts {
		fmt.Fprintf(&b, "receipt %s message %q: %q (%s) error %q opted out %v\n", r.ProviderID, r.Message, r.Status, r.Raw, r.Error, r.OptedOut)
	}
	fmt.Fprintf(&b, "answer %q %q nonce %q", d.ContentType, d.Answer, d.Nonce)
	return b.String()
}

// send lets the carrier give the recorded answer and returns what it was asked.
func send(t *testing.T, s provider.Settings, sections []section) (request, result string) {
	var o provider.Outgoing
	if err := json.Unmarshal([]byte(find(sections, "message").body), &o); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request = dump(r)
		raw := find(sections, "answer").body
		res, err := http.ReadResponse(bufio.NewReader(strings.NewReader(raw+"\n\n")), r)
		if err != nil {
			t.Errorf("the recorded answer: %v", err)
			return
		}
		for k, v := range res.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(res.StatusCode)
		io.Copy(w, res.Body)
	}))
	defer srv.Close()
	s.BaseURL = srv.URL
	a, err := open(t, s).Send(t.Context(), o)
	var refused *provider.Error
	switch {
	case errors.As(err, &refused):
		result = fmt.Sprintf("%s code %q retry after %v", refused.Class, refused.Code, refused.RetryAfter)
	case err != nil:
		result = "not an *Error: " + err.Error()
	default:
		result = fmt.Sprintf("accepted %v", a.IDs)
	}
	return request, result
}

// dump writes a request one parameter a line; what changes from run to run is left out.
func dump(r *http.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, spread(r.URL.RequestURI()))
	for _, h := range []string{"Authorization", "Content-Type", "Webhook-Id"} {
		if v := r.Header.Get(h); v != "" {
			fmt.Fprintf(&b, "%s: %s\n", h, v)
		}
	}
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(&b, "\n%s", spread(string(body)))
	return strings.TrimSpace(b.String())
}

func spread(s string) string {
	return strings.NewReplacer("&", "\n  &", "?", "\n  ?").Replace(s)
}

// section is one part of a .http file.
type section struct{ name, body string }

func find(list []section, name string) *section {
	for i := range list {
		if list[i].name == name {
			return &list[i]
		}
	}
	return nil
}

func readSections(t *testing.T, file string) (list []section) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq("\n"+string(raw), "\n### ") {
		name, body, _ := strings.Cut(part, "\n")
		if len(list) == 0 { // the comment above
			name, body = "", strings.TrimSpace(part)
		}
		list = append(list, section{name, strings.Trim(body, "\n")})
	}
	return list
}

func compare(t *testing.T, file string, want, got []section) {
	for i := range want {
		if want[i].body != got[i].body && !*update {
			t.Errorf("%s, %s:\n%s\nwant\n%s", file, want[i].name, got[i].body, want[i].body)
		}
	}
	if *update {
		var b bytes.Buffer
		for i, s := range got {
			if i > 0 {
				fmt.Fprintf(&b, "\n### %s\n", s.name)
			}
			fmt.Fprintln(&b, s.body)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// parseRequest reads a recorded webhook: lines that begin with ? or & continue
// the address or the form.
func parseRequest(t *testing.T, s string) provider.Request {
	head, body, _ := strings.Cut(s, "\n\n")
	head, body = join(head), join(body)
	lines := strings.Split(head, "\n")
	_, address, _ := strings.Cut(lines[0], " ")
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	r := provider.Request{URL: u, Header: http.Header{}, Body: []byte(body), Now: now}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	return r
}

func join(s string) string {
	return strings.NewReplacer("\n  &", "&", "\n  ?", "?").Replace(s)
}

func open(t testing.TB, s provider.Settings) provider.Provider {
	t.Helper()
	p, _, err := provider.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNewRefuses(t *testing.T) {
	for name, s := range settings {
		for what, broken := range map[string]provider.Settings{
			"no secret":   {Name: s.Name, Provider: s.Provider, BaseURL: s.BaseURL, AccountSID: s.AccountSID, Username: s.Username, Password: s.Password},
			"weak secret": {Name: s.Name, Provider: s.Provider, BaseURL: s.BaseURL, Secret: "whsec_c2hvcnQ=", Username: s.Username, Password: s.Password},
		} {
			if _, _, err := provider.New(broken); err == nil {
				t.Errorf("%s with %s was accepted", name, what)
			} else if strings.Contains(err.Error(), "c2hvcnQ") {
				t.Errorf("the error holds the secret: %v", err)
			}
		}
	}
	if _, _, err := provider.New(provider.Settings{Provider: "pigeon"}); err == nil || !strings.Contains(err.Error(), "kannel") {
		t.Errorf("unknown provider: %v", err)
	}
}
