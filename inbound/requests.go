package inbound

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/conversation"
	"parley/flows"
)

// EventInput is POST /v1/events.
type EventInput struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"128" pattern:"^[ -~]*$" doc:"A repeat under the same key returns the first answer; another body under it is refused."`
	DryRun         bool   `query:"dry_run" doc:"Decide and answer with the decision records; nothing is stored or sent."`
	RawBody        []byte
	Body           struct {
		Type     string         `json:"type" minLength:"1" maxLength:"100" doc:"The event type that flows name in trigger.events or on.events." example:"order.delivered"`
		To       string         `json:"to" minLength:"1" maxLength:"32" doc:"The customer's phone, E.164." example:"+12025550123"`
		Line     string         `json:"line,omitempty" maxLength:"32" doc:"The sender; default the brand's for the customer's country."`
		Brand    string         `json:"brand,omitempty" maxLength:"64" doc:"The brand whose sender is used when no line is named."`
		Language string         `json:"language,omitempty" maxLength:"35" pattern:"^[A-Za-z0-9-]*$" doc:"BCP 47; default what is known of the customer, else the flow's first."`
		Data     map[string]any `json:"data,omitempty" doc:"The flow's inputs."`
	}
}

// MessageInput is POST /v1/messages.
type MessageInput struct {
	Keyed
	Body struct {
		To    string `json:"to" minLength:"1" maxLength:"32" doc:"The customer's phone, E.164."`
		Text  string `json:"text" minLength:"1" maxLength:"1600"`
		Class string `json:"class,omitempty" enum:"alert,notice,bulk" default:"notice" doc:"Decides priority, quiet hours and consent."`
		Line  string `json:"line,omitempty" maxLength:"32"`
		Brand string `json:"brand,omitempty" maxLength:"64"`
	}
}

// EndInput is POST /v1/runs/{id}/end.
type EndInput struct {
	ID string `path:"id" maxLength:"128"`
	Keyed
	Body struct {
		Outcome string `json:"outcome,omitempty" maxLength:"64" default:"ended" pattern:"^[a-z][a-z0-9_]*$"`
	}
}

// Accepted is the answer to what was stored.
type Accepted struct {
	Status int
	Body   AcceptedBody
}

// AcceptedBody names what an accepted request led to.
type AcceptedBody struct {
	ID           string                  `json:"id,omitempty" doc:"Of the event, as callbacks name it."`
	Conversation string                  `json:"conversation"`
	Run          string                  `json:"run,omitempty" doc:"The run that was started or reached."`
	Messages     []string                `json:"messages" doc:"Ids of the messages that it caused."`
	Decisions    []conversation.Decision `json:"decisions,omitempty" doc:"Of a dry run: what would be done, and why."`
}

func (a *API) postEvent(ctx context.Context, in *EventInput) (*Accepted, error) {
	if err := storable(in.RawBody); err != nil {
		return nil, err
	}
	line, to, err := a.addressOf(in.Body.Type, in.Body.Line, in.Body.Brand, in.Body.To)
	if err != nil {
		return nil, err
	}
	e := event(ctx, "events", Keyed{in.IdempotencyKey, in.RawBody})
	e.Kind, e.Line, e.Phone = conversation.KindTrigger, line, to
	e.Trigger = &conversation.Trigger{ID: eventID(e.Dedupe), Type: in.Body.Type, Data: in.Body.Data, Language: in.Body.Language}
	if in.DryRun {
		out, err := a.Engine.DryRun(ctx, e)
		if err != nil {
			return nil, a.unavailable(err)
		}
		return accepted(http.StatusOK, out)
	}
	return a.submit(ctx, e, http.StatusAccepted)
}

func (a *API) postMessage(ctx context.Context, in *MessageInput) (*Accepted, error) {
	if !storableText(in.Body.Text) {
		return nil, invalid("text", "it holds U+0000")
	}
	line, to, err := a.address(in.Body.Line, in.Body.Brand, in.Body.To)
	if err != nil {
		return nil, err
	}
	e := event(ctx, "messages", in.Keyed)
	e.Kind, e.Line, e.Phone = conversation.KindMessage, line, to
	e.Outgoing = &conversation.Outgoing{Text: in.Body.Text, Class: flows.Class(in.Body.Class)}
	return a.submit(ctx, e, http.StatusAccepted)
}

func (a *API) endRun(ctx context.Context, in *EndInput) (*Accepted, error) {
	id, _, ok := strings.Cut(in.ID, ".")
	if !ok || id == "" || !knowable(in.ID) {
		return nil, huma.Error404NotFound("there is no run of this id")
	}
	e := event(ctx, "runs/"+in.ID, in.Keyed)
	e.Kind, e.Conversation = conversation.KindEndRun, id
	e.EndRun = &conversation.EndRun{Run: in.ID, Outcome: in.Body.Outcome}
	return a.submit(ctx, e, http.StatusOK)
}

// addressOf is address for an event, which may have a brand of its own.
func (a *API) addressOf(event, line, brand, to string) (string, string, error) {
	if line == "" && brand == "" && a.Brand != nil {
		brand = a.Brand(event)
	}
	return a.address(line, brand, to)
}

// address resolves the sender and the customer of a request.
func (a *API) address(line, brand, to string) (string, string, error) {
	phone, err := a.Phone(to)
	if err != nil {
		return "", "", invalid("to", err.Error())
	}
	line, err = a.Route(line, brand, phone)
	if err != nil {
		return "", "", invalid("line", err.Error())
	}
	return line, phone, nil
}

// event begins an event of this request: its dedupe key and the caller's mode.
func event(ctx context.Context, path string, k Keyed) conversation.Event {
	once := k.once(ctx, path)
	return conversation.Event{Test: caller(ctx).Test(), Dedupe: once.Key, BodyHash: once.BodyHash}
}

// eventID names an event: the same for a repeat under the same key.
func eventID(dedupe string) string {
	if dedupe != "" {
		sum := sha256.Sum256([]byte(dedupe))
		return "evt_" + hex.EncodeToString(sum[:12])
	}
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return "evt_" + hex.EncodeToString(b[:])
}

func (a *API) submit(ctx context.Context, e conversation.Event, status int) (*Accepted, error) {
	outcomes, err := a.Engine.Submit(ctx, []conversation.Event{e})
	if err != nil {
		return nil, a.unavailable(err)
	}
	return accepted(status, outcomes[0])
}

// accepted turns an outcome into an answer.
func accepted(status int, out conversation.Outcome) (*Accepted, error) {
	switch out.Status {
	case conversation.Refused:
		details := make([]error, len(out.Problems))
		for i, problem := range out.Problems {
			details[i] = detail(problem)
		}
		return nil, huma.Error422UnprocessableEntity("the request does not fit: "+strings.Join(out.Problems, "; "), details...)
	case conversation.Conflicting:
		return nil, huma.Error422UnprocessableEntity("this Idempotency-Key was used with another body")
	case conversation.Ignored:
		return nil, huma.Error404NotFound("there is no such conversation")
	case conversation.Buried:
		return nil, huma.Error500InternalServerError("the event is kept, but could not be applied: see parley dead list")
	}
	return &Accepted{Status: status, Body: acceptedBody(out)}, nil
}

// acceptedBody names what an accepted event led to.
func acceptedBody(out conversation.Outcome) AcceptedBody {
	messages := out.Messages
	if messages == nil {
		messages = []string{}
	}
	return AcceptedBody{ID: out.ID, Conversation: out.Conversation, Run: out.Run, Messages: messages, Decisions: out.Records}
}

// detail places a problem: "to: …" is about body.to, "order is missing: …" about
// body.data.order.
func detail(problem string) error {
	if name, rest, ok := strings.Cut(problem, ": "); ok {
		switch name {
		case "to", "type", "line", "flow", "key", "run":
			return &huma.ErrorDetail{Message: rest, Location: "body." + name}
		}
	}
	if m := aboutInput.FindStringSubmatch(problem); m != nil {
		return &huma.ErrorDetail{Message: problem, Location: "body.data." + m[1]}
	}
	return &huma.ErrorDetail{Message: problem}
}

// aboutInput is how flows begins what is wrong with one input.
var aboutInput = regexp.MustCompile(`^([a-z][a-z0-9_]*) (is|must|may|has) `)

func invalid(field, why string) error {
	return huma.Error422UnprocessableEntity(field+": "+why, &huma.ErrorDetail{Message: why, Location: "body." + field})
}
