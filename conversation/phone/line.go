package phone

import "github.com/nyaruka/phonenumbers"

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
	Unknown    Line = "unknown"
)

var lines = map[phonenumbers.PhoneNumberType]Line{
	phonenumbers.MOBILE:               Mobile,
	phonenumbers.FIXED_LINE_OR_MOBILE: Mobile,
	phonenumbers.FIXED_LINE:           Landline,
	phonenumbers.PREMIUM_RATE:         Premium,
	phonenumbers.VOIP:                 VoIP,
	phonenumbers.TOLL_FREE:            TollFree,
	phonenumbers.SHARED_COST:          SharedCost,
}

// LineType gives the kind of an E.164 number's line.
func LineType(e164 string) Line {
	n, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return Unknown
	}
	if l, ok := lines[phonenumbers.GetNumberType(n)]; ok {
		return l
	}
	return Unknown
}
