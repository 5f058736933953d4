package provider_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"parley/conversation"
	"parley/outbound/provider"
)

// The generic provider against the carrier that plays the other side, in both
// directions.
func TestCarrier(t *testing.T) {
	keys, _ := provider.ParseKeys(secret)
	carrier := &provider.Carrier{Keys: keys}
	srv := httptest.NewServer(carrier)
	defer srv.Close()
	s := settings["generic"]
	s.BaseURL = srv.URL
	p := open(t, s)

	first, err := p.Send(t.Context(), parcel)
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.Send(t.Context(), parcel)
	if err != nil || again.IDs[0] != first.IDs[0] || len(carrier.Messages()) != 1 || carrier.Posts() != 2 {
		t.Errorf("the repeat was not absorbed: %v %v %d", again, err, len(carrier.Messages()))
	}
	res, err := http.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var list []struct{ ID, Text string }
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil || len(list) != 1 || list[0].ID != parcel.ID {
		t.Errorf("listed %v, %v", list, err)
	}

	s.Secret = "whsec_YW5vdGhlci10ZXN0LXNlY3JldC0yNC1ieXRlcyE="
	var e *provider.Error
	if _, err := open(t, s).Send(t.Context(), parcel); !errors.As(err, &e) || e.Class != provider.Config {
		t.Errorf("another secret: %v", err)
	}
}

func TestCarrierForgets(t *testing.T) {
	c := &provider.Carrier{Forgetful: true, Keep: 10}
	for range 25 {
		c.Take(parcel)
	}
	if n := len(c.Messages()); n > 10 || n < 9 {
		t.Errorf("kept %d", n)
	}
}

func TestCarrierPostsSignedWebhooks(t *testing.T) {
	deliveries := make(chan provider.Delivery, 10)
	loop := open(t, settings["loopback"])
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		u, _ := url.Parse("http://" + r.Host + r.URL.String())
		d, err := loop.Receive(provider.Request{URL: u, Header: r.Header, Body: body, Now: time.Now()})
		if err != nil {
			t.Error(err)
		}
		deliveries <- d
	}))
	defer srv.Close()
	carrier := loop.(*provider.Loopback).Carrier
	carrier.Webhook = srv.URL
	carrier.Reports = []conversation.Status{conversation.Delivered}
	go carrier.Run(t.Context())

	if err := carrier.Text(t.Context(), provider.Text{From: "+12025550123", To: "+12025550100", Text: "yes"}); err != nil {
		t.Fatal(err)
	}
	d := <-deliveries
	if len(d.Texts) != 1 || d.Texts[0].Text != "yes" || d.Texts[0].ID == "" || d.Nonce == "" {
		t.Errorf("%+v", d)
	}
	a, err := loop.Send(t.Context(), parcel)
	if err != nil {
		t.Fatal(err)
	}
	if d := <-deliveries; len(d.Receipts) != 1 || d.Receipts[0].ProviderID != a.IDs[0] || d.Receipts[0].Status != conversation.Delivered {
		t.Errorf("%+v", d)
	}
	if got, found, err := loop.(provider.Looker).Look(t.Context(), parcel.ID); !found || err != nil || got.IDs[0] != a.IDs[0] {
		t.Errorf("Look: %v %v %v", got, found, err)
	}
	if _, found, _ := loop.(provider.Looker).Look(t.Context(), "unknown"); found {
		t.Error("Look found what was never sent")
	}
}
