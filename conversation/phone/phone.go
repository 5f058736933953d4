// Package phone reads phone numbers: E.164 form, region, kind of line, and the
// masked form for logs. It is a leaf, and the only importer of
// nyaruka/phonenumbers.
//
// Numbers are judged by their length, not by whether the range is known to be
// assigned: new ranges open faster than metadata is shipped, and the carrier
// knows better.
package phone

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// International as the region given to Parse says that the number is in
// international form even without a +, as Kannel and Plivo write it.
const International = "001"

// ErrInvalid means that the text is no phone number. It never holds the text.
var ErrInvalid = errors.New("not a phone number")

// Parse gives the E.164 form ("+12025550123") of a number as people and carriers
// write it. region (ISO 3166, "US") is where a number without a + is dialled; ""
// refuses those.
func Parse(s, region string) (string, error) {
	if isPlainNANP(s) {
		return s, nil
	}
	if len(s) > 64 { // longer than any number with its separators
		return "", ErrInvalid
	}
	if region == International {
		region = ""
		s = "+" + strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(s), "+"), "00")
	}
	e164, err := format(s, region)
	if err == nil && e164 != s {
		// Of a few unassigned numbers the E.164 form reads as yet another number;
		// a phone must have one spelling only.
		if again, err := format(e164, ""); err != nil || again != e164 {
			return "", ErrInvalid
		}
	}
	return e164, err
}

func format(s, region string) (string, error) {
	n, err := phonenumbers.Parse(s, region)
	if err != nil || !phonenumbers.IsPossibleNumber(n) || n.GetExtension() != "" {
		return "", ErrInvalid // an extension cannot be texted
	}
	e164 := phonenumbers.Format(n, phonenumbers.E164)
	if len(e164) > 16 {
		return "", ErrInvalid // E.164 has at most 15 digits
	}
	return e164, nil
}

// ParseLine is Parse for the business's own numbers, which may also be short
// codes: three to eight digits, kept as they are.
func ParseLine(s, region string) (string, error) {
	if IsShortCode(s) {
		return s, nil
	}
	return Parse(s, region)
}

// IsShortCode says whether s has the form of a short code: three to eight digits
// without a +.
func IsShortCode(s string) bool {
	return len(s) >= 3 && len(s) <= 8 && isDigits(s)
}

// Region gives the ISO 3166 code of the country that an E.164 number belongs to;
// "" when it is unknown.
func Region(e164 string) string {
	n := split(e164)
	if n == nil {
		var err error
		if n, err = phonenumbers.Parse(e164, ""); err != nil {
			return ""
		}
	}
	r := phonenumbers.GetRegionCodeForNumber(n)
	if r == "" && n.GetCountryCode() != 1 {
		r = phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode()))
	}
	if r == "001" || r == "ZZ" {
		return ""
	}
	return r
}

// split parts a number that is E.164 already into its country's code and the rest, which
// Parse takes 5 µs for; nil: that is for Parse. No code begins another one.
func split(e164 string) *phonenumbers.PhoneNumber {
	if len(e164) < 9 || len(e164) > 16 || e164[0] != '+' || !isDigits(e164[1:]) {
		return nil
	}
	for n := 2; n <= 4; n++ {
		code, _ := strconv.Atoi(e164[1:n])
		if len(phonenumbers.GetRegionCodesForCountryCode(code)) == 0 {
			continue
		}
		if e164[n] == '0' || code == 1 && e164[n] == '1' { // Italy keeps its 0; others only dial it, or a 1
			return nil
		}
		country, rest := int32(code), uint64(0)
		rest, _ = strconv.ParseUint(e164[n:], 10, 64)
		return &phonenumbers.PhoneNumber{CountryCode: &country, NationalNumber: &rest}
	}
	return nil
}

// Mask hides a number for logs and prompts: "+12025550123" becomes "+1•••••0123".
// At most the first digit and the last four remain, and never more than half.
func Mask(s string) string {
	if s == "" {
		return ""
	}
	tail := min(4, utf8.RuneCountInString(s)/3)
	r := []rune(s)
	head := ""
	if r[0] == '+' && len(r) > 7 {
		head = string(r[:2])
	}
	return head + "•••••" + string(r[len(r)-tail:])
}

// isPlainNANP recognises "+1" with a ten-digit number, whose area code and
// exchange begin with 2 to 9: already E.164, and parsing it costs microseconds.
func isPlainNANP(s string) bool {
	return len(s) == 12 && s[0] == '+' && s[1] == '1' && s[2] >= '2' && s[5] >= '2' && isDigits(s[1:])
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
