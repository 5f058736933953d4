package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/conversation/verify"
)

// noteSettings writes into the audit trail what was changed of the settings of codes
// since a server last started. A secret is never among them.
func (h *house) noteSettings(ctx context.Context) error {
	now := h.config.codeSettings(h.codes.Settings)
	text, err := json.Marshal(now)
	if err != nil {
		return fmt.Errorf("noting the settings of codes: %w", err)
	}
	return h.store.Note(ctx, "codes", string(text), func(before string) verify.Entry {
		e := verify.Entry{What: "settings.changed", Who: "configuration", ID: h.node}
		var then map[string]string
		if before == "" || json.Unmarshal([]byte(before), &then) != nil {
			e.What, e.Detail = "settings.noted", changes(nil, now)
			return e
		}
		e.Detail = changes(then, now)
		return e
	})
}

// changes says what became of settings: "checks 5 → 10".
func changes(then, now map[string]string) string {
	var all []string
	names := maps.Clone(now)
	maps.Copy(names, then)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		switch was, is := then[name], now[name]; {
		case then == nil:
			all = append(all, name+" "+is)
		case was != is:
			all = append(all, fmt.Sprintf("%s %s → %s", name, orNone(was), orNone(is)))
		}
	}
	return strings.Join(all, "; ")
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// codeSettings are the settings in force, defaults included, as texts.
func (c *Config) codeSettings(s verify.Settings) map[string]string {
	r := c.rules()
	all := map[string]string{
		"ttl": s.TTL.String(), "checks": fmt.Sprint(s.Checks), "sends": fmt.Sprint(s.Sends), "cooldowns": fmt.Sprint(s.Cooldowns), "rotate": fmt.Sprint(s.Rotate), "hash": cmp.Or(c.Codes.Hash, "hmac"),
		"countries": strings.Join(r.Countries, " "), "home": strings.Join(r.Home, " "), "budgets": fmt.Sprintf("%+v", r.Budgets),
		"spend.currency": c.Codes.Spend.Currency, "spend.per_code": fmt.Sprint(r.PerCode), "spend.per_day": fmt.Sprint(r.PerDay),
		"cooling": r.Cooling.String(), "stale": r.Stale.String(),
		"sim_swap.url": c.Codes.SIMSwap.URL, "sim_swap.token_url": c.Codes.SIMSwap.TokenURL, "sim_swap.scope": c.Codes.SIMSwap.Scope, "sim_swap.private": fmt.Sprint(c.Codes.SIMSwap.Private),
		"sim_swap.within": r.SwapWithin.String(), "sim_swap.purposes": fmt.Sprint(r.SwapFor),
	}
	for name, l := range limitsOf(s, r) {
		all["limits."+name] = fmt.Sprintf("%d per %s", l.Most, l.Per)
	}
	var keys []string
	for _, k := range c.Codes.Keys {
		keys = append(keys, k.ID)
	}
	all["keys"] = strings.Join(keys, " ")
	return all
}

// limitsOf are the limits by their names in the configuration.
func limitsOf(s verify.Settings, r verify.GateRules) map[string]verify.Limit {
	l := LimitsConfig{r.NumberHour, r.NumberDay, s.SubjectSendsHour, s.SubjectSendsDay, s.NetworkSends, s.NetworkChecks, s.CallerSends, s.CallerChecks, s.SubjectHour, s.SubjectDay, s.NumberChecks, s.BlockChecks, s.Global}
	return l.byName()
}
