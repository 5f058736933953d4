package verify

import (
	"cmp"
	"slices"
	"time"

	"parley/conversation"
	"parley/conversation/phone"
)

// Budgets bound the codes that nobody approves: whoever is paid for texts to numbers
// of their own (SMS pumping, artificially inflated traffic) never types one in. What
// is approved widens them, so that a business need not know its own numbers (the
// formulas are Authgear's, which only records; here they deny). The floors hold until
// there is history; 0 means the default.
type Budgets struct {
	// BlockHour is how many codes a block of a thousand numbers gets in an hour while
	// fewer than three in ten are approved; default 10. Then it gets none for 12 h.
	BlockHour int64
	// CountryDay and CountryHour bound the unapproved codes of a country; default 20
	// and 3.
	CountryDay, CountryHour int64
	// HomeDay and HomeHour are the same for the countries of the business's own lines,
	// where three customers at once are no attack; default 200 and 60.
	HomeDay, HomeHour int64
	// NetworkDay and NetworkHour bound those that one client network asks for; default
	// 10 and 5.
	NetworkDay, NetworkHour int64
	// NetworkCountries is how many countries one network may ask for in a day; default 2.
	NetworkCountries int64
}

func (b Budgets) complete() Budgets {
	b.BlockHour = cmp.Or(b.BlockHour, 10)
	b.CountryDay, b.CountryHour = cmp.Or(b.CountryDay, 20), cmp.Or(b.CountryHour, 3)
	b.HomeDay, b.HomeHour = cmp.Or(b.HomeDay, 200), cmp.Or(b.HomeHour, 60)
	b.NetworkDay, b.NetworkHour = cmp.Or(b.NetworkDay, 10), cmp.Or(b.NetworkHour, 5)
	b.NetworkCountries = cmp.Or(b.NetworkCountries, 2)
	return b
}

// blockedFor is how long a block of numbers that was pumped gets no codes.
const blockedFor = 12 * time.Hour

// Send is one sending of a code, as budgets count it: by keys of tallies, "" for none.
// One without a country has no budgets.
type Send struct {
	Challenge string
	N         int // of the sends of this challenge; 1 is the first
	Cost      int64

	Country, Block, Network string
	Pair                    string // of network and country
	Spread                  string // counts the countries of a network

	Hits []Hit // the limits that it counts under: of its number
}

func sendOf(c Challenge, cost int64) Send {
	country := phone.Region(c.Phone)
	s := Send{Challenge: c.ID, N: c.Sends + 1, Cost: cost, Country: "country/" + country, Block: "block/" + block(c.Phone)}
	if !unnamed(c.Client) && c.Client != "" { // a caller's customers are many: what bounds them is the country's budget
		s.Network, s.Pair, s.Spread = "net/"+c.Client, "pair/"+c.Client+"/"+country, "spread/"+c.Client
	}
	return s
}

// approvalKeys are what an approval counts under.
func approvalKeys(c Challenge) []string {
	s := sendOf(c, 0)
	if s.Network == "" {
		return []string{s.Country, s.Block}
	}
	return []string{s.Country, s.Block, s.Network}
}

// Count is what was tallied under one key: of the last one to two hours, and of the
// last 24.
type Count struct {
	HourSent, HourApproved int64
	DaySent, DayApproved   int64
	DayCost                int64 // millionths of the currency
	Best                   int64 // approvals of the best of the last 14 days; only of a country
}

// Counts are the evidence for one send.
type Counts struct {
	Country, Block, Network, Pair, Spread Count
	Blocked                               bool // its block was pumped within 12 h
	HasNetwork                            bool
	NumberFull                            bool // its number has had as many codes as it may
}

// Verdict is what comes of a send. Reason "": it is counted, and goes.
type Verdict struct {
	Reason string
	Marks  []Mark
}

// Mark is a note that is left for a while; Told is said when it was not there.
type Mark struct {
	Key    string
	For    time.Duration
	Reason string
	Told   conversation.Told
}

// full decides by the number's limit alone.
func full(n Counts) Verdict {
	if n.NumberFull {
		return Verdict{Reason: "number_limit"}
	}
	return Verdict{}
}

// weigh decides by the number's limit, and then by the budgets: whoever bombs one number
// closes no block to others.
func (r *GateRules) weigh(n Counts, country string) Verdict {
	pumping := conversation.VerificationAlarm{What: "pumping", Country: country}
	switch {
	case n.NumberFull:
		return full(n)
	case n.Blocked:
		return Verdict{Reason: "block_budget"}
	case n.Block.HourSent >= r.Budgets.BlockHour && 10*n.Block.DayApproved < 3*n.Block.DaySent:
		return Verdict{"block_budget", []Mark{{Key: blockMark, For: blockedFor, Reason: "pumping", Told: pumping}}}
	case r.countryOver(n.Country, country):
		return Verdict{"country_budget", []Mark{{Key: "told/country/" + country, For: blockedFor, Reason: "pumping", Told: pumping}}}
	case n.HasNetwork && r.networkOver(n):
		return Verdict{Reason: "network_budget"}
	case r.broke(n.Country.DayCost, country):
		return Verdict{"spend", []Mark{{Key: "told/spend/" + country, For: 24 * time.Hour, Reason: "spend", Told: conversation.VerificationAlarm{What: "spend", Country: country}}}}
	}
	return Verdict{}
}

// blockMark stands for the mark of the send's own block.
const blockMark = ""

// BlockedKey is the mark of a block that was pumped.
func (s Send) BlockedKey() string { return "blocked/" + s.Block }

// Mark gives the key under which a mark of this send is left.
func (s Send) Mark(m Mark) string {
	if m.Key == blockMark {
		return s.BlockedKey()
	}
	return m.Key
}

func (r *GateRules) countryOver(n Count, country string) bool {
	day, hour := r.Budgets.CountryDay, r.Budgets.CountryHour
	if slices.Contains(r.Home, country) {
		day, hour = r.Budgets.HomeDay, r.Budgets.HomeHour
	}
	return n.DaySent-n.DayApproved >= max(day, n.Best*3/10, n.DayApproved*3/10) ||
		n.HourSent-n.HourApproved >= max(hour, n.Best/30, n.HourApproved/5)
}

func (r *GateRules) networkOver(n Counts) bool {
	return n.Network.DaySent-n.Network.DayApproved >= max(r.Budgets.NetworkDay, n.Network.DayApproved*3/10) ||
		n.Network.HourSent-n.Network.HourApproved >= max(r.Budgets.NetworkHour, n.Network.HourApproved/5) ||
		n.Pair.DaySent == 0 && n.Spread.DaySent >= r.Budgets.NetworkCountries
}

// cost is what a code to a country costs, in millionths of the currency.
func (r *GateRules) cost(country string) int64 {
	cost, _ := Of(r.PerCode, country)
	return cost
}

// broke says that a country's cap holds no further code. A cap of 0 holds none.
func (r *GateRules) broke(spent int64, country string) bool {
	most, capped := Of(r.PerDay, country)
	return capped && (most == 0 || spent+r.cost(country) > most)
}

// Of is the amount for a country, or the default.
func Of[T int64 | float64](by map[string]T, country string) (amount T, there bool) {
	amount, there = by[country]
	if !there {
		amount, there = by["default"]
	}
	return amount, there
}
