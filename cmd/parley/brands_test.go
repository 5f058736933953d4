package main

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"parley/conversation/store/storetest"
)

const otherLine = "+12025550199"

// ofBrands is a configuration of two brands with a line each, and flows of the one,
// the other and none.
func ofBrands(t *testing.T) Config {
	t.Helper()
	folder := t.TempDir()
	for name, head := range map[string]string{
		"mine": "brand: acme\ntrigger: {events: [mine.go, both.go]}", "theirs": "brand: beta\ntrigger: {events: [theirs.go, both.go], keywords: [THEIRS]}", "anyones": "trigger: {events: [anyones.go]}",
	} {
		write(t, folder, name+".yaml", "flow: "+name+"\n"+head+"\nlanguages: [en]\nstart: a\nstates: {a: {say: \"{{ brand }}: "+name+"\", end: z}}\n")
	}
	c := testConfig(storetest.URL(t, "sqlite"))
	c.Flows = []string{folder}
	c.Brands["beta"] = BrandConfig{Name: "Beta", Quiet: "off"}
	c.Lines = append(c.Lines, LineConfig{Number: otherLine, Carrier: "lab", Brand: "beta"})
	return c
}

// A flow of a brand goes out by that brand's line and name, and by no other.
func TestFlowsOfABrand(t *testing.T) {
	s := serveTest(t, ofBrands(t))
	post := func(event map[string]any) (int, string) {
		event["to"] = testPhone
		status, body := s.do(http.MethodPost, "/v1/events", s.key, event)
		raw, _ := body["raw"].(string)
		return status, raw
	}
	for n, c := range []struct{ event, line, says string }{
		{"theirs.go", otherLine, "Beta: theirs"}, {"mine.go", testLine, "Acme: mine"},
	} {
		if status, says := post(map[string]any{"type": c.event}); status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", c.event, status, says)
		}
		if got := s.hears(n + 1); got != c.says {
			t.Errorf("%s: heard %q", c.event, got)
		}
		if from := s.carrier.Messages()[n].From; from != c.line {
			t.Errorf("%s: from %s", c.event, from)
		}
	}
	for what, event := range map[string]map[string]any{
		"no flow of this line's brand is started": {"type": "theirs.go", "line": testLine},
		"say which line or brand":                 {"type": "both.go"},
	} {
		if status, says := post(event); status != http.StatusUnprocessableEntity || !strings.Contains(says, what) {
			t.Errorf("%v: %d %s", event, status, says)
		}
	}
	if status, says := post(map[string]any{"type": "anyones.go"}); status != http.StatusUnprocessableEntity {
		t.Errorf("of no brand: %d %s", status, says)
	}
	if status, says := post(map[string]any{"type": "both.go", "brand": "beta"}); status != http.StatusAccepted {
		t.Errorf("of both brands: %d %s", status, says)
	}
	if got := s.hears(3); got != "Beta: theirs" || len(s.carrier.Messages()) != 3 {
		t.Errorf("of both brands: heard %q", got)
	}
	s.texts("theirs") // to the line of acme
	eventually(t, "a person is asked", func() bool {
		_, list := s.do(http.MethodGet, "/v1/conversations?phone=%2B12025550123", s.key, nil)
		raw, _ := list["raw"].(string)
		return strings.Contains(raw, `"queue"`)
	})
	if said := s.hears(4); said == "" || strings.Contains(said, "theirs") { // that somebody will answer
		t.Errorf("a keyword of another brand: heard %q", said)
	}
}

// What names a brand that is not there, or a flow of another one, is found before
// anything is served.
func TestFlowsOfNoSuchBrand(t *testing.T) {
	c := ofBrands(t)
	delete(c.Brands, "beta")
	c.Lines = c.Lines[:1]
	if _, err := prepare(c, slog.Default()); err == nil || !strings.Contains(err.Error(), `theirs.yaml:2:8: the configuration has no brand "beta"`) {
		t.Error(err)
	}
	c = ofBrands(t)
	c.Lines[0].DefaultFlow = "theirs"
	if _, err := prepare(c, slog.Default()); err == nil || !strings.Contains(err.Error(), `the flow "theirs" is of the brand beta`) {
		t.Error(err)
	}
}
