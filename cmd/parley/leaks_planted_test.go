package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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

	channels := []string{"the log", "metrics", "callbacks", "pauses.reason", "an answer"}
	if strings.HasPrefix(l.url, "sqlite:") {
		channels = append(channels, "the file -wal")
	}
	found := l.search()
	for _, channel := range channels {
		if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, "a planted code in "+channel) }) {
			l.t.Errorf("a code in %s is not found", channel)
		}
	}
	if slices.ContainsFunc(found, func(f string) bool { return !strings.HasPrefix(f, "a planted code in ") }) {
		l.t.Errorf("found besides: %q", found)
	}
}
