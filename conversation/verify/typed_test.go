package verify

import "testing"

// TestAHashIsForOneKey: a code that was hashed slowly, and sent anew under another key
// before it is compared, is compared by that one.
func TestAHashIsForOneKey(t *testing.T) {
	ring, err := NewKeyring(Key{ID: "k", Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	code := NewSecret("123456")
	service := &Service{Keys: ring, Tenant: "t"}
	under := func(r *Keyring) Challenge {
		c := Challenge{ID: "ver_1", Purpose: Login, Subject: "u", Phone: "+12025550123"}
		c.Kid, c.MAC = r.sign(service.bind(c, code))
		return c
	}
	slow, fast := under(ring.Slow()), under(ring)
	typed := &typed{s: service, try: Spend{ID: "ver_1", Purpose: Login, Subject: "u"}, code: code}
	if !typed.waits(slow) || typed.waits(fast) {
		t.Fatal("the slow one waits, and no other")
	}
	typed.hash(slow)
	if typed.waits(slow) || !typed.right(slow) {
		t.Error("hashed, and not right")
	}
	if typed.waits(fast) || !typed.right(fast) {
		t.Error("sent anew under another key, and not right")
	}
}
