package main

import (
	"maps"
	"slices"
	"strings"
	"time"

	"parley/conversation/verify"
	"parley/flows"
)

func (p *patient) spending() {
	s := p.config.Codes.Spend
	var open, free []string
	for _, country := range p.config.rules().Countries {
		if _, ok := verify.Of(s.PerDay, country); !ok {
			open = append(open, country)
		}
		if cost, _ := verify.Of(s.PerCode, country); cost == 0 {
			free = append(free, country)
		}
	}
	switch {
	case len(s.PerDay) == 0:
		p.lacks("codes.spend", "give {currency: EUR, per_code: {default: 0.05}, per_day: {default: 50}}", "what codes cost in a day has no cap")
	case len(open) > 0:
		p.warn("codes.spend.per_day", "give a default", "there is no cap for %s", strings.Join(open, ", "))
	case len(free) > 0:
		p.lacks("codes.spend.per_code", "give a default", "codes to %s cost nothing, so that no cap is ever reached", strings.Join(free, ", "))
	default:
		p.ok("codes.spend", "codes have a cap for every country, in %s", s.Currency)
	}
}

func (p *patient) swaps() {
	if p.config.Codes.SIMSwap.URL == "" {
		p.warn("codes.sim_swap", "name a service that speaks CAMARA's SIM Swap API", "nobody is asked whether a SIM was changed before a password is reset, an account unlocked or a number replaced")
		return
	}
	p.ok("codes.sim_swap", "SIMs are asked about, and without an answer no password is reset and no number replaced")
}

// receipt looks for the flow that tells customers of a changed password, and has their NO
// lock the account.
func (p *patient) receipt() {
	library, err := flows.Load(p.config.Flows)
	switch {
	case err != nil:
		p.warn("flows", "ask parley flows check", "they cannot be read, so that nobody can say whether customers hear of a changed password")
	case len(library.ForEvent("password.changed")) == 0:
		p.warn("flows", "add a flow that password.changed starts, like the library's password_reset", "no customer is told that a password was changed, nor can lock the account by NO")
	default:
		p.ok("flows", "customers hear of a changed password, and lock by NO what they did not do")
	}
}

// farBeyond is how many times looser than its default a limit protects hardly anybody.
const farBeyond = 10

// limits compares what guessing comes up against with the defaults.
func (p *patient) limits() {
	c := p.config.Codes
	defaults := limitsOf(verify.Defaults, verify.GateRules{}.Complete())
	var loose []string
	for name, l := range c.Limits.byName() {
		d := defaults[name]
		if l.Most > 0 && float64(l.Most)/l.Per.Seconds() > farBeyond*float64(d.Most)/d.Per.Seconds() {
			loose = append(loose, name)
		}
	}
	slices.Sort(loose)
	before := len(p.found)
	if len(loose) > 0 {
		p.warn("codes.limits", "leave them out, or stay nearer to the defaults", "%s: more than ten times the default; whoever guesses or bombs is hardly held up", strings.Join(loose, ", "))
	}
	if c.Checks > verify.Defaults.Checks {
		p.warn("codes.checks", "leave it out", "a code may be guessed at %d times, the default is %d", c.Checks, verify.Defaults.Checks)
	}
	if c.Sends > verify.Defaults.Sends {
		p.warn("codes.sends", "leave it out", "a code may be sent %d times, the default is %d", c.Sends, verify.Defaults.Sends)
	}
	if len(c.Cooldowns) > 0 && slices.Min(c.Cooldowns) < verify.Defaults.Cooldowns[0] {
		p.warn("codes.cooldowns", "leave them out", "a code may be sent again after %s, the default is %s at least", slices.Min(c.Cooldowns), verify.Defaults.Cooldowns[0])
	}
	if len(p.found) == before {
		p.ok("codes.limits", "guessing ends by subject, number, network and block")
	}
}

// owners compares for how long a number is, or is not yet, its customer's with the defaults.
func (p *patient) owners() {
	r, defaults := p.config.rules(), verify.GateRules{}.Complete()
	if r.Cooling < defaults.Cooling {
		p.warn("codes.cooling", "leave it out", "a number that took the place of another resets passwords and unlocks after %s, the default is %s", r.Cooling, defaults.Cooling)
	}
	if r.Stale > defaults.Stale {
		p.warn("codes.stale", "leave it out", "a number that has given no code for %d days is taken for its customer's, the default is %d", days(r.Stale), days(defaults.Stale))
	}
}

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

// budgets compares what pumping comes up against with the defaults.
func (p *patient) budgets() {
	now, defaults := budgetsOf(p.config.rules().Budgets), budgetsOf(verify.GateRules{}.Complete().Budgets)
	var loose []string
	for _, name := range slices.Sorted(maps.Keys(defaults)) {
		if now[name] > farBeyond*defaults[name] {
			loose = append(loose, name)
		}
	}
	if len(loose) > 0 {
		p.warn("codes.budgets", "leave them out, or stay nearer to the defaults", "%s: more than ten times the default; pumped numbers are paid for", strings.Join(loose, ", "))
		return
	}
	p.ok("codes.budgets", "codes that nobody approves end by block, country and network")
}

func budgetsOf(b verify.Budgets) map[string]int64 {
	return map[string]int64{"block_hour": b.BlockHour, "country_day": b.CountryDay, "country_hour": b.CountryHour, "home_day": b.HomeDay, "home_hour": b.HomeHour,
		"network_day": b.NetworkDay, "network_hour": b.NetworkHour, "network_countries": b.NetworkCountries}
}
