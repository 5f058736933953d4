package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/conversation"
)

// recent is a store that knows the challenges of one phone.
type recent struct {
	Store
	all []Challenge
}

// Recent gives them.
func (r recent) Recent(context.Context, string) ([]Challenge, error) { return r.all, nil }

// TestSlowCodesAreComparedAFewTimes: a text of numbers costs no more than some
// comparisons with codes that are kept by a password hash, and hides no code.
func TestSlowCodesAreComparedAFewTimes(t *testing.T) {
	ring, err := NewKeyring(Key{ID: "k", Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	const others, code = 40, "987654"
	for _, one := range []struct {
		ring    *Keyring
		masked  int
		compare string
	}{{ring, 1, "at once"}, {ring.Slow(), others - mostSlow + 1, "slowly"}} {
		c := Challenge{ID: "ver_1", Subject: "u", Purpose: Login, Phone: "+12025550123", Digits: 6, Status: Sent, ExpiresAt: 2, Now: 1}
		c.Kid, c.MAC = one.ring.sign(bound{"t", string(Login), "u", c.Phone, c.ID, "", NewSecret(code)})
		s := &Service{Store: recent{all: []Challenge{c}}, Keys: one.ring, Tenant: "t"}
		var text strings.Builder
		for i := range others {
			fmt.Fprintf(&text, "no %06d, ", 100000+i)
		}
		masked, burned, err := s.Screen(t.Context(), c.Phone, text.String()+code)
		if n := strings.Count(masked, conversation.CodeBlank); err != nil || strings.Contains(masked, code) || n != one.masked {
			t.Errorf("compared %s: %d masked, want %d; %v\n%s", one.compare, n, one.masked, err, masked)
		}
		if first := masked[:len("no 100000, ")]; first != "no 100000, " {
			t.Errorf("compared %s: %q", one.compare, first)
		}
		if want := one.masked == 1; slices.Contains(burned, "ver_1") != want {
			t.Errorf("compared %s: burned %q", one.compare, burned)
		}
	}
}
