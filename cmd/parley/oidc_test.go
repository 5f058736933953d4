package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// consoleHost is what browsers call the console.
const consoleHost = "console.example.com"

// startProvider runs a provider (npm's oidc-provider) and returns its issuer.
func startProvider(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat("../../agentui/web/node_modules/oidc-provider"); err != nil {
		t.Fatal("the provider is not installed: make web")
	}
	cmd := exec.CommandContext(t.Context(), "node", "oidc.mjs", "http://"+consoleHost+"/console/api/oidc/callback")
	cmd.Dir = "../../agentui/web/test"
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() }) // it ends when its input does
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the provider did not start")
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return lines.Text()
}

// visitor is a browser of its own.
type visitor struct {
	*server
	*http.Client
}

func (s *server) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == consoleHost+":80" {
			address = s.house.address
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	transport := &http.Transport{DialContext: dial}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &visitor{s, &http.Client{Jar: jar, Transport: transport}}
}

// goes follows links to wherever they lead, and returns that address and the page.
func (v *visitor) goes(address string, form url.Values) (*url.URL, string) {
	v.t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, address, body)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := v.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.Request.URL, string(page)
}

var formAction = regexp.MustCompile(`<form[^>]+action="([^"]+)"`)

// signsIn goes the whole way as somebody whom the provider knows, and returns where that
// ends.
func (v *visitor) signsIn(login string) string {
	v.t.Helper()
	at, page := v.goes("http://"+consoleHost+"/console/api/oidc/start", nil)
	for range 3 { // who they are, what the console may know
		form := formAction.FindStringSubmatch(page)
		if form == nil || at.Host == consoleHost {
			break
		}
		to, err := at.Parse(form[1])
		if err != nil {
			v.t.Fatal(err)
		}
		prompt := "consent"
		if strings.Contains(page, `name="login"`) {
			prompt = "login"
		}
		at, page = v.goes(to.String(), url.Values{"prompt": {prompt}, "login": {login}, "password": {"any"}})
	}
	return at.RequestURI()
}

// am is whom the console takes the browser for.
func (v *visitor) am() string {
	v.t.Helper()
	_, page := v.goes("http://"+consoleHost+"/console/api/me", nil)
	return page
}

// TestOIDC has people sign in by a provider: whoever it vouches for and works here gets in,
// as what Parley has them down for, and nobody else.
func TestOIDC(t *testing.T) {
	t.Parallel()
	issuer := startProvider(t)
	storetest.EachURL(t, func(t *testing.T, database string) {
		c := testConfig(database)
		c.PublicURL = "http://" + consoleHost
		c.Console.OIDC = OIDCConfig{Issuer: issuer, ClientID: "parley", ClientSecret: "a-secret-of-the-test", Private: true, Only: true, Title: "Sign in with Acme"}
		s := serveTest(t, c)
		first := s.hire("ann@acme.example", agentui.RoleLead)
		s.hire("pat@acme.example", agentui.RoleAgent)

		out := s.desk().wants("POST", "session", map[string]any{"name": "ann@acme.example", "password": first, "new_password": sentence}, http.StatusForbidden)
		if out["code"] != "oidc_only" {
			t.Errorf("%s", out["raw"])
		}
		if ways := s.desk().wants("GET", "ways", nil, http.StatusOK); ways["oidc"] != "Sign in with Acme" || ways["password"] != false {
			t.Errorf("%s", ways["raw"])
		}
		ann := s.visitor()
		if at := ann.signsIn("ann"); at != "/console/" {
			t.Fatalf("Ann is at %s; log:\n%s", at, s.logs)
		}
		if me := ann.am(); !strings.Contains(me, `"ann@acme.example","role":"lead"`) {
			t.Errorf("%s", me)
		}
		for login, want := range map[string]string{"mallory": "oidc_nobody", "pat": "oidc_nobody", "zoe": "oidc_nobody"} {
			v := s.visitor()
			if at := v.signsIn(login); at != "/console/?refused="+want {
				t.Errorf("%s is at %s", login, at)
			}
			if me := v.am(); !strings.Contains(me, "sign_in") {
				t.Errorf("%s: %s", login, me)
			}
		}
		if strings.Contains(s.logs.String(), "a-secret-of-the-test") {
			t.Error("the client's secret is logged")
		}
		s.oidcForged()
		if _, err := s.house.store.DisableAgent(t.Context(), "ann@acme.example"); err != nil {
			t.Fatal(err)
		}
		if me := ann.am(); !strings.Contains(me, "sign_in") {
			t.Errorf("a disabled agent is %s", me)
		}
		if at := s.visitor().signsIn("ann"); at != "/console/?refused=oidc_nobody" {
			t.Errorf("a disabled agent is at %s", at)
		}
	})
}

// oidcForged comes back with what was not sent: a code without the cookie of who asked for
// it (somebody else's link), another state, a code that was used, one that never was.
func (s *server) oidcForged() {
	s.t.Helper()
	thief, callback := s.halfway()
	stale := func(name string, v *visitor, address, want string) {
		s.t.Helper()
		if at, _ := v.goes(address, nil); at.RequestURI() != "/console/?refused="+want {
			s.t.Errorf("%s: at %s", name, at)
		}
		if me := v.am(); !strings.Contains(me, "sign_in") {
			s.t.Errorf("%s: %s", name, me)
		}
	}
	stale("without the cookie", s.visitor(), callback, "oidc_stale")
	other := s.visitor()
	other.CheckRedirect = func(r *http.Request, _ []*http.Request) error { return http.ErrUseLastResponse }
	other.goes("http://"+consoleHost+"/console/api/oidc/start", nil)
	other.CheckRedirect = nil
	stale("into another's browser", other, callback, "oidc_stale")
	foreign := strings.Replace(callback, "iss=", "iss=x", 1)
	if foreign == callback {
		foreign += "&iss=x"
	}
	stale("from another provider", thief, foreign, "oidc_down")
	stale("a second time, the cookie spent", thief, callback, "oidc_stale")
	mixed, callback := s.halfway()
	home := &url.URL{Scheme: "http", Host: consoleHost, Path: "/"}
	for _, c := range mixed.Jar.Cookies(home) {
		if strings.HasSuffix(c.Name, "-oidc") {
			parts := strings.Split(c.Value, ".")
			mixed.Jar.SetCookies(home, []*http.Cookie{{Name: c.Name, Value: parts[0] + ".another." + parts[2], Path: "/"}})
		}
	}
	stale("with an ID token for another question", mixed, callback, "oidc_down")
}

// halfway is a browser that has signed in at the provider, and where it would go with its
// code.
func (s *server) halfway() (v *visitor, callback string) {
	s.t.Helper()
	v = s.visitor()
	v.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == consoleHost && strings.HasSuffix(r.URL.Path, "/callback") {
			callback = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	v.signsIn("ann")
	v.CheckRedirect = nil
	if !strings.Contains(callback, "code=") {
		s.t.Fatalf("no code: %q", callback)
	}
	return v, callback
}
