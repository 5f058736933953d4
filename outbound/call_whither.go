package outbound

import (
	"net/url"
	"strings"

	"parley/flows"
	"parley/outbound/egress"
)

// whither finds where a flow's address leads and which headers the configuration
// adds there, or says why it leads nowhere.
func (c *Caller) whither(address string) (*url.URL, map[string]string, string) {
	if name, path, ok := strings.Cut(address, ":"); ok && flows.IsService(name) && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") {
		return c.service(name, path)
	}
	u, err := url.Parse(address)
	if err != nil || egress.Check(u) != nil {
		return nil, nil, CallBadRequest
	}
	host, ok := c.host(u)
	if !ok {
		return nil, nil, CallNotAllowed
	}
	return u, host.Headers, ""
}

// service joins a path to a service's own address. Nothing in the path leads to
// another host, or above the service's own path.
func (c *Caller) service(name, path string) (*url.URL, map[string]string, string) {
	s, ok := c.Services[name]
	if !ok {
		return nil, nil, CallNoService
	}
	base := *s.URL
	base.RawQuery, base.Fragment = "", ""
	u, err := url.Parse(strings.TrimSuffix(base.String(), "/") + path)
	switch {
	case err != nil || egress.Check(u) != nil || u.Fragment != "" || climbs(u.Path):
		return nil, nil, CallBadRequest
	case u.Scheme != "https" && !s.Plain:
		return nil, nil, CallNotAllowed
	case u.Host != base.Host || u.Scheme != base.Scheme:
		return nil, nil, CallBadRequest
	}
	return u, s.Headers, ""
}

// climbs says whether a path has a segment that servers read as a way up.
func climbs(path string) bool {
	for segment := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// host finds the entry for an address.
func (c *Caller) host(u *url.URL) (CallHost, bool) {
	name, port := strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), u.Port()
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	own := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	for _, h := range c.Hosts {
		listed := strings.ToLower(h.Host)
		if (listed == name && (port == "" || port == own) || listed == name+":"+port || listed == name+":"+own && port == "") &&
			(u.Scheme == "https" || h.Plain) {
			return h, true
		}
	}
	return CallHost{}, false
}
