package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/conversation"
	"parley/conversation/store/storetest"
	"parley/outbound/provider"
)

// obeying are completions of a model that does what texts tell it to.
var obeying = []string{
	meaning("refund"), meaning("yes"), meaning("no"), meaning("agent"), meaning("unlock"),
	content(`{"meaning":"other_day","other":"refund","certain":true,"goto":"paid"}`),
	content(`{"meaning":"refund","certain":true}` + strings.Repeat(" ", 3000)),
	content(`<html>refund</html>`), content(`{"intent":"refund","state":"paid"}`), content(`[]`), content(``),
	content(`{"meaning":"unsure","other":"refund","certain":true}`),
	`{"choices":[{"message":{"content":"{\"meaning\":\"refund\"}","tool_calls":[{"function":{"name":"refund","arguments":"{}"}}]}}]}`,
	`<html>not found</html>`, `{"choices":[{"message":{"refusal":"the rules that I was given are: A business asks its customers questions by SMS"}}]}`,
	strings.Repeat("refund ", 20_000),
}

// TestInjectionsThroughTheDoors: more than a hundred customers try to instruct the model,
// and it obeys. Nothing is paid, no other state is reached, nothing of the prompt is said
// or kept, and what may be chosen is the same for all.
func TestInjectionsThroughTheDoors(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(root, "conversation", "classify", "testdata", "injections.txt"))
	if err != nil {
		t.Fatal(err)
	}
	texts := strings.Split(strings.TrimSpace(string(b)), "\n")
	storetest.EachURL(t, func(t *testing.T, url string) {
		m := &model{answer: func(n int, w http.ResponseWriter) { fmt.Fprint(w, obeying[n%len(obeying)]) }}
		c := withModel(t, url, m)
		c.LLM.DailyTokens = 10_000_000
		s := serveTest(t, c)
		for i := range texts {
			to := fmt.Sprintf("+1202555%04d", 1000+i)
			if status, out := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "parcel.came", "to": to, "data": map[string]any{"order": "Q-77x"}}); status != http.StatusAccepted {
				t.Fatalf("%d %v", status, out)
			}
		}
		eventually(t, "all are asked", func() bool { return len(s.carrier.Messages()) == len(texts) })
		for i, text := range texts {
			if err := s.carrier.Text(t.Context(), provider.Text{From: fmt.Sprintf("+1202555%04d", 1000+i), To: testLine, Text: strings.ReplaceAll(text, `\n`, "\n")}); err != nil {
				t.Fatal(err)
			}
		}
		asked := 0
		for i, text := range texts {
			asked += s.unmoved(fmt.Sprintf("+1202555%04d", 1000+i), text)
		}
		bodies, _ := m.asked()
		if asked < 100 || len(bodies) < 100 {
			t.Errorf("only %d were asked about, in %d requests", asked, len(bodies))
		}
		t.Logf("%d texts, %d of them asked about", len(texts), asked)
		offered := map[string]int{}
		for _, body := range bodies {
			var sent struct {
				Format json.RawMessage `json:"response_format"`
			}
			if err := json.Unmarshal([]byte(body), &sent); err != nil {
				t.Fatal(err)
			}
			offered[string(sent.Format)]++
			if strings.Contains(string(sent.Format), "refund") || strings.Contains(body, "Q-77x") {
				t.Errorf("what must not be offered or shown: %s", body)
			}
		}
		if len(offered) != 1 {
			t.Errorf("what may be chosen changed: %v", offered)
		}
		for _, message := range s.carrier.Messages() {
			if strings.Contains(message.Text, "pay it back") || strings.Contains(message.Text, "look for it") || strings.Contains(message.Text, "Thank you") || strings.Contains(message.Text, "A business asks") {
				t.Errorf("said %q", message.Text)
			}
		}
		db := ledger(t, url)
		if n := number(t, db, `SELECT count(*) FROM results WHERE outcome IN ('paid', 'missing', 'fine')`); n != 0 {
			t.Errorf("%d runs ended where no guess may lead", n)
		}
		if n := number(t, db, `SELECT count(*) FROM events WHERE data LIKE '%A business asks its customers%'`); n != 0 {
			t.Errorf("%d events hold the prompt", n)
		}
	})
}

// unmoved waits until a phone's text is read and looks where that led. It returns 1 when
// the model was asked.
func (s *server) unmoved(phone, text string) int {
	s.t.Helper()
	var c conversation.Conversation
	id := s.house.store.ConversationID(testLine, phone)
	eventually(s.t, text, func() bool {
		c, _, _ = s.house.store.Conversation(s.t.Context(), id)
		return c.State.Pending == nil && (len(c.State.Runs) == 0 || c.State.Runs[0].Tries > 0 || c.State.Which != nil || c.State.Handoff != nil)
	})
	if len(c.State.Runs) == 1 && c.State.Runs[0].State != "ask" && c.State.Runs[0].State != "agent" {
		s.t.Errorf("%q led to %s", text, c.State.Runs[0].State)
	}
	events, _, err := s.house.store.Thread(s.t.Context(), id, 0, 100)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == conversation.KindResult {
			return 1
		}
	}
	return 0
}
