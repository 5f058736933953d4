package main

import (
	"context"
	"log/slog"

	"parley/conversation"
	"parley/conversation/jobs"
	"parley/conversation/verify"
)

// runner says who carries out which slow effect.
func (h *house) runner() jobs.Runner {
	var endpoints []string
	for _, e := range h.prepared.callbacks.Endpoints {
		endpoints = append(endpoints, e.Name)
	}
	do := map[string]jobs.Do{
		conversation.JobCallback: func(ctx context.Context, j conversation.Job) (conversation.Event, bool, error) {
			try := jobs.TryOf(ctx)
			return conversation.Event{}, false, h.prepared.callbacks.Deliver(ctx, j, try.N, try.Last())
		},
		conversation.JobNews: news,
		conversation.JobCall: func(ctx context.Context, j conversation.Job) (conversation.Event, bool, error) {
			return h.prepared.caller.Do(ctx, j, jobs.TryOf(ctx).Last())
		},
		conversation.JobIssue:  h.issueForFlow,
		conversation.JobPaused: h.ofCode((*verify.Service).Paused),
		conversation.JobResend: h.ofCode((*verify.Service).Again),
	}
	if llm := h.prepared.llm; llm != nil {
		do[conversation.JobClassify] = func(ctx context.Context, j conversation.Job) (conversation.Event, bool, error) {
			return llm.Do(ctx, j, jobs.TryOf(ctx).Last())
		}
	}
	return jobs.Runner{Submit: h.engine, Endpoints: endpoints, Log: slog.New(onlyWarnings{h.log.Handler()}), Do: do}
}
