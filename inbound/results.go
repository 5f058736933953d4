package inbound

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/conversation"
)

// ResultsInput is GET /v1/results.
type ResultsInput struct {
	Flow  string    `query:"flow" required:"true" maxLength:"60" pattern:"^[A-Za-z0-9._-]+$"`
	Since time.Time `query:"since" doc:"Runs that ended at or after this moment; default seven days ago."`
	Until time.Time `query:"until" doc:"And before this one; default now. A result is listed fifteen seconds after the end, when none that ended earlier can still come in."`
	After string    `query:"after" maxLength:"160" doc:"next of the page before."`
	Limit int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// ResultList is the answer to GET /v1/results.
type ResultList struct {
	Results []ResultBody `json:"results"`
	Next    string       `json:"next" doc:"Give it as after to read on, now or later."`
}

// ResultBody is what one run led to.
type ResultBody struct {
	Run             string            `json:"run"`
	Conversation    string            `json:"conversation"`
	Phone           string            `json:"phone"`
	Line            string            `json:"line"`
	Key             string            `json:"key,omitempty"`
	Language        string            `json:"language,omitempty"`
	Outcome         string            `json:"outcome"`
	State           string            `json:"state" doc:"The last one."`
	Started         time.Time         `json:"started"`
	Ended           time.Time         `json:"ended"`
	SecondsToAnswer float64           `json:"seconds_to_answer,omitempty" doc:"To the first answer; absent when there was none."`
	Texts           int64             `json:"texts" doc:"How many texts the run said."`
	Answers         map[string]any    `json:"answers,omitempty" doc:"Inputs and answers; never those that the flow calls secret."`
	Readings        map[string]string `json:"readings,omitempty" doc:"State to the name (as) of the reply that was read there."`
	Photos          []string          `json:"photos,omitempty"`
}

// settledAfter is how long after its end a result is listed: longer than a
// transaction of the engine lasts, so that a reader who follows next misses none.
const settledAfter = 15 * time.Second

func (a *API) listResults(ctx context.Context, in *ResultsInput) (*One[ResultList], error) {
	now := time.Now()
	q := conversation.ResultQuery{Flow: in.Flow, Since: now.Add(-7 * 24 * time.Hour).UnixMilli(), Until: now.Add(-settledAfter).UnixMilli()}
	if !in.Since.IsZero() {
		q.Since = in.Since.UnixMilli()
	}
	if !in.Until.IsZero() {
		q.Until = min(q.Until, in.Until.UnixMilli())
	}
	if in.After != "" {
		at, run, _ := strings.Cut(in.After, ".")
		n, err := strconv.ParseInt(at, 10, 64)
		if err != nil || !knowable(run) {
			return nil, huma.Error422UnprocessableEntity("after: it is not what next said", &huma.ErrorDetail{Location: "query.after", Message: "not what next said"})
		}
		q.AfterAt, q.AfterRun = n, run
	}
	page, err := a.Reads.Results(ctx, q, in.Limit)
	if err != nil {
		return nil, a.unavailable(err)
	}
	out := ResultList{Results: []ResultBody{}, Next: in.After}
	for _, e := range page {
		out.Next = fmt.Sprintf("%d.%s", e.EndedAt, e.Run)
		if e.Test == (caller(ctx).Test()) {
			out.Results = append(out.Results, shownResult(e))
		}
	}
	return &One[ResultList]{out}, nil
}

func shownResult(e conversation.Ended) ResultBody {
	b := ResultBody{Run: e.Run, Conversation: e.Conversation, Phone: e.Phone, Line: e.Line, Key: e.Key, Language: e.Language,
		Outcome: e.Outcome, State: e.State, Started: time.UnixMilli(e.BeganAt).UTC(), Ended: time.UnixMilli(e.EndedAt).UTC(),
		SecondsToAnswer: float64(e.AnswerIn) / 1000, Texts: e.Texts, Answers: e.Details.Answers, Photos: e.Details.Photos}
	for _, r := range e.Details.Readings {
		if b.Readings == nil {
			b.Readings = map[string]string{}
		}
		b.Readings[r.State] = r.As
	}
	return b
}
