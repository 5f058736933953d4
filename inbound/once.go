package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// Keyed is what requests have that are carried out once under a key.
type Keyed struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"128" pattern:"^[ -~]*$"`
	RawBody        []byte
}

// Once is the key under which a request is carried out once, and what it said; the zero
// value: it is carried out whenever it comes.
type Once struct{ Key, BodyHash string }

// once is the caller's own: keys of two callers, or for two paths, are two.
func (k Keyed) once(ctx context.Context, path string) Once {
	if k.IdempotencyKey == "" {
		return Once{}
	}
	sum := sha256.Sum256(k.RawBody)
	return Once{Key: "api/" + caller(ctx).ID + "/" + path + "/" + k.IdempotencyKey, BodyHash: hex.EncodeToString(sum[:])}
}
