package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/outbound/provider"
)

// metrics are what an operator watches. Labels never hold texts or numbers.
type metrics struct {
	registry *prometheus.Registry
	commits  prometheus.Counter
	webhooks *prometheus.CounterVec
	sends    *prometheus.HistogramVec

	llmAsked  *prometheus.CounterVec
	llmTokens prometheus.Counter
	llmCost   prometheus.Counter

	flowsFailed prometheus.Gauge
	flowsLoaded prometheus.Gauge
}

func newMetrics(h *house) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		commits:  prometheus.NewCounter(prometheus.CounterOpts{Name: "parley_commits_total", Help: "Batches of events committed by this node."}),
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "parley_webhooks_total", Help: "Webhooks by carrier and answer."}, []string{"carrier", "status"}),
		sends: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "parley_send_seconds", Help: "How long carriers took over texts that this node gave them, by what they answered.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"carrier", "answer"}),

		llmAsked:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "parley_llm_questions_total", Help: "Texts that this node asked the LLM about, by how that ended."}, []string{"outcome"}),
		llmTokens: prometheus.NewCounter(prometheus.CounterOpts{Name: "parley_llm_tokens_total", Help: "Tokens that this node's questions took."}),
		llmCost:   prometheus.NewCounter(prometheus.CounterOpts{Name: "parley_llm_cost_total", Help: "What they cost, in the configuration's currency."}),

		flowsFailed: prometheus.NewGauge(prometheus.GaugeOpts{Name: "parley_flows_load_failed", Help: "1: the flow files were changed and cannot be used; the flows loaded before serve on."}),
		flowsLoaded: prometheus.NewGauge(prometheus.GaugeOpts{Name: "parley_flows_loaded_timestamp_seconds", Help: "When the flows that serve now were loaded."}),
	}
	m.flowsLoaded.SetToCurrentTime()
	nodes := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "parley_live_nodes", Help: "Nodes that were seen within six seconds."},
		func() float64 { return float64(h.live.Load()) })
	m.registry.MustRegister(m.commits, m.webhooks, m.sends, m.flowsFailed, m.flowsLoaded, m.llmAsked, m.llmTokens, m.llmCost, nodes, newSpent(h), newOverdue(h), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// counted counts a carrier's webhooks by what they were answered.
func (m *metrics) counted(next http.Handler, known func(carrier string) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		carrier := r.PathValue("carrier")
		if !known(carrier) {
			carrier = "unknown" // strangers do not make labels
		}
		m.webhooks.WithLabelValues(carrier, strconv.Itoa(seen.status)).Inc()
	})
}

// sent counts a text that a carrier was given.
func (m *metrics) sent(carrier string, class provider.Class, took time.Duration) {
	m.sends.WithLabelValues(carrier, cmp.Or(string(class), "accepted")).Observe(took.Seconds())
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status and passes it on.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// admin opens the operator's door: metrics, health, profiles. It returns the loop
// that serves it, nil when it is off.
func (h *house) admin() (func(context.Context) error, error) {
	if h.config.Admin == "off" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", h.config.Admin)
	if err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(h.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", h.readyz)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	h.adminAddress = listener.Addr().String()
	return func(ctx context.Context) error { return serveUntil(ctx, server, listener) }, nil
}

// readyz says whether this node can take texts: the doors are open, the database
// answers, and it took the last heartbeat; one with a full disk still reads.
func (h *house) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if !h.ready.Load() {
		http.Error(w, "not serving", http.StatusServiceUnavailable)
		return
	}
	if err := h.store.Ping(ctx); err != nil {
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	if h.mute.Load() {
		http.Error(w, "the database takes no writes", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}
