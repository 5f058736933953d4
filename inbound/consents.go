package inbound

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/conversation"
)

// ConsentBody is what a phone has said about being texted.
type ConsentBody struct {
	Phone  string     `json:"phone"`
	State  string     `json:"state" enum:"in,out,none" doc:"none: the phone never said anything; everything but bulk may be sent."`
	Source string     `json:"source,omitempty" doc:"Who said so: text (the customer), carrier, or api."`
	How    string     `json:"how,omitempty" doc:"What kind of word it was, or how the consent was given."`
	At     *time.Time `json:"at,omitempty"`
}

// ConsentInput is PUT /v1/consents/{phone}. It is idempotent by itself.
type ConsentInput struct {
	Phone string `path:"phone" maxLength:"32" doc:"E.164, its + written as %2B."`
	Body  struct {
		State string `json:"state" enum:"in,out"`
		How   string `json:"how" minLength:"1" maxLength:"200" doc:"How it was given, so that it can be proved later: the form, the date, the words agreed to." example:"checkout form v3, 2026-03-02"`
	}
}

func (a *API) getConsent(ctx context.Context, in *OfPhone) (*One[ConsentBody], error) {
	phone, err := a.Phone(in.Phone)
	if err != nil {
		return nil, badPhone(err)
	}
	return a.consentOf(ctx, phone)
}

func (a *API) putConsent(ctx context.Context, in *ConsentInput) (*One[ConsentBody], error) {
	phone, err := a.Phone(in.Phone)
	if err != nil {
		return nil, badPhone(err)
	}
	if !storableText(in.Body.How) {
		return nil, invalid("how", "it holds U+0000")
	}
	if caller(ctx).Test() {
		return nil, huma.Error403Forbidden("a test key writes no consents")
	}
	written, err := a.Consents.NoteConsent(ctx, phone, conversation.ConsentState(in.Body.State), in.Body.How)
	switch {
	case err != nil:
		return nil, a.unavailable(err)
	case !written && in.Body.State == "in":
		return nil, huma.Error409Conflict("the customer has opted out: only their own START undoes it")
	}
	return a.consentOf(ctx, phone)
}

func (a *API) consentOf(ctx context.Context, phone string) (*One[ConsentBody], error) {
	c, err := a.Consents.Consent(ctx, phone)
	if err != nil {
		return nil, a.unavailable(err)
	}
	body := ConsentBody{Phone: phone, State: string(c.State), Source: c.Source, How: c.Word, At: moment(c.At)}
	if c.State == "" {
		body.State = "none"
	}
	return &One[ConsentBody]{body}, nil
}
