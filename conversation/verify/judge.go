package verify

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"parley/conversation/phone"
)

// GateRules are what the gate goes by. The zero value of a field means its default, but
// for Countries, without which nothing is sent.
type GateRules struct {
	Countries []string // ISO 3166-1 alpha-2 that codes may go to; "*": all
	Home      []string // those of the business's own lines
	Budgets   Budgets
	// NumberHour and NumberDay are how many codes one number gets, whatever they are for
	// and whoever they are asked for; default 5 an hour and 10 a day. A code counts once,
	// however often it is sent.
	NumberHour, NumberDay Limit
	// PerCode is what one code costs, PerDay what codes may cost in a day, by country or
	// "default", in millionths of the currency. Without PerDay there is no cap.
	PerCode, PerDay map[string]int64
	// Cooling is for how long no password is reset and no account unlocked by a number
	// that took the place of another; default 72 h.
	Cooling time.Duration
	// Stale is after how long without an approval a number may have another owner;
	// default 180 days.
	Stale time.Duration
	// SwapWithin is how recent a SIM change counts; default 168 h.
	SwapWithin time.Duration
	// SwapFor are the purposes for which the SIM is asked about besides the guarded
	// ones.
	SwapFor []Purpose
}

// Complete fills in the defaults.
func (r GateRules) Complete() GateRules {
	r.Cooling, r.Stale, r.SwapWithin = cmp.Or(r.Cooling, 72*time.Hour), cmp.Or(r.Stale, 180*24*time.Hour), cmp.Or(r.SwapWithin, 168*time.Hour)
	r.Budgets = r.Budgets.complete()
	r.NumberHour, r.NumberDay = r.NumberHour.or(Limit{5, time.Hour}), r.NumberDay.or(Limit{10, 24 * time.Hour})
	return r
}

// private are the reasons for which nothing is sent that only the business may read:
// callbacks say refused.
var private = map[string]bool{
	"country": true, "number_type": true, "block_budget": true, "country_budget": true, "network_budget": true, "spend": true,
	"number_limit": true, "paused": true, "account_locked": true, "unproven": true, "number_changed": true, "number_suspended": true, "number_stale": true, "sim_swap": true, "sim_swap_unknown": true,
}

// unfit are the lines that get no codes: they cost more than a text, ring in nobody's
// pocket, or are anybody's (NIST SP 800-63B: VoIP numbers SHALL NOT be used). An unknown
// one may be: new ranges open faster than lists of them are shipped.
var unfit = []phone.Kind{phone.Premium, phone.SharedCost, phone.TollFree, phone.VoIP, phone.Landline, phone.Personal, phone.Pager, phone.Satellite}

// number judges a number by itself.
func (r *GateRules) number(number string) string {
	if slices.Contains(unfit, phone.KindOf(number)) {
		return "number_type"
	}
	if !slices.Contains(r.Countries, "*") && !slices.Contains(r.Countries, phone.Region(number)) {
		return "country"
	}
	return ""
}

// numberHits are what a send counts under for its number: the first of a code does, and
// no other. What test keys send counts apart.
func (r *GateRules) numberHits(c Challenge) []Hit {
	if c.Sends > 0 {
		return nil
	}
	return inMode([]Hit{r.NumberHour.hit("send/hour/" + c.Phone), r.NumberDay.hit("send/day/" + c.Phone)}, c.Test)
}

// Person is what is known of a subject. Times are Unix ms of the database's clock.
type Person struct {
	Now         int64
	PausedUntil int64  // of the purpose; 0: it is not paused
	Phone       string // under which the subject last proved itself; "": none yet
	ConfirmedAt int64
	ChangedAt   int64  // when Phone took the place of another; 0: it is the first
	AgreedAt    int64  // when Phone itself agreed, by a code, to be replaced; 0: it did not
	Suspended   string // why the number that is asked about proves nothing for the subject; "": it may
	Locked      bool   // the account of this name is locked, or being unlocked
	Told        string // where the customer of that account was texted last; "": nowhere yet. Of AccountUnlock and NumberChange only
}

// person judges a number by what is known of its subject.
func (r *GateRules) person(c Challenge, is Person) string {
	guarded := rules[c.Purpose].guarded
	switch {
	case is.PausedUntil > is.Now:
		return "paused"
	case is.Locked && (c.Purpose == PasswordReset || c.Purpose == NumberChange && c.Proof != inPerson):
		return "account_locked" // whoever it was locked against must not come back by another way
	case c.Purpose == AccountUnlock && is.Told != "" && is.Told != c.Phone:
		return "number_changed" // such a code proves nothing
	case c.Purpose == NumberChange && c.Proof != "":
		return ""
	case is.Suspended != "":
		return "number_suspended"
	case c.Purpose == NumberChange && is.before() != "" && is.before() != c.Phone:
		return is.agreed()
	case is.Phone == "":
		return ""
	case !guarded && c.Purpose != NumberChange:
		return ""
	case is.Phone != c.Phone, is.ChangedAt > 0 && is.Now < is.ChangedAt+r.Cooling.Milliseconds():
		return "number_changed"
	case r.stale(is):
		return "number_stale"
	}
	return ""
}

// before is the number that another would take the place of: the one that gave codes, or
// else the one at which the account's customer was texted; "": none is known.
func (p Person) before() string { return cmp.Or(p.Phone, p.Told) }

// agreed says why another number cannot take the place of this one: whoever asks for it
// has to show, by a code to this number or by another factor, that they are its owner
// (NIST SP 800-63B: a new number is a new authenticator, bound by one that there is).
func (p Person) agreed() string {
	if p.AgreedAt > 0 && p.Now < p.AgreedAt+proofsWithin {
		return ""
	}
	return "unproven"
}

// stale says that the number has given no code for so long that it may have another owner.
func (r *GateRules) stale(is Person) bool { return is.Now > is.ConfirmedAt+r.Stale.Milliseconds() }

// longestSwap is how far back a SIM-swap service can be asked (CAMARA: 2,400 h).
const longestSwap = 2400 * time.Hour

// swapOf is the number whose SIM matters, "": none does, within how long it is not to have
// been changed, and whether an answer is needed. Where a number is to be replaced, it is
// that one: its SIM is what an agreement by text stands on, while the new one's may well be
// of today. One that has given no code for long is asked about whatever the code is for: a
// number that was given to somebody else has another SIM as well.
func (r *GateRules) swapOf(c Challenge, is Person) (number string, within time.Duration, needed bool) {
	switch {
	case rules[c.Purpose].guarded:
		return c.Phone, r.SwapWithin, true
	case c.Purpose == NumberChange && c.Proof == "" && is.before() != "":
		return is.before(), r.SwapWithin, true
	case is.Phone != "" && is.Phone == c.Phone && c.Purpose != NumberChange && r.stale(is):
		return c.Phone, longestSwap, false
	case slices.Contains(r.SwapFor, c.Purpose):
		return c.Phone, r.SwapWithin, false
	}
	return "", 0, false
}

// judgeSwap judges by what the SIM-swap service said. again: it gave no answer, which was
// needed, may give one, and there is time to ask again, until half of the code's life is over.
func judgeSwap(c Challenge, needed, changed bool, err error) (reason string, again bool) {
	switch {
	case err == nil && changed:
		return "sim_swap", false
	case err == nil || !needed:
		return "", false
	case errors.Is(err, ErrNumberUnknown):
		return "sim_swap_unknown", false
	case c.ExpiresAt-c.Now > (c.ExpiresAt-c.CreatedAt)/2:
		return "", true
	}
	return "sim_swap_unknown", false
}
