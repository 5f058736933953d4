package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"parley/conversation"
)

// llmFlow asks a question whose free answers the examples hardly cover.
const llmFlow = `flow: kaput
title: Asks how a parcel came
trigger: {events: [parcel.came]}
languages: [en]
input: {order: {type: string, max: 20}}
intents:
  broken: {description: Something is broken or damaged, ask: "Did you mean that something is broken?", examples: {en: ["the box is crushed", "it arrived broken", "the glass is in pieces", "it does not work", "it is scratched"]}}
  other_day: {description: Another day is wanted, examples: {en: ["come tomorrow instead", "deliver it on friday", "i am not at home today", "another day please"]}}
  refund: {description: The money is to be paid back, examples: {en: ["give me my money back", "i want a refund"]}}
start: ask
states:
  ask:
    say: "{{ brand }}: did your parcel {{ order }} come? Reply YES or NO."
    replies:
      - {intent: no, goto: missing}
      - {intent: yes, goto: fine}
      - {intent: broken, goto: broken}
      - {intent: other_day, goto: later}
      - {intent: refund, confirm: true, goto: paid}
    silence: {after: 24h, goto: fine}
    otherwise: {say: "Please reply YES or NO.", goto: agent}
  broken: {say: "We are sorry that it is broken.", end: broken}
  later: {say: "We bring it another day.", end: later}
  missing: {say: "We look for it.", end: missing}
  paid: {say: "We pay it back.", end: paid}
  fine: {say: "Thank you.", end: fine}
  agent: {handoff: {queue: parcels, say: "A colleague will answer here shortly."}}
`

// model is an OpenAI-compatible service that answers as a test says; n counts from 1.
type model struct {
	answer func(n int, w http.ResponseWriter)

	mu     sync.Mutex
	bodies []string
	keys   []string // Idempotency-Keys
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	m.bodies, m.keys = append(m.bodies, string(body)), append(m.keys, r.Header.Get("Idempotency-Key"))
	n := len(m.bodies)
	m.mu.Unlock()
	m.answer(n, w)
}

func (m *model) asked() (bodies, keys []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.bodies...), append([]string(nil), m.keys...)
}

// content is a completion of 1,000 and 10 tokens.
func content(text string) string {
	b, _ := json.Marshal(text)
	return fmt.Sprintf(`{"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":%s},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":10,"total_tokens":1010}}`, b)
}

func meaning(intent string) string {
	return content(`{"meaning":"` + intent + `","other":"other_day","certain":true}`)
}

// withModel is a configuration whose LLM is the model.
func withModel(t *testing.T, url string, m *model) Config {
	t.Helper()
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	folder := t.TempDir()
	write(t, folder, "kaput.yaml", llmFlow)
	c := testConfig(url)
	c.Flows = append(c.Flows, folder)
	c.LLM = LLMConfig{BaseURL: server.URL + "/v1", Model: "small", Private: true, APIKey: "sk-leak-hunt-model-key", PriceIn: 1, PriceOut: 10, DailyTokens: 100_000}
	return c
}

// begins sends the flow's question and waits until the carrier has it.
func (s *server) begins(key string) {
	s.t.Helper()
	if status, out := s.do(http.MethodPost, "/v1/events", key, map[string]any{"type": "parcel.came", "to": testPhone, "data": map[string]any{"order": "Q-77x"}}); status != http.StatusAccepted {
		s.t.Fatalf("%d %v", status, out)
	}
	if key == s.key {
		s.hears(1)
	}
	eventually(s.t, "the question is open", func() bool {
		c, found := s.stored()
		return found && len(c.State.Runs) == 1 && c.State.Runs[0].OpenAt > 0
	})
}

// decisions lists what was decided about readings, oldest first.
func (s *server) decisions() (all []conversation.Decision) {
	s.t.Helper()
	for _, logged := range s.log() {
		var r conversation.Record
		if err := json.Unmarshal([]byte(logged.Data), &r); err != nil {
			s.t.Fatal(err)
		}
		for _, d := range r.Decisions {
			if d.About == "reading" {
				all = append(all, d)
			}
		}
	}
	return all
}

// log lists the customer's events, oldest first.
func (s *server) log() []conversation.Logged {
	s.t.Helper()
	c, _ := s.stored()
	events, _, err := s.house.store.Thread(s.t.Context(), c.ID, 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, j := 0, len(events)-1; i < j; i, j = i+1, j-1 {
		events[i], events[j] = events[j], events[i]
	}
	return events
}

// said lists what the carrier took after the question.
func (s *server) said() string {
	var all []string
	for _, m := range s.carrier.Messages()[1:] {
		all = append(all, m.Text)
	}
	return strings.Join(all, " | ")
}
