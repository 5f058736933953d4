package main

import (
	"io"
	"net/http"
	"testing"

	"parley/agentui"
)

// TestProofConsoleTogether is two people in Chromium at one conversation: fifty times both
// take it, one takes it from a bot that still thinks, and both unlock an account.
func TestProofConsoleTogether(t *testing.T) {
	inBrowser(t)
	asked, answers := make(chan struct{}, 9), make(chan struct{})
	thinking := listen(t, &model{answer: func(_ int, w http.ResponseWriter) {
		asked <- struct{}{}
		select {
		case <-answers:
		case <-t.Context().Done():
		}
		_, _ = io.WriteString(w, meaning("broken")) // the server may be gone
	}})
	folder := t.TempDir()
	write(t, folder, "guarded.yaml", guarded)
	write(t, folder, "kaput.yaml", llmFlow)
	s, _ := spawned(t, map[string]any{
		"flows": append(defaultConfig().Flows, folder),
		"llm":   map[string]any{"base_url": "http://" + thinking + "/v1", "model": "small", "private": true},
	}, http.NotFoundHandler())
	s.seat("ann", agentui.RoleAgent)
	s.seat("bob", agentui.RoleAgent)
	out, err := scripted(t, "together.mjs", "http://"+s.house.address, s.together(asked, answers))
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

// together is outside, with a model that thinks for as long as the script likes, and an
// account to be locked.
func (s *server) together(asked <-chan struct{}, answers chan<- struct{}) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", s.outside())
	mux.HandleFunc("POST /ask", func(http.ResponseWriter, *http.Request) {
		s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "parcel.came", "to": testPhone, "data": map[string]any{"order": "Q-77x"}})
		eventually(s.t, "the question is open", func() bool {
			c, found := s.stored()
			return found && len(c.State.Runs) == 1 && c.State.Runs[0].OpenAt > 0
		})
	})
	mux.HandleFunc("POST /thinks", func(http.ResponseWriter, *http.Request) { <-asked })
	mux.HandleFunc("POST /answers", func(http.ResponseWriter, *http.Request) {
		close(answers)
		db := ledger(s.t, s.house.config.Database)
		eventually(s.t, "what the model said is done with", func() bool {
			return number(s.t, db, `SELECT count(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')`) == 0
		})
	})
	mux.HandleFunc("POST /lock", func(http.ResponseWriter, *http.Request) {
		const phone = "+12025550141"
		s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": "card.odd", "to": phone, "data": map[string]any{"account": "acc-7", "pin": "94-71-x"}})
		eventually(s.t, "the question is open", func() bool {
			runs := s.of(s.house.store.ConversationID(testLine, phone)).Runs
			return len(runs) == 1 && runs[0].OpenAt > 0
		})
		s.types(phone, "no")
	})
	mux.HandleFunc("GET /trail", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, s.did("account.agreed"))
	})
	return mux
}

// TestProofConsoleCapacity has a queue give customers to those who are there, in Chromium,
// each as many as they have room for.
func TestProofConsoleCapacity(t *testing.T) {
	inBrowser(t)
	s, _ := spawned(t, map[string]any{"console": map[string]any{"queues": map[string]any{"default": map[string]any{"rule": "balanced", "capacity": 1}}}}, http.NotFoundHandler())
	for _, name := range []string{"ann", "bob"} {
		s.seat(name, agentui.RoleAgent)
	}
	s.journeys("capacity.mjs")
}

// TestProofConsoleByProvider signs people in by the button of the business's provider, in
// Chromium.
func TestProofConsoleByProvider(t *testing.T) {
	inBrowser(t)
	s, _ := spawned(t, map[string]any{"public_url": "http://" + consoleHost, "console": map[string]any{"oidc": map[string]any{
		"issuer": startProvider(t), "client_id": "parley", "client_secret": "a-secret-of-the-test", "private": true, "only": true, "title": "Sign in with Acme <script>alert(1)</script>",
	}}}, http.NotFoundHandler())
	s.hire("ann@acme.example", agentui.RoleLead)
	s.hire("pat@acme.example", agentui.RoleAgent)
	s.journeys("provider.mjs", "PARLEY_HOST="+consoleHost)
}
