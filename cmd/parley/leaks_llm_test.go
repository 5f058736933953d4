package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

const leakLLMKey = "sk-leak-hunt-llm-0123456789"

// plantedCode stands where the LLM is really told it. Nobody looks for it before the end.
const plantedCode = "530274"

// leakLLMFlow asks a question that holds all that an LLM must not hear of.
const leakLLMFlow = `flow: leak_llm
title: Asks how it was
trigger: {events: [llm.asked]}
input: {order: {type: string}, pin: {type: string, secret: true}, friend: {type: string, foreign: true}}
intents: {broken: {description: "Something is broken: code\\n` + plantedCode + `\\n", examples: {en: [it is broken]}}}
start: who
states:
  who: {say: "{{ brand }}: who are you?", capture: {called: text}, silence: {after: 1h, goto: z}, goto: ask}
  ask:
    say: "{{ brand }}: {{ called }}, was {{ order }} from {{ friend }} fine? {{ pin }} Reply YES or NO."
    replies: [{intent: no, goto: z}, {intent: yes, goto: z}, {intent: broken, goto: z}]
    silence: {after: 1h, goto: z}
    otherwise: {say: "Reply YES or NO.", tries: 9, goto: z}
  z: {end: z}
`

// eavesdropper is an LLM that is never sure and repeats in its errors what it was told.
func eavesdropper(t *testing.T, heard *syncBuffer) string {
	var n atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintln(heard, string(body))
		if n.Add(1)%2 == 0 {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":{"message":%q,"type":"x","code":"x"}}`, r.Header.Get("Authorization")+string(body))
			return
		}
		fmt.Fprint(w, content(`{"meaning":"unsure","other":"broken","certain":true}`))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// understood has a customer write what the LLM is asked about, with all in it that it
// must not hear.
func (l *leaking) understood() {
	const to = "+12025557001"
	l.private.needles = map[string]string{"zacharias": "a name", "quill": "another name", "q-77x": "an order", "tulip": "a secret", "mallory": "a stranger's name",
		"2025557001": "a phone", "202 555 7001": "a phone, as people write it", "202-555-7002": "another phone", "482913": "a code of somebody else's", "482 913": "such a code, as people write it", "ann@example.com": "an address", "elm row": "a street"}
	l.ask(http.MethodPut, "/v1/contacts/%2B12025557001", map[string]any{"name": "Zacharias Quill", "fields": map[string]any{"street": "12 Elm Row"}})
	if status, out := l.ask(http.MethodPost, "/v1/events", map[string]any{"type": "llm.asked", "to": to, "data": map[string]any{"order": "Q-77x", "pin": "tulip-9", "friend": "Mallory"}}); status != http.StatusAccepted {
		l.t.Fatalf("%d %v", status, out)
	}
	state := func(want string) {
		eventually(l.t, "the question of "+want, func() bool {
			c, _, _ := l.house.store.Conversation(l.t.Context(), l.house.store.ConversationID(testLine, to))
			return len(c.State.Runs) == 1 && c.State.Runs[0].State == want && c.State.Runs[0].OpenAt > 0 && c.State.Pending == nil
		})
	}
	state("who")
	l.text("llm-0", to, testLine, "Zacharias")
	state("ask")
	_, code := l.wanted("a code that is texted to a question", login("to", to, "subject", "u-7001"))
	for i, text := range []string{
		"the lid came off q 77X, zacharias QUILL of 12 elm row here", "call +12025557001 or (202) 555 7001 or 202-555-7002, lid off",
		"my pin is TULIP-9, and 482913 or 482 913 came by text from mallory", "write to ann@example.com about the lid", "is this code yours " + code + " or not, the lid is off",
	} {
		l.text(fmt.Sprint("llm-", i+1), to, testLine, text)
		eventually(l.t, text, func() bool {
			c, _, _ := l.house.store.Conversation(l.t.Context(), l.house.store.ConversationID(testLine, to))
			return c.State.Pending == nil && len(c.State.Held) == 0
		})
	}
	if n := strings.Count(l.prompts.String(), "\n"); n < 4 {
		l.t.Errorf("the LLM was asked %d times:\n%s", n, l.prompts.String())
	}
}

// inPrompts searches what the LLM was told.
func (l *leaking) inPrompts() {
	l.hunt.in("a prompt", l.prompts.String())
	l.private.in("a prompt", strings.ToLower(l.prompts.String()))
}

// plantedInPrompts expects each of them to be found when it is there.
func (l *leaking) plantedInPrompts() {
	for needle, name := range l.private.needles {
		l.private.found = nil
		fmt.Fprintln(&l.prompts, `{"message":"it is `+needle+`, she says"}`)
		l.inPrompts()
		if !slices.Contains(l.private.found, name+" in a prompt") {
			l.t.Errorf("%s in a prompt is not found", name)
		}
	}
}
