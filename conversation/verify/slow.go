package verify

import (
	"strings"

	"golang.org/x/crypto/argon2"
)

// Slow is for installations that must keep one-time codes by a password hash (ASVS 5.0,
// 6.5.2, for secrets of less than 112 bits): argon2id over the MAC, with OWASP's 19 MiB
// and two passes. It adds little: whoever has the pepper tries a million codes in some
// hours instead of a second, and a code lives for minutes. It makes each check cost some
// 25 ms of a processor.
//
// A code is compared by what it was made with, which its key's id says: the setting may
// change while codes are out.
func (r *Keyring) Slow() *Keyring {
	slow := *r
	slow.slow = true
	return &slow
}

// slowMark ends the id of a key by which a code was hashed slowly.
const slowMark = "+argon2id"

// slowAtOnce is how many are made at once: each takes 19 MiB.
const slowAtOnce = 4

// stretched makes a hash of a MAC that takes its time; the challenge is its salt.
func (r *Keyring) stretched(mac []byte, challenge string) []byte {
	r.room <- struct{}{}
	defer func() { <-r.room }()
	return argon2.IDKey(mac, []byte("parley code "+challenge), 2, 19<<10, 1, uint32(len(mac)))
}

// unmarked is the id of the key alone, and whether the hash is a slow one.
func unmarked(kid string) (string, bool) { return strings.CutSuffix(kid, slowMark) }
