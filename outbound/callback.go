package outbound

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/conversation"
	"parley/outbound/egress"
	"parley/outbound/provider"
)

// CallbackTimeout bounds one try of a callback: the endpoint should note what it
// was told and answer, and work on it afterwards.
const CallbackTimeout = 15 * time.Second

// Endpoint is one address of the business's that wants to hear of events.
type Endpoint struct {
	Name   string // unique; commands and dead letters know it by this
	URL    string
	Keys   provider.Keys // sign what we post
	Events []string      // "*", "delivery.confirmed", "delivery.*"
}

// CallbackStore remembers what became of callbacks.
type CallbackStore interface {
	// Disabled says whether an endpoint said that it is gone, at this address.
	Disabled(ctx context.Context, endpoint, url string) (bool, error)
	// GiveUp makes a callback a dead letter, disables its endpoint where it said so,
	// and tells the others, in one transaction. It may be repeated.
	GiveUp(ctx context.Context, g conversation.GivenUp) error
}

// Callbacks tells the business what happened, as Standard Webhooks.
//
// A callback is a job of its own for every endpoint. An answer of 2xx ends it. 410
// (gone) ends it, disables the endpoint and keeps the callback as a dead letter.
// Everything else is tried again, ten times over about three days; then it is a
// dead letter too. What comes for a disabled endpoint is one at once. The other
// endpoints hear callback.dead of the first two, never of a callback.dead itself.
type Callbacks struct {
	Endpoints []Endpoint
	Store     CallbackStore
	// Client posts: one of egress.NewClient, with CallbackTimeout.
	Client *http.Client
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	Log *slog.Logger // nil: slog.Default
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

// Listeners names the endpoints that listen for an event.
func (c *Callbacks) Listeners(event string) (names []string) {
	for _, e := range c.Endpoints {
		if e.wants(event) {
			names = append(names, e.Name)
		}
	}
	return names
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

// Deliver posts a job of kind callback to its endpoint; try counts from one. The
// job's id is the webhook's: a repeat carries the same one, so that the business
// can drop it. An error means that it is to be tried again, and holds neither data
// nor numbers nor the address.
func (c *Callbacks) Deliver(ctx context.Context, job conversation.Job, try int, last bool) error {
	i := slices.IndexFunc(c.Endpoints, func(e Endpoint) bool { return e.Name == job.Endpoint })
	if i < 0 {
		c.log().Warn("a callback names no endpoint of the configuration", "endpoint", job.Endpoint, "event", job.Name, "job", job.ID)
		return nil
	}
	e := c.Endpoints[i]
	disabled, err := c.Store.Disabled(ctx, e.Name, e.URL)
	if err != nil {
		return err
	}
	if disabled {
		return c.Store.GiveUp(ctx, conversation.GivenUp{Job: job, Reason: "the endpoint is disabled: see parley callbacks list"})
	}
	status, err := c.post(ctx, e, job)
	switch {
	case err == nil:
		return nil
	case status == http.StatusGone:
		return c.giveUp(ctx, e, job, try, "the endpoint is gone (410) and was disabled", e.URL)
	case last:
		return c.giveUp(ctx, e, job, try, err.Error(), "")
	}
	c.log().Warn("a callback was not taken and is tried again", "event", job.Name, "job", job.ID, "try", try, "error", err)
	return err
}

// giveUp buries a callback and lets the other endpoints know.
func (c *Callbacks) giveUp(ctx context.Context, e Endpoint, job conversation.Job, try int, reason, gone string) error {
	given := conversation.GivenUp{Job: job, Reason: reason, Gone: gone}
	dead := conversation.CallbackDead{Endpoint: e.Name, Type: job.Name, ID: job.ID, Tries: try, Reason: reason}
	if job.Name != dead.Event() {
		sum := sha256.Sum256([]byte(job.ID + "\x00" + e.Name))
		given.Tell = &conversation.Job{
			ID: "dead_" + hex.EncodeToString(sum[:12]), Kind: conversation.JobCallback, Name: dead.Event(), Conversation: job.Conversation,
			Line: job.Line, Phone: job.Phone, Run: job.Run, Data: conversation.DataOf(dead), At: c.now().UnixMilli(), Test: job.Test,
		}
	}
	if err := c.Store.GiveUp(ctx, given); err != nil {
		return err
	}
	c.log().Error("a callback was given up: see parley dead list", "endpoint", e.Name, "event", job.Name, "job", job.ID, "tries", try, "reason", reason)
	return nil
}

// Test tells one endpoint callback.test, whether or not it is disabled, and returns
// its status and how long it took.
func (c *Callbacks) Test(ctx context.Context, name string) (status int, took time.Duration, err error) {
	i := slices.IndexFunc(c.Endpoints, func(e Endpoint) bool { return e.Name == name })
	if i < 0 {
		return 0, 0, fmt.Errorf("the configuration has no callback endpoint %q", name)
	}
	began := c.now()
	t := conversation.CallbackTest{Message: "This is a test."}
	status, err = c.post(ctx, c.Endpoints[i], conversation.Job{
		ID: fmt.Sprintf("test_%x", began.UnixNano()), Name: t.Event(), Data: conversation.DataOf(t), At: began.UnixMilli(), Test: true,
	})
	return status, c.now().Sub(began), err
}

// post makes one try; the status is 0 when there was no answer.
func (c *Callbacks) post(ctx context.Context, e Endpoint, job conversation.Job) (int, error) {
	if job.Data == nil {
		job.Data = map[string]any{}
	}
	body, err := json.Marshal(notice{
		Type: job.Name, Timestamp: time.UnixMilli(job.At).UTC(), Data: job.Data,
		Conversation: job.Conversation, Run: job.Run, Line: job.Line, Phone: job.Phone, Test: job.Test,
	})
	if err != nil {
		return 0, fmt.Errorf("telling %s: its data cannot be encoded", e.Name)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("telling %s: its address cannot be read", e.Name)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Parley")
	e.Keys.Sign(r.Header, job.ID, c.now(), body)
	res, err := c.Client.Do(r)
	switch {
	case errors.Is(err, egress.ErrForbidden): // whoever runs this has three days to mend it
		return 0, unavailable{host: e.Name, reason: "it leads into a private network; if that is meant, add private: true"}
	case err != nil:
		return 0, unavailable{host: e.Name, reason: egress.Reason(err)}
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body) // so that the connection can be kept; it is limited
	if res.StatusCode/100 != 2 {
		return res.StatusCode, unavailable{host: e.Name, reason: fmt.Sprint("answered ", res.StatusCode), after: egress.RetryAfter(res.Header, c.now())}
	}
	return res.StatusCode, nil
}

func (c *Callbacks) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c *Callbacks) log() *slog.Logger {
	if c.Log != nil {
		return c.Log
	}
	return slog.Default()
}
