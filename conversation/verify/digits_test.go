package verify

import (
	"errors"
	"testing"
)

func TestParseCode(t *testing.T) {
	for typed, want := range map[string]string{
		"000000": "000000", "000042": "000042", "١٢٣٤٥٦": "123456", "１２３ ４５６": "123456", " 123-456 ": "123456",
		"1234 5678": "12345678", "12345678": "12345678", "۱۲۳۴۵۶": "123456", "१२३४५६": "123456", "12 34–56": "123456", "𝟏𝟐𝟑𝟒𝟓𝟔": "123456", "𝟘𝟙𝟚𝟛𝟜𝟝": "012345",
	} {
		if got, err := ParseCode(typed); err != nil || got.Reveal() != want {
			t.Errorf("%q: %q, %v", typed, got.Reveal(), err)
		}
	}
	for _, typed := range []string{"", "12345", "1234567", "123456789", "12345a", "½23456", "①23456", "12345\x00", "+123456", "1e5000"} {
		if got, err := ParseCode(typed); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %q, %v", typed, got.Reveal(), err)
		}
	}
}

// TestCodesAreUnbiased: chi-square over a million codes, nine degrees of freedom for
// each place; 27.9 is the 0.1% point. A byte modulo ten gives about 366.
func TestCodesAreUnbiased(t *testing.T) {
	const codes = 1_000_000
	square := func(draw func() string) (worst float64) {
		var count [6][10]int
		for range codes {
			for i, c := range draw() {
				count[i][c-'0']++
			}
		}
		for i := range count {
			sum := 0.0
			for _, n := range count[i] {
				d := float64(n) - codes/10
				sum += d * d / (codes / 10)
			}
			worst = max(worst, sum)
		}
		return worst
	}
	worst := 0.0
	for range 2 { // six places and a 0.1% point: one run in 170 is beyond it by chance, two in 28,000
		if worst = square(func() string {
			c, err := newCode(6)
			if err != nil || len(c.Reveal()) != 6 {
				t.Fatal(err)
			}
			return c.Reveal()
		}); worst < 27.9 {
			break
		}
	}
	if worst >= 27.9 {
		t.Errorf("chi-square %.1f", worst)
	}
	n := uint32(1)
	biased := square(func() string {
		b := make([]byte, 6)
		for i := range b {
			n ^= n << 13
			n ^= n >> 17
			n ^= n << 5
			b[i] = '0' + byte(n)%10
		}
		return string(b)
	})
	if biased < 27.9 {
		t.Errorf("the test does not see a bias: %.1f", biased)
	}
}

// TestDigitsOfPurposes: eight where the code is the only factor, six elsewhere.
func TestDigitsOfPurposes(t *testing.T) {
	want := map[Purpose]int{Login: 6, PasswordReset: 8, Payment: 6, AccountUnlock: 8, NumberChange: 6, Custom: 6}
	for _, p := range Purposes {
		if got := new(Service).digits(p); got != want[p] {
			t.Errorf("%s: %d digits, want %d", p, got, want[p])
		}
	}
}
