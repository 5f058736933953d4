package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/conversation"
)

// asked counts one question to the LLM.
func (m *metrics) asked(outcome string, e conversation.Expense) {
	m.llmAsked.WithLabelValues(outcome).Inc()
	m.llmTokens.Add(float64(e.Tokens))
	m.llmCost.Add(float64(e.Micros) / 1e6)
}

// spent is what all nodes have taken today and what they may, as the database has it.
type spent struct {
	house *house
	descs map[string]*prometheus.Desc
}

func newSpent(h *house) *spent {
	s := &spent{house: h, descs: map[string]*prometheus.Desc{}}
	for name, help := range map[string]string{
		"parley_llm_tokens_today": "Tokens that the questions of all nodes took since midnight UTC; open ones as estimated.", "parley_llm_tokens_today_limit": "The most of a day.",
		"parley_llm_cost_today": "What they cost, in the configuration's currency.", "parley_llm_cost_today_limit": "The most of a day; 0: no limit.",
	} {
		s.descs[name] = prometheus.NewDesc(name, help, nil, nil)
	}
	return s
}

// Describe implements prometheus.Collector.
func (s *spent) Describe(out chan<- *prometheus.Desc) {
	for _, d := range s.descs {
		out <- d
	}
}

// Collect implements prometheus.Collector. Without an LLM, or a database that answers,
// there is nothing to show.
func (s *spent) Collect(out chan<- prometheus.Metric) {
	if s.house.prepared.llm == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	e, _, err := s.house.store.SpentLLM(ctx)
	if err != nil {
		return
	}
	most := s.house.prepared.llm.Most
	for name, v := range map[string]float64{
		"parley_llm_tokens_today": float64(e.Tokens), "parley_llm_tokens_today_limit": float64(most.Tokens),
		"parley_llm_cost_today": float64(e.Micros) / 1e6, "parley_llm_cost_today_limit": float64(most.Micros) / 1e6,
	} {
		out <- prometheus.MustNewConstMetric(s.descs[name], prometheus.GaugeValue, v)
	}
}
