package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/agentui"
	"parley/conversation/store/storetest"
)

// TestMeaning: somebody at work says what a text meant, another says otherwise, it is taken
// back; what stands in the end is what parley intents learn proposes, without what names the
// customer. An auditor reads it.
func TestMeaning(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c, folder := testConfig(url), t.TempDir()
		file := write(t, folder, "kaput.yaml", llmFlow)
		c.PublicURL, c.Flows = "", []string{folder}
		s := serveTest(t, c)
		ann, bob, eve := s.enters("ann", agentui.RoleAgent), s.enters("bob", agentui.RoleAgent), s.enters("eve", agentui.RoleAuditor)
		s.do(http.MethodPut, "/v1/contacts/%2B12025550123", s.key, map[string]any{"name": "Zacharias Quill"})
		s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "parcel.came", "to": testPhone, "data": map[string]any{"order": "A-17"}})
		s.hears(1)
		s.texts("everything inside went kaput somehow")
		s.texts("quill here, call +1 202 555 0123")
		id := s.house.store.ConversationID(testLine, testPhone)
		items := func() (texts []map[string]any) {
			for _, i := range ann.seen(id)["items"].([]any) {
				if i := i.(map[string]any); i["by"] == "customer" {
					texts = append(texts, i)
				}
			}
			return texts
		}
		door := func(i int) string {
			return fmt.Sprintf("conversations/%s/texts/%d/label", id, int64(items()[i]["position"].(float64))>>8)
		}
		broken, quill := door(0), door(1)
		if items()[0]["flow"] != "kaput" || items()[0]["meant"] != nil {
			t.Errorf("%v", items()[0])
		}
		may := eve.wants("GET", broken, nil, http.StatusOK)
		if got := fmt.Sprint(may["intents"]); may["flow"] != "kaput" || got != "[broken no other_day refund yes -]" {
			t.Errorf("%s", may["raw"])
		}

		eve.wants("PUT", broken, typed{"intent": "broken"}, http.StatusForbidden)
		s.desk().wants("PUT", broken, typed{"intent": "broken"}, http.StatusUnauthorized)
		for _, wrong := range []string{"", "kaput", "broken\n", "help"} {
			ann.wants("PUT", broken, typed{"intent": wrong}, http.StatusUnprocessableEntity)
		}
		for _, nowhere := range []string{"0", "-1", "1e3", "99", "9223372036854775807", "%00", fmt.Sprint(int64(items()[0]["position"].(float64)) >> 8 << 1)} {
			ann.wants("PUT", "conversations/"+id+"/texts/"+nowhere+"/label", typed{"intent": "broken"}, http.StatusNotFound)
			ann.wants("DELETE", "conversations/"+id+"/texts/"+nowhere+"/label", nil, http.StatusNotFound)
		}
		ann.wants("DELETE", broken, nil, http.StatusNotFound)

		ann.wants("PUT", broken, typed{"intent": "refund"}, http.StatusNoContent)
		for range 2 { // the answer was lost
			bob.wants("PUT", broken, typed{"intent": "broken"}, http.StatusNoContent)
		}
		ann.wants("PUT", quill, typed{"intent": "other_day"}, http.StatusNoContent)
		if meant := fmt.Sprint(items()[0]["meant"]); meant != "map[by:bob intent:broken]" {
			t.Errorf("%s", meant)
		}
		trail := s.did(`"what":"console.mean","who":"agent:ann"`, `kaput refund"`, `"what":"console.mean","who":"agent:bob"`, `kaput broken"`)
		if n := strings.Count(trail, "console.mean"); n != 3 || strings.Contains(trail, "inside") {
			t.Errorf("%d entries: %s", n, trail)
		}
		learned := func() string {
			code, out, errs := invoke(t, "", "intents", "learn", "--flow", file, "--database", url)
			if code != 0 {
				t.Fatal(errs)
			}
			return out
		}
		says(t, learned(), "2 labels of kaput", "1 hold what was masked", `+        - "everything inside went kaput somehow"  # labelled 1 time by 1 agent`)
		eve.wants("DELETE", broken, nil, http.StatusForbidden)
		ann.wants("DELETE", broken, nil, http.StatusNoContent)
		s.did(`"what":"console.unmean","who":"agent:ann"`)
		if strings.Contains(learned(), "everything inside") || items()[0]["meant"] != nil {
			t.Errorf("not taken back: %v", items()[0])
		}
	})
}

// TestMeaningOfNothing: what no flow asked for has no meaning to be said.
func TestMeaningOfNothing(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, s *server) {
		ann, id := s.enters("ann", agentui.RoleAgent), s.escalated()
		at := slices.IndexFunc(ann.seen(id)["items"].([]any), func(i any) bool { return i.(map[string]any)["flow"] != nil })
		if at >= 0 {
			t.Error("a text that no flow asked for has a flow")
		}
		ann.wants("GET", "conversations/"+id+"/texts/1/label", nil, http.StatusNotFound)
		ann.wants("PUT", "conversations/"+id+"/texts/1/label", typed{"intent": "yes"}, http.StatusNotFound)
	})
}

// TestMeaningOfThePast: a text is labelled when its run is long over; what that run knew of
// the customer is masked as it was while it lived, by both doors.
func TestMeaningOfThePast(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		c, folder := testConfig(url), t.TempDir()
		write(t, folder, "kaput.yaml", llmFlow)
		c.PublicURL, c.Flows = "", []string{folder}
		s := serveTest(t, c)
		ann := s.enters("ann", agentui.RoleAgent)
		s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "parcel.came", "to": testPhone, "data": map[string]any{"order": "Quillfeather"}})
		s.hears(1)
		s.texts("yes, quillfeather came")
		s.hears(1)
		id := s.house.store.ConversationID(testLine, testPhone)
		var rev int64
		for _, i := range ann.seen(id)["items"].([]any) {
			if i := i.(map[string]any); i["by"] == "customer" {
				rev = int64(i["position"].(float64)) >> 8
			}
		}
		kept := func() string {
			all, err := s.house.store.Labels(t.Context(), "kaput", time.Time{})
			if err != nil || len(all) != 1 {
				t.Fatalf("%+v %v", all, err)
			}
			return all[0].Text
		}
		ann.wants("PUT", fmt.Sprintf("conversations/%s/texts/%d/label", id, rev), typed{"intent": "yes"}, http.StatusNoContent)
		if got := kept(); got != "yes, [order] came" {
			t.Errorf("the console keeps %q", got)
		}
		s.do(http.MethodPost, "/v1/labels", s.key, map[string]any{"conversation": id, "event": rev, "text": "it is quillfeather", "flow": "kaput", "intent": "yes", "agent": "bob"})
		if got := kept(); got != "it is [order]" {
			t.Errorf("the API keeps %q", got)
		}
	})
}
