package egress

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// addresses are judged as they are dialled; true: anybody may be called there.
var addresses = map[string]bool{
	"8.8.8.8": true, "1.1.1.1": true, "93.184.215.14": true, "172.15.255.255": true, "172.32.0.1": true,
	"100.63.255.255": true, "100.128.0.1": true, "192.167.255.255": true, "198.20.0.1": true, "223.255.255.255": true,
	"168.63.129.15": true, "2606:4700:4700::1111": true, "2a00:1450:4001:82a::200e": true,

	"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "10.255.255.255": false, "127.0.0.1": false, "127.8.9.1": false,
	"172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "169.254.1.1": false, "100.64.0.1": false,
	"100.127.255.255": false, "192.0.0.8": false, "192.0.2.1": false, "198.51.100.7": false, "203.0.113.9": false,
	"198.18.0.1": false, "198.19.255.255": false, "192.88.99.1": false, "224.0.0.1": false, "239.255.255.250": false,
	"240.0.0.1": false, "255.255.255.255": false,
	// Metadata services: AWS and most others, Azure, Alibaba, Oracle, AWS by IPv6.
	"169.254.169.254": false, "169.254.170.2": false, "168.63.129.16": false, "100.100.100.200": false, "192.0.0.192": false, "fd00:ec2::254": false,

	"::": false, "::1": false, "fe80::1": false, "fc00::1": false, "fd12:3456::1": false, "ff02::1": false,
	"2001:db8::1": false, "3fff::1": false, "2001::1": false, "100::1": false, "fec0::1": false,
	// Embedded IPv4: mapped, compatible, NAT64, local NAT64, 6to4, Teredo.
	"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "::ffff:8.8.8.8": false, "::127.0.0.1": false,
	"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::7f00:1": false, "2002:7f00:1::": false, "2002:a9fe:a9fe::1": false,
	"2001:0:4136:e378::1": false,
}

func TestAddresses(t *testing.T) {
	g, err := newGuard(nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, may := range addresses {
		addr := netip.MustParseAddr(text)
		network := "tcp4"
		if addr.Is6() {
			network = "tcp6"
		}
		err := g.control(network, netip.AddrPortFrom(addr, 443).String(), nil)
		if (err == nil) != may || err != nil && !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: %v, may be called: %v", text, err, may)
		}
		if Public(text) != may {
			t.Errorf("Public(%s) is %v", text, !may)
		}
	}
	if Public("localhost") || Public("LOCALHOST.") || Public("[::1]") || !Public("shop.example.com") {
		t.Error("names are misjudged")
	}
}

func TestExceptions(t *testing.T) {
	g, err := newGuard([]string{"10.1.0.0/16", "fd00:1::/32", "Internal.Example", "db.example:8443", "[::1]", "127.0.0.1:9000"})
	if err != nil {
		t.Fatal(err)
	}
	for address, listed := range map[string]bool{
		"internal.example:80": true, "INTERNAL.example.:443": true, "db.example:8443": true, "db.example:443": false,
		"[::1]:80": true, "127.0.0.1:9000": true, "127.0.0.1:9001": false, "x.internal.example:80": false, "nonsense": false,
	} {
		if g.lists(address) != listed {
			t.Errorf("%s: listed %v", address, !listed)
		}
	}
	for address, may := range map[string]bool{
		"10.1.2.3": true, "10.2.0.1": false, "fd00:1::5": true, "fd00:2::5": false, "127.0.0.1": false, "169.254.169.254": false,
	} {
		if err := g.ranges.SafeAddr(netip.MustParseAddr(address)); (err == nil) != may {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := NewClient(Config{Private: []string{"10.0.0.0/33"}}); err == nil || !strings.Contains(err.Error(), "10.0.0.0/33") {
		t.Errorf("a wrong range: %v", err)
	}
}

// TestNoProxy: net/http reads the environment once in a process, so that the setting
// itself is looked at.
func TestNoProxy(t *testing.T) {
	client, err := NewClient(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if client.Transport.(*limited).next.(*http.Transport).Proxy != nil {
		t.Error("a proxy of the environment would dial in our stead")
	}
}

// TestRebinding: a name that was public a moment ago, and is this machine now, is
// refused where it is dialled.
func TestRebinding(t *testing.T) {
	var reached atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer srv.Close()
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	names := &nameServer{answers: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("127.0.0.1")}}
	for _, exceptions := range [][]string{nil, {"other.example"}, {"rebound.example:1"}} {
		g, err := newGuard(exceptions)
		if err != nil {
			t.Fatal(err)
		}
		g.dialer.Resolver = names.resolver(t)
		client := newClient(Config{}, g)
		for range 3 {
			if _, err := client.Get("http://rebound.example:" + port); !errors.Is(err, ErrForbidden) || Reason(err) != "forbidden" {
				t.Errorf("%v", err)
			}
		}
	}
	g, err := newGuard([]string{"rebound.example"})
	if err != nil {
		t.Fatal(err)
	}
	g.dialer.Resolver = names.resolver(t)
	if _, err := newClient(Config{}, g).Get("http://rebound.example:" + port); err != nil || reached.Load() != 1 {
		t.Errorf("one that is listed: %v, reached %d times", err, reached.Load())
	}
	plain, err := NewClient(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0.0.0.0"} {
		if _, err := plain.Get("http://" + host + ":" + port); err == nil {
			t.Errorf("%s was called", host)
		}
	}
	if reached.Load() != 1 {
		t.Errorf("reached %d times", reached.Load())
	}
}

// nameServer answers the first question for an IPv4 address with the first of
// answers, and all later ones with the last (RFC 1035, section 4).
type nameServer struct {
	answers []netip.Addr
	asked   atomic.Int64
}

func (s *nameServer) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buffer := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			conn.WriteTo(s.reply(buffer[:n]), from)
		}
	}()
	r := &net.Resolver{PreferGo: true}
	r.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		d := net.Dialer{Timeout: time.Second}
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}
	return r
}

func (s *nameServer) reply(question []byte) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5 // the root, type and class
	reply := append([]byte(nil), question[:end]...)
	reply[2], reply[3] = 0x81, 0x80
	binary.BigEndian.PutUint16(reply[6:], 0)
	clear(reply[8:12])
	if binary.BigEndian.Uint16(question[end-4:]) != 1 { // not A
		return reply
	}
	binary.BigEndian.PutUint16(reply[6:], 1)
	addr := s.answers[min(int(s.asked.Add(1)), len(s.answers))-1].As4()
	reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
	return append(reply, addr[:]...)
}
