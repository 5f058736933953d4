package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/outbound/provider"
)

// wire is the other side of a provider: how it is configured, reads what it is sent,
// says yes, and brings texts and receipts.
type wire struct {
	config CarrierConfig // its secrets are all looked for
	read   func(r *http.Request, body []byte) (to, text string)
	yes    func(n int) string
	// brings posts a customer's text, or a receipt whose error says so, through the webhook.
	brings func(l *leaking, id, from, to, text string, receipt bool)
}

const (
	leakTwilio  = "leak-hunt-twilio-token-0123456789"
	leakKannel  = "leak-hunt-kannel-password"
	leakHook    = "leak-hunt-kannel-webhook-secret"
	leakGeneric = "whsec_bGVhay1odW50LWdlbmVyaWMtMDEyMzQ1Njc4OTAxMjM="
	leakLoop    = "whsec_bGVhay1odW50LWxvb3BiYWNrLTAxMjM0NTY3ODkwMTI="
)

// wires has one for every provider of the table.
var wires = map[string]wire{
	"generic": {
		config: CarrierConfig{Secret: leakGeneric},
		read: func(_ *http.Request, body []byte) (string, string) {
			var m struct{ To, Text string }
			_ = json.Unmarshal(body, &m) // what is no message is for nobody
			return m.To, m.Text
		},
		yes: func(n int) string { return fmt.Sprintf(`{"id":"generic-%d"}`, n) },
		brings: func(l *leaking, id, from, to, text string, receipt bool) {
			l.dialect("generic", leakGeneric, id, from, to, text, receipt)
		},
	},
	"loopback": { // lives in this process, and has no errors to give
		config: CarrierConfig{Secret: leakLoop},
		brings: func(l *leaking, id, from, to, text string, receipt bool) {
			l.dialect("loopback", leakLoop, id, from, to, text, receipt)
		},
	},
	"kannel": {
		config: CarrierConfig{Username: "parley", Password: leakKannel, Secret: leakHook},
		read: func(r *http.Request, _ []byte) (string, string) {
			return r.URL.Query().Get("to"), r.URL.Query().Get("text")
		},
		yes: func(int) string { return "0: Accepted for delivery" },
		brings: func(l *leaking, id, from, to, text string, receipt bool) {
			q := url.Values{"secret": {leakHook}, "id": {id}, "from": {from}, "to": {to}, "text": {text}, "charset": {"UTF-8"}, "coding": {"0"}}
			if receipt {
				q = url.Values{"secret": {leakHook}, "m": {id}, "dlr": {"2"}, "answer": {"NACK/" + text}}
			}
			l.knocks(http.MethodGet, "/webhooks/kannel?"+q.Encode(), "", nil)
		},
	},
	"twilio": {
		config: CarrierConfig{AccountSID: "AC00000000000000000000000000000001", AuthToken: leakTwilio, Options: map[string]string{"content_retention": "discard"}},
		read: func(r *http.Request, body []byte) (string, string) {
			form, _ := url.ParseQuery(string(body)) // the wire's tests know that it is one
			return form.Get("To"), form.Get("Body")
		},
		yes: func(n int) string { return fmt.Sprintf(`{"sid":"SM%d","status":"queued"}`, n) },
		brings: func(l *leaking, id, from, to, text string, receipt bool) {
			path, form := "/webhooks/twilio", url.Values{"MessageSid": {"SM" + id}, "From": {from}, "To": {to}, "Body": {text}, "NumMedia": {"0"}}
			if receipt {
				path, form = path+"?m="+id, url.Values{"MessageSid": {"SM" + id}, "MessageStatus": {"failed"}, "ErrorCode": {text}, "ErrorMessage": {text}}
			}
			l.knocks(http.MethodPost, path, form.Encode(), http.Header{"Content-Type": {"application/x-www-form-urlencoded"},
				"X-Twilio-Signature": {twilioSigned(leakTwilio, "https://sms.example.com"+path, form)}})
		},
	},
}

// leakLine is the line of a provider in the hunt.
func leakLine(kind string) string {
	return fmt.Sprintf("+1202555%04d", 110+slices.Index(slices.Sorted(maps.Keys(provider.Table)), kind))
}

// wired gives the configuration a carrier and a line of every provider.
func (l *leaking) wired(c *Config) {
	for kind := range provider.Table {
		w, ok := wires[kind]
		if !ok {
			l.hunt.t.Fatalf("%s is not hunted: give it a wire", kind)
		}
		cc := w.config
		cc.Provider, cc.Rate, cc.Timeout = kind, 1000, time.Second
		if w.read != nil {
			p := &parrot{wire: w, fail: map[string]int{}}
			server := httptest.NewServer(p)
			l.hunt.t.Cleanup(server.Close)
			cc.BaseURL, l.parrots[kind] = server.URL, p
		}
		c.Carriers[kind] = cc
		c.Lines = append(c.Lines, LineConfig{Number: leakLine(kind), Carrier: kind, Brand: "acme"})
		for _, text := range []string{cc.AuthToken, cc.Password, cc.Secret} {
			if text != "" {
				l.hunt.secret("a secret of "+kind, text)
			}
		}
		if cc.AuthToken != "" {
			l.hunt.secret("the login to "+kind, base64.StdEncoding.EncodeToString([]byte(cc.AccountSID+":"+cc.AuthToken)))
		}
	}
}

// carriers send codes through every provider: taken, taken at the second try, refused,
// and of unknown fate, with errors that repeat the request; and bring them back.
func (l *leaking) carriers() {
	for i, kind := range slices.Sorted(maps.Keys(provider.Table)) {
		line, to := leakLine(kind), func(n int) string { return fmt.Sprintf("+1202557%d%03d", n, i) }
		code := func(n int) string {
			return l.by(kind, line, to(n), fmt.Sprint("wire-", kind, n))
		}
		taken := code(0)
		if p := l.parrots[kind]; p != nil {
			p.mu.Lock()
			p.fail[to(1)], p.fail[to(2)] = http.StatusBadRequest, hangs
			p.mu.Unlock()
			code(1)
			code(2)
		}
		w := wires[kind]
		w.brings(l, "w0-"+kind, to(0), line, "they want "+taken, false)
		w.brings(l, "w1-"+kind, to(0), "+12025550999", taken, false) // to nobody's line
		w.brings(l, "w2-"+kind, to(0), line, "Acme: "+taken+" is your code to log in.", true)
		w.brings(l, "w3-"+kind, to(0), line, taken, true)
		l.knocks(http.MethodPost, "/webhooks/"+kind+"?text="+taken, `{"Body":"`+taken+`"}`, http.Header{"Content-Type": {"application/json"}})
		l.knocks(http.MethodPost, "/webhooks/"+taken, taken, nil)
	}
}

// by has a code texted by one provider and returns it.
func (l *leaking) by(kind, line, to, subject string) string {
	l.t.Helper()
	p, before := l.parrots[kind], 0
	loop, _ := l.house.prepared.carriers[kind].Provider.(*provider.Loopback)
	if p != nil {
		before = p.count()
	} else {
		before = len(loop.Carrier.Messages())
	}
	if status, out := l.ask(http.MethodPost, "/v1/verifications", login("to", to, "subject", subject, "line", line)); status != http.StatusCreated {
		l.t.Fatalf("%s: %d %v", kind, status, out)
	}
	code := ""
	if p != nil {
		code = p.code(l.t, before+1, to)
	} else {
		eventually(l.t, "the loopback text", func() bool { return len(loop.Carrier.Messages()) > before })
		code = shownCode.FindString(loop.Carrier.Messages()[before].Text)
	}
	l.hunt.code("a code by "+kind, code)
	return code
}

// knocks makes a request as a carrier would, and keeps the answer for the search.
func (l *leaking) knocks(method, path, body string, header http.Header) {
	l.t.Helper()
	r, err := http.NewRequestWithContext(l.t.Context(), method, "http://"+l.house.address+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	maps.Copy(r.Header, header)
	answer, text := exchanged(l.t, r)
	fmt.Fprintln(&l.answers, answer.Header, strings.ReplaceAll(string(text), "\n", " "))
}

// dialect posts in the generic dialect, signed.
func (l *leaking) dialect(carrier, secret, id, from, to, text string, receipt bool) {
	l.t.Helper()
	keys, err := provider.ParseKeys(secret)
	if err != nil {
		l.t.Fatal(err)
	}
	message := map[string]any{"type": "message.received", "data": map[string]any{"id": id, "from": from, "to": to, "text": text}}
	if receipt {
		message = map[string]any{"type": "message.status", "data": map[string]any{"id": id, "status": "failed", "error": text}}
	}
	body, err := json.Marshal(message)
	if err != nil {
		l.t.Fatal(err)
	}
	h := http.Header{"Content-Type": {"application/json"}}
	keys.Sign(h, "wh-"+id, time.Now(), body)
	l.knocks(http.MethodPost, "/webhooks/"+carrier, string(body), h)
}

// TestHuntKnowsEveryProvider: a provider without a wire would go unhunted.
func TestHuntKnowsEveryProvider(t *testing.T) {
	if got, want := slices.Sorted(maps.Keys(wires)), slices.Sorted(maps.Keys(provider.Table)); !slices.Equal(got, want) {
		t.Errorf("wires of %v, providers %v", got, want)
	}
}
