package agentui

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

// A request comes from where it connects from, unless a proxy that is named says more;
// what comes before another address in its header was written by whoever likes.
func TestNetwork(t *testing.T) {
	a := &Auth{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for _, c := range []struct{ remote, header, want string }{
		{"192.0.2.7:1234", "", "192.0.2.7"},
		{"192.0.2.7:1234", "198.51.100.1", "192.0.2.7"},
		{"10.1.1.1:1234", "198.51.100.1", "198.51.100.1"},
		{"10.1.1.1:1234", "203.0.113.9, 198.51.100.1", "198.51.100.1"},
		{"10.1.1.1:1234", "198.51.100.1, 10.2.2.2", "198.51.100.1"},
		{"10.1.1.1:1234", "", "10.1.1.1"},
		{"10.1.1.1:1234", "198.51.100.1, nonsense", "10.1.1.1"},
		{"[2001:db8:1:2:3::4]:1234", "", "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.7]:1234", "", "192.0.2.7"},
		{"nonsense", "", "unknown"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.header != "" {
			r.Header.Set("X-Forwarded-For", c.header)
		}
		if got := a.network(r); got != c.want {
			t.Errorf("%s with %q: %s, want %s", c.remote, c.header, got, c.want)
		}
	}
}
