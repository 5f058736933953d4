package main

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"parley/conversation/phone"
	"parley/conversation/verify"
	"parley/outbound/egress"
)

// SpendConfig is what codes cost and may cost. Amounts are of one currency.
type SpendConfig struct {
	// Currency is how amounts are shown, ISO 4217: EUR. Nothing is converted.
	Currency string `yaml:"currency"`
	// PerCode is what one code costs, by country (ISO 3166-1 alpha-2) or "default".
	// Default 0: codes cost nothing, and no cap can be reached.
	PerCode map[string]float64 `yaml:"per_code"`
	// PerDay is what codes may cost in 24 hours, for each country by itself or "default".
	// Beyond it none is sent there, and verification.alarm is told. Default: no cap.
	PerDay map[string]float64 `yaml:"per_day"`
}

// BudgetsConfig bounds the codes that nobody approves (SMS pumping). What is approved
// widens a budget; these are the floors, until there is history.
type BudgetsConfig struct {
	BlockHour        int64 `yaml:"block_hour"`        // codes to a block of 1,000 numbers in an hour while fewer than 30 % are approved; then none for 12 h; default 10
	CountryDay       int64 `yaml:"country_day"`       // unapproved codes to a country in a day; default 20
	CountryHour      int64 `yaml:"country_hour"`      // in an hour; default 3
	HomeDay          int64 `yaml:"home_day"`          // the same for the countries of your own lines; default 200
	HomeHour         int64 `yaml:"home_hour"`         // default 60
	NetworkDay       int64 `yaml:"network_day"`       // unapproved codes that one client network asks for in a day; default 10
	NetworkHour      int64 `yaml:"network_hour"`      // in an hour; default 5
	NetworkCountries int64 `yaml:"network_countries"` // countries that one network asks for in a day; default 2
}

// SIMSwapConfig is a service that knows when a number got another SIM: an operator's,
// or a reseller's, that speaks CAMARA's SIM Swap API. Without one SIMs are not asked
// about. Of password_reset and account_unlock nothing is sent while it does not answer.
type SIMSwapConfig struct {
	// URL is what stands before /check: https://api.example.com/sim-swap/v2.
	URL string `yaml:"url"`
	// Token is a bearer token that does not change; or fetch them with TokenURL.
	Token string `yaml:"token"`
	// TokenURL, ClientID and ClientSecret fetch tokens by OAuth 2.0 client credentials.
	TokenURL     string `yaml:"token_url"`
	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret"`
	// Scope of the tokens. Default sim-swap:check.
	Scope string `yaml:"scope"`
	// Within is how recent a change counts. Default 168h, at least 72h, at most 2400h.
	Within time.Duration `yaml:"within"`
	// Purposes for which it is asked as well as for password_reset, account_unlock and the
	// old number of a number_change; what is of these is sent when nobody can tell.
	Purposes []string `yaml:"purposes"`
	// Private says that the service lies inside our own network, on purpose: it may have
	// any address, and plain http. Default: public addresses only, by https.
	Private bool `yaml:"private"`
}

var (
	countryCode = regexp.MustCompile(`^[A-Z]{2}$`)
	currency    = regexp.MustCompile(`^[A-Z]{3}$`)
)

// checkGate says what cannot work of the rules on where codes go.
func (c *CodesConfig) checkGate(bad func(format string, args ...any)) {
	for i, country := range c.Countries {
		if country != "*" && !countryCode.MatchString(country) {
			bad("codes.countries[%d]: want an ISO 3166 country like US, or \"*\" for all", i)
		}
	}
	for name, amounts := range map[string]map[string]float64{"per_code": c.Spend.PerCode, "per_day": c.Spend.PerDay} {
		for country, v := range amounts {
			if country != "default" && !countryCode.MatchString(country) {
				bad("codes.spend.%s: %q is no country like US, nor default", name, country)
			}
			if !(v >= 0 && v <= 1e9) { // not a number either
				bad("codes.spend.%s.%s: want an amount like 0.05", name, country)
			}
			if name == "per_day" && v == 0 {
				bad("codes.spend.per_day.%s: want more than 0; where no codes are to go, leave the country out of codes.countries", country)
			}
		}
	}
	if len(c.Spend.PerDay) > 0 && len(c.Spend.PerCode) == 0 {
		bad("codes.spend.per_code: is missing: per_day needs to know what a code costs, like {default: 0.05}")
	}
	if len(c.Spend.PerCode)+len(c.Spend.PerDay) > 0 && !currency.MatchString(c.Spend.Currency) {
		bad("codes.spend.currency: want an ISO 4217 currency like EUR")
	}
	b := verify.Budgets(c.Budgets)
	if min(b.BlockHour, b.CountryDay, b.CountryHour, b.HomeDay, b.HomeHour, b.NetworkDay, b.NetworkHour, b.NetworkCountries) < 0 {
		bad("codes.budgets: want numbers of 1 and more")
	}
	if c.Cooling != 0 && (c.Cooling < 24*time.Hour || c.Cooling > 30*24*time.Hour) {
		bad("codes.cooling: want 24h to 720h")
	}
	if c.Stale != 0 && (c.Stale < 30*24*time.Hour || c.Stale > 3*365*24*time.Hour) {
		bad("codes.stale: want 720h to 26280h")
	}
	c.SIMSwap.check(bad)
}

func (c *SIMSwapConfig) check(bad func(format string, args ...any)) {
	if c.URL == "" {
		if c.Token != "" || c.TokenURL != "" {
			bad("codes.sim_swap.url: is missing")
		}
		return
	}
	for name, address := range map[string]string{"url": c.URL, "token_url": c.TokenURL} {
		if address != "" {
			checkAddress(bad, "codes.sim_swap."+name, address, "https://api.example.com/sim-swap/v2", c.Private)
		}
	}
	switch {
	case (c.Token == "") == (c.TokenURL == ""):
		bad("codes.sim_swap: give token, or token_url with client_id and client_secret")
	case c.TokenURL != "" && (c.ClientID == "" || c.ClientSecret == ""):
		bad("codes.sim_swap: token_url needs client_id and client_secret")
	}
	if c.Within != 0 && (c.Within < 72*time.Hour || c.Within > 2400*time.Hour) {
		bad("codes.sim_swap.within: want 72h to 2400h")
	}
	for i, p := range c.Purposes {
		if _, err := verify.ParsePurpose(p); err != nil {
			bad("codes.sim_swap.purposes[%d]: %w", i, err)
		}
	}
}

// rules are the choices as the gate takes them.
func (c *Config) rules() verify.GateRules {
	home := c.homeCountries()
	r := verify.GateRules{Countries: c.Codes.Countries, Home: home, Budgets: verify.Budgets(c.Codes.Budgets), Cooling: c.Codes.Cooling, Stale: c.Codes.Stale,
		NumberHour: c.Codes.Limits.NumberHour, NumberDay: c.Codes.Limits.NumberDay,
		PerCode: millionths(c.Codes.Spend.PerCode), PerDay: millionths(c.Codes.Spend.PerDay), SwapWithin: c.Codes.SIMSwap.Within}
	if len(r.Countries) == 0 {
		r.Countries = home
	}
	for _, p := range c.Codes.SIMSwap.Purposes {
		r.SwapFor = append(r.SwapFor, verify.Purpose(p))
	}
	return r.Complete()
}

// homeCountries are those of the business's own lines, as far as numbers tell.
func (c *Config) homeCountries() []string {
	seen := map[string]bool{}
	for _, l := range c.Lines {
		if country := phone.Region(l.Number); country != "" {
			seen[country] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func millionths(amounts map[string]float64) map[string]int64 {
	all := make(map[string]int64, len(amounts))
	for country, v := range amounts {
		all[country] = int64(math.Round(v * 1e6))
	}
	return all
}

// swaps makes what asks about SIMs; nil: nothing does.
func (c *SIMSwapConfig) swaps() (verify.Swaps, error) {
	if c.URL == "" {
		return nil, nil
	}
	var private []string
	if c.Private {
		for _, address := range []string{c.URL, c.TokenURL} {
			if u, err := url.Parse(address); err == nil && u.Host != "" {
				private = append(private, hostPort(u))
			}
		}
	}
	client, err := egress.NewClient(egress.Config{Private: private, Timeout: verify.SwapTimeout, MostBody: verify.MostSwapBody})
	if err != nil {
		return nil, fmt.Errorf("codes.sim_swap: %w", err)
	}
	return &verify.Camara{URL: c.URL, Client: client, Token: c.tokens(client)}, nil
}

func (c *SIMSwapConfig) tokens(client *http.Client) verify.TokenSource {
	if c.Token != "" {
		return verify.StaticToken(c.Token)
	}
	scope := c.Scope
	if scope == "" {
		scope = "sim-swap:check"
	}
	return verify.ClientToken(client, c.TokenURL, c.ClientID, c.ClientSecret, scope)
}
