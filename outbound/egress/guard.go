package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// ErrForbidden means that an address must not be called: its scheme, its form, or
// the network that it lies in. Trying again is of no use.
var ErrForbidden = errors.New("this address must not be called")

// denied are addresses in public ranges that answer only inside a cloud, and know
// its secrets. All others of their kind (169.254.169.254, fd00:ec2::254,
// 100.100.100.200, 192.0.0.192) lie in ranges that are refused anyway.
var denied = []netip.Prefix{
	netip.MustParsePrefix("168.63.129.16/32"), // Azure: learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
}

// guard judges addresses at the moment they are dialled.
type guard struct {
	ranges *ssrf.Guardian
	listed []string // hosts and host:port, lower case, which may be anywhere
	dialer net.Dialer
}

// newGuard reads the list of exceptions: "host", "host:port" or a CIDR range.
func newGuard(exceptions []string) (*guard, error) {
	g := &guard{dialer: net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}}
	var v4, v6 []netip.Prefix
	for _, text := range exceptions {
		if !strings.Contains(text, "/") {
			g.listed = append(g.listed, normal(text))
			continue
		}
		p, err := netip.ParsePrefix(text)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%q is no host, host:port or range like 10.0.0.0/8", text)
		case p.Addr().Is4():
			v4 = append(v4, p)
		default:
			v6 = append(v6, p)
		}
	}
	g.ranges = ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...),
		ssrf.WithDeniedV4Prefixes(slices.Clone(denied)...))
	return g, nil
}

// dial connects to host:port. Every address that the name resolves to is judged on
// its own, right before the connection is made.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := g.dialer
	if !g.lists(address) {
		d.Control = g.control
	}
	return d.DialContext(ctx, network, address)
}

func (g *guard) control(network, address string, c syscall.RawConn) error {
	if err := g.ranges.Safe(network, address, c); err != nil {
		return fmt.Errorf("%w: %w", ErrForbidden, err)
	}
	return nil
}

// lists says whether the configuration names this host:port.
func (g *guard) lists(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && (slices.Contains(g.listed, normal(address)) || slices.Contains(g.listed, normal(host)))
}

// normal writes a host or host:port as it is compared: in lower case, without the
// brackets of a lone IPv6 address and without the dot of the root.
func normal(host string) string {
	host = strings.ToLower(host)
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	return strings.TrimSuffix(host, ".")
}

// public are the ranges without exceptions, for Public.
var public = ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(slices.Clone(denied)...))

// Public says whether an address, written as an IP, is one that anybody may be
// asked to call. A name is not resolved and counts as public, but for localhost:
// where it leads is judged when it is dialled.
func Public(host string) bool {
	host = normal(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return err != nil || public.SafeAddr(addr) == nil
}
