package agentui

import (
	"context"
	"net/http"
	"slices"

	"parley/conversation"
	"parley/flows"
)

// FetchMedia brings what a customer sent, from where the carrier of the line keeps it.
// kind is a type that browsers show and do not run, or application/octet-stream.
type FetchMedia func(ctx context.Context, line, address string) (kind string, data []byte, err error)

// mediaWithin is how many of the customer's latest texts are looked through.
const mediaWithin = 1000

// media shows a photo of the conversation's customer. It is no proxy for other addresses,
// and whatever comes back is nothing that a browser runs.
func (c *Console) media(w http.ResponseWriter, r *http.Request, _ SignIn, _ Agent) {
	conv, ok := c.named(w, r)
	if !ok {
		return
	}
	address := r.URL.Query().Get("url")
	texts, err := c.Reads.Texts(r.Context(), conv.ID, mediaWithin)
	switch {
	case err != nil:
		c.Auth.failed(w, err)
		return
	case !slices.ContainsFunc(texts, func(t conversation.Text) bool {
		return slices.ContainsFunc(t.Media, func(m flows.Media) bool { return m.URL == address })
	}):
		problem(w, http.StatusNotFound, "not_found", "the customer sent nothing of this address")
		return
	}
	kind, data, err := c.Media(r.Context(), conv.Line, address)
	if err != nil {
		problem(w, http.StatusBadGateway, "media", "what the customer sent cannot be had any more")
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", "attachment")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=3600")
	_, _ = w.Write(data) // the browser may have gone
}
