package main

import (
	"net"
	"net/url"
	"strings"

	"parley/outbound/egress"
)

// checkAddress says what is wrong with the address below which a service is asked; nil: it
// is none.
func checkAddress(bad func(format string, args ...any), key, text, like string, private bool) *url.URL {
	u, err := url.Parse(text)
	if err != nil || egress.Check(u) != nil || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(u.Host, "* ") {
		bad("%s: want an address like %s, without a password or a query in it", key, like)
		return nil
	}
	checkReach(bad, key, u, private)
	return u
}

// checkReach refuses what lies inside our own network or speaks plain http, unless it is said
// to be private on purpose.
func checkReach(bad func(format string, args ...any), key string, u *url.URL, private bool) {
	switch {
	case private:
	case !egress.Public(u.Hostname()):
		bad("%s: %s is a private address; if that is meant, add private: true", key, u.Hostname())
	case u.Scheme != "https":
		bad("%s: want https; plain http is for what says private: true", key)
	}
}

// hostPort is where an address leads, as egress lets it through.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}
