package phone

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Line says what kind of line a number is.
type Line string

// The kinds of lines. In some countries, the United States among them, a number
// does not tell whether it is mobile or fixed: those count as Mobile.
const (
	Mobile     Line = "mobile"
	Landline   Line = "landline"
	Premium    Line = "premium"
	VoIP       Line = "voip"
	TollFree   Line = "toll_free"
	SharedCost Line = "shared_cost"
	// Personal numbers follow a person, at the caller's expense.
	Personal Line = "personal"
	Pager    Line = "pager"
	// Satellite are the networks of no country, most of which fly: +870 to +878, +881,
	// +882, +883, and +979, which is premium everywhere.
	Satellite Line = "satellite"
	Unknown   Line = "unknown"
)

var lines = map[phonenumbers.PhoneNumberType]Line{
	phonenumbers.MOBILE:               Mobile,
	phonenumbers.FIXED_LINE_OR_MOBILE: Mobile,
	phonenumbers.FIXED_LINE:           Landline,
	phonenumbers.PREMIUM_RATE:         Premium,
	phonenumbers.VOIP:                 VoIP,
	phonenumbers.TOLL_FREE:            TollFree,
	phonenumbers.SHARED_COST:          SharedCost,
	phonenumbers.PERSONAL_NUMBER:      Personal,
	phonenumbers.PAGER:                Pager,
}

// global are the codes of no country (ITU-T E.164, list of assigned country codes).
var global = []string{"+87", "+881", "+882", "+883", "+979"}

// LineType gives the kind of an E.164 number's line.
func LineType(e164 string) Line {
	for _, prefix := range global {
		if strings.HasPrefix(e164, prefix) {
			return Satellite
		}
	}
	n, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return Unknown
	}
	if l, ok := lines[phonenumbers.GetNumberType(n)]; ok {
		return l
	}
	return Unknown
}
