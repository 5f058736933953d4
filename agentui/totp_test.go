package agentui

import (
	"testing"
	"time"
)

// TestTOTP holds the codes to appendix B of RFC 6238 (SHA-1, eight digits) and to those of
// six digits that it stands on, and what is taken to the steps beside now.
func TestTOTP(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"} {
		if got := codeAt(secret, at/totpStep, 8); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
	for step, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} { // RFC 4226, appendix D
		if got := codeAt(secret, int64(step), totpDigits); got != want {
			t.Errorf("step %d: %s, want %s", step, got, want)
		}
	}
	plain := base32Plain.EncodeToString(secret)
	for at, good := range map[int64]bool{1111111109: true, 1111111109 - 30: true, 1111111109 + 30: true, 1111111109 - 60: false, 1111111109 + 60: false} {
		if step, ok := stepOf(plain, "081 804", time.Unix(at, 0)); ok != good || ok && step != 1111111109/totpStep {
			t.Errorf("at %d: %v", at, ok)
		}
	}
	for _, bad := range []string{"", "08180", "0818044", "abcdef", "081805"} {
		if _, ok := stepOf(plain, bad, time.Unix(1111111109, 0)); ok {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, ok := stepOf("", "328482", time.Unix(0, 0)); ok {
		t.Error("no secret has a code")
	}
}
