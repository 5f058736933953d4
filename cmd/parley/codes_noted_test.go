package main

import (
	"strings"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// TestChangedLimitsAreAudited: what a start finds changed stands in the audit trail,
// once, and no secret with it.
func TestChangedLimitsAreAudited(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		config := testConfig(url)
		t.Run("first", func(t *testing.T) { serveTest(t, config) })
		t.Run("the same", func(t *testing.T) { serveTest(t, config) })
		config.Codes.Checks = 3
		config.Codes.Limits.NumberHour = verify.Limit{Most: 7, Per: time.Hour}
		config.Codes.SIMSwap = SIMSwapConfig{URL: "https://swap.example.com", Token: "secret-token-0123456789"}
		t.Run("changed", func(t *testing.T) { serveTest(t, config) })
		db := ledger(t, url)
		var all []string
		for _, table := range []string{"audit", "audit_pending"} {
			for _, entry := range column(t, db, `SELECT data FROM `+table) {
				if strings.Contains(entry, "settings.") {
					all = append(all, entry)
				}
			}
		}
		if len(all) != 2 || !strings.Contains(all[0], "settings.noted") || !strings.Contains(all[1], "settings.changed") {
			t.Fatalf("%q", all)
		}
		if !strings.Contains(all[1], "checks 5 → 3; limits.number_hour 5 per 1h0m0s → 7 per 1h0m0s; sim_swap.url none → https://swap.example.com\"") {
			t.Error(all[1])
		}
		for _, secret := range []string{config.Codes.Keys[0].Secret, "secret-token"} {
			if strings.Contains(strings.Join(all, ""), secret) {
				t.Error("a secret is kept")
			}
		}
	})
}

// TestGateConfig: what cannot work is said by name.
func TestGateConfig(t *testing.T) {
	for text, says := range map[string]string{
		"{ttl: 10m}":           "",
		"{ttl: 10m1s}":         "codes.ttl: want at most 10m",
		"{countries: [usa]}":   "codes.countries[0]",
		"{countries: [\"*\"]}": "",
		"{spend: {currency: EUR, per_day: {default: 5}}}":                                      "codes.spend.per_code: is missing",
		"{spend: {currency: EUR, per_code: {default: 1}, per_day: {US: 0}}}":                   "codes.spend.per_day.US: want more than 0",
		"{spend: {per_code: {default: 5}}}":                                                    "codes.spend.currency",
		"{spend: {currency: EUR, per_code: {germany: 5}}}":                                     "codes.spend.per_code",
		"{spend: {currency: EUR, per_code: {DE: .nan}}}":                                       "codes.spend.per_code.DE",
		"{limits: {subject_hour: {per: 2h}}}":                                                  "codes.limits.subject_hour: want",
		"{limits: {network_sends: {most: 0, per: 1h}}}":                                        "codes.limits.network_sends: want",
		"{limits: {number_day: {most: 3}}}":                                                    "codes.limits.number_day: want",
		"{limits: {number_day: {most: 3, per: 24h}}}":                                          "",
		"{budgets: {block_hour: -1}}":                                                          "codes.budgets",
		"{cooling: 1h}":                                                                        "codes.cooling",
		"{stale: 1h}":                                                                          "codes.stale",
		"{sim_swap: {token: x}}":                                                               "codes.sim_swap.url: is missing",
		"{sim_swap: {url: \"https://a.example.com\"}}":                                         "codes.sim_swap: give token",
		"{sim_swap: {url: \"http://a.example.com\", token: x}}":                                "codes.sim_swap.url: want https",
		"{sim_swap: {url: \"https://10.0.0.1\", token: x}}":                                    "codes.sim_swap.url: 10.0.0.1 is a private address",
		"{sim_swap: {url: \"http://10.0.0.1\", token: x, private: true}}":                      "",
		"{sim_swap: {url: \"https://a.example.com\", token_url: \"https://a.example.com/t\"}}": "codes.sim_swap: token_url needs",
		"{sim_swap: {url: \"https://a.example.com\", token: x, within: 1h}}":                   "codes.sim_swap.within",
		"{sim_swap: {url: \"https://a.example.com\", token: x, purposes: [all]}}":              "codes.sim_swap.purposes[0]",
		"{sim_swap: {url: \"https://a.example.com?key=1\", token: x}}":                         "codes.sim_swap.url: want an address",
		"{sim_swap: {url: \"https://me:pw@a.example.com\", token: x}}":                         "codes.sim_swap.url: want an address",
	} {
		_, err := parseConfig([]byte("codes: "+text+"\n"), func(string) (string, bool) { return "", false })
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}
