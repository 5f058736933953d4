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
	"strings"
	"time"

	"parley/conversation"
	"parley/outbound/provider"
)

// ErrPermanent means that trying a callback again is of no use: the endpoint said
// that it is gone (410).
var ErrPermanent = errors.New("the endpoint is gone")

// Endpoint is one address of the business's that wants to hear of events.
type Endpoint struct {
	URL    string
	Keys   provider.Keys // sign what we post
	Events []string      // "*", "delivery.confirmed", "delivery.*"
}

// Callbacks tells the business what happened, as Standard Webhooks.
type Callbacks struct {
	Endpoints []Endpoint
	// Client posts; nil: one with a 10 s timeout. Redirects are never followed.
	Client *http.Client
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// notice is the body of a callback. Type, timestamp and data are the standard's;
// the rest says whom it is about.
type notice struct {
	Type         string         `json:"type"`
	Timestamp    time.Time      `json:"timestamp"`
	Data         map[string]any `json:"data"`
	Conversation string         `json:"conversation,omitempty"`
	Run          string         `json:"run,omitempty"`
	Line         string         `json:"line,omitempty"`
	Phone        string         `json:"phone,omitempty"`
	Test         bool           `json:"test,omitempty"`
}

// Deliver posts a job of kind callback to every endpoint that asked for its
// event. The job's id is the webhook's: a repeat carries the same one, so that the
// business can drop it. ErrPermanent is returned only when no endpoint is left that
// may still take it. Errors hold neither data nor numbers.
func (c Callbacks) Deliver(ctx context.Context, job conversation.Job) error {
	data := job.Data
	if data == nil {
		data = map[string]any{}
	}
	body, err := json.Marshal(notice{
		Type: job.Name, Timestamp: time.UnixMilli(job.At).UTC(), Data: data,
		Conversation: job.Conversation, Run: job.Run, Line: job.Line, Phone: job.Phone, Test: job.Test,
	})
	if err != nil {
		return fmt.Errorf("%w: encoding a callback: %w", ErrPermanent, err)
	}
	var gone, trouble []error
	for _, e := range c.Endpoints {
		if !e.wants(job.Name) {
			continue
		}
		switch err := c.post(ctx, e, job.ID, body); {
		case errors.Is(err, ErrPermanent):
			gone = append(gone, err)
		case err != nil:
			trouble = append(trouble, err)
		}
	}
	if len(trouble) > 0 {
		return errors.Join(trouble...)
	}
	return errors.Join(gone...)
}

func (e Endpoint) wants(event string) bool {
	for _, pattern := range e.Events {
		prefix, open := strings.CutSuffix(pattern, "*")
		if pattern == event || open && strings.HasPrefix(event, prefix) {
			return true
		}
	}
	return false
}

func (c Callbacks) post(ctx context.Context, e Endpoint, id string, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%w: a callback's address cannot be read", ErrPermanent)
	}
	now := time.Now
	if c.Now != nil {
		now = c.Now
	}
	r.Header.Set("Content-Type", "application/json")
	e.Keys.Sign(r.Header, id, now(), body)
	res, err := c.client().Do(r)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err // without the address, which may hold a secret
		}
		return fmt.Errorf("calling %s back: %w", r.URL.Host, err)
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10) // so that the connection can be kept
	switch {
	case res.StatusCode/100 == 2:
		return nil
	case res.StatusCode == http.StatusGone:
		return fmt.Errorf("calling %s back: %w", r.URL.Host, ErrPermanent)
	}
	return fmt.Errorf("calling %s back: answered %d", r.URL.Host, res.StatusCode)
}

func (c Callbacks) client() *http.Client {
	client := &http.Client{Timeout: 10 * time.Second}
	if c.Client != nil {
		own := *c.Client
		client = &own
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}
