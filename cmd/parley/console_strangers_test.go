package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"parley/agentui"
	"parley/flows"
	"parley/outbound/provider"
)

// markup is what strangers write where a page might take it for its own: of each kind one,
// and a letter that turns round what follows it.
const markup = `<script>alert(1)</script> <img src=x onerror=alert(1)> "><svg onload=alert(1)> javascript:alert(1) <a href=javascript:alert(1)>go</a> ` + "\u202egnp.exe"

// hostileFlow has markup wherever an author may write a text.
const hostileFlow = `flow: hostile
title: 'FLOW ` + markup + `'
class: notice
trigger: {events: [parcel.came]}
input: {order: string, remark: string}
key: "{{ order }}"
start: day
states:
  day:
    say: 'SAYS ` + markup + ` {{ order }}'
    capture: {day: date}
    silence: {after: 24h, goto: over}
    otherwise: {goto: person}
    goto: over
  person: {handoff: {queue: deliveries, note: "{{ remark }}"}}
  over: {end: completed}
`

// kept is what the hostile customer's carrier keeps: a picture, and three that are none.
var kept = map[string]string{
	"/real.gif": "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
	"/page.png": `<!doctype html><html><script>document.documentElement.dataset.ran = "page"; alert(1)</script><img src=x onerror=alert(1)></html>`,
	"/svg.jpg":  `<svg xmlns="http://www.w3.org/2000/svg" onload="document.documentElement.dataset.ran = 'svg'"><script>document.documentElement.setAttribute("data-ran", "svg"); alert(1)</script></svg>`,
	"/code.gif": `globalThis.ran = "code"; document.documentElement.dataset.ran = "code";`,
}

// TestProofConsoleAgainstStrangers does in Chromium what strangers do: markup in every
// field, pages that are called photos, other origins, no cookie, another role, what is a
// colleague's.
func TestProofConsoleAgainstStrangers(t *testing.T) {
	inBrowser(t)
	folder := t.TempDir()
	write(t, folder, "hostile.yaml", hostileFlow)
	s, carrier := spawned(t, map[string]any{"flows": []string{folder}}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html") // what the carrier says counts for nothing
		_, _ = io.WriteString(w, kept[r.URL.Path])
	}))
	s.seat("ann", agentui.RoleLead)
	s.seat("bob", agentui.RoleLead)
	s.seat("eve", agentui.RoleAgent)
	id := s.hostile(carrier)
	out, err := scripted(t, "strangers.mjs", "http://"+s.house.address, s.strangers(), "PARLEY_CONVERSATION="+id)
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

// hostile is a customer who writes markup wherever they can, and waits for somebody. It
// gives the conversation's id.
func (s *server) hostile(keeps string) string {
	s.t.Helper()
	if status, _ := s.do(http.MethodPut, "/v1/contacts/"+testPhone, s.key, map[string]any{"tags": []string{markup}}); status != http.StatusUnprocessableEntity {
		s.t.Errorf("markup as a tag: %d", status)
	}
	if status, out := s.do(http.MethodPut, "/v1/contacts/"+testPhone, s.key, map[string]any{"name": "NAME " + markup, "tags": []string{"vip"}}); status >= 300 {
		s.t.Fatalf("%d %v", status, out)
	}
	if status, out := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "parcel.came", "to": testPhone, "data": map[string]any{"order": "ORDER " + markup, "remark": "REMARK " + markup}}); status != http.StatusAccepted {
		s.t.Fatalf("%d %v", status, out)
	}
	s.hears(1)
	var media []flows.Media
	for path := range kept {
		media = append(media, flows.Media{URL: keeps + path, Type: "image/png"})
	}
	if err := s.carrier.Text(s.t.Context(), provider.Text{From: testPhone, To: testLine, Text: "TEXT " + markup, Media: media}); err != nil {
		s.t.Fatal(err)
	}
	c, _ := s.stored()
	if c.State.Handoff == nil {
		s.t.Fatalf("not handed over: %+v", c.State)
	}
	return c.ID
}

// strangers is outside, with a page of another origin, and somebody who changes what
// people may do.
func (s *server) strangers() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", s.outside())
	mux.HandleFunc("GET /evil", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, strings.Repeat("<p>win a prize</p>", 3))
	})
	mux.HandleFunc("POST /role", func(w http.ResponseWriter, r *http.Request) {
		if _, err := ledger(s.t, s.house.config.Database).ExecContext(r.Context(), `UPDATE agents SET role = $1 WHERE name = $2`, r.FormValue("role"), r.FormValue("name")); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("POST /disable", func(w http.ResponseWriter, r *http.Request) {
		if ok, err := s.house.store.DisableAgent(r.Context(), r.FormValue("name")); err != nil || !ok {
			http.Error(w, "nobody is called so", http.StatusInternalServerError)
		}
	})
	return mux
}
