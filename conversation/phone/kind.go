package phone

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Kind is the kind of line that a number leads to.
type Kind string

// The kinds of lines. In some countries, the United States among them, a number
// does not tell whether it is mobile or fixed: those count as Mobile.
const (
	Mobile     Kind = "mobile"
	Landline   Kind = "landline"
	Premium    Kind = "premium"
	VoIP       Kind = "voip"
	TollFree   Kind = "toll_free"
	SharedCost Kind = "shared_cost"
	// Personal numbers follow a person, at the caller's expense.
	Personal Kind = "personal"
	Pager    Kind = "pager"
	// Satellite are the networks of no country, most of which fly: +870 to +878, +881,
	// +882, +883, and +979, which is premium everywhere.
	Satellite Kind = "satellite"
	Unknown   Kind = "unknown"
)

var kinds = map[phonenumbers.PhoneNumberType]Kind{
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

// KindOf gives the kind of an E.164 number's line.
func KindOf(e164 string) Kind {
	for _, prefix := range global {
		if strings.HasPrefix(e164, prefix) {
			return Satellite
		}
	}
	n, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return Unknown
	}
	if k, ok := kinds[phonenumbers.GetNumberType(n)]; ok {
		return k
	}
	return Unknown
}
