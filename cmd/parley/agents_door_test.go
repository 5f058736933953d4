package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// desk is a browser at the console.
type desk struct {
	*server
	browser *http.Client
	origin  string
}

func (s *server) desk() *desk {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &desk{s, &http.Client{Jar: jar}, "http://" + s.house.address}
}

// asks makes one request as the page does.
func (d *desk) asks(method, path string, body any) (int, map[string]any) {
	d.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		d.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(d.t.Context(), method, "http://"+d.house.address+"/console/api/"+path, bytes.NewReader(text))
	if err != nil {
		d.t.Fatal(err)
	}
	if d.origin != "" {
		r.Header.Set("Origin", d.origin)
	}
	r.Header.Set("User-Agent", "a test")
	res, err := d.browser.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	all, _ := io.ReadAll(res.Body)
	out := map[string]any{"raw": string(all), "cookie": res.Header.Get("Set-Cookie")}
	_ = json.Unmarshal(all, &out) // not every answer has a body
	return res.StatusCode, out
}

func (d *desk) wants(method, path string, body any, want int) map[string]any {
	d.t.Helper()
	status, out := d.asks(method, path, body)
	if status != want {
		d.t.Fatalf("%s %s: %d %s, want %d", method, path, status, out["raw"], want)
	}
	return out
}

// at is where a browser keeps the console's cookies for.
func (d *desk) at() *url.URL {
	return &url.URL{Scheme: "http", Host: d.house.address, Path: "/console/"}
}

// cookie is what the browser is signed in by.
func (d *desk) cookie() []*http.Cookie { return d.browser.Jar.Cookies(d.at()) }

// hire lets somebody sign in and returns their first password.
func (s *server) hire(name string, role agentui.Role) string {
	s.t.Helper()
	a, password, err := agentui.NewAgent(name, role)
	if err != nil {
		s.t.Fatal(err)
	}
	if ok, err := s.house.store.AddAgent(s.t.Context(), a); err != nil || !ok {
		s.t.Fatal(ok, err)
	}
	return password
}

const sentence = "a horse eats stapled batteries"

type typed map[string]string

// TestSignIn: a first password sets one's own and opens nothing else; sessions are
// listed and ended; whoever is disabled is out at once.
func TestSignIn(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		first := s.hire("Ann", agentui.RoleLead)
		d := s.desk()
		d.wants("GET", "me", nil, http.StatusUnauthorized)
		d.wants("POST", "session", typed{"name": "ann", "password": first}, http.StatusConflict)
		for _, weak := range []string{"short", first, "annannannannannann1"} {
			d.wants("POST", "session", typed{"name": "ann", "password": first, "new_password": weak}, http.StatusUnprocessableEntity)
		}
		d.wants("GET", "me", nil, http.StatusUnauthorized)
		in := d.wants("POST", "session", typed{"name": "ANN ", "password": first, "new_password": sentence}, http.StatusNoContent)
		for _, want := range []string{"__Host-parley=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(in["cookie"].(string), want) {
				t.Errorf("the cookie lacks %s: %s", want, in["cookie"])
			}
		}
	})
}

// TestSessions goes on over plain http, where a browser keeps the cookie.
func TestSessions(t *testing.T) {
	t.Parallel()
	config := testConfig(storetest.URL(t, "sqlite"))
	config.PublicURL = ""
	s := serveTest(t, config)
	first := s.hire("ann", agentui.RoleAdmin)
	one, two := s.desk(), s.desk()
	one.wants("POST", "session", typed{"name": "ann", "password": first, "new_password": sentence}, http.StatusNoContent)
	if me := one.wants("GET", "me", nil, http.StatusOK); me["name"] != "ann" || me["role"] != "admin" {
		t.Errorf("%s", me["raw"])
	}
	two.wants("POST", "session", typed{"name": "ann", "password": first}, http.StatusUnauthorized) // it was good once
	two.wants("POST", "session", typed{"name": "ann", "password": sentence}, http.StatusNoContent)
	list := one.wants("GET", "sessions", nil, http.StatusOK)["sessions"].([]any)
	if len(list) != 2 {
		t.Fatalf("%v", list)
	}
	for _, item := range list {
		if s := item.(map[string]any); s["this"] == false {
			one.wants("DELETE", "sessions/"+s["id"].(string), nil, http.StatusNoContent)
			one.wants("DELETE", "sessions/"+s["id"].(string), nil, http.StatusNotFound)
		}
	}
	two.wants("GET", "me", nil, http.StatusUnauthorized)
	one.wants("PUT", "password", typed{"password": "not it", "new_password": sentence + "!"}, http.StatusForbidden)
	one.wants("PUT", "password", typed{"password": sentence, "new_password": sentence + "!"}, http.StatusNoContent)
	one.wants("GET", "me", nil, http.StatusOK)
	one.wants("DELETE", "session", nil, http.StatusNoContent)
	one.wants("GET", "me", nil, http.StatusUnauthorized)
	one.wants("POST", "session", typed{"name": "ann", "password": sentence + "!"}, http.StatusNoContent)
	once := one.cookie()
	one.wants("POST", "session", typed{"name": "ann", "password": sentence + "!"}, http.StatusNoContent)
	before := s.desk()
	before.browser.Jar.SetCookies(before.at(), once)
	before.wants("GET", "me", nil, http.StatusUnauthorized) // a browser that signs in leaves nothing behind
	if ok, err := s.house.store.DisableAgent(t.Context(), "ann"); err != nil || !ok {
		t.Fatal(ok, err)
	}
	one.wants("GET", "me", nil, http.StatusUnauthorized)
	one.wants("POST", "session", typed{"name": "ann", "password": sentence + "!"}, http.StatusUnauthorized)
}

// TestSignInIsGuarded: who is there cannot be told, guessing ends, and no other site's
// page signs anybody in or out.
func TestSignInIsGuarded(t *testing.T) {
	t.Parallel()
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	s.hire("ann", agentui.RoleAgent)
	d := s.desk()
	_, known := d.asks("POST", "session", typed{"name": "ann", "password": "wrong"})
	_, unknown := d.asks("POST", "session", typed{"name": "bob", "password": "wrong"})
	if known["raw"] != unknown["raw"] {
		t.Errorf("%q and %q", known["raw"], unknown["raw"])
	}
	d.origin = "https://evil.example"
	if status, _ := d.asks("POST", "session", typed{"name": "ann", "password": "x"}); status != http.StatusForbidden {
		t.Errorf("from another site: %d", status)
	}
	d.origin = ""
	for range 9 {
		d.wants("POST", "session", typed{"name": "ann", "password": "wrong"}, http.StatusUnauthorized)
	}
	d.wants("POST", "session", typed{"name": "Ann", "password": "wrong"}, http.StatusTooManyRequests)
	for _, body := range []string{"", "[]", "{", `{"name": 3}`, `{"name": "` + strings.Repeat("x", 5000) + `"}`} {
		r, _ := http.NewRequest("POST", "http://"+s.house.address+"/console/api/session", strings.NewReader(body))
		res, err := http.DefaultClient.Do(r)
		if err != nil || res.StatusCode != http.StatusBadRequest {
			t.Errorf("%.20q: %v %v", body, res, err)
		}
	}
	if strings.Contains(s.logs.String(), "wrong") && strings.Contains(s.logs.String(), "password") {
		t.Error("the log has what was typed")
	}
}

// TestAgentsCommand: people are let in, given a new password, and let in no more, from
// the command line.
func TestAgentsCommand(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := write(t, folder, "parley.yaml", fmt.Sprintf(minimal, folder))
	run := func(want int, args ...string) (out, errs string) {
		t.Helper()
		code, out, errs := invoke(t, "", append([]string{"--config", file, "agents"}, args...)...)
		if code != want {
			t.Fatalf("%v: %d %s%s", args, code, out, errs)
		}
		return out, errs
	}
	first, said := run(0, "add", "Ann", "--role", "admin")
	if len(strings.TrimSpace(first)) < 30 || !strings.Contains(said, "ann may sign in (admin)") {
		t.Errorf("%q %q", first, said)
	}
	if _, errs := run(1, "add", "ann"); !strings.Contains(errs, "parley agents reset ann") {
		t.Errorf("%q", errs)
	}
	run(1, "add", "a b")
	second, _ := run(0, "reset", "ann")
	if second == first {
		t.Error("the same password again")
	}
	if _, said := run(0, "role", "Ann", "lead"); !strings.Contains(said, "ann is lead now") {
		t.Errorf("%q", said)
	}
	run(1, "role", "ann", "lead")
	run(1, "role", "bob", "lead")
	run(2, "role", "ann", "boss")
	run(0, "role", "ann", "admin")
	run(1, "reset", "bob")
	run(0, "disable", "ann")
	run(1, "disable", "ann")
	if out, _ := run(0, "list"); !strings.Contains(out, "ann") || !strings.Contains(out, "admin") || !strings.Contains(out, "disabled") || strings.Contains(out, "argon") {
		t.Errorf("%q", out)
	}
}

// TestProxiesOfTheConsole: only who is named may say where a request comes from.
func TestProxiesOfTheConsole(t *testing.T) {
	folder := t.TempDir()
	for text, good := range map[string]bool{"[10.0.0.0/8, 127.0.0.1, 'fd00::/8']": true, "[everywhere]": false, "[0.0.0.0/0]": false, "[10.0.0.0/99]": false} {
		file := write(t, folder, "parley.yaml", fmt.Sprintf(minimal, folder)+"console: {proxies: "+text+"}\n")
		code, out, errs := invoke(t, "", "--config", file, "config", "check")
		if good != (code == 0) || !good && !strings.Contains(errs+out, "console.proxies[0]") {
			t.Errorf("%s: %d %s%s", text, code, out, errs)
		}
	}
}
