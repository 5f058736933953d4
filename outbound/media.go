package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"parley/outbound/egress"
	"parley/outbound/provider"
)

// MediaTimeout bounds one request for a medium, connecting and reading included.
const MediaTimeout = 10 * time.Second

// MostMedia is how many bytes of a medium are fetched: what carriers take for an MMS
// (https://www.twilio.com/docs/messaging/guides/accepted-mime-types: 5 MB).
const MostMedia = 5 << 20

// mostHops is how many redirects a carrier's own store of media may answer with.
const mostHops = 3

// ErrMedia means that a medium cannot be had; what it says holds nothing of its
// address.
var ErrMedia = errors.New("the medium cannot be had")

// Medium is what a customer sent beside a text.
type Medium struct {
	// Type is what its bytes are, as far as browsers show it without running it; else
	// application/octet-stream, whatever the carrier called it.
	Type string
	Data []byte // at most MostMedia
}

// Fetcher brings what customers sent from where the carrier keeps it. Addresses come
// in webhooks: they are strangers' bytes.
type Fetcher struct {
	// Client asks: one of egress.NewClient, with MediaTimeout and MostMedia. It follows
	// no redirect, so that each is judged anew.
	Client *http.Client
	// Room bounds how many are fetched at once; one that finds no room waits.
	Room chan struct{}
}

// NewFetcher makes a Fetcher of at most so many requests at once.
func NewFetcher(client *http.Client, atOnce int) *Fetcher {
	return &Fetcher{Client: client, Room: make(chan struct{}, atOnce)}
}

// Fetch brings the medium at the address, which the carrier named. The carrier's
// credentials go to the carrier's own host and to no other. Errors are ErrMedia, or
// ctx's.
func (f *Fetcher) Fetch(ctx context.Context, carrier provider.Provider, address string) (Medium, error) {
	select {
	case f.Room <- struct{}{}:
		defer func() { <-f.Room }()
	case <-ctx.Done():
		return Medium{}, ctx.Err()
	}
	for range mostHops + 1 {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return Medium{}, fmt.Errorf("%w: its address cannot be read", ErrMedia)
		}
		if keeper, ok := carrier.(provider.Keeper); ok {
			keeper.Unlock(r)
		}
		medium, next, err := f.hop(r)
		if err != nil || next == "" {
			return medium, err
		}
		address = next
	}
	return Medium{}, fmt.Errorf("%w: its address leads from one to another without end", ErrMedia)
}

// hop makes one request; next is where its answer leads.
func (f *Fetcher) hop(r *http.Request) (m Medium, next string, err error) {
	res, err := f.Client.Do(r)
	if err != nil {
		return Medium{}, "", fmt.Errorf("%w: %s", ErrMedia, egress.Reason(err))
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return led(res)
	case res.StatusCode != http.StatusOK:
		return Medium{}, "", fmt.Errorf("%w: the carrier answered %d", ErrMedia, res.StatusCode)
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return Medium{}, "", fmt.Errorf("%w: %s", ErrMedia, egress.Reason(err))
	}
	return Medium{Type: safeType(data), Data: data}, "", nil
}

// led is where a redirect leads: never from https to http.
func led(res *http.Response) (Medium, string, error) {
	to, err := res.Location()
	if err != nil || res.Request.URL.Scheme == "https" && to.Scheme != "https" {
		return Medium{}, "", fmt.Errorf("%w: the carrier sends us elsewhere", ErrMedia)
	}
	to.Fragment = ""
	return Medium{}, to.String(), nil
}

// shown are the types that a browser shows and does not run.
var shown = map[string]bool{"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true, "image/bmp": true,
	"video/mp4": true, "video/webm": true, "audio/mpeg": true, "audio/wave": true, "application/ogg": true, "application/pdf": true}

// safeType is what the bytes are. What the carrier said of them counts for nothing: a
// page of HTML may be called a photo.
func safeType(data []byte) string {
	kind, _, err := mime.ParseMediaType(http.DetectContentType(data))
	if err != nil || !shown[kind] {
		return "application/octet-stream"
	}
	return kind
}
