package verify

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/conversation"
)

// mostCompared is how many places of a text are compared with codes; mostSlow is how
// many comparisons with codes that are kept by a password hash, of some 25 ms each.
const (
	mostCompared = 128
	mostSlow     = 12
)

// Screen looks whether a text holds a code that its phone was sent within a day, and
// masks it: nothing of it is stored. burned are the challenges of codes that are still
// good: somebody may have asked the customer for them, and they are to be canceled. A text
// without six digits costs nothing. In one that is full of digits, what comes after the
// first places is masked without a look: or a code could be hidden behind numbers.
func (s *Service) Screen(ctx context.Context, phone, text string) (masked string, burned []string, err error) {
	found := candidates(text)
	if len(found) == 0 {
		return text, nil, nil
	}
	list, err := s.Store.Recent(ctx, phone)
	if err != nil || len(list) == 0 {
		return text, nil, err
	}
	var out strings.Builder
	end, slow := 0, mostSlow
	for i, f := range found {
		if f.from < end {
			continue
		}
		whose, is := Challenge{}, true // beyond what is compared it is taken for a code
		if i < mostCompared {
			whose, is = s.whose(f.code, list, &slow)
		}
		if !is {
			continue
		}
		out.WriteString(text[end:f.from])
		out.WriteString(conversation.CodeBlank)
		end = f.to
		if whose.Status.Live() && whose.ExpiresAt > whose.Now && !slices.Contains(burned, whose.ID) {
			burned = append(burned, whose.ID)
		}
	}
	out.WriteString(text[end:])
	return out.String(), burned, nil
}

// whose finds the challenge that a code is of. When no more slow comparisons may be made
// it is taken for a code, of no challenge.
func (s *Service) whose(code Secret, list []Challenge, slow *int) (whose Challenge, is bool) {
	for _, c := range list {
		if c.MAC == "" || len(code.Reveal()) != c.Digits {
			continue
		}
		if _, slowly := unmarked(c.Kid); slowly {
			if *slow--; *slow < 0 {
				return Challenge{}, true
			}
		}
		if s.Keys.matches(s.bind(c, code), c.Kid, c.MAC) {
			return c, true
		}
	}
	return Challenge{}, false
}

// candidate is what may be a code in a text, and where it stands.
type candidate struct {
	from, to int
	code     Secret
}

// mostBetween is how many characters that are no letters may stand between two digits of
// a code: a blank, a comma, what makes a digit a key of a telephone.
const mostBetween = 3

// candidates finds every run of six or eight digits, whatever stands between them as long
// as it is short and no word. A longer run is searched in all its places: "code:1234567" may hold a
// code and a slip of the finger.
func candidates(text string) []candidate {
	type place struct {
		from, to int
		digit    byte
	}
	var run []place
	var all []candidate
	flush := func() {
		for i := range run {
			for _, n := range []int{8, 6} {
				if i+n > len(run) {
					continue
				}
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
		case gap < mostBetween && !unicode.IsLetter(r):
			gap++
		default:
			flush()
			gap = 0
		}
	}
	flush()
	return all
}
