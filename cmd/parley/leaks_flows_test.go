package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// leakFlows are flows of our own: one has a code made, one is given a secret.
var leakFlows = map[string]string{
	"leak_payment": `flow: leak_payment
trigger: {events: [payment.asked]}
input:
  order: {type: string}
key: "{{ order }}"
start: ask
states:
  ask:
    do: [{issue_code: {purpose: payment, subject: "{{ order }}"}}]
    on:
      events:
        verification.approved: {goto: done}
        verification.failed: {goto: done}
        verification.expired: {goto: done}
    silence: {after: 15m, goto: done}
  done: {end: over}
`,
	"leak_secret": `flow: leak_secret
trigger: {events: [secret.given]}
input:
  token: {type: string, secret: true}
key: "{{ token }}"
start: keep
states:
  keep:
    do:
      - set: {copied: "again {{ token }}"}
      - call: {url: "vault:/keep/{{ token }}", json: {token: "{{ copied }}"}, headers: {X-Token: "{{ token }}"}, on: {failed: ask}}
    goto: ask
  ask:
    do: [{emit: {event: secret.kept, data: {how: well}}}]
    say: "Kept. Reply DONE."
    replies: [{match: [done], goto: over}]
  over: {end: over}
`}

var (
	eventOf = regexp.MustCompile(`events: \[([a-z_.]+)`)
	startOf = regexp.MustCompile(`(?m)^(?:start|event [a-z_.]+) (\{.*\})`)
	firstOf = regexp.MustCompile(`(?m)^> (.*)$`)
)

// starts gives the event and the data that start a flow, those of its first dialogue, or
// the text that does.
func (l *leaking) starts(name string) (event string, data map[string]any, text string) {
	l.t.Helper()
	switch name {
	case "leak_payment":
		return "payment.asked", map[string]any{"order": "o-1"}, ""
	case "leak_secret":
		return "secret.given", map[string]any{"token": leakInput}, ""
	}
	source, err := os.ReadFile(filepath.Join(root, "flows", "library", name+".yaml"))
	chat, chatErr := os.ReadFile(filepath.Join(root, "flows", "library", name+".chat"))
	if err := errors.Join(err, chatErr); err != nil {
		l.t.Fatal(err)
	}
	of, with, first := eventOf.FindSubmatch(source), startOf.FindSubmatch(chat), firstOf.FindSubmatch(chat)
	switch {
	case of != nil && with != nil:
		if err := json.Unmarshal(with[1], &data); err != nil {
			l.t.Fatalf("%s: %v", name, err)
		}
		if data["subject"] != nil { // the dialogues' has proved another number
			data["subject"] = "u-" + name
		}
		return string(of[1]), data, ""
	case first != nil:
		return "", nil, string(first[1])
	}
	l.t.Fatalf("%s: nothing says how it starts", name)
	return "", nil, ""
}

// flows start every flow of the library and the test's own, and then a code is texted
// where an answer is wanted: one that the flow had made, else one that was asked for.
func (l *leaking) flows() {
	all := l.house.prepared.library.All()
	if len(all) < 14 {
		l.t.Errorf("%d flows", len(all))
	}
	for i, f := range all {
		to, n, code := fmt.Sprintf("+1202555%04d", 5000+i), l.carrier.count(), ""
		event, data, text := l.starts(f.Name)
		if event != "" {
			body := map[string]any{"type": event, "to": to, "data": data, "line": testLine}
			l.ask(http.MethodPost, "/v1/events?dry_run=true", body)
			if status, out := l.ask(http.MethodPost, "/v1/events", body); status != http.StatusAccepted {
				l.t.Fatalf("%s: %d %v", f.Name, status, out)
			}
		} else {
			l.text("start-"+f.Name, to, testLine, text)
		}
		if strings.Contains(string(f.Source()), "issue_code") {
			code = l.carrier.code(l.t, n+1, to)
			l.hunt.code("a code of "+f.Name, code)
		} else {
			_, code = l.wanted("a code beside "+f.Name, login("to", to, "subject", "beside-"+f.Name))
		}
		l.text("answer-"+f.Name, to, testLine, "it is "+code)
		l.ask(http.MethodGet, "/v1/conversations/"+l.house.store.ConversationID(testLine, to), nil)
		l.ask(http.MethodGet, "/v1/results?flow="+f.Name, nil)
	}
}
