package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// TestDeskPagesDoor: who has more than a page on the desk reads on, and reads again only
// what has changed.
func TestDeskPagesDoor(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, at string) {
		config := testConfig(at)
		config.PublicURL = ""
		s := serveTest(t, config)
		ann := s.enters("ann", agentui.RoleAgent)
		c := newCrowd(s, at)
		c.grows(0, 700)
		seen, after := map[string]bool{}, ""
		for pages := 1; ; pages++ {
			page := ann.wants("GET", "desk?after="+url.QueryEscape(after), nil, http.StatusOK)
			for _, d := range page["conversations"].([]any) {
				seen[d.(map[string]any)["conversation"].(string)] = true
			}
			if page["next"] == nil {
				if pages != 2 || len(seen) != 701 {
					t.Errorf("%d conversations on %d pages", len(seen), pages)
				}
				break
			}
			after = page["next"].(string)
		}
		some := ann.wants("GET", "desk?of="+c.id(3)+",nobody,"+c.id(699), nil, http.StatusOK)
		if raw := some["raw"].(string); len(some["conversations"].([]any)) != 2 || !strings.Contains(raw, "says number 3\"") || !strings.Contains(raw, "says number 699\"") {
			t.Errorf("two were asked for: %s", raw)
		}
		for _, bad := range []string{"after=x", "after=0.2.3", "after=0.2.x.c", "after=0.2.3.%00", "of=" + strings.Repeat("c,", 200)} {
			ann.wants("GET", "desk?"+bad, nil, http.StatusNotFound)
		}
		if none := ann.wants("GET", "desk?of=%00,%ff,'", nil, http.StatusOK)["conversations"].([]any); len(none) != 0 {
			t.Errorf("%v", none)
		}
	})
}
