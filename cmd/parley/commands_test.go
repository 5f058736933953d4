package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/conversation/store/storetest"
)

// invoke runs one command line as a shell would.
func invoke(t *testing.T, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e syncBuffer
	p := &Program{In: strings.NewReader(in), Out: &o, Err: &e, Env: os.LookupEnv}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	code = p.Run(ctx, args)
	return code, o.String(), e.String()
}

// write makes a file in a folder of the test's own.
func write(t *testing.T, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const minimal = `
database: sqlite:%s/parley.db
listen: 127.0.0.1:0
admin: "off"
brands: {acme: {name: Acme}}
carriers: {lab: {provider: loopback, secret: "` + testSecret + `"}}
lines: [{number: "+12025550100", carrier: lab, brand: acme}]
`

func TestCommandLineErrors(t *testing.T) {
	folder := t.TempDir()
	good := fmt.Sprintf(minimal, folder)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	flowsDir := filepath.Join(folder, "flows")
	if err := os.Mkdir(flowsDir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, flowsDir, "broken.yaml", "flow: broken\ntitle: A flow\nclass: notice\nstart: nowhere\nstates:\n  a: {say: hi, end: done}\n")
	for _, c := range []struct {
		name   string
		config string
		args   []string
		code   int
		says   []string
	}{
		{"unknown flag", good, []string{"serve", "--nonsense"}, 2, []string{"unknown flag --nonsense"}},
		{"unknown command", good, []string{"sing"}, 2, []string{"sing"}},
		{"unknown key", good + "colour: red\n", []string{"config", "check"}, 1, []string{"[8:1]", "colour"}},
		{"mistyped", strings.Replace(good, "lines: [", "lines: 7 #", 1), []string{"config", "check"}, 1, []string{"[7:8]"}},
		{"no such variable", good + "name: \"${PARLEY_NO_SUCH_VARIABLE}\"\n", []string{"serve"}, 1, []string{"line 8:7", "PARLEY_NO_SUCH_VARIABLE"}},
		{"unknown carrier", strings.Replace(good, "carrier: lab", "carrier: lob", 1), []string{"config", "check"}, 1, []string{`no carrier "lob"`}},
		{"two mistakes", strings.Replace(strings.Replace(good, "carrier: lab", "carrier: lob", 1), "provider: loopback", "provider: loopback, rate: -1", 1), []string{"config", "check"}, 1, []string{`no carrier "lob"`, "carriers.lab.rate"}},
		{"unknown provider", strings.Replace(good, "provider: loopback", "provider: pigeon", 1), []string{"config", "check"}, 1, []string{"pigeon", "twilio"}},
		{"long timeout", strings.Replace(good, "provider: loopback", "provider: loopback, timeout: 11s", 1), []string{"config", "check"}, 1, []string{"carriers.lab.timeout", "10s"}},
		{"negative rate", strings.Replace(good, "provider: loopback", "provider: loopback, rate: -1", 1), []string{"config", "check"}, 1, []string{"carriers.lab.rate"}},
		{"a number that is registered", strings.Replace(good, "carrier: lab", "carrier: lab, registered: [uk]", 1), []string{"config", "check"}, 1, []string{"lines[0].registered: only names", `"uk" is no country`}},
		{"a line's rate that is no number", strings.Replace(good, "carrier: lab", "carrier: lab, rate: .nan", 1), []string{"config", "check"}, 1, []string{"lines[0].rate"}},
		{"taken port", strings.Replace(good, "127.0.0.1:0", taken.Addr().String(), 1), []string{"serve"}, 1, []string{"address already in use"}},
		{"unreachable database", strings.Replace(good, "sqlite:"+folder+"/parley.db", "postgres://127.0.0.1:1/none", 1), []string{"serve"}, 1, []string{"127.0.0.1"}},
		{"unreachable database, to migrate", strings.Replace(good, "sqlite:"+folder+"/parley.db", "postgres://127.0.0.1:1/none", 1), []string{"migrate"}, 1, []string{"127.0.0.1:1", "refused"}},
		{"no config", "", []string{"serve"}, 1, []string{"empty"}},
		{"broken flow", good + "flows: [library, \"" + flowsDir + "\"]\n", []string{"serve"}, 1, []string{"broken.yaml:4:8", "start: nowhere", "^"}},
		{"good", good, []string{"config", "check"}, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, t.TempDir(), "parley.yaml", c.config)
			code, out, errs := invoke(t, "", append(c.args, "--config", path)...)
			if code != c.code {
				t.Errorf("exit code %d, want %d\n%s%s", code, c.code, out, errs)
			}
			if said := spoken(errs); c.code != 0 && len(said) != 1 && c.name != "broken flow" { // which shows the line as well
				t.Errorf("it says so in %d lines:\n%s", len(said), errs)
			}
			if c.name == "taken port" && strings.Count(errs, "\n") != 1 {
				t.Errorf("more than one line, the log's included:\n%s", errs)
			}
			for _, want := range c.says {
				if !strings.Contains(errs, want) {
					t.Errorf("it does not say %q:\n%s", want, errs)
				}
			}
			if strings.Contains(errs, "whsec_") {
				t.Errorf("it shows a secret:\n%s", errs)
			}
			if strings.Contains(errs, "goroutine ") {
				t.Errorf("a stack trace:\n%s", errs)
			}
		})
	}
}

// spoken are the lines that are not the log's.
func spoken(errs string) (lines []string) {
	for line := range strings.Lines(errs) {
		if !strings.HasPrefix(line, "time=") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestChatAndFlows(t *testing.T) {
	code, out, errs := invoke(t, "yes\n1\n", "chat", "delivery_feedback", "name=Ann", "order=A-1")
	if code != 0 || !strings.Contains(out, "Glad to hear it") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	if code, out, errs := invoke(t, "", "chat", "delivery_feedback", "order=7"); code != 1 || !strings.Contains(errs, "order must be a text") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	if code, out, errs := invoke(t, "", "flows", "test"); code != 0 {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	if code, out, errs := invoke(t, "", "flows", "check"); code != 0 {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
}

// TestFlowsTestShowsTheDifference writes a dialogue that goes otherwise.
func TestFlowsTestShowsTheDifference(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "hello.yaml", "flow: hello\ntitle: Says hello\nclass: notice\ntrigger: {events: [x.y]}\nstart: a\nstates:\n  a: {say: \"{{ brand }}: hello\", end: done}\n")
	write(t, folder, "hello.chat", "# greets\nstart {}\n< Acme: good morning\n")
	code, out, _ := invoke(t, "", "flows", "test", folder)
	if code != 1 || !strings.Contains(out, "hello.chat:3") || !strings.Contains(out, "- < Acme: good morning") || !strings.Contains(out, "+ < Acme: hello") {
		t.Errorf("%d\n%s", code, out)
	}
}

// TestFlowsLookInTheFolderItself: dialogues are looked for where flows are, and a
// folder without flows is no good one.
func TestFlowsLookInTheFolderItself(t *testing.T) {
	folder := t.TempDir()
	if code, out, errs := invoke(t, "", "flows", "check", folder); code != 1 || !strings.Contains(errs, "no flow files") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	write(t, folder, "hello.yaml", "flow: hello\ntrigger: {events: [x.y]}\nstart: a\nstates:\n  a: {say: \"{{ brand }}: hello\", end: done}\n")
	write(t, folder, "hello.chat", "# greets\nstart\n< Acme: hello\n")
	below := filepath.Join(folder, "old")
	if err := os.Mkdir(below, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, below, "gone.chat", "# greets\nstart\n< Acme: hello\n")
	if code, out, errs := invoke(t, "", "flows", "test", folder); code != 0 || out != "1 dialogue: good (1 file)\n" {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
}

// TestGroupsAlone: a group of commands does nothing by itself.
func TestGroupsAlone(t *testing.T) {
	for _, group := range []string{"flows", "keys", "dead", "callbacks", "contacts", "config"} {
		if code, out, errs := invoke(t, "", group); code != 2 || out != "" || !strings.Contains(errs, "say what of "+group) && !strings.Contains(errs, "expected one of") {
			t.Errorf("%s: %d\n%s%s", group, code, out, errs)
		}
	}
}

func TestKeysCommand(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := write(t, folder, "parley.yaml", fmt.Sprintf(minimal, folder))
	code, secret, errs := invoke(t, "", "keys", "create", "shop", "--scopes", "events,read", "-c", path)
	if code != 0 || !strings.HasPrefix(secret, "pk_live_") {
		t.Fatalf("%d %q %s", code, secret, errs)
	}
	_, list, _ := invoke(t, "", "keys", "list", "-c", path)
	id := list[strings.Index(list, "key_"):]
	id = id[:strings.IndexByte(id, ' ')]
	if strings.Contains(list, strings.TrimSpace(secret)) {
		t.Error("the list shows the secret")
	}
	if code, _, errs := invoke(t, "", "keys", "revoke", id, "-c", path); code != 0 {
		t.Errorf("revoke: %s", errs)
	}
	if code, _, _ := invoke(t, "", "keys", "revoke", id, "-c", path); code != 1 {
		t.Error("a revoked key can be revoked again")
	}
	if code, _, errs := invoke(t, "", "keys", "create", "shop", "--scopes", "everything", "-c", path); code != 1 || !strings.Contains(errs, "everything") {
		t.Errorf("%d %s", code, errs)
	}
}

func TestDemoOnce(t *testing.T) {
	code, out, errs := invoke(t, "", "demo", "--once")
	if code != 0 || !strings.Contains(out, "2, the box is crushed") || !strings.Contains(out, "A colleague will answer here shortly") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
}

// cut is a wire to a server that can be cut and mended.
type cut struct {
	listener net.Listener
	to       string
	mu       sync.Mutex
	down     bool
	open     map[net.Conn]struct{}
}

func newCut(t *testing.T, network, to string) *cut {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cut{listener: l, to: to, open: map[net.Conn]struct{}{}}
	t.Cleanup(func() { l.Close(); c.set(true) })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go c.join(in, network)
		}
	}()
	return c
}

func (c *cut) join(in net.Conn, network string) {
	c.mu.Lock()
	down := c.down
	c.mu.Unlock()
	out, err := net.Dial(network, c.to)
	if err != nil || down {
		in.Close()
		if err == nil {
			out.Close()
		}
		return
	}
	c.mu.Lock()
	c.open[in], c.open[out] = struct{}{}, struct{}{}
	c.mu.Unlock()
	go func() { _, _ = io.Copy(in, out); in.Close(); out.Close() }() // until either side ends
	_, _ = io.Copy(out, in)
	in.Close()
	out.Close()
}

func (c *cut) set(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
	if down {
		for conn := range c.open {
			conn.Close()
		}
		c.open = map[net.Conn]struct{}{}
	}
}

// TestDatabaseGone cuts the wire to PostgreSQL under a running server.
func TestDatabaseGone(t *testing.T) {
	t.Parallel()
	database := storetest.URL(t, "postgres")
	host, rest := hostOf(t, database)
	wire := newCut(t, "tcp", host)
	s := serveTest(t, testConfig(strings.Replace(rest, "HOST", wire.listener.Addr().String(), 1)))
	text := func(id string) int {
		return s.signed("/webhooks/lab", `{"type":"message.received","data":{"id":"`+id+`","from":"`+testPhone+`","to":"`+testLine+`","text":"hello"}}`)
	}
	ready := func() int {
		answer, err := http.Get("http://" + s.house.adminAddress + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		return answer.StatusCode
	}
	if got := text("a"); got/100 != 2 || ready() != 200 {
		t.Fatalf("with a database: %d, ready %d", got, ready())
	}
	wire.set(true)
	if got := text("b"); got != http.StatusServiceUnavailable {
		t.Errorf("without a database: %d", got)
	}
	if got := ready(); got != http.StatusServiceUnavailable {
		t.Errorf("ready without a database: %d", got)
	}
	wire.set(false)
	eventually(t, "texts are taken again", func() bool { return text("b")/100 == 2 })
	eventually(t, "ready again", func() bool { return ready() == 200 })
	if c, _ := s.stored(); c.Rev != 2 {
		t.Errorf("rev %d, want 2", c.Rev)
	}
}

// TestDatabaseGoneAtStart cuts the wire just when the doors open: the server waits
// for its database, and then takes texts and works on its jobs.
func TestDatabaseGoneAtStart(t *testing.T) {
	t.Parallel()
	database := storetest.URL(t, "postgres")
	host, rest := hostOf(t, database)
	wire := newCut(t, "tcp", host)
	told := make(chan struct{}, 16)
	business := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { told <- struct{}{} }))
	defer business.Close()
	config := testConfig(strings.Replace(rest, "HOST", wire.listener.Addr().String(), 1))
	config.Callbacks = []CallbackConfig{{URL: business.URL, Secret: testSecret, Private: true}}
	s := serveTest(t, config, func() { wire.set(true) })
	eventually(t, "the job queue has met the closed wire", func() bool { return strings.Contains(s.logs.String(), "could not be started") })
	text := func() int {
		return s.signed("/webhooks/lab", `{"type":"message.received","data":{"id":"a","from":"`+testPhone+`","to":"`+testLine+`","text":"STOP"}}`)
	}
	if got := text(); got != http.StatusServiceUnavailable {
		t.Errorf("without a database: %d", got)
	}
	wire.set(false)
	eventually(t, "texts are taken", func() bool { return text()/100 == 2 })
	select {
	case <-told:
	case <-time.After(20 * time.Second):
		t.Error("no callback about the STOP")
	}
}

// hostOf takes the TCP address out of a PostgreSQL URL and leaves HOST in its place.
func hostOf(t *testing.T, database string) (host, rest string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil || u.Port() == "" {
		t.Fatalf("the test database has no TCP address: %v", err)
	}
	host = u.Host
	return host, strings.Replace(database, host, "HOST", 1)
}

// A database that cannot be reached is one line, without the password.
func TestDatabaseOutOfReach(t *testing.T) {
	config := write(t, t.TempDir(), "parley.yaml", strings.Replace(minimal, "sqlite:%s/parley.db", "postgres://u:s3cret@127.0.0.1:1/x", 1))
	for _, command := range []string{"results order", "dead list", "contacts export", "keys list", "migrate"} {
		code, out, errs := invoke(t, "", append([]string{"-c", config}, strings.Fields(command)...)...)
		if code != 1 || out != "" || strings.Count(errs, "\n") != 1 || strings.Count(errs, "refused") != 1 || strings.Contains(errs, "s3cret") {
			t.Errorf("%s: %d %s%s", command, code, out, errs)
		}
	}
}
