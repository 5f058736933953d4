package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/conversation/store/storetest"
)

// asking is a flow of two questions; what it says is told apart by the version.
const asking = `flow: asking
title: Asks twice
languages: [en]
trigger: {events: [please.ask], keywords: [ASK]}
start: first
states:
  first:
    say: "%[1]s first?"
    silence: {after: 24h, goto: over}
    replies: [{match: [yes], goto: second}]
  second:
    say: "%[1]s second?"
    silence: {after: 24h, goto: over}
    replies: [{match: [yes], goto: over}]
  over: {end: done}
`

// reloadable is a server in this process whose flows are in a folder of the test's.
func reloadable(t *testing.T, database string) (s *server, folder string) {
	t.Helper()
	folder = t.TempDir()
	write(t, folder, "asking.yaml", fmt.Sprintf(asking, "v1"))
	config := testConfig(database)
	config.Flows = []string{folder}
	config.Lines[0].DefaultFlow = "asking"
	return serveTest(t, config), folder
}

// reloaded asks the house to load again, as a signal does.
func (s *server) reloaded() error {
	_, err := s.house.reload(s.t.Context(), s.house.prepared.library)
	return err
}

// TestReload edits a flow under a live run, on both engines.
func TestReload(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, folder := reloadable(t, url)
		s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "please.ask", "to": testPhone})
		if got := s.hears(1); got != "v1 first?" {
			t.Fatalf("heard %q", got)
		}
		write(t, folder, "asking.yaml", fmt.Sprintf(asking, "v2"))
		if err := s.reloaded(); err != nil {
			t.Fatal(err)
		}
		s.texts("yes")
		if got := s.hears(2); got != "v1 second?" {
			t.Errorf("the live run left its version: %q", got)
		}
		s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "please.ask", "to": "+12025550124"})
		if got := s.hears(3); got != "v2 first?" {
			t.Errorf("a new run is on the old version: %q", got)
		}
		if got := s.gauge("parley_flows_load_failed"); got != "0" {
			t.Errorf("the metric says %s", got)
		}
	})
}

// gauge reads one metric.
func (s *server) gauge(name string) string {
	s.t.Helper()
	answer, err := http.Get("http://" + s.house.adminAddress + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindSubmatch(text)
	if found == nil {
		s.t.Fatalf("there is no metric %s", name)
	}
	return string(found[1])
}

// TestReloadOfABadFile changes nothing but the log and the metric.
func TestReloadOfABadFile(t *testing.T) {
	s, folder := reloadable(t, storetest.URL(t, "sqlite"))
	since := s.gauge("parley_flows_loaded_timestamp_seconds")
	for _, bad := range []struct{ name, text, says string }{
		{"a broken goto", strings.Replace(fmt.Sprintf(asking, "v2"), "goto: second", "goto: secund", 1), "asking.yaml:10:36"},
		{"the line's flow is gone", strings.Replace(fmt.Sprintf(asking, "v2"), "flow: asking", "flow: other", 1), `there is no flow \"asking\"`},
	} {
		write(t, folder, "asking.yaml", bad.text)
		if err := s.reloaded(); err == nil {
			t.Errorf("%s is loaded", bad.name)
		}
		if !strings.Contains(s.logs.String(), bad.says) {
			t.Errorf("%s: the log does not say %s:\n%s", bad.name, bad.says, s.logs)
		}
		if failed, loaded := s.gauge("parley_flows_load_failed"), s.gauge("parley_flows_loaded_timestamp_seconds"); failed != "1" || loaded != since {
			t.Errorf("%s: failed %s, loaded at %s, at first %s", bad.name, failed, loaded, since)
		}
		answer, err := http.Get("http://" + s.house.adminAddress + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: ready %d", bad.name, answer.StatusCode)
		}
	}
	s.texts("ASK")
	if got := s.hears(1); got != "v1 first?" {
		t.Errorf("heard %q", got)
	}
	write(t, folder, "asking.yaml", fmt.Sprintf(asking, "v3"))
	if err := s.reloaded(); err != nil || s.gauge("parley_flows_load_failed") != "0" {
		t.Errorf("a good file does not mend it: %v", err)
	}
}

// TestReloadProcess signals a real server twice in a row, and lets another one watch.
func TestReloadProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.URL(t, "postgres"), 1000)
	folder := filepath.Join(w.folder, "flows")
	a := serve(t, w.config("a", "127.0.0.1:0", "off"))
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	b := &served{log: &syncBuffer{}}
	b.process = spawn(t, b.log, path, "serve", "--watch", "--config", w.config("b", "127.0.0.1:0", "off"))
	if !b.ready(30 * time.Second) {
		t.Fatalf("the watching server did not get ready:\n%s", b.log)
	}
	write(t, folder, "asking.yaml", fmt.Sprintf(asking, "v1"))
	a.signal(syscall.SIGHUP)
	a.signal(syscall.SIGHUP)
	for name, s := range map[string]*served{"signalled": a, "watching": b} {
		eventually(t, name+" loads the new file", func() bool { return strings.Contains(s.log.String(), "flows=2 changed=1") })
	}
	write(t, folder, "asking.yaml", "flow: asking\nstart: nowhere\n")
	eventually(t, "the watching server refuses a bad file", func() bool { return strings.Contains(b.log.String(), "asking.yaml:1:1") })
	a.signal(syscall.SIGHUP)
	eventually(t, "the signalled server refuses it", func() bool { return strings.Contains(a.log.String(), "asking.yaml:1:1") })
	a.stop()
	b.stop()
}

// TestLook sees every kind of change, of folders and of single files.
func TestLook(t *testing.T) {
	folder := t.TempDir()
	file := write(t, folder, "a.yaml", "one")
	for _, flows := range [][]string{{folder}, {"library", file}} {
		h := &house{config: Config{Flows: flows}, watch: true}
		seen := map[string]bool{h.look(): true}
		if !seen[h.look()] {
			t.Errorf("%v: two looks at the same files differ", flows)
		}
		for what, change := range map[string]func(){
			"longer": func() { write(t, folder, "a.yaml", "one and more"+flows[0]) },
			"new":    func() { write(t, folder, fmt.Sprint("b", len(flows), ".yaml"), "two") },
		} {
			change()
			if now := h.look(); seen[now] {
				t.Errorf("%v: not seen: %s", flows, what)
			} else {
				seen[now] = true
			}
		}
	}
	if h := (&house{config: Config{Flows: []string{folder}}}); h.look() != "" {
		t.Error("nobody watches, and it looks")
	}
}
