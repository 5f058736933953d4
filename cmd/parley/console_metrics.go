package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/conversation"
)

// overdue shows, for each queue with clocks, how many customers wait longer than they
// should.
type overdue struct {
	house *house
	desc  *prometheus.Desc
}

func newOverdue(h *house) *overdue {
	return &overdue{h, prometheus.NewDesc("parley_console_overdue", "Conversations for which a person's answer is overdue, by queue.", []string{"queue"}, nil)}
}

// Describe implements prometheus.Collector.
func (o *overdue) Describe(out chan<- *prometheus.Desc) { out <- o.desc }

// Collect implements prometheus.Collector. Without clocks, or a database that answers, there
// is nothing to show.
func (o *overdue) Collect(out chan<- prometheus.Metric) {
	queues := o.house.config.Console.queues
	if len(queues) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	scene, err := o.house.store.Scene(ctx, mostCounted)
	if err != nil {
		return
	}
	line := func(number string) conversation.Line { return o.house.prepared.directory.Lines[number] }
	for queue, n := range queues.Overdue(scene.Desk, line, scene.Now) {
		out <- prometheus.MustNewConstMetric(o.desc, prometheus.GaugeValue, float64(n), queue)
	}
}

// mostCounted is how many conversations that people have are looked at for it.
const mostCounted = 10_000
