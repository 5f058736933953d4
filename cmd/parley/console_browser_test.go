package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"parley/agentui"
	"parley/conversation"
	"parley/outbound/provider"
)

// TestProofConsoleInABrowser drives the page in Chromium: the journeys of
// agentui/web/test/browser, axe on every screen, light and dark, wide and narrow. With
// PARLEY_SHOTS=FOLDER it leaves pictures there.
func TestProofConsoleInABrowser(t *testing.T) {
	inBrowser(t)
	consoleInABrowser(t)
}

// TestConsoleCore makes the eight most telling of the journeys at every make test: a
// handover and back, an unread text, what a text costs, a note, colleagues, a failure,
// STOP, and strangers' markup.
func TestConsoleCore(t *testing.T) {
	wantsBrowser(t)
	t.Setenv("PARLEY_CORE", "1")
	if out := consoleInABrowser(t); !strings.Contains(out, "8 journeys") {
		t.Error("the core has eight journeys")
	}
}

// TestConsoleIsAccessible has axe look at every screen in one look at every make test; in
// all of them the proofs do.
func TestConsoleIsAccessible(t *testing.T) {
	wantsBrowser(t)
	s := peopled(t)
	aMonth(t, ledger(t, s.house.config.Database))
	s.journeys("screens.mjs", "PARLEY_ONE=1")
}

// wantsBrowser skips where there is none, but for CI: what it shows would not hold.
func wantsBrowser(t *testing.T) {
	t.Helper()
	missing := lacksBrowser()
	switch {
	case missing != "" && os.Getenv("CI") == "true":
		t.Fatal("the console cannot be tried: " + missing)
	case missing != "":
		t.Skip("not run: " + missing)
	}
}

// consoleInABrowser runs the journeys against a peopled server, and gives what they said.
func consoleInABrowser(t *testing.T) string {
	t.Helper()
	s := peopled(t)
	aMonth(t, ledger(t, s.house.config.Database))
	return s.journeys("console.mjs")
}

// journeys runs one of the browser's scripts against this server, and gives what it said.
func (s *server) journeys(script string, more ...string) string {
	s.t.Helper()
	out, err := scripted(s.t, script, "http://"+s.house.address, s.outside(), more...)
	s.t.Logf("%s", out)
	if err != nil {
		s.t.Error(err)
	}
	return string(out)
}

// peopled is a process with customers who wait, and colleagues who have some.
func peopled(t *testing.T) *server {
	t.Helper()
	folder := t.TempDir()
	for name, flow := range map[string]string{"moving": moving, "kaput": llmFlow, "visiting": visiting} {
		write(t, folder, name+".yaml", flow)
	}
	s, _ := spawned(t, map[string]any{
		"flows":   append(defaultConfig().Flows, folder),
		"brands":  map[string]any{"acme": map[string]any{"name": "Acme", "contact": "help@acme.example", "quiet": "off", "timezone": "America/New_York"}},
		"console": map[string]any{"queues": map[string]any{"deliveries": map[string]any{"first_response": "1ms"}, "default": map[string]any{"first_response": "10m30s"}}},
	}, http.NotFoundHandler())
	s.people()
	return s
}

// types is what a phone types.
func (s *server) types(phone, text string) {
	s.t.Helper()
	if err := s.carrier.Text(s.t.Context(), provider.Text{From: phone, To: testLine, Text: text}); err != nil {
		s.t.Error(err)
	}
}

// outside is where the script is the customer, and the carrier.
func (s *server) outside() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /text", func(w http.ResponseWriter, r *http.Request) {
		if err := s.carrier.Text(r.Context(), provider.Text{From: r.FormValue("from"), To: testLine, Text: r.FormValue("text")}); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("POST /report", func(w http.ResponseWriter, r *http.Request) {
		for _, m := range s.carrier.Messages() {
			id, _ := s.carrier.Find(m.ID)
			if m.Text == r.FormValue("text") {
				_ = s.carrier.Report(r.Context(), id, conversation.Status(r.FormValue("status")), r.FormValue("code")) // the script looks for what comes of it
			}
		}
	})
	mux.HandleFunc("POST /role", func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.house.store.SetRole(r.Context(), r.FormValue("name"), agentui.Role(r.FormValue("role"))); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("GET /messages", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(carried(s.carrier)) // the script is on this machine
	})
	return mux
}

// people lets colleagues in, and customers wait.
func (s *server) people() {
	s.t.Helper()
	ann, bob := s.seat("ann", agentui.RoleAgent), s.seat("bob", agentui.RoleLead)
	s.seat("eve", agentui.RoleAuditor)
	s.seat("ida", agentui.RoleAuditor)
	s.seat("fay", agentui.RoleAdmin)
	for i, p := range []struct{ name, text string }{
		{"Maria González", "¿Dónde está mi paquete? Llevo toda la semana esperando"}, {"Tom Baker", "my cat ate the router"},
		{"", "the driver left it in the rain and the box is soaked through"}, {"عمر خالد", "أين طلبي؟"}, {"Ines <script>alert(1)</script>", "<img src=x onerror=alert(1)>"}, {"Lee Min", "can I pay in three parts"},
	} {
		phone := fmt.Sprintf("+1202555016%d", i)
		if p.name != "" {
			s.do(http.MethodPut, "/v1/contacts/"+phone, s.key, map[string]any{"name": p.name, "timezone": "Europe/Madrid", "tags": []string{"vip"}})
		}
		if err := s.carrier.Text(s.t.Context(), provider.Text{From: phone, To: testLine, Text: p.text}); err != nil {
			s.t.Fatal(err)
		}
		id := s.house.store.ConversationID(testLine, phone)
		switch i {
		case 0:
			bob.wants("POST", "cmd", do("p1", "take", id, bob.seen(id), ""), http.StatusOK)
			bob.wants("POST", "cmd", with(do("p2", "label", id, bob.seen(id), ""), "labels", []string{"late", "spanish"}), http.StatusOK)
			bob.wants("POST", "cmd", with(do("p3", "priority", id, bob.seen(id), ""), "priority", "alert"), http.StatusOK)
		case 2:
			bob.wants("POST", "cmd", do("p4", "note", id, bob.seen(id), "@ann you had one like this last week, did the depot pay?"), http.StatusOK)
		case 5:
			ann.wants("POST", "cmd", do("p5", "take", id, ann.seen(id), ""), http.StatusOK)
			ann.wants("POST", "cmd", with(do("p6", "snooze", id, ann.seen(id), ""), "until", time.Now().Add(3*time.Hour).UnixMilli()), http.StatusOK)
		}
	}
	s.handedOverAs("+12025550123")
}

// handedOverAs brings the flow to where a person is asked, for one customer among many.
func (s *server) handedOverAs(phone string) {
	s.t.Helper()
	s.do(http.MethodPut, "/v1/contacts/"+phone, s.key, map[string]any{"name": "Zoë Ferreira", "language": "en", "timezone": "Europe/Lisbon"})
	if status, out := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "delivery.due", "to": phone, "data": map[string]any{"order": "A-10045", "pin": "94-71-x"}}); status != http.StatusAccepted {
		s.t.Fatalf("%d %v", status, out)
	}
	s.isAt("day")
	s.texts("2026-12-24")
	s.isAt("boxes")
	s.texts("as many as you can carry")
	s.isAt("person")
}

// aMonth is what happened before: enough that pictures show something.
func aMonth(t *testing.T, db *sql.DB) {
	t.Helper()
	const days = 24 * 3_600_000
	now := time.Now().UnixMilli()
	for _, text := range []string{
		`INSERT INTO handovers (conversation, at, queue, reason, answered_at) ` + upTo + `SELECT 'm' || i, $1 - (i * 7919 * 3343) % (30 * $2), 'deliveries', CASE WHEN i % 7 < 4 THEN 'unclear' WHEN i % 7 < 6 THEN 'flow' ELSE 'late_answer' END, 0 FROM n`,
		`UPDATE handovers SET answered_at = at + 20000 + (at / 77) % 1500000 WHERE conversation LIKE 'm%' AND at % 11 > 0 AND $1 > $2`,
		`INSERT INTO results (flow, ended_at, run, hash, conversation, line, phone, outcome, state, began_at, path) ` + upTo + `SELECT CASE WHEN i % 3 = 0 THEN 'delivery_feedback' ELSE 'moving' END, $1 - (i * 7919 * 3343) % (30 * $2), 'm' || i, '', 'm', '', '', CASE WHEN i % 5 = 0 THEN 'unanswered' WHEN i % 11 = 0 THEN 'by_agent' WHEN i % 13 < 9 THEN 'completed' ELSE 'other_' || (i % 13) END,
			CASE WHEN i % 5 = 0 THEN 'over' WHEN i % 11 = 0 THEN 'person' ELSE 'thanks' END, 0, CASE WHEN i % 15 = 0 THEN 'day over' WHEN i % 5 = 0 THEN 'day boxes over' WHEN i % 11 = 0 THEN 'day person' ELSE 'day boxes thanks' END FROM n`,
		`INSERT INTO consents (phone, state, at) ` + upTo + `SELECT 'm' || i, 'out', $1 - (i * 7919 * 3343) % (30 * $2) FROM n WHERE i % 6 = 0`,
		`INSERT INTO challenges (id, subject, purpose, digits, most_attempts, most_sends, created_at, expires_at, sends, status, open) ` + upTo + `SELECT 'm' || i, 'm' || i, CASE WHEN i % 4 = 0 THEN 'password_reset' WHEN i % 9 = 0 THEN 'payment' ELSE 'login' END, 6, 3, 3, $1 - (i * 7919 * 3343) % (7 * $2), 0, 1, CASE WHEN i % 6 = 0 THEN 'expired' ELSE 'approved' END, 0 FROM n`,
	} {
		if _, err := db.ExecContext(t.Context(), text, now, days); err != nil {
			t.Fatal(err)
		}
	}
}

const upTo = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) `
