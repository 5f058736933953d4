package provider

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Window is how old or how far in the future a signed webhook may be.
const Window = 5 * time.Minute

// Keys signs and verifies Standard Webhooks (standardwebhooks.com) with the live
// secrets of one peer: more than one while a secret is being replaced. Carriers of
// the generic dialect use it in both directions, callbacks to sign. The zero value
// verifies nothing.
type Keys struct{ hooks []*standardwebhooks.Webhook }

// ParseKeys reads secrets of the form "whsec_" and base64, 24 to 64 bytes each as
// the standard asks; empty ones are skipped, but one must remain. Errors never
// hold a secret.
func ParseKeys(secrets ...string) (Keys, error) {
	var k Keys
	for i, s := range secrets {
		if s == "" {
			continue
		}
		raw := strings.TrimPrefix(s, "whsec_")
		hook, err := standardwebhooks.NewWebhook(raw)
		if n := len(raw) / 4 * 3; err != nil || n < 24 || n > 66 {
			return Keys{}, fmt.Errorf("secret %d must be whsec_ and 24 to 64 bytes in base64", i+1)
		}
		k.hooks = append(k.hooks, hook)
	}
	if len(k.hooks) == 0 {
		return Keys{}, fmt.Errorf("a secret is missing")
	}
	return k, nil
}

// Sign sets the three headers on a request about to be sent. It signs with every
// live secret, so that the peer may replace its own at any time.
func (k Keys) Sign(h http.Header, id string, at time.Time, body []byte) {
	signatures := make([]string, 0, len(k.hooks))
	for _, hook := range k.hooks {
		if s, err := hook.Sign(id, at, body); err == nil {
			signatures = append(signatures, s)
		}
	}
	h.Set(standardwebhooks.HeaderWebhookID, id)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
}

// Verify checks the three headers against the body and the time, and returns the
// webhook's id: whoever receives it must refuse or absorb an id that was seen
// before. Everything that does not fit is ErrSignature.
func (k Keys) Verify(h http.Header, body []byte, now time.Time) (id string, err error) {
	id = h.Get(standardwebhooks.HeaderWebhookID)
	seconds, err := strconv.ParseInt(h.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
	if err != nil || len(id) > maxID || !clean(id) {
		return "", ErrSignature
	}
	// The library's own window uses the machine's clock; ours is the caller's.
	if age := now.Sub(time.Unix(seconds, 0)); age > Window || age < -Window {
		return "", fmt.Errorf("%w: outside the window of %v", ErrSignature, Window)
	}
	for _, hook := range k.hooks {
		if hook.VerifyIgnoringTimestamp(body, h) == nil {
			return id, nil
		}
	}
	return "", ErrSignature
}
