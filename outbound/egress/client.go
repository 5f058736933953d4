package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// ErrTooLarge means that an answer's body is longer than Config.MostBody.
var ErrTooLarge = errors.New("the answer is too large")

const (
	dialTimeout    = 5 * time.Second // of one address, name resolution included
	tlsTimeout     = 5 * time.Second
	idleTimeout    = 90 * time.Second
	mostHeader     = 16 << 10 // bytes of a response's headers
	mostIdle       = 8        // idle connections kept to one host
	defaultTimeout = 10 * time.Second
	defaultBody    = 64 << 10
)

// Config says what a client may do. Its zero value calls public addresses only.
type Config struct {
	// Private lists what may be called although it lies in a private network: "host",
	// "host:port", or a range like "10.1.0.0/16".
	Private []string
	// Timeout bounds one exchange, from the name's resolution to the body's last
	// byte; 0: 10 s.
	Timeout time.Duration
	// MostBody is how many bytes of an answer's body can be read before ErrTooLarge;
	// 0: 64 KiB.
	MostBody int64
}

// NewClient makes a client that calls http and https addresses, follows no
// redirect (the answer is the redirect itself), and asks no proxy. It fails only
// when Private cannot be read. The client may be used by any number of goroutines.
func NewClient(c Config) (*http.Client, error) {
	g, err := newGuard(c.Private)
	if err != nil {
		return nil, fmt.Errorf("private addresses: %w", err)
	}
	return newClient(c, g), nil
}

func newClient(c Config, g *guard) *http.Client {
	timeout, most := c.Timeout, c.MostBody
	if timeout == 0 {
		timeout = defaultTimeout
	}
	if most == 0 {
		most = defaultBody
	}
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &limited{most: most, next: &http.Transport{
			Proxy:                  nil, // of the environment: it would dial in our stead
			DialContext:            g.dial,
			TLSHandshakeTimeout:    tlsTimeout,
			ResponseHeaderTimeout:  timeout,
			MaxResponseHeaderBytes: mostHeader,
			MaxIdleConnsPerHost:    mostIdle,
			IdleConnTimeout:        idleTimeout,
			ForceAttemptHTTP2:      true,
		}},
	}
}

// limited refuses addresses of a wrong form and cuts bodies off.
type limited struct {
	most int64
	next http.RoundTripper
}

// RoundTrip carries out one request.
func (l *limited) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := Check(r.URL); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	res, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	res.Body = &body{ReadCloser: res.Body, left: l.most}
	return res, nil
}

// Check refuses an address of a wrong form: anything but http and https, one
// without a host, one with a name and password in it. It resolves nothing.
func Check(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%w: want http or https", ErrForbidden)
	case u.Hostname() == "":
		return fmt.Errorf("%w: it has no host", ErrForbidden)
	case u.User != nil:
		return fmt.Errorf("%w: it holds a name or password; use a header", ErrForbidden)
	}
	return nil
}

// body ends with ErrTooLarge instead of giving more than left bytes.
type body struct {
	io.ReadCloser
	left int64
}

// Read gives at most one byte beyond the limit to itself, to tell a body that just
// fits from one that does not.
func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}

// Reason names an error of a client in one word that holds nothing of the address:
// forbidden, too_large, timeout, no_such_host, refused, tls or unreachable.
func Reason(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, ErrForbidden):
		return "forbidden"
	case errors.Is(err, ErrTooLarge):
		return "too_large"
	case isTimeout(err):
		return "timeout"
	case errors.As(err, &dns):
		return "no_such_host"
	case isTLS(err):
		return "tls"
	case errors.As(err, &op) && op.Op == "dial":
		return "refused"
	}
	return "unreachable"
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}
