package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"parley/conversation/store/storetest"
)

// askedOtherwise is the flow of asking, with another text, another answer, and a state less.
var askedOtherwise = strings.NewReplacer(
	`%[1]s first?`, `{{ brand }}: are you there? We need an answer – soon.`,
	`replies: [{match: [yes], goto: second}]`, `replies: [{match: [yes, sure], goto: over}]`,
	`silence: {after: 24h, goto: over}`, `silence: {after: 48h, goto: over}`,
	"  second:\n    say: \"%[1]s second?\"\n    silence: {after: 24h, goto: over}\n    replies: [{match: [yes], goto: over}]\n", "",
	", keywords: [ASK]", "",
	"start: first", "start: first\ninput:\n  order: {type: string, max: 20}",
).Replace(asking)

func TestFlowsDiff(t *testing.T) {
	folder := t.TempDir()
	old := write(t, folder, "old.yaml", fmt.Sprintf(asking, "v1"))
	now := write(t, folder, "new.yaml", askedOtherwise)
	code, out, errs := invoke(t, "", "flows", "diff", old, now)
	want := `asking
  - the input order (string) is new and required: events without it are refused
  - the keyword ASK no longer starts the flow
  first
    - the text (en) is "{{ brand }}: are you there? We need an answer – soon.", before "v1 first?"; at least 1 segment, before 1 segment
    - the answer "sure" is new and leads to over
    - the answer "yes" leads to over, before to second
    - silence: after 48h over, before after 24h over
  second
    - the state is gone; who waits there stays on the old version
`
	if code != 1 || out != want || errs != "" {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	if code, out, _ := invoke(t, "", "flows", "diff", old, old); code != 0 || out != "" {
		t.Errorf("the same file: %d %s", code, out)
	}
	if code, _, errs := invoke(t, "", "flows", "diff", old, filepath.Join(folder, "none.yaml")); code != 2 || !strings.Contains(errs, "none.yaml") {
		t.Errorf("no such file: %d %s", code, errs)
	}
	if code, out, _ := invoke(t, "", "flows", "diff", "library", old); code != 1 || !strings.Contains(out, "asking\n  - a new flow, started by the event please.ask, the keyword ASK") || !strings.Contains(out, "the flow is gone") {
		t.Errorf("other flows: %d %s", code, out)
	}
	if code, out, _ := invoke(t, "", "flows", "diff", "--json", old, now); code != 1 || !strings.Contains(out, `"new_segments": 1`) || !strings.Contains(out, `"live": []`) {
		t.Errorf("JSON: %d %s", code, out)
	}
}

// TestFlowsDiffLive counts the runs that a change leaves on their version.
func TestFlowsDiffLive(t *testing.T) {
	s, folder := reloadable(t, storetest.URL(t, "sqlite"))
	for _, to := range []string{testPhone, "+12025550124", "+12025550125"} {
		s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "please.ask", "to": to})
	}
	s.hears(3)
	s.texts("yes")
	s.hears(4)
	elsewhere := t.TempDir()
	now := write(t, elsewhere, "new.yaml", askedOtherwise)
	code, out, errs := invoke(t, "", "flows", "diff", folder, now, "--database", s.house.config.Database)
	for _, want := range []string{
		"asking: 2 live runs of an older version in first: they stay on their version\n",
		"asking: 1 live run of an older version in second: the state is gone and migrate does not name it: it stays on its version\n",
	} {
		if code != 1 || !strings.Contains(out, want) {
			t.Errorf("%d, it does not say %q:\n%s%s", code, want, out, errs)
		}
	}
	now = write(t, elsewhere, "new.yaml", strings.Replace(askedOtherwise, "start: first", "migrate: {second: first}\nstart: first", 1))
	_, out, _ = invoke(t, "", "flows", "diff", folder, now, "--database", s.house.config.Database)
	if !strings.Contains(out, "in second: migrate moves to first") || !strings.Contains(out, "who waits there goes on in first") {
		t.Errorf("with migrate:\n%s", out)
	}
}
