package provider

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/conversation"
	"parley/flows"
)

// What strangers may send at most. Longer ids are refused, not cut: a cut id
// would no longer be unique.
const (
	maxID    = 128
	maxText  = 16 << 10
	maxMedia = 16
	maxWord  = 64 // of statuses and error codes
)

// clean says whether s is valid UTF-8 without U+0000, which PostgreSQL refuses.
func clean(s string) bool {
	return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// check refuses a text that the contract of Receive forbids.
func (t Text) check() error {
	if len(t.ID) > maxID || len(t.From) > maxID || len(t.To) > maxID || len(t.Text) > maxText || len(t.Media) > maxMedia {
		return fmt.Errorf("%w: a field is too long", ErrMalformed)
	}
	for _, s := range []string{t.ID, t.From, t.To, t.Text} {
		if !clean(s) {
			return fmt.Errorf("%w: not UTF-8, or with U+0000", ErrMalformed)
		}
	}
	if t.From == "" || t.To == "" {
		return fmt.Errorf("%w: from or to is missing", ErrMalformed)
	}
	return checkMedia(t.Media)
}

func checkMedia(list []flows.Media) error {
	for _, m := range list {
		u, err := url.Parse(m.URL)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || len(m.URL) > 2048 || len(m.Type) > 128 || !clean(m.URL) || !clean(m.Type) {
			return fmt.Errorf("%w: a media address is no web address", ErrMalformed)
		}
	}
	return nil
}

// withText and withReceipt complete a delivery with its one decoded part; what
// could not be decoded leaves nothing behind.
func (d Delivery) withText(t Text, err error) (Delivery, error) {
	if err != nil {
		return Delivery{}, err
	}
	d.Texts = []Text{t}
	return d, nil
}

func (d Delivery) withReceipt(r conversation.Receipt, err error) (Delivery, error) {
	if err != nil {
		return Delivery{}, err
	}
	d.Receipts = []conversation.Receipt{r}
	return d, nil
}

// checkIDs refuses ids that are too long or not clean; the first must be there.
func checkIDs(first string, rest ...string) error {
	if first == "" {
		return fmt.Errorf("%w: the message id is missing", ErrMalformed)
	}
	for _, s := range append(rest, first) {
		if len(s) > maxID || !clean(s) {
			return fmt.Errorf("%w: an id is too long or not UTF-8", ErrMalformed)
		}
	}
	return nil
}

// unclear stands for a word that is none.
const unclear = "unclear"

// word is a carrier's own word for a status or an error, as it may be stored and told. A
// sentence may repeat the message, and six or eight digits may be a one-time code: of
// those nothing is kept.
func word(s string) string {
	digits := strings.ReplaceAll(s, "-", "")
	switch {
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), !utf8.ValidString(s):
		return unclear
	case (len(digits) == 6 || len(digits) == 8) && strings.Trim(digits, "0123456789") == "":
		return unclear
	case len(s) > maxWord:
		return strings.ToValidUTF8(s[:maxWord], "")
	}
	return s
}

// same compares secrets in constant time; hashing hides the length too.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// sameAny compares got with every live secret; an empty one fits nothing.
func sameAny(got string, live []string) bool {
	fits := false
	for _, s := range live {
		if s != "" && same(got, s) {
			fits = true
		}
	}
	return fits
}
