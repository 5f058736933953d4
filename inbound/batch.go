package inbound

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/conversation"
)

// BatchInput is POST /v1/events/batch.
type BatchInput struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"128" pattern:"^[ -~]*$" doc:"Names the rows that have no key of their own, by their index. Needed unless every row has one."`
	DryRun         bool   `query:"dry_run" doc:"Decide every row and answer with its decision records; nothing is stored or sent."`
	RawBody        []byte
	Body           struct {
		Events []BatchRow `json:"events" minItems:"1" maxItems:"1000" doc:"Applied in this order for each customer."`
	}
}

// BatchRow is one event of a batch. What is wrong with it is said in its result.
type BatchRow struct {
	Type           string         `json:"type" doc:"The event type that flows name in trigger.events or on.events." example:"order.delivered"`
	To             string         `json:"to" doc:"The customer's phone, E.164." example:"+12025550123"`
	Line           string         `json:"line,omitempty" doc:"The sender; default the brand's for the customer's country."`
	Brand          string         `json:"brand,omitempty" doc:"The brand whose sender is used when no line is named."`
	Language       string         `json:"language,omitempty" doc:"BCP 47; default what is known of the customer, else the flow's first."`
	Data           map[string]any `json:"data,omitempty" doc:"The flow's inputs."`
	IdempotencyKey string         `json:"idempotency_key,omitempty" doc:"A row under the same key is applied once, in whichever batch it comes."`
}

// BatchAnswer is the answer to a batch: 202 when every row has its result, 503 when
// some have to come again.
type BatchAnswer struct {
	Status     int
	RetryAfter string `header:"Retry-After"`
	Body       BatchAnswerBody
}

// BatchAnswerBody has one result for each row, in order.
type BatchAnswerBody struct {
	Results []BatchResult `json:"results"`
}

// BatchResult is what became of one row.
type BatchResult struct {
	Index  int    `json:"index" doc:"Of the row, from 0."`
	Status string `json:"status" enum:"accepted,repeated,refused,kept,later" doc:"accepted: applied now. repeated: applied before, under the same key. refused: wrong by its own content; nothing was stored. kept: it could not be applied and is kept as a dead letter. later: not applied; send the whole request again."`
	AcceptedBody
	Problems []string `json:"problems,omitempty" doc:"Of a refusal: one sentence each."`
}

// The bounds of a batch: the size of its body in bytes, how many rows the engine
// gets at once (so that a batch does not fill the queue that everybody shares), and
// for how long rows are handed over before the rest is put off.
const (
	mostBatch     = 4 << 20
	rowsAtOnce    = 100
	batchPatience = 20 * time.Second
)

func (a *API) postBatch(ctx context.Context, in *BatchInput) (*BatchAnswer, error) {
	var raw struct {
		Events []json.RawMessage `json:"events"`
	}
	if err := json.Unmarshal(in.RawBody, &raw); err != nil || len(raw.Events) != len(in.Body.Events) {
		return nil, huma.Error400BadRequest("the body is no JSON")
	}
	ctx, cancel := context.WithTimeout(ctx, batchPatience)
	defer cancel()
	first := map[string]int{} // by dedupe key: which of b.events came with it
	b := &rows{api: a, answer: &BatchAnswer{Status: http.StatusAccepted}}
	for i, row := range in.Body.Events {
		key, own := row.IdempotencyKey, true
		if key == "" {
			key, own = in.IdempotencyKey, false
		}
		if key == "" && !in.DryRun {
			return nil, invalid("idempotency_key", fmt.Sprintf("row %d has none and the request has no Idempotency-Key: a repeat would apply it twice", i))
		}
		e, problem := a.rowEvent(ctx, row, raw.Events[i], key, i, own)
		b.answer.Body.Results = append(b.answer.Body.Results, BatchResult{Index: i, Status: "later", AcceptedBody: AcceptedBody{Messages: []string{}}})
		if earlier, ok := first[e.Dedupe]; problem == "" && ok && e.Dedupe != "" && b.events[earlier].BodyHash != e.BodyHash {
			problem = fmt.Sprintf("idempotency_key: it was used with another body, by row %d of this request", b.at[earlier])
		}
		if problem != "" {
			b.refuse(i, problem)
			continue
		}
		if _, ok := first[e.Dedupe]; !ok {
			first[e.Dedupe] = len(b.events)
		}
		b.events, b.at = append(b.events, e), append(b.at, i)
	}
	if in.DryRun {
		return b.answer, b.rehearse(ctx)
	}
	return b.answer, b.submit(ctx)
}

// rowEvent makes the event of a row, or says what is wrong with it.
func (a *API) rowEvent(ctx context.Context, row BatchRow, raw []byte, key string, i int, own bool) (e conversation.Event, problem string) {
	switch {
	case row.Type == "" || len(row.Type) > 100:
		return e, "type: 1 to 100 characters are allowed"
	case row.To == "" || len(row.To) > 32:
		return e, "to: 1 to 32 characters are allowed"
	case len(row.Line) > 32:
		return e, "line: at most 32 characters are allowed"
	case len(row.Brand) > 64:
		return e, "brand: at most 64 characters are allowed"
	case len(row.Language) > 35 || !aTag.MatchString(row.Language):
		return e, "language: not a BCP 47 tag"
	case len(raw) > mostRequest:
		return e, fmt.Sprintf("data: a row has at most %d bytes", mostRequest)
	case own && (len(key) > 128 || !aKey.MatchString(key)):
		return e, "idempotency_key: at most 128 printable ASCII characters are allowed"
	}
	if err := storable(raw); err != nil {
		return e, err.Error()
	}
	line, to, err := a.addressOf(row.Type, row.Line, row.Brand, row.To)
	if err != nil {
		return e, err.Error()
	}
	path := "events"
	if !own && key != "" {
		path, key = "events/batch", fmt.Sprintf("%s/%d", key, i)
	}
	var compact bytes.Buffer
	_ = json.Compact(&compact, raw) // it has been decoded before
	e = event(ctx, path, Keyed{key, compact.Bytes()})
	e.Kind, e.Line, e.Phone = conversation.KindTrigger, line, to
	e.Trigger = &conversation.Trigger{ID: eventID(e.Dedupe), Type: row.Type, Data: row.Data, Language: row.Language}
	return e, ""
}

var (
	aTag = regexp.MustCompile(`^[A-Za-z0-9-]*$`)
	aKey = regexp.MustCompile(`^[ -~]+$`)
)

// rows is a batch under way: the events that are fit, and which row each is.
type rows struct {
	api    *API
	events []conversation.Event
	at     []int
	answer *BatchAnswer
}

func (b *rows) refuse(i int, problems ...string) {
	r := &b.answer.Body.Results[i]
	r.Status, r.Problems = "refused", problems
}

// submit hands the events over, some at a time and in order. What the engine does
// not take is left as later.
func (b *rows) submit(ctx context.Context) error {
	for from := 0; from < len(b.events); from += rowsAtOnce {
		to := min(from+rowsAtOnce, len(b.events))
		outcomes, err := b.api.Engine.Submit(ctx, b.events[from:to])
		if err != nil {
			return b.putOff(err)
		}
		for i, out := range outcomes {
			b.settle(b.at[from+i], out)
		}
	}
	return nil
}

// rehearse decides every event and stores nothing.
func (b *rows) rehearse(ctx context.Context) error {
	b.answer.Status = http.StatusOK
	for i, e := range b.events {
		out, err := b.api.Engine.DryRun(ctx, e)
		if err != nil {
			return b.putOff(err)
		}
		b.settle(b.at[i], out)
	}
	return nil
}

// putOff leaves the rest for a repeat of the request; an error that a repeat would
// not mend is one.
func (b *rows) putOff(err error) error {
	answer := b.api.unavailable(err)
	var status huma.StatusError
	if errors.As(answer, &status) && status.GetStatus() != http.StatusServiceUnavailable {
		return answer
	}
	b.answer.Status, b.answer.RetryAfter = http.StatusServiceUnavailable, "1"
	return nil
}

// settle writes down what became of the i-th row.
func (b *rows) settle(i int, out conversation.Outcome) {
	r := &b.answer.Body.Results[i]
	switch {
	case out.Status == conversation.Refused:
		b.refuse(i, out.Problems...)
		return
	case out.Status == conversation.Conflicting:
		b.refuse(i, "idempotency_key: it was used with another body")
		return
	case out.Status == conversation.Ignored:
		b.refuse(i, "to: there is no such conversation")
		return
	case out.Status == conversation.Buried:
		r.Status, r.Conversation = "kept", out.Conversation
		return
	case out.Repeated:
		r.Status = "repeated"
	default:
		r.Status = "accepted"
	}
	r.AcceptedBody = acceptedBody(out)
}
