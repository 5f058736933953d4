package verify

import (
	"fmt"
	"slices"
)

// Purpose is what a code is for. A code of one purpose is good for no other.
type Purpose string

// The purposes.
const (
	Login         Purpose = "login"
	PasswordReset Purpose = "password_reset"
	Payment       Purpose = "payment"
	AccountUnlock Purpose = "account_unlock"
	NumberChange  Purpose = "number_change"
	Custom        Purpose = "custom"
)

// Purposes lists them all.
var Purposes = []Purpose{Login, PasswordReset, Payment, AccountUnlock, NumberChange, Custom}

// rule is what a purpose asks for.
type rule struct {
	// digits of the code: eight where it is the only factor. With six and twenty
	// guesses a day, a million accounts lose twenty a day; with eight, one in five days.
	digits int
	// grant is the scope of what an approval gives, once; "": nothing.
	grant string
	// guarded: not sent to a number that has just changed hands or owners, and not
	// when nobody can tell.
	guarded bool
	// own: the number is one that the business has of its customer, and none that whoever
	// asks may choose: a right code says that the customer is there.
	own bool
}

var rules = map[Purpose]rule{
	Login:         {digits: 6, own: true},
	PasswordReset: {digits: 8, grant: "set-password", guarded: true, own: true},
	Payment:       {digits: 6, own: true},
	AccountUnlock: {digits: 8, guarded: true, own: true},
	NumberChange:  {digits: 6}, // to the number that is, as guarded as any; to the new one, see agreed
	Custom:        {digits: 6}, // a number may be confirmed by it
}

// ParsePurpose reads a purpose's name.
func ParsePurpose(s string) (Purpose, error) {
	if !slices.Contains(Purposes, Purpose(s)) {
		return "", fmt.Errorf("want one of %v", Purposes)
	}
	return Purpose(s), nil
}
