package verify

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/conversation"
)

// mostRead is how much of a text is searched for codes, in bytes.
const mostRead = 4096

// Screen looks whether a text holds a code that its phone was sent within a day, and
// masks it: nothing of it is stored. burned is the challenge of a code that is still
// good: somebody may have asked the customer for it, and it is to be canceled. A text
// without six digits costs nothing.
func (s *Service) Screen(ctx context.Context, phone, text string) (masked, burned string, err error) {
	found := candidates(text)
	if len(found) == 0 {
		return text, "", nil
	}
	list, err := s.Store.Recent(ctx, phone)
	if err != nil || len(list) == 0 {
		return text, "", err
	}
	var out strings.Builder
	end := 0
	for _, f := range found {
		if f.from < end {
			continue
		}
		for _, c := range list {
			b := bound{s.Tenant, string(c.Purpose), c.Subject, c.Phone, c.ID, c.Context, f.code}
			if c.MAC == "" || len(f.code.Reveal()) != c.Digits || !s.Keys.matches(b, c.Kid, c.MAC) {
				continue
			}
			out.WriteString(text[end:f.from])
			out.WriteString(conversation.CodeBlank)
			end = f.to
			if c.Status.Live() && c.ExpiresAt > c.Now {
				burned = c.ID
			}
			break
		}
	}
	out.WriteString(text[end:])
	return out.String(), burned, nil
}

// candidate is what may be a code in a text, and where it stands.
type candidate struct {
	from, to int
	code     Secret
}

// candidates finds every run of six or eight digits, single spaces and dashes between
// them or not. A longer run is searched in all its places: "code:1234567" may hold a
// code and a slip of the finger.
func candidates(text string) []candidate {
	if len(text) > mostRead {
		text = text[:mostRead]
	}
	type place struct {
		from, to int
		digit    byte
	}
	var run []place
	var all []candidate
	flush := func() {
		for _, n := range []int{8, 6} {
			for i := 0; i+n <= len(run); i++ {
				code := make([]byte, n)
				for j := range n {
					code[j] = run[i+j].digit
				}
				all = append(all, candidate{run[i].from, run[i+n-1].to, NewSecret(string(code))})
			}
		}
		run = run[:0]
	}
	gap := 0
	for i, r := range text {
		switch d := digit(r); {
		case d >= 0:
			run = append(run, place{i, i + utf8.RuneLen(r), byte('0' + d)})
			gap = 0
		case gap == 0 && len(run) > 0 && (unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '.'):
			gap++
		default:
			flush()
			gap = 0
		}
	}
	flush()
	if len(all) > 64 { // a text of numbers is no code
		all = all[:64]
	}
	return all
}
