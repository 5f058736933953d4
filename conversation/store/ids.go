package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"sync"
)

// idText writes ids: lower case, without padding.
var idText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ConversationID derives the id of the conversation between a line and a phone
// from the installation's salt: 26 characters, the same on every node.
func (s *Store) ConversationID(line, phone string) string {
	h := hmac.New(sha256.New, s.salt)
	h.Write([]byte(line))
	h.Write([]byte{0})
	h.Write([]byte(phone))
	return idText.EncodeToString(h.Sum(nil)[:16])
}

// knownLimit is how many conversation ids are remembered, at about 100 bytes.
const knownLimit = 1 << 17

// known remembers which conversations have a row, so that their INSERT is left
// out. It is never believed: a row that is missing after all is inserted on a
// second try.
type known struct {
	mu       sync.Mutex
	limit    int
	now, old map[string]bool // what was seen lately, and before that
}

func newKnown(limit int) *known {
	return &known{limit: limit / 2, now: make(map[string]bool)}
}

func (k *known) has(id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.now[id] {
		return true
	}
	if k.old[id] {
		k.put(id)
		return true
	}
	return false
}

func (k *known) add(ids []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, id := range ids {
		k.put(id)
	}
}

func (k *known) put(id string) {
	if len(k.now) >= k.limit {
		k.now, k.old = make(map[string]bool), k.now
	}
	k.now[id] = true
}

func (k *known) forget(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.now, id)
	delete(k.old, id)
}
