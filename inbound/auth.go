package inbound

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Scopes lists what a key may be allowed. accounts is never implied by another.
var Scopes = []string{"events", "verifications", "accounts", "contacts", "read", "admin"}

// keyPrefix lets people and secret scanners tell a key from other strings.
var keyPrefix = map[string]string{"live": "pk_live_", "test": "pk_test_"}

// NewKey makes a key and its secret, which is shown once: 256 random bits. Only
// HashKey of it is stored, so that the table opens no door.
func NewKey(name, mode string, scopes []string) (Key, string, error) {
	prefix, ok := keyPrefix[mode]
	if !ok {
		return Key{}, "", fmt.Errorf("mode %q: want live or test", mode)
	}
	if len(scopes) == 0 {
		return Key{}, "", fmt.Errorf("name at least one scope of: %s", strings.Join(Scopes, " "))
	}
	for _, s := range scopes {
		if !slices.Contains(Scopes, s) {
			return Key{}, "", fmt.Errorf("scope %q: want some of: %s", s, strings.Join(Scopes, " "))
		}
	}
	var b [40]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	id := "key_" + hex.EncodeToString(b[:8])
	secret := prefix + base64.RawURLEncoding.EncodeToString(b[8:])
	return Key{ID: id, Name: name, Mode: mode, Scopes: scopes}, secret, nil
}

// HashKey is what is stored of a secret: SHA-256, hex. A password hash would add
// nothing to 256 random bits.
func HashKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// keyInContext carries the caller's key through a request.
type keyInContext struct{}

func caller(ctx context.Context) Key {
	k, _ := ctx.Value(keyInContext{}).(Key)
	return k
}

// guard lets only keys with the operation's scope through.
func (a *API) guard(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		secret, ok := strings.CutPrefix(ctx.Header("Authorization"), "Bearer ")
		if !ok || len(secret) > 128 {
			ctx.SetHeader("WWW-Authenticate", "Bearer")
			_ = huma.WriteErr(api, ctx, http.StatusUnauthorized, "send an API key: Authorization: Bearer …")
			return
		}
		key, found, err := a.Keys.Key(ctx.Context(), HashKey(strings.TrimSpace(secret)))
		switch scope, _ := ctx.Operation().Metadata["scope"].(string); {
		case err != nil:
			ctx.SetHeader("Retry-After", "1")
			_ = huma.WriteErr(api, ctx, http.StatusServiceUnavailable, "the database does not answer; try again")
		case !found:
			ctx.SetHeader("WWW-Authenticate", `Bearer error="invalid_token"`)
			_ = huma.WriteErr(api, ctx, http.StatusUnauthorized, "this API key is unknown or revoked")
		case !slices.Contains(key.Scopes, scope):
			_ = huma.WriteErr(api, ctx, http.StatusForbidden, "this API key lacks the scope "+scope)
		default:
			next(huma.WithValue(ctx, keyInContext{}, key))
		}
	}
}
