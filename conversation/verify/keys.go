package verify

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Key is one of the installation's secrets for codes: 32 random bytes, kept outside
// the database, so that neither alone gives codes away.
type Key struct {
	ID     string
	Secret []byte
}

// Keyring holds the keys in use. The first makes MACs and seals; the others still
// check and open what they made: keep an old key for ten minutes after another has
// taken its place, for codes live no longer.
type Keyring struct {
	first string
	keys  map[string]pair
	slow  bool          // new codes are kept by a password hash
	room  chan struct{} // for those
}

// pair is what is derived of a key: one for MACs, one for sealing (RFC 5869).
type pair struct {
	pepper []byte
	seal   cipher.AEAD
}

var (
	errNoKey  = errors.New("no key for codes is configured")
	errSealed = errors.New("a sealed code cannot be opened")
)

// NewKeyring takes the keys, the one in use first. Ids must differ and hold no
// colon, plus or space; secrets must have 32 bytes.
func NewKeyring(keys ...Key) (*Keyring, error) {
	if len(keys) == 0 {
		return nil, errNoKey
	}
	r := &Keyring{first: keys[0].ID, keys: make(map[string]pair, len(keys)), room: make(chan struct{}, slowAtOnce)}
	for _, k := range keys {
		switch _, twice := r.keys[k.ID]; {
		case k.ID == "" || strings.ContainsAny(k.ID, ": +"):
			return nil, fmt.Errorf("key id %q: want letters and digits", k.ID)
		case twice:
			return nil, fmt.Errorf("key id %q is there twice", k.ID)
		case len(k.Secret) != 32:
			return nil, fmt.Errorf("key %s has %d bytes: want 32 random ones", k.ID, len(k.Secret))
		}
		p, err := derive(k.Secret)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", k.ID, err)
		}
		r.keys[k.ID] = p
	}
	return r, nil
}

func derive(secret []byte) (p pair, err error) {
	if p.pepper, err = hkdf.Key(sha256.New, secret, nil, "parley code mac", 32); err != nil {
		return p, err
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "parley code seal", 32)
	if err != nil {
		return p, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return p, err
	}
	p.seal, err = cipher.NewGCM(block)
	return p, err
}

// bound is everything that a code is good for, and the code.
type bound struct {
	tenant, purpose, subject, phone, challenge, context string
	code                                                Secret
}

// bind says what a code of a challenge is good for.
func (s *Service) bind(c Challenge, code Secret) bound {
	return bound{tenant: s.Tenant, purpose: string(c.Purpose), subject: c.Subject, phone: c.Phone, challenge: c.ID, context: c.Context, code: code}
}

// mac is HMAC-SHA-256 over the fields, each behind its length in four bytes: without
// the lengths, the end of one and the beginning of the next could change places.
func (b bound) mac(pepper []byte) []byte {
	h := hmac.New(sha256.New, pepper)
	for _, field := range []string{"otp.v1", b.tenant, b.purpose, b.subject, b.phone, b.challenge, b.context, b.code.Reveal()} {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(field)))
		h.Write(n[:])
		h.Write([]byte(field))
	}
	return h.Sum(nil)
}

// sign gives the MAC of a new code, hex, and the id of the key it was made with.
func (r *Keyring) sign(b bound) (kid, mac string) {
	sum := b.mac(r.keys[r.first].pepper)
	if r.slow {
		return r.first + slowMark, hex.EncodeToString(r.stretched(sum, b.challenge))
	}
	return r.first, hex.EncodeToString(sum)
}

// digest is what a code is compared by.
type digest struct {
	sum   []byte
	known bool // its key is there
}

// digest makes a code's under the key of an id. A key that is gone costs the same and
// matches nothing.
func (r *Keyring) digest(b bound, kid string) digest {
	kid, slow := unmarked(kid)
	key, known := r.keys[kid]
	if !known {
		key, slow = r.keys[r.first], r.slow
	}
	sum := b.mac(key.pepper)
	if slow {
		sum = r.stretched(sum, b.challenge)
	}
	return digest{sum, known}
}

// hashes says whether a code is hashed slowly under the key of an id.
func (r *Keyring) hashes(kid string) bool {
	kid, slow := unmarked(kid)
	if _, known := r.keys[kid]; !known {
		return r.slow
	}
	return slow
}

// matches makes a digest and compares it.
func (r *Keyring) matches(b bound, kid, mac string) bool { return r.digest(b, kid).is(mac) }

// is compares in constant time. A MAC that was never made matches nothing.
func (d digest) is(mac string) bool {
	want, err := hex.DecodeString(mac)
	if err != nil || len(want) != sha256.Size {
		want, d.known = make([]byte, sha256.Size), false
		_, _ = rand.Read(want) // never fails: crypto/rand ends the process instead
	}
	return hmac.Equal(d.sum, want) && d.known
}

// seal keeps a code for as long as it may have to be sent: "KEY:BASE64", which only
// opens for the same challenge.
func (r *Keyring) seal(challenge string, code Secret) string {
	aead := r.keys[r.first].seal
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	box := aead.Seal(nonce, nonce, []byte(code.Reveal()), []byte(challenge))
	return r.first + ":" + base64.RawStdEncoding.EncodeToString(box)
}

// open gives a sealed code back.
func (r *Keyring) open(challenge, sealed string) (Secret, error) {
	kid, text, _ := strings.Cut(sealed, ":")
	key, known := r.keys[kid]
	box, err := base64.RawStdEncoding.DecodeString(text)
	if !known || err != nil || len(box) < key.seal.NonceSize() {
		return Secret{}, errSealed
	}
	n := key.seal.NonceSize()
	code, err := key.seal.Open(nil, box[:n], box[n:], []byte(challenge))
	if err != nil {
		return Secret{}, errSealed
	}
	return NewSecret(string(code)), nil
}
