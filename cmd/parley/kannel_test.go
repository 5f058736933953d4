package main

import (
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/conversation/store/storetest"
)

// gateway is a Kannel: bearerbox, smsbox, and for every phone an SMSC of the kind
// fake, to which fakesmsc connects as the phone's carrier.
type gateway struct {
	t       *testing.T
	fake    string // path of fakesmsc
	sendsms int    // port of the smsbox
	ports   []int  // of the SMSCs, one for each phone
	log     *syncBuffer
}

const (
	kannelSecret   = "proof-of-the-gateway"
	kannelPassword = "gateway"
)

// programs finds Kannel's; without them the gateway's tests are not run.
func programs(t *testing.T) (bearerbox, smsbox, fakesmsc string) {
	t.Helper()
	paths := []string{"/usr/sbin/bearerbox", "/usr/sbin/smsbox", "/usr/lib/kannel/test/fakesmsc"}
	for i, from := range []string{"kannel", "kannel", "kannel-extras"} {
		if _, err := exec.LookPath(paths[i]); err != nil {
			storetest.Without(t, from, "Kannel is not installed: apt-get install -y --no-install-recommends kannel kannel-extras")
		}
	}
	return paths[0], paths[1], paths[2]
}

// freePorts are all different: they are held until the last is found.
func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// newGateway starts a Kannel for so many phones that hands texts to parley.
func newGateway(t *testing.T, phones int, parley string) *gateway {
	t.Helper()
	bearerbox, smsbox, fake := programs(t)
	ports := freePorts(t, phones+3)
	g := &gateway{t: t, fake: fake, sendsms: ports[0], ports: ports[3:], log: &syncBuffer{}}
	config := write(t, t.TempDir(), "kannel.conf", g.config(ports[1], ports[2], parley))
	spawn(t, g.log, bearerbox, config)
	g.await(ports[2])
	spawn(t, g.log, smsbox, config)
	g.await(g.sendsms)
	return g
}

// config follows the comment of the provider kannel.
func (g *gateway) config(admin, boxes int, parley string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `
group = core
admin-port = %d
admin-interface = 127.0.0.1
admin-password = %s
smsbox-port = %d
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
dlr-storage = internal
log-level = 2

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %d
sendsms-interface = 127.0.0.1
http-request-retry = 100
http-queue-delay = 1
log-level = 2

group = sendsms-user
username = parley
password = %s
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
concatenation = true
get-url = "http://%s/webhooks/gw?secret=%s&from=%%p&to=%%P&text=%%b&id=%%I&time=%%T&charset=%%C&coding=%%c"
`, admin, kannelPassword, boxes, g.sendsms, kannelPassword, parley, kannelSecret)
	for i, port := range g.ports {
		fmt.Fprintf(&b, `
group = smsc
smsc = fake
smsc-id = phone%d
port = %d
connect-allow-ip = 127.0.0.1
allowed-prefix = "%s"
`, i, port, handsetOf(i))
	}
	return b.String()
}

// await waits until somebody listens.
func (g *gateway) await(port int) {
	g.t.Helper()
	eventually(g.t, fmt.Sprintf("Kannel listens on %d", port), func() bool {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// handset is one phone: a fakesmsc, which is started anew for each text that it
// types, and writes down what Kannel sends.
type handset struct {
	g   *gateway
	i   int
	log *syncBuffer
	now *process
}

var heardLine = regexp.MustCompile(`Got message \d+: <(\S+) (\S+) text (.*)>`)

// open connects the phone to its SMSC, without a word.
func (g *gateway) open(i int) *handset {
	h := &handset{g: g, i: i, log: &syncBuffer{}}
	h.connect("0", "-")
	return h
}

func (h *handset) connect(count, text string) {
	h.g.t.Helper()
	h.now = spawn(h.g.t, h.log, h.g.fake, "-H", "127.0.0.1", "-r", fmt.Sprint(h.g.ports[h.i]), "-m", count,
		fmt.Sprintf("%s %s text %s", handsetOf(h.i), testLine, text))
}

// types says a text.
func (h *handset) types(text string) {
	h.g.t.Helper()
	h.now.signal(syscall.SIGTERM)
	<-h.now.gone
	h.connect("1", text)
}

// heard are the texts that came out of the gateway for this phone.
func (h *handset) heard() (texts []string) {
	for _, found := range heardLine.FindAllStringSubmatch(h.log.String(), -1) {
		if found[1] != testLine || found[2] != handsetOf(h.i) {
			h.g.t.Errorf("%s got a text from %s to %s", handsetOf(h.i), found[1], found[2])
		}
		texts = append(texts, found[3])
	}
	return texts
}

// hears waits for the n-th text; false: it did not come.
func (h *handset) hears(n int, want string) bool {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) { // Kannel works in real time
		if got := h.heard(); len(got) >= n {
			if got[n-1] != want {
				h.g.t.Errorf("%s should have got %q and got %q", handsetOf(h.i), want, got[n-1])
			}
			return got[n-1] == want
		}
	}
	h.g.t.Errorf("%s did not get %q; it got %q", handsetOf(h.i), want, h.heard())
	return false
}

// configFile is Parley's, for this gateway.
func (g *gateway) configFile(t *testing.T, listen, database, callback string) string {
	t.Helper()
	return write(t, t.TempDir(), "parley.yaml", fmt.Sprintf(`
name: proof
database: %q
listen: %s
admin: "off"
brands: {acme: {name: Acme, contact: help@acme.example, timezone: UTC, quiet: "off", senders: {default: "%s"}}}
carriers: {gw: {provider: kannel, base_url: "http://127.0.0.1:%d", username: parley, password: %s, secret: %s, rate: 100}}
lines: [{number: "%s", carrier: gw}]
callbacks: [{url: "http://%s/", secret: "%s", events: ["delivery.*", run.ended], private: true}]
`, database, listen, testLine, g.sendsms, kannelPassword, kannelSecret, testLine, callback, testSecret))
}
