package inbound

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/conversation"
)

// FetchMedia brings what a customer sent, from where the carrier of the line keeps it.
// kind is a type that browsers show and do not run, or application/octet-stream. An
// error says nothing of the address; it is ctx's, or means that the medium cannot be
// had.
type FetchMedia func(ctx context.Context, line, address string) (kind string, data []byte, err error)

// MediaInput is GET /v1/conversations/{id}/media.
type MediaInput struct {
	ID  string `path:"id" maxLength:"128"`
	URL string `query:"url" required:"true" minLength:"1" maxLength:"2048" doc:"The address, as results and callbacks give it."`
}

// MediaBody is a photo, or whatever else was sent beside a text. Its headers keep a
// browser from running what only looks like one.
type MediaBody struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Sniffing    string `header:"X-Content-Type-Options"`
	Policy      string `header:"Content-Security-Policy"`
	Cache       string `header:"Cache-Control"`
	Body        []byte
}

func (a *API) mountMedia(api huma.API, guard func(huma.Context, func(huma.Context))) {
	op := operation(guard, "get-media", http.MethodGet, "/v1/conversations/{id}/media", "read", http.StatusOK,
		"Fetch a photo that the customer sent, from where the carrier keeps it: at most 5 MiB.")
	op.Errors = append(op.Errors, http.StatusBadGateway)
	huma.Register(api, op, a.getMedia)
}

// getMedia fetches only what a customer of the conversation sent: it is no proxy for
// other addresses.
func (a *API) getMedia(ctx context.Context, in *MediaInput) (*MediaBody, error) {
	missing := huma.Error404NotFound("the customer sent nothing of this address in this conversation")
	if !knowable(in.ID) {
		return nil, missing
	}
	c, found, err := a.Reads.Conversation(ctx, in.ID)
	if err != nil {
		return nil, a.unavailable(err)
	}
	texts, err := a.Reads.Texts(ctx, in.ID, mediaWithin)
	switch {
	case err != nil:
		return nil, a.unavailable(err)
	case !found || !sentBy(texts, in.URL):
		return nil, missing
	}
	kind, data, err := a.Media(ctx, c.Line, in.URL)
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return nil, a.unavailable(err)
	case err != nil:
		return nil, huma.Error502BadGateway(err.Error())
	}
	return &MediaBody{ContentType: kind, Disposition: "attachment", Sniffing: "nosniff", Policy: "default-src 'none'; sandbox", Cache: "private, max-age=3600", Body: data}, nil
}

// mediaWithin is how many of the customer's latest texts are looked through.
const mediaWithin = 1000

func sentBy(texts []conversation.Text, address string) bool {
	for _, t := range texts {
		for _, m := range t.Media {
			if m.URL == address {
				return true
			}
		}
	}
	return false
}
