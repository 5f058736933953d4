package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"database/sql"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/outbound/provider"
)

const (
	twilioToken = "12345" // of Twilio's published example
	publicHook  = "https://sms.example.com/webhooks/us"
)

// knock is a webhook as it arrives at the door.
type knock struct {
	path, body string
	header     http.Header
}

// byTwilio is a text as Twilio posts it, signed for the given address.
func byTwilio(id, address, token string) knock {
	form := url.Values{"MessageSid": {id}, "From": {testPhone}, "To": {testLine}, "Body": {"hello"}, "NumMedia": {"0"}}
	return knock{"/webhooks/us", form.Encode(), http.Header{
		"Content-Type":       {"application/x-www-form-urlencoded"},
		"X-Twilio-Signature": {twilioSigned(token, address, form)},
	}}
}

// twilioSigned is written from Twilio's page, apart from the server's own; below it
// is held to the published example.
func twilioSigned(token, address string, form url.Values) string {
	text := address
	for _, name := range slices.Sorted(maps.Keys(form)) {
		text += name + form.Get(name)
	}
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// byGeneric is a text of the generic dialect, signed at a time with a secret.
func byGeneric(t *testing.T, id string, at time.Time, secret string) knock {
	t.Helper()
	keys, err := provider.ParseKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	k := knock{"/webhooks/lab", `{"type":"message.received","data":{"id":"` + id + `","from":"` + testPhone + `","to":"` + testLine + `","text":"hello"}}`,
		http.Header{"Content-Type": {"application/json"}}}
	keys.Sign(k.header, "wh-"+id, at, []byte(k.body))
	return k
}

// with is the knock with one header set otherwise.
func (k knock) with(name, value string) knock {
	k.header = k.header.Clone()
	k.header.Set(name, value)
	return k
}

// edited is the knock with another body than was signed.
func (k knock) edited(old, with string) knock {
	k.body = strings.Replace(k.body, old, with, 1)
	return k
}

// at is the knock at another path than was signed.
func (k knock) at(path string) knock {
	k.path = path
	return k
}

// knocks delivers it and returns the answer. A Host header is sent as such.
func (s *server) knocks(k knock) int {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, "http://"+s.house.address+k.path, strings.NewReader(k.body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header, r.Host = k.header, k.header.Get("Host")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// TestSignaturesAtTheDoor knocks with what is signed well and what is not: the one
// stores one event, the other answers 403 and leaves every table as it was.
func TestSignaturesAtTheDoor(t *testing.T) {
	t.Parallel()
	vector := url.Values{"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+12349013030"}, "Digits": {"1234"}, "From": {"+12349013030"}, "To": {"+18005551212"}}
	if got := twilioSigned(twilioToken, "https://mycompany.com/myapp.php?foo=1&bar=2", vector); got != "0/KCTR6DLpKmkAf8muzZqo1nDgQ=" {
		t.Fatalf("the published example is signed %s", got)
	}
	storetest.EachURL(t, func(t *testing.T, database string) {
		config := testConfig(database)
		config.Carriers["us"] = CarrierConfig{Provider: "twilio", AccountSID: "AC1", AuthToken: "99999", Secrets: []string{twilioToken}, BaseURL: "http://127.0.0.1:9"}
		s := serveTest(t, config)
		db := ledger(t, database)
		now, other := time.Now(), "whsec_"+base64.StdEncoding.EncodeToString([]byte("another secret of 32 bytes, sir!"))
		twilio := func(id string) knock { return byTwilio(id, publicHook, twilioToken) }
		lab := func(id string) knock { return byGeneric(t, id, now, testSecret) }

		for _, c := range []struct {
			name string
			k    knock
		}{
			{"twilio", twilio("SM1")},
			{"twilio, signed with the port", byTwilio("SM2", "https://sms.example.com:443/webhooks/us", twilioToken)},
			{"twilio, the first live token", byTwilio("SM3", publicHook, "99999")},
			{"twilio, with a query", byTwilio("SM4", publicHook+"?m=1", twilioToken).at("/webhooks/us?m=1")},
			{"twilio, behind a proxy that changes the host", twilio("SM5").with("Host", "10.0.0.7:8080")},
			{"generic", lab("g1")},
			{"generic, four minutes old", byGeneric(t, "g2", now.Add(-4*time.Minute), testSecret)},
			{"generic, signed with an old secret too", lab("g3").with("webhook-signature", "v1,AAAA "+lab("g3").header.Get("webhook-signature"))},
		} {
			before := number(t, db, `SELECT count(*) FROM events WHERE kind = 'text'`)
			if got := s.knocks(c.k); got/100 != 2 {
				t.Errorf("%s: %d", c.name, got)
			}
			if after := number(t, db, `SELECT count(*) FROM events WHERE kind = 'text'`); after != before+1 {
				t.Errorf("%s: %d events were stored", c.name, after-before)
			}
		}

		eventually(t, "the dispatcher is at rest", func() bool { return number(t, db, openSQL) == 0 })
		short := base64.StdEncoding.EncodeToString([]byte("twenty bytes, no more"))
		for _, c := range []struct {
			name   string
			k      knock
			answer int
		}{
			{"twilio: wrong token", byTwilio("SM10", publicHook, "12346"), 403},
			{"twilio: changed parameter", twilio("SM11").edited("hello", "hullo"), 403},
			{"twilio: another sender", twilio("SM12").edited("2025550123", "2025550124"), 403},
			{"twilio: added parameter", twilio("SM13").edited("Body", "A=1&Body"), 403},
			{"twilio: removed parameter", twilio("SM14").edited("&NumMedia=0", ""), 403},
			{"twilio: other host", byTwilio("SM15", "https://evil.example/webhooks/us", twilioToken), 403},
			{"twilio: other host, and its Host header", byTwilio("SM16", "https://evil.example/webhooks/us", twilioToken).with("Host", "evil.example"), 403},
			{"twilio: other host with a port", byTwilio("SM17", "https://evil.example:443/webhooks/us", twilioToken), 403},
			{"twilio: other port", byTwilio("SM18", "https://sms.example.com:8443/webhooks/us", twilioToken), 403},
			{"twilio: other scheme", byTwilio("SM19", "http://sms.example.com/webhooks/us", twilioToken), 403},
			{"twilio: other path", byTwilio("SM20", "https://sms.example.com/webhooks/lab", twilioToken), 403},
			{"twilio: added query", twilio("SM21").at("/webhooks/us?m=1"), 403},
			{"twilio: no signature", twilio("SM22").with("X-Twilio-Signature", ""), 403},
			{"twilio: signature of another length", twilio("SM23").with("X-Twilio-Signature", "0/KCTR6D"), 403},
			{"twilio: a body that nothing vouches for", twilio("SM24").with("Content-Type", "application/json"), 403},
			{"generic: stale", byGeneric(t, "g10", now.Add(-6*time.Minute), testSecret), 403},
			{"generic: from the future", byGeneric(t, "g11", now.Add(6*time.Minute), testSecret), 403},
			{"generic: stale, its time brushed up", byGeneric(t, "g12", now.Add(-6*time.Minute), testSecret).with("webhook-timestamp", fmt.Sprint(now.Unix())), 403},
			{"generic: replayed", lab("g1"), 403},
			{"generic: replayed under another id", lab("g1").with("webhook-id", "wh-g13"), 403},
			{"generic: wrong length", lab("g14").with("webhook-signature", "v1,"+short), 403},
			{"generic: no signature in it", lab("g15").with("webhook-signature", "v1,"), 403},
			{"generic: no base64", lab("g16").with("webhook-signature", "v1,!!!"), 403},
			{"generic: another version", lab("g17").with("webhook-signature", strings.Replace(lab("g17").header.Get("webhook-signature"), "v1,", "v2,", 1)), 403},
			{"generic: another secret", byGeneric(t, "g18", now, other), 403},
			{"generic: changed body", lab("g19").edited("hello", "hullo"), 403},
			{"generic: no time", lab("g20").with("webhook-timestamp", "soon"), 403},
			{"generic: no id", lab("g21").with("webhook-id", ""), 403},
			{"generic: what Twilio signed", twilio("SM25").at("/webhooks/lab"), 403},
			{"twilio: what the other carrier signed", lab("g22").at("/webhooks/us"), 403},
			{"unknown carrier", lab("g23").at("/webhooks/nobody"), 404},
			{"too large", lab("g24").edited("hello", strings.Repeat("x", 65<<10)), 413},
			{"twilio: too large", twilio("SM26").edited("hello", strings.Repeat("x", 65<<10)), 413},
			{"twilio: signed, but nothing to read", byTwilio("", publicHook, twilioToken), 400},
			{"generic: signed, but nothing to read", byGeneric(t, "", now, testSecret), 400},
		} {
			before := rows(t, db)
			if got := s.knocks(c.k); got != c.answer {
				t.Errorf("%s: %d, want %d", c.name, got, c.answer)
			}
			if after := rows(t, db); after != before {
				t.Errorf("%s: the tables held\n%s and hold\n%s", c.name, before, after)
			}
		}
	})
}

// rows counts what every table that a stranger could fill holds.
func rows(t *testing.T, db *sql.DB) string {
	t.Helper()
	var all strings.Builder
	for _, table := range []string{"conversations", "events", "messages", "provider_messages", "inbox", "consents", "dead_letters", "river_job"} {
		fmt.Fprintf(&all, "%s %d\n", table, number(t, db, "SELECT count(*) FROM "+table))
	}
	return all.String()
}
