package outbound

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"parley/conversation"
	"parley/outbound/egress"
)

// reply is what a service answered.
type reply struct {
	answer
	problem string        // why Body is null although there was one
	after   time.Duration // Retry-After
}

// busy says that the service may answer better a little later.
func (r reply) busy() bool { return r.Status == http.StatusTooManyRequests || r.Status/100 == 5 }

// exchange makes the call. An error means that there is no answer.
func (c *Caller) exchange(r *http.Request) (reply, error) {
	res, err := c.Client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	got := reply{answer: answer{Status: res.StatusCode}, after: egress.RetryAfter(res.Header, time.Now())}
	body, err := io.ReadAll(res.Body)
	switch {
	case errors.Is(err, egress.ErrTooLarge):
		got.problem = CallTooLarge
	case err != nil:
		return reply{}, err
	case len(bytes.TrimSpace(body)) == 0:
	case !isJSON(res.Header.Get("Content-Type")):
		got.problem = CallNotJSON
	default:
		got.Body, got.problem = readJSON(body)
	}
	return got, nil
}

// isJSON says whether a Content-Type is JSON's (RFC 8259) or of its family (RFC 6839).
func isJSON(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && (t == "application/json" || t == "text/json" || strings.HasSuffix(t, "+json"))
}

// readJSON checks a body. A NUL, however written, is nothing that a text message
// or PostgreSQL could hold.
func readJSON(body []byte) (json.RawMessage, string) {
	if conversation.TooDeep(body) {
		return nil, CallNotJSON
	}
	var tidy bytes.Buffer
	if err := json.Compact(&tidy, body); err != nil || bytes.Contains(body, []byte(`\u0000`)) {
		return nil, CallNotJSON
	}
	return bytes.ToValidUTF8(tidy.Bytes(), []byte("\uFFFD")), ""
}

// unavailable is an answer, or the lack of one, that is worth another try.
type unavailable struct {
	host, reason string
	after        time.Duration
}

// Error names the host and the reason, never the address or what was said.
func (u unavailable) Error() string { return fmt.Sprintf("calling %s: %s", u.host, u.reason) }

// RetryAfter is how long the service wants to be left alone; 0: it did not say.
func (u unavailable) RetryAfter() time.Duration { return u.after }
