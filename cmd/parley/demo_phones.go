package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"parley/agentui"
	"parley/conversation"
	"parley/flows"
	"parley/outbound/provider"
)

// demoHandsets are the phones in the browser.
var demoHandsets = []agentui.Handset{{Number: demoCustomer, Name: "Ann"}, {Number: "+12025550125", Name: "Ben"}, {Number: "+12025550126", Name: "Carla"}}

// handsets are the demo's phones and how they reach its world.
func (d *demo) handsets(log *slog.Logger) *agentui.Phone {
	return &agentui.Phone{Customers: demoHandsets, Line: demoLine, Brand: "Acme", Log: log, Starts: demoStarts(),
		Text: d.typed, Begin: d.begin, Now: d.now, Travel: d.travel,
		Arrived: func(id string) {
			theirs, _ := d.carrier.Find(id)
			d.carrier.ReportLater(theirs, conversation.Delivered)
		}}
}

// ahead is how far the demo's clock was put forward; now is what it shows.
func (d *demo) ahead() time.Duration { return time.Duration(d.passed.Load()) }
func (d *demo) now() time.Time       { return time.Now().Add(d.ahead()) }

// The clock is put forward by steps, so that what falls due on the way is done on the way:
// as many hours in a moment, and none while texts are under way.
const (
	demoStep   = 2 * time.Hour
	demoMoment = 100 * time.Millisecond
	demoQueue  = 31 * 24 * time.Hour       // wanted and not passed yet: more is not taken
	demoEnd    = 10 * 365 * 24 * time.Hour // of all time
)

// travel wants more time to pass.
func (d *demo) travel(by time.Duration) {
	if wanted := time.Duration(d.wanted.Load()); by > 0 && wanted-d.ahead() < demoQueue && wanted < demoEnd {
		d.wanted.Add(int64(by))
	}
}

// pass lets the time pass that is wanted, until ctx ends.
func (d *demo) pass(ctx context.Context) {
	tick := time.NewTicker(demoMoment)
	defer tick.Stop()
	posts := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		busy := posts != d.carrier.Posts()
		posts = d.carrier.Posts()
		if left := d.wanted.Load() - d.passed.Load(); left > 0 && !busy {
			d.passed.Add(min(left, int64(demoStep)))
			d.phone.Passed()
		}
	}
}

// keepPictures serves what customers send where a carrier would keep it, until ctx ends:
// at an address of its own.
func (d *demo) keepPictures(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("where the carrier keeps pictures: %w", err)
	}
	d.pictures = "http://" + l.Addr().String()
	server := &http.Server{Handler: d.phone.Pictures(), ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() }) // nobody reads any more
	go func() { _ = server.Serve(l) }()                   // ends with ctx
	return nil
}

// arrived is called when the carrier has a text for a customer.
func (d *demo) arrived(o provider.Outgoing) {
	if slices.ContainsFunc(demoHandsets, func(h agentui.Handset) bool { return h.Number == o.To }) {
		var media []string
		for _, m := range o.Media {
			media = append(media, m.URL)
		}
		d.phone.Show(agentui.Bubble{ID: o.ID, Phone: o.To, Text: o.Text, Media: media})
		return
	}
	select {
	case d.texts <- o:
	default: // nobody waits for it any more
	}
}

// typed sends what a customer typed, as a carrier does: a signed webhook.
func (d *demo) typed(ctx context.Context, from, text, picture string) error {
	t := provider.Text{From: from, To: demoLine, Text: text, At: d.now()}
	if picture != "" {
		t.Media = []flows.Media{{URL: d.pictures + "/" + picture, Type: "image/*"}}
	}
	return d.carrier.Text(ctx, t)
}
