package provider_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/outbound/provider"
)

// promised checks what Receive promises of every delivery.
func promised(t *testing.T, d provider.Delivery, err error) {
	if err != nil {
		if !errors.Is(err, provider.ErrMalformed) && !errors.Is(err, provider.ErrSignature) {
			t.Errorf("neither malformed nor unsigned: %v", err)
		}
		return
	}
	ok := func(s string, most int) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || len(s) > most {
			t.Errorf("let %q through", s)
		}
	}
	ok(d.Nonce, 128)
	for _, m := range d.Texts {
		ok(m.ID, 128)
		ok(m.From, 128)
		ok(m.To, 128)
		ok(m.Text, 1<<16)
		for _, a := range m.Media {
			ok(a.URL, 2048)
			ok(a.Type, 128)
		}
	}
	for _, r := range d.Receipts {
		ok(r.ProviderID, 128)
		ok(r.Message, 128)
		ok(r.Raw, 64)
		ok(r.Error, 64)
		if r.Status != "" && !r.Status.Valid() {
			t.Errorf("status %q", r.Status)
		}
	}
}

func FuzzTwilio(f *testing.F) {
	f.Add("MessageSid=SM1&From=%2B1&To=%2B2&Body=hi&NumMedia=1&MediaUrl0=https://x&MediaContentType0=a", "m=1")
	f.Add("MessageSid=SM1&MessageStatus=delivered&ErrorCode=21610", "m=1")
	f.Add("MessageSid=%00&From=%ff&NumMedia=-1", "")
	f.Fuzz(func(t *testing.T, body, query string) {
		u := &url.URL{Scheme: "https", Host: "sms.example.com", Path: "/webhooks/us", RawQuery: query}
		form, _ := url.ParseQuery(body)
		h := hmac.New(sha1.New, []byte("12345"))
		h.Write([]byte(u.String()))
		names := []string{}
		for name := range form {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			slices.Sort(form[name])
			for _, v := range slices.Compact(form[name]) {
				h.Write([]byte(name + v))
			}
		}
		d, err := open(t, settings["twilio"]).Receive(provider.Request{URL: u, Now: now, Body: []byte(body), Header: http.Header{
			"Content-Type":       {"application/x-www-form-urlencoded"},
			"X-Twilio-Signature": {base64.StdEncoding.EncodeToString(h.Sum(nil))},
		}})
		promised(t, d, err)
	})
}

func FuzzKannel(f *testing.F) {
	f.Add("from=12025550123&to=12345&text=%04%1f&charset=UTF-16BE&coding=2&id=1&time=1772366400")
	f.Add("m=1&dlr=2&answer=id:1+stat:UNDELIV+err:039+text:x")
	f.Add("from=1&to=2&text=%FF&charset=ISO-8859-1&time=2026-03-01+12:00")
	f.Fuzz(func(t *testing.T, query string) {
		u := &url.URL{Scheme: "https", Host: "sms.example.com", Path: "/webhooks/gw", RawQuery: "secret=kannel-test-secret&" + query}
		d, err := open(t, settings["kannel"]).Receive(provider.Request{URL: u, Now: now})
		promised(t, d, err)
	})
}

func FuzzGeneric(f *testing.F) {
	f.Add(`{"type":"message.received","data":{"id":"1","from":"+1","to":"+2","text":"hi","media":[{"url":"https://x","type":"a"}],"at":"2026-03-01T12:00:00Z"}}`)
	f.Add(`{"type":"message.status","data":{"id":"1","status":"failed","error":"opted_out"}}`)
	f.Add(`{"type":"message.received","data":{"id":"\u0000"}}`)
	keys, err := provider.ParseKeys(secret)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		h := http.Header{}
		keys.Sign(h, "wh-1", now, []byte(body))
		d, err := open(t, settings["generic"]).Receive(provider.Request{Header: h, Now: now, Body: []byte(body)})
		promised(t, d, err)
	})
}
