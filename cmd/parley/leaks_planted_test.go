package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/agentui"
	"parley/conversation"
)

// planted leaks a code through every channel that there is, and expects each to be
// found: a search that finds nothing must be able to. Traces are none of them: nothing
// of Parley makes any.
func (l *leaking) planted() {
	const code = "719035"
	l.hunt.code("a planted code", code)
	// the log
	l.house.log.Debug("planted", "code", code)
	// the metrics
	l.house.metrics.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "planted", Help: "A leak.", ConstLabels: prometheus.Labels{"code": code}}, func() float64 { return 1 }))
	// a callback
	if err := l.house.store.Tell(l.t.Context(), conversation.VerificationAlarm{What: "planted", Subject: "code " + code}); err != nil {
		l.t.Fatal(err)
	}
	eventually(l.t, "the planted callback", func() bool { return strings.Contains(l.heard.String(), code) })
	// a table, and with SQLite the log of its file
	if _, err := l.house.store.Pause(l.t.Context(), "planted", time.Hour, "it was "+code[:3]+" "+code[3:]); err != nil {
		l.t.Fatal(err)
	}
	// an answer of the API
	l.house.mux.HandleFunc("GET /planted", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "{%q:%q}", "code", code) })
	l.knocks(http.MethodGet, "/planted", "", nil)
	l.plantedInConsole()
	// a prompt of the LLM, which was told of a meaning
	l.hunt.code("a planted code of a meaning", plantedCode)

	channels := []string{"a planted code in the log", "a planted code in metrics", "a planted code in callbacks", "a planted code in pauses.reason", "a planted code in an answer: map[",
		"a planted code of a note in an answer: {", "a planted code of a socket in an answer: {", "a planted code of a meaning in a prompt"}
	file := "a planted code in the file of pauses"
	if strings.HasPrefix(l.url, "sqlite:") {
		file = "a planted code in the file -wal"
	}
	found := l.search()
	for _, channel := range append(channels, file) {
		if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, channel) }) {
			l.t.Errorf("it is not found: %s", channel)
		}
	}
	if slices.ContainsFunc(found, func(f string) bool { return !strings.HasPrefix(f, "a planted code ") }) {
		l.t.Errorf("found besides: %q", found)
	}
	l.plantedInPrompts()
}

// plantedInConsole has a code stand in a note, behind everybody's back, which an agent
// reads by request; and another in what the agent hears by socket.
func (l *leaking) plantedInConsole() {
	l.t.Helper()
	const note, heard = "482617", "905316"
	l.hunt.code("a planted code of a note", note)
	l.hunt.code("a planted code of a socket", heard)
	id := l.house.store.ConversationID(testLine, "+12025557001")
	done, err := ledger(l.t, l.url).ExecContext(l.t.Context(), `UPDATE events SET data = REPLACE(data, 'gave none', $1) WHERE conversation = $2 AND data LIKE '%gave none%'`, `it was\n`+note+`\n`, id)
	if err != nil {
		l.t.Fatal(err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		l.t.Fatalf("%d notes: %v", n, err)
	}
	d, _, asks := l.browser()
	if status, out := asks("POST", "session", typed{"name": "leak", "password": leakSentence}); status != http.StatusNoContent {
		l.t.Fatalf("%d %s", status, out["raw"])
	}
	asks("GET", "conversations/"+id, nil)
	seat := d.sits()
	seat.heard = &l.answers
	seat.hears("hello")
	l.seat("ann-"+heard, agentui.RoleAgent).sits().says("look", map[string]any{"conv": id, "typing": true})
	seat.hears("look")
}
