package provider

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"parley/outbound/egress"
)

// How a carrier may answer at most.
const (
	sendTimeout = 10 * time.Second
	maxReply    = 64 << 10
)

// sharedTransport keeps connections to carriers open. Providers differ in their
// credentials only, which travel in the requests.
var sharedTransport = &http.Transport{
	Proxy:                 http.ProxyFromEnvironment,
	DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
	ForceAttemptHTTP2:     true,
	MaxIdleConns:          256,
	MaxIdleConnsPerHost:   64,
	IdleConnTimeout:       60 * time.Second,
	TLSHandshakeTimeout:   5 * time.Second,
	ExpectContinueTimeout: time.Second,
}

// client is the settings' own, or one with a 10 s timeout. It never follows a
// redirect: credentials and texts go nowhere but to the configured address.
func client(s Settings) *http.Client {
	c := &http.Client{Timeout: sendTimeout, Transport: sharedTransport}
	if s.Client != nil {
		own := *s.Client
		c = &own
		if c.Timeout == 0 {
			c.Timeout = sendTimeout
		}
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// reply is a carrier's answer, cut at 64 KiB.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// exchange sends one request. Without a reply, the error says whether the carrier
// may have taken the message: Temporary while nothing was written, else Ambiguous.
func exchange(c *http.Client, r *http.Request) (reply, *Error) {
	var wrote atomic.Bool
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		WroteHeaders: func() { wrote.Store(true) },
	}))
	res, err := c.Do(r)
	if err != nil {
		class := Temporary
		if wrote.Load() {
			class = Ambiguous
		}
		return reply{}, &Error{Class: class, Code: transportCode(err), Err: withoutURL(err)}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReply))
	if err != nil && res.StatusCode < 300 {
		// The status line came, the id did not: it was taken, or nearly.
		return reply{}, &Error{Class: Ambiguous, Code: transportCode(err), Err: withoutURL(err)}
	}
	return reply{res.StatusCode, res.Header, body}, nil
}

// withoutURL drops the address from a client's error: it may hold credentials,
// numbers and the text itself.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func transportCode(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	}
	return "connection"
}

// byStatus classes a refusal by its HTTP status alone, for replies that the
// provider's own codes say nothing about.
func byStatus(r reply, now time.Time) *Error {
	e := &Error{Code: strconv.Itoa(r.status)}
	switch {
	case r.status == http.StatusTooManyRequests:
		e.Class, e.RetryAfter = Throttled, min(egress.RetryAfter(r.header, now), time.Hour)
	case r.status == http.StatusRequestTimeout, r.status == http.StatusTooEarly:
		e.Class = Temporary // the request was not read, or not looked at (RFC 9110 15.5.9, RFC 8470 5.2)
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden, r.status == http.StatusNotFound, r.status == http.StatusPaymentRequired:
		e.Class = Config
	case r.status >= 300 && r.status < 400:
		e.Class = Config // the base address is wrong; redirects are not followed
	case r.status >= 400 && r.status < 500:
		e.Class = Rejected
	default:
		e.Class = Ambiguous
	}
	return e
}
