package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"parley/conversation"
	"parley/flows"
)

// generic speaks Parley's own JSON dialect, signed in both directions as Standard
// Webhooks, for carriers and gateways that have no adapter. In:
//
//	{"type":"message.received","data":{"id","from","to","text","media":[{"url","type"}],"at"}}
//	{"type":"message.status","data":{"id","status","error"}}
//
// Out: POST {base_url}/messages {"id","from","to","text","media","expires_at"} → 2xx
// {"id"}. Our id is the idempotency key: a repeat under it must not be sent again.
// Times are RFC 3339.
type generic struct {
	keys   Keys
	base   string
	client *http.Client
}

// newGeneric needs base_url and secret ("whsec_…").
func newGeneric(s Settings) (Provider, error) {
	if err := need("base_url", s.BaseURL, "secret", s.Secret); err != nil {
		return nil, err
	}
	keys, err := ParseKeys(append([]string{s.Secret}, s.Secrets...)...)
	if err != nil {
		return nil, err
	}
	return &generic{keys: keys, base: strings.TrimSuffix(s.BaseURL, "/") + "/messages", client: client(s)}, nil
}

// received is the data of message.received.
type received struct {
	ID    string        `json:"id"`
	From  string        `json:"from"`
	To    string        `json:"to"`
	Text  string        `json:"text"`
	Media []flows.Media `json:"media,omitempty"`
	At    time.Time     `json:"at,omitzero"`
}

// status is the data of message.status.
type status struct {
	ID     string              `json:"id"` // as the carrier gave it when it took the message
	Status conversation.Status `json:"status"`
	Error  string              `json:"error,omitempty"`
}

// envelope is a webhook of the dialect.
type envelope struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// submission is what we post; its field names are the dialect's.
type submission struct {
	ID        string        `json:"id"`
	From      string        `json:"from"`
	To        string        `json:"to"`
	Text      string        `json:"text"`
	Media     []flows.Media `json:"media,omitempty"`
	ExpiresAt time.Time     `json:"expires_at,omitzero"`
}

// Receive reads a webhook of the dialect. Its id is the nonce.
func (g *generic) Receive(r Request) (Delivery, error) {
	return receiveGeneric(g.keys, r)
}

func receiveGeneric(keys Keys, r Request) (Delivery, error) {
	id, err := keys.Verify(r.Header, r.Body, r.Now)
	if err != nil {
		return Delivery{}, err
	}
	var e envelope
	if err := json.Unmarshal(r.Body, &e); err != nil {
		return Delivery{}, fmt.Errorf("%w: no JSON", ErrMalformed)
	}
	// A sender that did not hear our answer posts the same id again, signed anew: that
	// is a retry, and what it carries is deduplicated. The same signature twice is not.
	d := Delivery{Nonce: id + "@" + r.Header.Get("webhook-timestamp")}
	switch e.Type {
	case "message.received":
		text, err := genericText(e.Data)
		return d.withText(text, err)
	case "message.status":
		receipt, err := genericReceipt(e.Data)
		return d.withReceipt(receipt, err)
	case "":
		return Delivery{}, fmt.Errorf("%w: the type is missing", ErrMalformed)
	}
	return d, nil // a type of a later version: taken and ignored
}

func genericText(data []byte) (Text, error) {
	var m received
	if err := json.Unmarshal(data, &m); err != nil {
		return Text{}, fmt.Errorf("%w: the data of message.received", ErrMalformed)
	}
	t := Text{ID: m.ID, From: m.From, To: m.To, Text: m.Text, Media: m.Media, At: m.At}
	if err := checkIDs(t.ID); err != nil {
		return Text{}, err
	}
	return t, t.check()
}

func genericReceipt(data []byte) (conversation.Receipt, error) {
	var s status
	if err := json.Unmarshal(data, &s); err != nil {
		return conversation.Receipt{}, fmt.Errorf("%w: the data of message.status", ErrMalformed)
	}
	r := conversation.Receipt{ProviderID: s.ID, Raw: word(string(s.Status)), Error: word(s.Error)}
	switch s.Status {
	case conversation.Queued, conversation.Sent, conversation.Delivered, conversation.Failed:
		r.Status = s.Status
	}
	r.OptedOut, r.Unknown = s.Error == string(OptedOut), s.Error == "unknown_subscriber"
	return r, checkIDs(s.ID)
}

// Send posts one message.
func (g *generic) Send(ctx context.Context, o Outgoing) (Accepted, error) {
	body, err := json.Marshal(submission{o.ID, o.From, o.To, o.Text, o.Media, o.ExpiresAt})
	if err != nil {
		return Accepted{}, &Error{Class: Rejected, Code: "encoding"}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.base, bytes.NewReader(body))
	if err != nil {
		return Accepted{}, &Error{Class: Config, Code: "base_url"}
	}
	r.Header.Set("Content-Type", "application/json")
	g.keys.Sign(r.Header, o.ID, time.Now(), body)
	answer, failed := exchange(g.client, r)
	if failed != nil {
		return Accepted{}, failed
	}
	return genericAnswer(answer)
}

// genericAnswer reads {"id"} or {"error"}: one of the classes of Error, which says
// more than the HTTP status.
func genericAnswer(r reply) (Accepted, error) {
	var body struct {
		ID    string `json:"id"`
		Error Class  `json:"error"`
	}
	jsonErr := json.Unmarshal(r.body, &body)
	if r.status >= 200 && r.status < 300 {
		if jsonErr != nil || checkIDs(body.ID) != nil {
			return Accepted{}, &Error{Class: Ambiguous, Code: "no_id"}
		}
		return Accepted{IDs: []string{body.ID}}, nil
	}
	e := byStatus(r, time.Now())
	switch body.Error {
	case Invalid, OptedOut, Rejected, Config, Temporary, Throttled:
		e.Class, e.Code = body.Error, string(body.Error)
	}
	return Accepted{}, e
}
