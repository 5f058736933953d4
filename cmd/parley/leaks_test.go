package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/conversation/store/storetest"
)

const (
	leakKey      = "bGVhay1odW50LWtleS0wMTIzNDU2Nzg5YWJjZGVmMDE="
	leakCallback = "whsec_bGVhay1odW50LWNhbGxiYWNrLTAxMjM0NTY3ODk="
	leakToken    = "leak-hunt-swap-token"
	leakService  = "leak-hunt-service-token"
	leakInput    = "leak-hunt-secret-input"
	leakStray    = "pk_live_c3RyYXkgc2VjcmV0IG9mIHRoZSBodW50IDAxMjM0NTY3ODk" // where nobody asks for it
	leakTo       = "+12025558000"
	leakKeyed    = "+12025558005"
	leakPhoto    = "https://127.0.0.1:9/photo.png"
)

// hangs is a carrier's status that never comes.
const hangs = -1

// parrot is a carrier that repeats what it was given in its errors, and takes a message
// only now and then.
type parrot struct {
	wire  wire
	mu    sync.Mutex
	texts [][2]string // taken: to whom, and what
	fail  map[string]int
	n     int
}

func (p *parrot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	to, text := p.wire.read(r, body)
	p.mu.Lock()
	p.n++
	n, status := p.n, p.fail[to]
	if status == 0 && n%3 == 1 {
		status = http.StatusInternalServerError
	}
	if status != http.StatusInternalServerError {
		p.texts = append(p.texts, [2]string{to, text})
	}
	if status == hangs {
		delete(p.fail, to) // the next try is answered
	}
	p.mu.Unlock()
	switch {
	case status == hangs:
		<-r.Context().Done()
	case status != 0:
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":%q,"code":%q,"message":%q,"detail":%q}`, text, text, body, fmt.Sprint(r.URL, r.Header))
	default:
		fmt.Fprint(w, p.wire.yes(n))
	}
}

// code waits for the first text with a code to a phone, from the n-th that the carrier
// was given, and returns the code.
func (p *parrot) code(t *testing.T, n int, to string) string {
	t.Helper()
	code := ""
	eventually(t, fmt.Sprint("text ", n), func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, m := range p.texts[min(n-1, len(p.texts)):] {
			if code = strings.ReplaceAll(shownCode.FindString(m[1]), " ", ""); m[0] == to && code != "" {
				return true
			}
		}
		return false
	})
	return code
}

func (p *parrot) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.texts)
}

// leaking is a house with everything that could leak.
type leaking struct {
	*server
	hunt    *hunt
	carrier *parrot
	parrots map[string]*parrot // by provider
	answers syncBuffer
	heard   syncBuffer // by the business's endpoint
	prompts syncBuffer // what the LLM was told
	private *hunt      // what may be kept, and not be told to it
	url     string
	passed  atomic.Int64 // for how long its clock was put forward
	failed  atomic.Int64 // how often the SIM-swap service did

	operated string // the verification of the operations
}

func newLeaking(t *testing.T, url string) *leaking {
	l := &leaking{hunt: &hunt{t: t, needles: map[string]string{}, kept: map[string][]string{}}, parrots: map[string]*parrot{}, url: url, private: &hunt{t: t, needles: map[string]string{}, kept: map[string][]string{}},
		carrier: &parrot{wire: wires["generic"], fail: map[string]int{"+12025554000": http.StatusBadRequest}}}
	carrier := httptest.NewServer(l.carrier)
	t.Cleanup(carrier.Close)
	business := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintln(&l.heard, r.Header, string(body))
		w.WriteHeader(http.StatusInternalServerError) // it is told again, and keeps a dead letter in the end
	}))
	t.Cleanup(business.Close)
	swaps := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "+12025554001") {
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprintln(w, r.Header, string(body))
			l.failed.Add(1)
			return
		}
		fmt.Fprint(w, `{"swapped":false}`)
	}))
	t.Cleanup(swaps.Close)
	flows := t.TempDir()
	for name, text := range leakFlows {
		write(t, flows, name+".yaml", text)
	}
	c := testConfig(url)
	c.Flows = append(c.Flows, flows)
	write(t, flows, "leak_llm.yaml", leakLLMFlow)
	c.LLM = LLMConfig{BaseURL: eavesdropper(t, &l.prompts) + "/v1", Model: "small", APIKey: leakLLMKey, Private: true}
	c.Codes.Keys[0].Secret = leakKey
	c.Codes.Cooldowns = []time.Duration{time.Second}
	c.ahead = func() time.Duration { return time.Duration(l.passed.Load()) }
	c.Codes.Budgets = BudgetsConfig{BlockHour: 1e6, HomeDay: 1e6, HomeHour: 1e6} // as many codes as it takes
	c.Codes.SIMSwap = SIMSwapConfig{URL: swaps.URL, Token: leakToken, Private: true}
	c.Carriers = map[string]CarrierConfig{"lab": {Provider: "generic", BaseURL: carrier.URL, Secret: testSecret, Rate: 1000}}
	c.Brands["acme"] = BrandConfig{Name: "Acme", Contact: "help@acme.example", Quiet: "off", Senders: map[string]string{"default": testLine}}
	l.wired(&c)
	for _, name := range []string{"vault", "orders", "accounts"} {
		c.Calls = append(c.Calls, CallConfig{Name: name, URL: l.service(), Headers: map[string]string{"Authorization": "Bearer " + leakService}, Private: true})
	}
	c.Callbacks = []CallbackConfig{{Name: "shop", URL: business.URL, Secret: leakCallback, Private: true}}
	l.server = serveTest(t, c)
	raw, err := base64.StdEncoding.DecodeString(leakKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"the key of codes": leakKey, "the key of codes, raw": string(raw), "the API key": l.key,
		"the carrier's secret": testSecret, "the callbacks' secret": leakCallback, "the token": leakToken,
		"the services' token": leakService, "a secret input": leakInput, "a stray secret": leakStray, "the LLM's key": leakLLMKey} {
		l.hunt.secret(name, text)
	}
	// A run works with what it was given: its state, what it can be replayed from, and the
	// call that it makes hold that, and no other table does.
	l.hunt.kept["a secret input"] = []string{"conversations.state", "events.data", "river_job.args", "the file ", "the file -wal",
		"the file of conversations", "the file of events", "the file of river_job"}
	return l
}

// service is one that flows call: it repeats what it was given, and fails.
func (l *leaking) service() string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprintf(w, `{"state":%q,"accounts":[{"name":%q}]}`, fmt.Sprint(r.URL, r.Header), body)
	}))
	l.hunt.t.Cleanup(server.Close)
	return server.URL
}

// ask makes a request and keeps its answer for the search.
func (l *leaking) ask(method, path string, body any, headers ...string) (int, map[string]any) {
	l.t.Helper()
	status, out := l.do(method, path, l.key, body, headers...)
	fmt.Fprintln(&l.answers, out)
	return status, out
}

// text is posted by the carrier for a phone.
func (l *leaking) text(id, from, to, text string) {
	l.t.Helper()
	body, err := json.Marshal(map[string]any{"type": "message.received", "data": map[string]any{"id": id, "from": from, "to": to, "text": text}})
	if err != nil {
		l.t.Fatal(err)
	}
	l.signed("/webhooks/lab", string(body))
}

// wanted asks for a code and learns it from the carrier.
func (l *leaking) wanted(name string, body map[string]any, headers ...string) (id, code string) {
	l.t.Helper()
	n := l.carrier.count()
	status, out := l.ask(http.MethodPost, "/v1/verifications", body, headers...)
	if status != http.StatusCreated {
		l.t.Fatalf("%s: %d %v", name, status, out)
	}
	code = l.carrier.code(l.t, n+1, body["to"].(string))
	l.hunt.code(name, code)
	return out["id"].(string), code
}

// search looks everywhere.
func (l *leaking) search() []string {
	l.t.Helper()
	l.hunt.found, l.private.found = nil, nil
	for name, path := range map[string]string{"metrics": "/metrics", "goroutines": "/debug/pprof/goroutine?debug=2", "heap": "/debug/pprof/heap?debug=1"} {
		answer, err := http.Get("http://" + l.house.adminAddress + path)
		if err != nil {
			l.t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			l.t.Fatalf("%s: %d %v", path, answer.StatusCode, err)
		}
		for line := range strings.Lines(string(text)) {
			if i := strings.LastIndexByte(line, ' '); name == "metrics" && i > 0 {
				line = line[:i] // a value may be any number
			}
			l.hunt.in(name, line)
		}
	}
	l.hunt.in("the log", l.logs.String())
	for line := range strings.Lines(l.answers.String()) {
		l.hunt.in("an answer: "+line, line)
	}
	l.hunt.in("callbacks", l.heard.String())
	l.inPrompts()
	l.hunt.database(l.url)
	l.hunt.found = append(l.hunt.found, l.private.found...)
	return l.hunt.result()
}

// TestNothingLeaks takes every path that a code, a grant or a key can take, with
// carriers, endpoints and services that repeat what they were given, and finds none of
// them in the log, metrics, profiles, tables, files, callbacks, answers and commands.
func TestNothingLeaks(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		l := newLeaking(t, url)
		l.codes()
		l.mistakes()
		l.flows()
		l.texts()
		l.understood()
		l.carriers()
		l.operations()
		l.console()
		l.commands()
		eventually(t, "the business is told", func() bool { return strings.Contains(l.heard.String(), "verification.approved") })
		if found := l.search(); len(found) > 0 {
			t.Errorf("found: %q", found)
		}
		if log := l.logs.String(); strings.Contains(log, testPhone) || strings.Contains(log, "+12025554") {
			t.Error("the log holds a whole number")
		}
		if t.Failed() {
			t.Log(l.logs.String())
		}
		l.planted()
	})
}

// codes is what should happen to them.
func (l *leaking) codes() {
	id, code := l.wanted("a login code", login(), "Idempotency-Key", "idem-1")
	l.ask(http.MethodPost, "/v1/verifications", login(), "Idempotency-Key", "idem-1")
	l.ask(http.MethodPost, "/v1/verifications/"+id+"/check", tried("000000"))
	l.passed.Store(int64(time.Second))
	n := l.carrier.count()
	l.ask(http.MethodPost, "/v1/verifications/"+id+"/resend", nil)
	l.carrier.code(l.t, n+1, testPhone)
	if status, _ := l.ask(http.MethodPost, "/v1/verifications/"+id+"/check", tried(code)); status != http.StatusOK {
		l.t.Fatal("not approved")
	}
	l.ask(http.MethodPost, "/v1/verifications/"+id+"/check", tried(code))
	l.ask(http.MethodGet, "/v1/verifications/"+id, nil)
	grant := l.newGrant("u-grant-1")
	n = l.carrier.count()
	l.ask(http.MethodPost, "/v1/grants/redeem", map[string]any{"grant": grant})
	eventually(l.t, "the customer is told of the new password", func() bool { return l.carrier.count() > n })
	l.ask(http.MethodPost, "/v1/grants/redeem", map[string]any{"grant": grant})
	l.wanted("a code that is not delivered", login("to", "+12025554000", "subject", "u-400"))
	id, _ = l.wanted("a code that is canceled", login("to", "+12025553000", "subject", "u-300"))
	l.ask(http.MethodDelete, "/v1/verifications/"+id, nil)
	status, out := l.ask(http.MethodPost, "/v1/verifications", login("to", "+12025554001", "subject", "u-401", "purpose", "account_unlock"))
	if status != http.StatusCreated {
		l.t.Errorf("%d %v", status, out)
	}
	eventually(l.t, "the SIM-swap service fails", func() bool { return l.failed.Load() > 0 })
	l.ask(http.MethodDelete, fmt.Sprint("/v1/verifications/", out["id"]), nil) // or it fails so often that others wait
}

// newGrant has a password reset approved.
func (l *leaking) newGrant(subject string) string {
	l.t.Helper()
	id, code := l.wanted("a reset code", login("purpose", "password_reset", "subject", subject))
	status, out := l.do(http.MethodPost, "/v1/verifications/"+id+"/check", l.key, tried(code, "purpose", "password_reset", "subject", subject)) // the one answer with a grant
	grant, _ := out["grant"].(string)
	if status != http.StatusOK || grant == "" {
		l.t.Fatalf("%d %v", status, out)
	}
	l.hunt.secret("a grant", grant)
	return grant
}

// mistakes put codes, grants and keys where they do not belong.
func (l *leaking) mistakes() {
	id, code := l.wanted("a code in the wrong place", login("to", "+12025553001", "subject", "u-301"))
	check := "/v1/verifications/" + id + "/check"
	for _, body := range []any{
		`{"code": ` + strings.TrimLeft(code, "0") + `, "purpose": "login", "subject": "u-301"}`,
		`{"code": "` + code + `", "purpose": "` + code + `", "subject": "u-301"}`,
		`{"code": "` + code + `", "purpose": "login", "subject": ["` + code + `"]}`,
		`{"code": "` + code + `", "purpose": "login", "subject": "u-301", "` + code + `": 1, "x": "` + code + `"}`,
		`{"code": "` + code + `"`, `"` + code + `"`, `["` + code + `"]`, code,
		`{"code": {"is": "` + code + `"}, "purpose": "login", "subject": "u-301"}`,
		`{"code": "` + strings.Repeat(code+" ", 20) + `", "purpose": "login", "subject": "u-301"}`,
		`{"code": "x` + code + `", "purpose": "login", "subject": "u-301", "ip": "` + strings.Repeat(code, 20) + `"}`,
	} {
		if status, _ := l.ask(http.MethodPost, check, body); status < 400 || status >= 500 {
			l.t.Errorf("%v: %d", body, status)
		}
	}
	l.ask(http.MethodPost, "/v1/verifications/"+code+"/check", tried(code))
	l.ask(http.MethodGet, "/v1/verifications/"+code, nil)
	l.ask(http.MethodDelete, "/v1/verifications/"+code, nil)
	l.ask(http.MethodPost, "/v1/verifications/"+code+"/resend", map[string]any{"ip": code})
	l.ask(http.MethodGet, "/v1/"+code+"?code="+code, nil)
	l.ask(http.MethodPost, "/v1/verifications", login("to", code))
	l.ask(http.MethodPost, "/v1/verifications", login("language", code+"!"))
	l.ask(http.MethodPost, "/v1/verifications", login("line", code))
	l.ask(http.MethodPost, "/v1/verifications", login("autofill", map[string]any{"origin": code, "app": code}))
	grant := "grant_" + strings.Repeat("leak", 11)
	l.hunt.secret("an unknown grant", grant)
	for _, body := range []any{map[string]any{"grant": grant}, map[string]any{"grant": strings.Repeat(grant, 9)}, map[string]any{"grant": []string{grant}}, `{"grant": "` + grant} {
		l.ask(http.MethodPost, "/v1/grants/redeem", body)
	}
	wrong := "pk_live_" + strings.Repeat("leak", 10)
	l.hunt.secret("an unknown API key", wrong)
	_, out := l.do(http.MethodPost, "/v1/verifications", wrong, login())
	fmt.Fprintln(&l.answers, out)
}

// texts bring codes back to us.
func (l *leaking) texts() {
	for i, form := range []string{"%s", "they want %s from me", "code:%s!", "my code is\n%s\nok"} {
		to := fmt.Sprintf("+12025556%03d", i)
		_, code := l.wanted("a code that is texted", login("to", to, "subject", fmt.Sprint("u-6", i)))
		l.text(fmt.Sprint("t-", i), to, testLine, fmt.Sprintf(form, code))
		l.text(fmt.Sprint("t-again-", i), to, testLine, fmt.Sprintf(form, code[:3]+" "+code[3:]))
		l.text(fmt.Sprint("t-lost-", i), to, "+12025550999", fmt.Sprintf(form, code))        // to nobody's line
		l.text(fmt.Sprint("t-bare-", i), to[1:], "+12025550999", fmt.Sprintf(form, code))    // as some carriers write it
		l.text(fmt.Sprint("t-bare-ours-", i), to[1:], testLine[1:], fmt.Sprintf(form, code)) // the same, to our line
		c := l.house.store.ConversationID(testLine, to)
		l.ask(http.MethodGet, "/v1/conversations/"+c, nil)
		l.ask(http.MethodGet, "/v1/conversations?phone=%2B"+to[1:], nil)
	}
	l.signed("/webhooks/lab", `{"type":"message.received","data":{"id":"x","from":"`+testPhone+`","text":"123`)
}

// commands print what an operator sees.
func (l *leaking) commands() {
	folder := l.t.TempDir()
	text := strings.Replace(fmt.Sprintf(minimal, folder), "sqlite:"+folder+"/parley.db", l.url, 1) + "codes: {keys: [{id: t1, secret: \"" + leakKey + "\"}]}\n"
	file := write(l.t, folder, "parley.yaml", text)
	show := func(args ...string) string {
		_, out, errs := invoke(l.t, "", append([]string{"-c", file}, args...)...)
		l.hunt.in("parley "+strings.Join(args, " "), out+errs)
		return out
	}
	rows := strings.Split(strings.TrimSpace(show("dead", "list")), "\n")[1:]
	if len(rows) < 4 {
		l.t.Errorf("%d dead letters", len(rows))
	}
	for _, row := range rows {
		show("dead", "show", strings.Fields(row)[0])
	}
	show("doctor")
	show("config", "check")
	show("results", "leak_payment", "--json")
	show("contacts", "export", filepath.Join(folder, "contacts.csv"))
	if b, err := os.ReadFile(filepath.Join(folder, "contacts.csv")); err == nil {
		l.hunt.in("exported contacts", string(b))
	}
}
