package flows

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// address is a web address with expressions in its path and query, never in what
// says whom it leads to.
type address struct {
	*template
	host    string // or the service's name
	service bool   // the configuration says where it is: "orders:/orders/7"
}

const maxAddress = 2000 // bytes, as most servers take

// address reads one. Its scheme and host are literal: no value may change who is
// asked.
func (p *parser) address(n *node) *address {
	a := &address{template: p.template(n, "url", false)}
	literal := ""
	if len(a.parts) > 0 && a.parts[0].expr == nil {
		literal = a.parts[0].text
	}
	scheme, rest, ok := strings.Cut(literal, "://")
	if !ok || scheme != "https" && scheme != "http" {
		p.failAs("url-must-begin-with-and-a", n, "url must begin with https:// and a host, or with a service and a path, as in orders:/orders")
		return a
	}
	host, _, closed := strings.Cut(rest, "/")
	if !closed && len(a.parts) > 1 {
		p.failAt(n, "an expression in the host of url: write the host out, up to the first slash")
		return a
	}
	u, err := url.Parse(scheme + "://" + host)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(host, " \\%") {
		p.failAt(n, "url has no readable host: write it like https://shop.example.com/orders")
		return a
	}
	if !p.plainParts(n, a) {
		return a
	}
	a.host = u.Hostname()
	return a
}

// plainParts refuses what no address may hold.
func (p *parser) plainParts(n *node, a *address) bool {
	for _, part := range a.parts {
		if part.expr == nil && strings.ContainsAny(part.text, "# \t\r\n\\") {
			p.failAt(n, "url holds a blank, a backslash or a #: leave it out, or write it as %%20")
			return false
		}
	}
	return true
}

// serviceName is what a configuration may call a service.
var serviceName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)

// IsService says whether a flow may name a service so, as in orders:/orders/7.
func IsService(name string) bool {
	return serviceName.MatchString(name) && name != "http" && name != "https"
}

// callee reads whom a call asks: an address, or a path at a service that the
// configuration names.
func (p *parser) callee(n *node) *address {
	name, path, _ := strings.Cut(n.text, ":")
	if n.shape != isText || !IsService(name) || strings.HasPrefix(path, "//") {
		return p.address(n)
	}
	a := &address{template: p.template(n, "url", false), host: name, service: true}
	if !strings.HasPrefix(path, "/") {
		p.failAt(n, "the service %s without a path: write it like %s:/orders/7", name, name)
	}
	p.plainParts(n, a)
	return a
}

// Services lists the services that the flow calls by name.
func (f *Flow) Services() []string {
	var out []string
	add := func(q *request) {
		if q != nil && q.url != nil && q.url.service && !slices.Contains(out, q.url.host) {
			out = append(out, q.url.host)
		}
	}
	add(f.lookup)
	for _, s := range f.order {
		if a, ok := s.suspends().(*callAction); ok {
			add(a.request)
		}
	}
	return out
}

var (
	errAddress = errors.New("an address grew beyond 2,000 characters")
	errClimbs  = errors.New("a value would lead the call to another path")
)

// render writes the address. Values are escaped, so that none ends a segment of the
// path or an argument of the query; one that holds "." or ".." for a segment is
// refused, because servers read it as a way up even when it is escaped.
func (a *address) render(c *call) (string, error) {
	var b strings.Builder
	query := false
	for _, part := range a.parts {
		if part.expr == nil {
			query = query || strings.Contains(part.text, "?")
			b.WriteString(part.text)
			continue
		}
		v, err := part.expr.value(c)
		if err != nil {
			return "", err
		}
		text, err := c.print(nil, v, false)
		if err != nil {
			return "", err
		}
		if query {
			b.WriteString(url.QueryEscape(string(text)))
		} else {
			b.WriteString(url.PathEscape(string(text)))
		}
	}
	if b.Len() > maxAddress {
		return "", errAddress
	}
	path, _, _ := strings.Cut(b.String(), "?")
	plain, err := url.PathUnescape(path)
	if err != nil {
		return "", errClimbs
	}
	for segment := range strings.FieldsFuncSeq(plain, func(r rune) bool { return r == '/' || r == '\\' }) {
		if segment == "." || segment == ".." {
			return "", errClimbs
		}
	}
	return b.String(), nil
}
