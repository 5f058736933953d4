package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parley/conversation"
	"parley/conversation/store/storetest"
	"parley/inbound"
)

func row(to string, more ...any) map[string]any {
	r := map[string]any{"type": "order.delivered", "to": to, "data": map[string]any{"name": "Ann", "order": "A-1"}}
	for i := 0; i < len(more); i += 2 {
		r[more[i].(string)] = more[i+1]
	}
	return r
}

// statuses are what became of a batch's rows.
func statuses(body map[string]any) string {
	var out []string
	list, _ := body["results"].([]any)
	for i, r := range list {
		m := r.(map[string]any)
		if int(m["index"].(float64)) != i {
			out = append(out, "out of order")
		}
		out = append(out, m["status"].(string))
	}
	return strings.Join(out, " ")
}

func TestBatchOfEvents(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, s *server) {
		rows := []map[string]any{
			row("+12025550123"), row("12"), row("+12025550124", "idempotency_key", "mine"),
			row("+12025550125", "data", map[string]any{"name": "Ann"}), row("+12025550126", "line", "+1999"),
			row("+12025550127", "data", map[string]any{"order": "A-2", "n": 1 << 60}), row("+12025550128", "type", "no.such"),
			row("+12025550129", "idempotency_key", "mine"),
		}
		body := map[string]any{"events": rows}
		status, got := s.do(http.MethodPost, "/v1/events/batch", s.key, body, "Idempotency-Key", "k1")
		if status != http.StatusAccepted || statuses(got) != "accepted refused accepted refused refused refused refused refused" {
			t.Fatalf("%d %s\n%s", status, statuses(got), got["raw"])
		}
		for _, says := range []string{`"to: not a phone number"`, `order is missing`, `line: no line has this number`, `data.n: this number`, `no flow is started by no.such`, `used with another body`} {
			if !strings.Contains(got["raw"].(string), says) {
				t.Errorf("no problem says %s:\n%s", says, got["raw"])
			}
		}
		s.hears(2)
		_, again := s.do(http.MethodPost, "/v1/events/batch", s.key, body, "Idempotency-Key", "k1")
		if statuses(again) != "repeated refused repeated refused refused refused refused refused" {
			t.Errorf("the repeat: %s", statuses(again))
		}
		first, second := got["results"].([]any)[0].(map[string]any), again["results"].([]any)[0].(map[string]any)
		if first["run"] != second["run"] || first["id"] != second["id"] || first["run"] == "" {
			t.Errorf("the repeat names %v, the first %v", second, first)
		}
		if n := len(s.carrier.Messages()); n != 2 {
			t.Errorf("%d texts went out", n)
		}
	})
}

func TestBatchRefuses(t *testing.T) {
	t.Parallel()
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	many := make([]map[string]any, 1001)
	for i := range many {
		many[i] = row(testPhone)
	}
	for _, c := range []struct {
		name   string
		body   any
		key    string
		status int
		says   string
	}{
		{"no rows", map[string]any{"events": []any{}}, "k", 422, "events"},
		{"too many rows", map[string]any{"events": many}, "k", 422, "1000"},
		{"no key", map[string]any{"events": []any{row(testPhone)}}, "", 422, "Idempotency-Key"},
		{"no JSON", "{", "k", 400, ""},
		{"too large", map[string]any{"events": []any{row(testPhone, "data", map[string]any{"name": strings.Repeat("x", 5<<20)})}}, "k", 413, ""},
	} {
		headers := []string{}
		if c.key != "" {
			headers = []string{"Idempotency-Key", c.key}
		}
		status, got := s.do(http.MethodPost, "/v1/events/batch", s.key, c.body, headers...)
		if status != c.status || !strings.Contains(got["raw"].(string), c.says) {
			t.Errorf("%s: %d %.300s", c.name, status, got["raw"])
		}
	}
	status, got := s.do(http.MethodPost, "/v1/events/batch?dry_run=true", s.key, map[string]any{"events": []any{row(testPhone), row("x")}})
	if status != http.StatusOK || statuses(got) != "accepted refused" || !strings.Contains(got["raw"].(string), `"segments":1`) {
		t.Errorf("dry run: %d %s", status, got["raw"])
	}
	if _, found := s.stored(); found {
		t.Error("something was stored")
	}
}

// halfway is an engine that is full after some rows.
type halfway struct {
	inbound.Engine
	taken, most int
}

func (h *halfway) Submit(ctx context.Context, events []conversation.Event) ([]conversation.Outcome, error) {
	if h.taken+len(events) > h.most {
		return nil, conversation.ErrBusy
	}
	h.taken += len(events)
	return h.Engine.Submit(ctx, events)
}

// TestBatchHalfway repeats a batch of which the engine took only a part.
func TestBatchHalfway(t *testing.T) {
	t.Parallel()
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	engine := &halfway{Engine: s.house.engine, most: 200}
	mux := http.NewServeMux()
	(&inbound.API{Engine: engine, Keys: s.house.store, Reads: s.house.store, Route: s.house.config.route,
		Phone: func(to string) (string, error) { return to, nil }}).Mount(mux)
	s = &server{t: t, key: s.key, house: &house{address: listen(t, mux)}}
	var rows []map[string]any
	for i := range 250 {
		rows = append(rows, row(fmt.Sprintf("+120255%05d", i)))
	}
	body := map[string]any{"events": rows}
	status, got := s.do(http.MethodPost, "/v1/events/batch", s.key, body, "Idempotency-Key", "k")
	if status != http.StatusServiceUnavailable || got["retry-after"] != "1" ||
		strings.Count(statuses(got), "accepted") != 200 || strings.Count(statuses(got), "later") != 50 {
		t.Fatalf("%d %s", status, statuses(got))
	}
	engine.most = 1000
	status, got = s.do(http.MethodPost, "/v1/events/batch", s.key, body, "Idempotency-Key", "k")
	if status != http.StatusAccepted || strings.Count(statuses(got), "repeated") != 200 || strings.Count(statuses(got), "accepted") != 50 {
		t.Errorf("%d %s", status, statuses(got))
	}
}

func TestListResults(t *testing.T) {
	s := serveTest(t, testConfig(storetest.URL(t, "sqlite")))
	finishRuns(t, s, 5)
	var runs []string
	after := ""
	for range 4 {
		status, page := s.do(http.MethodGet, "/v1/results?flow=f&limit=2&since=1970-01-01T00:00:00Z&after="+after, s.key, nil)
		if status != http.StatusOK {
			t.Fatalf("%d %s", status, page["raw"])
		}
		for _, r := range page["results"].([]any) {
			m := r.(map[string]any)
			runs = append(runs, m["run"].(string))
			if m["readings"].(map[string]any)["ask"] != "good" || m["seconds_to_answer"] != 1.5 {
				t.Errorf("%v", m)
			}
		}
		after = page["next"].(string)
	}
	if got := strings.Join(runs, " "); got != "r0 r1 r2 r3 r4" {
		t.Errorf("runs %s", got)
	}
	if status, _ := s.do(http.MethodGet, "/v1/results?flow=f&after=nonsense", s.key, nil); status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong cursor: %d", status)
	}
}

// finishRuns stores the results of n runs of the flow f.
func finishRuns(t *testing.T, s *server, n int) {
	t.Helper()
	event := conversation.Event{Kind: conversation.KindText, Line: testLine, Phone: testPhone, Text: &conversation.Text{Text: "x"}}
	event.Conversation = s.house.store.ConversationID(testLine, testPhone)
	b, err := s.house.store.Begin(t.Context(), []conversation.Event{event})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Rollback()
	var w conversation.Writes
	for i := range n {
		w.Effects = append(w.Effects, conversation.Effect{Ended: &conversation.Ended{Run: fmt.Sprint("r", i), Flow: "f", Outcome: "done",
			BeganAt: 1, EndedAt: int64(10 + i), AnswerIn: 1500, Phone: testPhone, Details: conversation.Details{Readings: []conversation.ReadAs{{State: "ask", As: "good"}}}}})
	}
	if err := b.Commit(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}
