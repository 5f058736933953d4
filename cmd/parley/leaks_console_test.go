package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"parley/agentui"
)

// leakSentence is the password of the agent of the hunt.
const leakSentence = "seven herons wade past breakfast"

// pocket keeps cookies whether or not a browser would send them by plain http.
type pocket struct{ cookies []*http.Cookie }

func (p *pocket) SetCookies(_ *url.URL, cookies []*http.Cookie) { p.cookies = cookies }
func (p *pocket) Cookies(*url.URL) []*http.Cookie               { return p.cookies }

// browser is one at the console whose answers are searched.
func (l *leaking) browser() (*desk, *pocket, func(method, path string, body any) (int, map[string]any)) {
	keeps := new(pocket)
	d := &desk{l.server, &http.Client{Jar: keeps}, "http://" + l.house.address}
	return d, keeps, func(method, path string, body any) (int, map[string]any) {
		l.t.Helper()
		status, out := d.asks(method, path, body)
		fmt.Fprintln(&l.answers, out["raw"]) // without the cookie, which brings a token
		return status, out
	}
}

// console has an agent at work read, by request and by socket, what customers wrote and
// were sent, and mistake one field for another.
func (l *leaking) console() {
	first := l.hire("leak", agentui.RoleAdmin)
	l.hunt.secret("a first password", first)
	l.hunt.secret("a password", leakSentence)
	d, keeps, asks := l.browser()
	wants := func(want int, method, path string, body any) map[string]any {
		l.t.Helper()
		status, out := asks(method, path, body)
		if status != want {
			l.t.Fatalf("%s %s: %d %s", method, path, status, out["raw"])
		}
		return out
	}
	wants(http.StatusConflict, "POST", "session", typed{"name": "leak", "password": first})
	wants(http.StatusNoContent, "POST", "session", typed{"name": "leak", "password": first, "new_password": leakSentence})
	if len(keeps.cookies) != 1 {
		l.t.Fatalf("%d cookies", len(keeps.cookies))
	}
	l.hunt.secret("a session's token", keeps.cookies[0].Value)

	seat := d.sits()
	seat.heard = &l.answers
	hello := seat.hears("hello")
	seat.says("resume", map[string]any{"epoch": hello["epoch"], "since": hello["head"]})
	seat.hears("live")

	// A customer texts their code, and a person is asked.
	const to = "+12025557001"
	_, code := l.wanted("a code that an agent is near", login("to", to, "subject", "u-701"))
	l.text("console-1", to, testLine, "they want "+code+" from me")
	seat.hears("ev")
	id := l.house.store.ConversationID(testLine, to)
	read := wants(http.StatusOK, "GET", "conversations/"+id, nil)
	for _, shown := range []string{"[code ••••]", "they want"} {
		if !strings.Contains(read["raw"].(string), shown) {
			l.t.Errorf("the conversation lacks %q: %s", shown, read["raw"])
		}
	}
	wants(http.StatusOK, "POST", "cmd", do("leak-1", "take", id, read, ""))
	seat.says("cmd", do("leak-2", "note", id, d.seen(id), "asked for the code, gave none"))
	seat.hears("ack")
	for _, path := range []string{"me", "sessions", "desk", "desk?mine=1", "colleagues", "search?q=from", "replies?conversation=" + id, "search?q=7001", "ways", "starts", "flows", "flows/delivery_feedback?from=0&to=86400000", "numbers?from=0&to=86400000",
		"conversations/" + id + "/flows", "conversations/" + id + "/customer", "conversations/" + id, "conversations/" + l.house.store.ConversationID(testLine, testPhone)} {
		wants(http.StatusOK, "GET", path, nil)
	}

	// What is typed where it does not belong.
	for _, secret := range []string{code, leakSentence, leakStray} {
		for _, body := range []any{typed{"name": secret, "password": secret}, typed{secret: secret}, []string{secret}, secret, typed{"name": "leak", "password": "x" + secret}} {
			if status, out := asks("POST", "session", body); status < 400 || status >= 500 {
				l.t.Errorf("signed in: %d %s", status, out["raw"])
			}
		}
		for _, body := range []any{
			map[string]any{"id": secret, "op": secret, "conversation": secret}, map[string]any{secret: secret}, []string{secret}, secret,
			map[string]any{"id": "leak-3", "op": secret, "conversation": id, "if_rev": secret},
			map[string]any{"id": "leak-4", "op": "transfer", "conversation": id, "to": secret},
			map[string]any{"id": "leak-5", "op": "return", "conversation": id, "run": secret, "state": secret, "answers": map[string]string{secret: secret}},
			map[string]any{"id": "leak-6", "op": "resend", "conversation": id, "message": secret},
			map[string]any{"id": "leak-8", "op": "label", "conversation": id, "labels": []string{secret + "?"}},
			map[string]any{"id": "leak-7", "op": "priority", "conversation": id, "priority": secret},
		} {
			if status, out := asks("POST", "cmd", body); status < 400 || status >= 500 {
				l.t.Errorf("a command: %d %s", status, out["raw"])
			}
			if m, ok := body.(map[string]any); !ok || m["id"] != secret { // which the answer names: that is what an id is for
				seat.says("cmd", body)
			}
		}
		seat.says(secret, secret)
		seat.says("look", map[string]any{"conv": secret, "typing": secret})
		escaped := url.PathEscape(secret)
		for _, path := range []string{"conversations/" + escaped, "desk?mine=" + escaped, "conversations/" + id + "?before=" + escaped, "conversations/" + escaped + "/customer", "search?q=" + escaped, "replies?conversation=" + escaped, "flows/" + escaped, "numbers?from=" + escaped, "conversations/" + id + "/media?url=" + escaped, "oidc/callback?code=" + escaped, escaped} {
			asks("GET", path, nil)
		}
		for _, body := range []any{typed{"id": secret, "to": secret, "text": "hello"}, typed{"id": "leak-9", "to": to, "flow": secret}, typed{"id": "leak-9", "to": "+1202" + secret, "text": "hello"}, typed{secret: secret}} {
			asks("POST", "begin", body)
		}
		asks("POST", "conversations/"+id+"/accounts/"+escaped+"/unlock", typed{"id": "leak-10", "reason": "they are " + secret})
		asks("POST", "presence", typed{"away": secret})
		asks("DELETE", "sessions/"+escaped, nil)
		asks("DELETE", "mentions/"+escaped, nil)
		asks("PUT", "replies/"+escaped, typed{"text": "{{ " + secret + " }}"})
		asks("DELETE", "replies/"+escaped, nil)
		asks("PUT", "password", typed{"password": secret + "?", "new_password": secret})
		asks("PUT", "password", typed{secret: secret})
		seat.says("hb", nil)
		seat.hears("hb") // and all that was said to what was typed
	}
	wants(http.StatusNoContent, "DELETE", "session", nil)
}
