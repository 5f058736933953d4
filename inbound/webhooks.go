package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/conversation"
	"parley/conversation/phone"
	"parley/outbound/provider"
)

// mostBody is the size of the largest webhook, in bytes: texts and receipts are
// far smaller, and media come by address.
const mostBody = 64 << 10

// Webhooks receives carriers' texts and receipts at /webhooks/{carrier}. It
// answers 2xx when everything in the webhook has been committed, 403 to a bad
// signature, 400 to nonsense, 404 to an unknown carrier, 413 to a body that is too
// large, 503 when nothing was stored and the carrier should try again. All but Screen
// must be set.
type Webhooks struct {
	Engine   Engine
	Receipts Receipts
	Carriers map[string]provider.Provider
	Public   *url.URL // what carriers call and sign; the path and query are taken from the request
	// Line resolves the number that a text was sent to into a configured line.
	Line func(to string) (line string, ok bool)
	// Phone normalises a customer's number as a carrier writes it, to E.164.
	Phone func(from, line string) (string, error)
	// Screen masks a one-time code that a text from this phone holds, and names its
	// challenge when it is still good; nil: nothing is looked for.
	Screen func(ctx context.Context, phone, text string) (masked string, burned []string, err error)
	Log    *slog.Logger

	replays replays
}

// ServeHTTP takes one webhook.
func (w *Webhooks) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	name := r.PathValue("carrier")
	carrier, ok := w.Carriers[name]
	if !ok {
		http.Error(out, "unknown carrier", http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(out, r.Body, mostBody))
	if err != nil {
		status := http.StatusBadRequest
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(out, http.StatusText(status), status)
		return
	}
	now := time.Now()
	delivery, err := carrier.Receive(provider.Request{URL: w.signed(r.URL), Header: r.Header, Body: body, Now: now})
	if err == nil && delivery.Nonce != "" && w.replays.seen(name+"/"+delivery.Nonce, now) {
		err = fmt.Errorf("replayed: %w", provider.ErrSignature)
	}
	if err != nil {
		w.refuse(out, name, err)
		return
	}
	if err := w.take(r, name, delivery); err != nil {
		w.fail(out, name, err)
		return
	}
	if delivery.Nonce != "" {
		w.replays.remember(name+"/"+delivery.Nonce, now)
	}
	answer(out, delivery)
}

// signed is the address that the carrier called: ours by configuration, never by
// the Host header, which anybody may set.
func (w *Webhooks) signed(u *url.URL) *url.URL {
	public := *w.Public
	public.Path, public.RawPath, public.RawQuery = strings.TrimRight(w.Public.Path, "/")+u.Path, "", u.RawQuery
	return &public
}

// take commits everything that the webhook brought.
func (w *Webhooks) take(r *http.Request, carrier string, d provider.Delivery) error {
	var events []conversation.Event
	if len(d.Receipts) > 0 {
		for i := range d.Receipts {
			d.Receipts[i].Carrier = carrier
		}
		moved, err := w.Receipts.Receive(r.Context(), d.Receipts)
		if err != nil {
			return fmt.Errorf("storing receipts: %w", err)
		}
		events = moved
	}
	for _, t := range d.Texts {
		e := textEvent(carrier, t)
		reason := w.resolve(&e, t)
		if err := w.screen(r.Context(), &e); err != nil {
			return err
		}
		if reason != "" {
			if err := w.Engine.Bury(r.Context(), e, reason); err != nil {
				return fmt.Errorf("storing an orphan: %w", err)
			}
			continue
		}
		events = append(events, e)
	}
	if len(events) == 0 {
		return nil
	}
	_, err := w.Engine.Submit(r.Context(), events)
	return err
}

// textEvent is a text as the engine takes it, not yet resolved.
func textEvent(carrier string, t provider.Text) conversation.Event {
	e := conversation.Event{Kind: conversation.KindText, Carrier: carrier, Line: t.To, Phone: t.From,
		Text: &conversation.Text{Text: t.Text, Media: t.Media, OptOut: t.OptOut}}
	if !t.At.IsZero() {
		e.At = t.At.UnixMilli()
	}
	switch {
	case t.ID != "":
		e.Dedupe = "text/" + t.ID
	case !t.At.IsZero(): // without an id, the same words at the same moment are one text
		sum := sha256.Sum256([]byte(t.From + "\x00" + t.To + "\x00" + t.Text))
		e.Dedupe = fmt.Sprintf("text/%d/%s", e.At, hex.EncodeToString(sum[:16]))
	}
	return e
}

// resolve finds the line and the customer's number; a reason means that the text
// belongs nowhere.
func (w *Webhooks) resolve(e *conversation.Event, t provider.Text) (reason string) {
	line, ok := w.Line(t.To)
	if !ok {
		return "no line has the number that it was sent to"
	}
	from, err := w.Phone(t.From, line)
	if err != nil {
		return "the sender's number cannot be read"
	}
	e.Line, e.Phone = line, from
	return ""
}

// screen masks a one-time code that the text holds, before anything of it is stored.
func (w *Webhooks) screen(ctx context.Context, e *conversation.Event) (err error) {
	if w.Screen == nil {
		return nil
	}
	if e.Text.Text, e.Text.Burned, err = w.Screen(ctx, whose(e), e.Text.Text); err != nil {
		return fmt.Errorf("looking for codes in a text: %w", err)
	}
	return nil
}

// whose is the sender's number in the form in which codes are kept, also of a text
// that belongs nowhere: a carrier may have written it in its own.
func whose(e *conversation.Event) string {
	for _, region := range []string{phone.Region(e.Line), phone.International} {
		if parsed, err := phone.Parse(e.Phone, region); err == nil {
			return parsed
		}
	}
	return e.Phone
}

// refuse answers what is not from the carrier, or is nonsense.
func (w *Webhooks) refuse(out http.ResponseWriter, carrier string, err error) {
	status := http.StatusBadRequest
	if errors.Is(err, provider.ErrSignature) {
		status = http.StatusForbidden
	}
	w.Log.Warn("a webhook was refused", "carrier", carrier, "status", status, "error", err)
	http.Error(out, http.StatusText(status), status)
}

// fail answers when nothing was stored.
func (w *Webhooks) fail(out http.ResponseWriter, carrier string, err error) {
	if !errors.Is(err, conversation.ErrBusy) {
		w.Log.Warn("a webhook could not be stored", "carrier", carrier, "error", err)
	}
	out.Header().Set("Retry-After", "1")
	http.Error(out, "try again", http.StatusServiceUnavailable)
}

// answer says yes in the carrier's own way.
func answer(out http.ResponseWriter, d provider.Delivery) {
	if d.ContentType == "" && d.Answer == "" {
		out.WriteHeader(http.StatusNoContent)
		return
	}
	out.Header().Set("Content-Type", d.ContentType)
	out.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(out, d.Answer) // the carrier may have hung up; everything is stored
}
