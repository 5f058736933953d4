package inbound

import (
	"context"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"parley/conversation"
)

// Labels keeps what agents say that texts meant.
type Labels interface {
	// Label keeps one label; another of the same text takes its place.
	Label(ctx context.Context, l conversation.Label) error
}

// LabelInput is POST /v1/labels. It is idempotent by itself.
type LabelInput struct {
	Body struct {
		Conversation string `json:"conversation" minLength:"1" maxLength:"128" doc:"The conversation that the text belongs to."`
		Event        int64  `json:"event" minimum:"1" maximum:"9007199254740991" doc:"The rev of the text's event. Another label of the same event takes its place."`
		Text         string `json:"text" minLength:"1" maxLength:"1600" doc:"What the customer wrote. Numbers, addresses, links and what is known of the customer are masked before it is kept."`
		Language     string `json:"language,omitempty" maxLength:"35" pattern:"^[A-Za-z0-9-]*$" doc:"BCP 47; default the conversation's."`
		Flow         string `json:"flow" pattern:"^[A-Za-z_][A-Za-z0-9_.-]{0,59}$" doc:"The flow whose intent it is."`
		State        string `json:"state,omitempty" maxLength:"60" pattern:"^[A-Za-z0-9_.-]*$" doc:"The state whose question was open."`
		Intent       string `json:"intent" pattern:"^(-|[A-Za-z_][A-Za-z0-9_.-]{0,59})$" doc:"What it meant; - for none of the flow's."`
		Agent        string `json:"agent" minLength:"1" maxLength:"64" doc:"Who says so."`
	}
}

// LabelBody is a label as it was kept.
type LabelBody struct {
	Conversation string `json:"conversation"`
	Event        int64  `json:"event"`
	Text         string `json:"text" doc:"Masked."`
	Intent       string `json:"intent"`
}

func (a *API) postLabel(ctx context.Context, in *LabelInput) (*One[LabelBody], error) {
	b := in.Body
	missing := huma.Error404NotFound("there is no such conversation, or no such event in it")
	switch {
	case !storableText(b.Text):
		return nil, invalid("text", "it holds U+0000")
	case !storableText(b.Agent):
		return nil, invalid("agent", "it holds U+0000")
	case !knowable(b.Conversation):
		return nil, missing
	}
	c, found, err := a.Reads.Conversation(ctx, b.Conversation)
	switch {
	case err != nil:
		return nil, a.unavailable(err)
	case !found || b.Event > c.Rev:
		return nil, missing
	}
	contact, _, err := a.Contacts.Contact(ctx, c.Phone)
	if err != nil {
		return nil, a.unavailable(err)
	}
	past, err := a.Reads.Ends(ctx, c.Phone, conversation.MostPast)
	if err != nil {
		return nil, a.unavailable(err)
	}
	if b.Language == "" {
		b.Language = c.State.Language
	}
	l := conversation.Label{Conversation: c.ID, Event: strconv.FormatInt(b.Event, 10), Text: conversation.MaskOf(c, past, contact, a.version, b.Text), Language: b.Language,
		Flow: b.Flow, State: b.State, Intent: b.Intent, Agent: b.Agent}
	if err := a.Labels.Label(ctx, l); err != nil {
		return nil, a.unavailable(err)
	}
	return &One[LabelBody]{LabelBody{l.Conversation, b.Event, l.Text, l.Intent}}, nil
}
