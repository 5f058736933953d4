package outbound

import (
	"net/http"
	"slices"
	"strings"
)

// ownHeaders are about the connection and are not for flows to say; Parley sets
// what it needs of them.
var ownHeaders = []string{"Accept-Encoding", "Connection", "Content-Length", "Host", "Keep-Alive", "Proxy-Authorization",
	"Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Parley-Phone", "Parley-Conversation"}

// setHeaders sets headers but for ownHeaders. False: one of them cannot be sent.
func setHeaders(h http.Header, set map[string]string) bool {
	for name, value := range set {
		if !Sendable(name, value) {
			return false
		}
		if name = http.CanonicalHeaderKey(name); !slices.Contains(ownHeaders, name) {
			h.Set(name, value)
		}
	}
	return true
}

// Sendable says whether a header can be sent: the name a token, the value without
// control characters (RFC 9110, section 5.5), so that no value can begin a header
// of its own.
func Sendable(name, value string) bool {
	const marks = "!#$%&'*+-.^_`|~"
	token := name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune(marks, r))
	})
	return token && !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
