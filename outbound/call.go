package outbound

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"parley/conversation"
	"parley/outbound/egress"
)

// CallTimeout bounds one try of a call, connecting and reading included.
const CallTimeout = 10 * time.Second

// MostCallBody is how many bytes of an answer's body are read.
const MostCallBody = 64 << 10

// CallHost is a host that flows may call.
type CallHost struct {
	Host    string            // "api.example.com", on its scheme's own port, or "api.example.com:8443"
	Headers map[string]string // set on every call to it, over those of the flow
	Plain   bool              // http may be used as well as https: it is inside our own network
}

// Service is where flows find what they call by name.
type Service struct {
	URL     *url.URL          // what stands before a flow's path; without query and fragment
	Headers map[string]string // set on every call to it, over those of the flow
	Plain   bool              // it may be http: it is inside our own network
}

// Caller carries out what flows ask of HTTP services.
type Caller struct {
	Hosts []CallHost
	// Services by the names that flows use: "orders" of orders:/orders/7.
	Services map[string]Service
	// Client makes the calls: one of egress.NewClient, with CallTimeout and
	// MostCallBody.
	Client *http.Client
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// staleAfter is when the run that asked has surely given up: its timer is a minute.
// A call that comes to its turn only then, after an outage, is not made any more:
// the flow has taken its other way, and must not cause what it no longer expects.
const staleAfter = 50 * time.Second

// The reasons that Result.Error gives, besides those of egress.Reason. None holds
// anything of the call or its answer.
const (
	CallTestMode   = "test_mode"        // the run is a test key's: nothing leaves
	CallNotAllowed = "host_not_allowed" // calls: in the configuration does not list the host, or not for http
	CallNoService  = "service_unknown"  // calls: in the configuration has no service of that name
	CallBadRequest = "bad_request"      // the flow's address, method or headers cannot be sent
	CallNotJSON    = "not_json"         // the answer's body is not JSON, or nested deeper than conversation.MostNested; its status is given
	CallTooLarge   = "too_large"        // the answer's body is longer than MostCallBody; its status is given
	CallTooLate    = "timeout"          // its turn came when nobody waited any longer
)

// request is Job.Data of a call.
type request struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	JSON    json.RawMessage   `json:"json"` // nil: no body
}

// answer is Result.Data of a call.
type answer struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"` // null when there was none, or none that can be read
}

// Do makes one try of a call. It returns an error while the call is worth another
// try: the network failed, or the service answered 429 or 5xx. On the last try
// whatever came is the result. 4xx are answers like 2xx. The job's id is the
// Idempotency-Key, the same at every try: a service may be asked twice.
func (c *Caller) Do(ctx context.Context, j conversation.Job, last bool) (conversation.Event, bool, error) {
	now := time.Now
	if c.Now != nil {
		now = c.Now
	}
	switch {
	case j.Test:
		return resultOf(j, nil, CallTestMode)
	case now().Sub(time.UnixMilli(j.At)) > staleAfter:
		return resultOf(j, nil, CallTooLate)
	}
	r, problem := c.prepare(ctx, j)
	if problem != "" {
		return resultOf(j, nil, problem)
	}
	got, err := c.exchange(r)
	switch {
	case errors.Is(err, egress.ErrForbidden), err != nil && last:
		return resultOf(j, nil, egress.Reason(err))
	case err != nil:
		return conversation.Event{}, false, unavailable{host: r.URL.Host, reason: egress.Reason(err)}
	case got.busy() && !last:
		return conversation.Event{}, false, unavailable{host: r.URL.Host, reason: fmt.Sprint("answered ", got.Status), after: got.after}
	}
	return resultOf(j, &got.answer, got.problem)
}

// resultOf is the event that tells the run.
func resultOf(j conversation.Job, a *answer, problem string) (conversation.Event, bool, error) {
	if a == nil {
		return j.Answered(nil, problem), true, nil
	}
	data, err := json.Marshal(a)
	if err != nil {
		return conversation.Event{}, false, fmt.Errorf("encoding the answer to a call: %w", err)
	}
	return j.Answered(data, problem), true, nil
}

// methods are those that a flow may use.
var methods = map[string]bool{"GET": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true}

// prepare makes the request, or says why there is none to make.
func (c *Caller) prepare(ctx context.Context, j conversation.Job) (*http.Request, string) {
	var want request
	text, err := json.Marshal(j.Data)
	if err != nil || json.Unmarshal(text, &want) != nil || !methods[want.Method] {
		return nil, CallBadRequest
	}
	u, headers, problem := c.whither(want.URL)
	if problem != "" {
		return nil, problem
	}
	var body io.Reader
	if want.JSON != nil {
		body = bytes.NewReader(want.JSON)
	}
	r, err := http.NewRequestWithContext(ctx, want.Method, u.String(), body)
	if err != nil {
		return nil, CallBadRequest
	}
	if !setHeaders(r.Header, want.Headers) || !setHeaders(r.Header, headers) {
		return nil, CallBadRequest
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Idempotency-Key", j.ID)
	r.Header.Set("User-Agent", "Parley")
	r.Header.Set("Parley-Phone", j.Phone)
	r.Header.Set("Parley-Conversation", j.Conversation)
	return r, ""
}
