package verify

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"unicode"
)

// ErrMalformed means that what was given cannot be a code: it is not compared, and
// no attempt is spent.
var ErrMalformed = errors.New("a code has six or eight digits")

// newCode draws a code of n digits, each as likely as any other: crypto/rand.Int
// rejects what would not divide evenly. Zeros in front belong to it.
func newCode(n int) (Secret, error) {
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	drawn, err := rand.Int(rand.Reader, most)
	if err != nil {
		return Secret{}, fmt.Errorf("drawing a code: %w", err)
	}
	return NewSecret(fmt.Sprintf("%0*d", n, drawn)), nil
}

// ParseCode reads what a person typed: spaces and dashes between the digits do not
// count, and digits of any script are digits.
func ParseCode(typed string) (Secret, error) {
	if len(typed) > 64 {
		return Secret{}, ErrMalformed
	}
	var digits strings.Builder
	for _, r := range typed {
		switch d := digit(r); {
		case d >= 0:
			digits.WriteByte(byte('0' + d))
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r):
		default:
			return Secret{}, ErrMalformed
		}
	}
	if n := digits.Len(); n != 6 && n != 8 {
		return Secret{}, ErrMalformed
	}
	return NewSecret(digits.String()), nil
}

// digit is the value of a decimal digit of any script; -1: it is none. Unicode gives
// the ten digits of a script ten places in a row (The Unicode Standard, 4.6).
func digit(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	if r < 128 || !unicode.Is(unicode.Nd, r) {
		return -1
	}
	n := 0
	for unicode.Is(unicode.Nd, r-rune(n)-1) {
		n++
	}
	return n % 10
}

// grouped writes a code as people read it: eight digits in two groups.
func grouped(code string) string {
	if len(code) == 8 {
		return code[:4] + " " + code[4:]
	}
	return code
}
