package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

var vector = bound{tenant: "t_demo", purpose: "password_reset", subject: "usr_1", phone: "+15005550006",
	challenge: "018f0000-0000-7000-8000-000000000001", code: NewSecret("04251789")}

// TestMAC holds the MAC against published vectors: pepper 00…1f.
func TestMAC(t *testing.T) {
	pepper := make([]byte, 32)
	for i := range pepper {
		pepper[i] = byte(i)
	}
	cases := []struct {
		name   string
		change func(*bound)
		want   string
	}{
		{"base", func(*bound) {}, "53b4928266b495975f91e2ca5236ffc4ecff723974186d7a0c8f44e7fd544030"},
		{"purpose", func(b *bound) { b.purpose = "account_unlock" }, "27fb3f43a3ffb6dc0004147b5da052140f1a6b1fcee1a32070c5642d3d0dcf19"},
		{"subject", func(b *bound) { b.subject = "usr_2" }, "aee791d"},
		{"phone", func(b *bound) { b.phone = "+15005550007" }, "4e692f3109f165708d5169ff5e7534ec1cd441102aa38fe8451a76512fa52030"},
		{"challenge", func(b *bound) { b.challenge = "018f0000-0000-7000-8000-000000000002" }, "84f83e6a030c005eb3e513c8853cf730102e676d8cdba36401decfa312ff6bb6"},
		{"tenant", func(b *bound) { b.tenant = "t_other" }, "9e254cbb2b44cf4dddeadadb121b1d367480394c04251b8e72adc002a5614e62"},
		{"code", func(b *bound) { b.code = NewSecret("04251780") }, "89e62357f4d2f2b2f95e5eacae7eb74920322ce32698b60d3f2dfd41171815a0"},
		{"context", func(b *bound) { b.context = "905694e7f8c04e7e73f8962f9b0831f075f6cbd55edafb99eb75db4eabe6dd26" }, "f211162a32c790a9e0bbbecdbfc1ad24fa2bded8d1b1ed77908bfb67b8f61f4e"},
		{"run together", func(b *bound) { b.subject, b.phone = "usr_1+1", "5005550006" }, "c5edcd4f2f81caf9d4348af1303a14a3cf3fb7eb595c5d58d487d3eb433e8f92"},
	}
	cases[2].want = "acee791d394d3ae9313e254e459c269760822de2e2b8f72a6b0a2ea0ba7c714a"
	for _, c := range cases {
		b := vector
		c.change(&b)
		if got := hex.EncodeToString(b.mac(pepper)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func ring(t *testing.T, ids ...string) *Keyring {
	t.Helper()
	var keys []Key
	for _, id := range ids {
		sum := sha256.Sum256([]byte(id))
		keys = append(keys, Key{ID: id, Secret: sum[:]})
	}
	r, err := NewKeyring(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRotation: what an old key made is still good while it is kept, and no longer.
func TestRotation(t *testing.T) {
	old := ring(t, "a")
	kid, mac := old.sign(vector)
	sealed := old.seal(vector.challenge, vector.code)
	both, gone := ring(t, "b", "a"), ring(t, "b")
	if !both.matches(vector, kid, mac) || gone.matches(vector, kid, mac) {
		t.Error("the old key's MAC")
	}
	if code, err := both.open(vector.challenge, sealed); err != nil || code.Reveal() != "04251789" {
		t.Errorf("opened %v: %v", code.Reveal() == "04251789", err)
	}
	if _, err := gone.open(vector.challenge, sealed); err == nil {
		t.Error("opened without the key")
	}
	if _, err := both.open("another", sealed); err == nil {
		t.Error("opened for another challenge")
	}
	if kid, _ := both.sign(vector); kid != "b" {
		t.Errorf("signed by %s", kid)
	}
	for _, mac := range []string{"", "zz", mac[:10], mac + "00"} {
		if both.matches(vector, kid, mac) {
			t.Errorf("%q matches", mac)
		}
	}
}

func TestKeyringRefuses(t *testing.T) {
	good := make([]byte, 32)
	for name, keys := range map[string][]Key{
		"none": nil, "short": {{"a", good[:31]}}, "twice": {{"a", good}, {"a", good}}, "colon": {{"a:b", good}}, "nameless": {{"", good}},
	} {
		if _, err := NewKeyring(keys...); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestSecretsShowNothing: a code shows itself in no way of printing.
func TestSecretsShowNothing(t *testing.T) {
	s := NewSecret("123456")
	box := struct{ Code Secret }{s}
	text, err := json.Marshal(box)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "code", s, "box", box)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "code", s, "box", box)
	all := string(text) + log.String() + s.String() + fmt.Sprint(s, &s, box, []Secret{s}, map[string]Secret{"k": s}) +
		fmt.Sprintf("%v %+v %#v %s %q %d %x %T", s, box, box, s, s, s, s, s) + fmt.Errorf("x: %v", box).Error()
	if strings.Contains(all, "123456") || strings.Contains(all, hex.EncodeToString([]byte("123456"))) {
		t.Errorf("shown: %s", all)
	}
}

// TestSlow: a code that is kept slowly fits as one that is not, each by what it was made
// with, also when the setting has changed meanwhile.
func TestSlow(t *testing.T) {
	plain := ring(t, "a")
	slow := plain.Slow()
	pkid, pmac := plain.sign(vector)
	skid, smac := slow.sign(vector)
	if pkid != "a" || skid != "a+argon2id" || pmac == smac {
		t.Errorf("%s %s, %s %s", pkid, pmac, skid, smac)
	}
	other := vector
	other.code = NewSecret("04251780")
	for _, r := range []*Keyring{plain, slow} {
		if !r.matches(vector, pkid, pmac) || !r.matches(vector, skid, smac) {
			t.Error("a right code does not fit")
		}
		if r.matches(other, pkid, pmac) || r.matches(other, skid, smac) || r.matches(vector, pkid, smac) || r.matches(vector, skid, pmac) || r.matches(vector, "b+argon2id", smac) || r.matches(vector, "", "") {
			t.Error("something else fits")
		}
	}
}
