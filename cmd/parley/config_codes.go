package main

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"parley/conversation/verify"
)

// CodesConfig is what a business chooses about its one-time codes. The zero value is
// useful: with SQLite, a key is made beside the database.
type CodesConfig struct {
	// Keys sign and seal codes: the first is in use, the others are good for what they
	// made. On PostgreSQL they must be given, the same on every node. Default with
	// SQLite: one key in a file beside the database, DATABASE.key, made at first use.
	Keys []CodeKeyConfig `yaml:"keys"`
	// TTL is how long a code is good. Default 5m, at most 10m (ASVS 5.0, 6.5.5).
	TTL time.Duration `yaml:"ttl"`
	// Checks is how often one code may be tried. Default 5.
	Checks int `yaml:"checks"`
	// Sends is how often one code may be sent, the first time included. Default 3.
	Sends int `yaml:"sends"`
	// Cooldowns are the pauses between sends. Default [30s, 60s, 120s].
	Cooldowns []time.Duration `yaml:"cooldowns"`
	// Resend: "same" sends the same code again (default: texts arrive out of order),
	// "rotate" another one each time.
	Resend string `yaml:"resend"`
	// Hash: "hmac" keeps a code as HMAC-SHA-256 under a key outside the database
	// (default); "hmac+argon2id" a password hash of that, for those whom a standard binds
	// to one (ASVS 5.0, 6.5.2): a check then takes some 25 ms of a processor.
	Hash string `yaml:"hash"`
	// Limits, by name; what is left out has its default.
	Limits LimitsConfig `yaml:"limits"`
	// Countries that codes may go to, ISO 3166-1 alpha-2; ["*"]: all. Default: those of
	// the business's own lines. Of lines whose numbers name no country (short codes,
	// names) nothing follows: without any country no code is sent.
	Countries []string `yaml:"countries"`
	// Spend is what codes cost, and may cost in a day. Default: no cap.
	Spend SpendConfig `yaml:"spend"`
	// Budgets bound codes that nobody approves; what is left out has its default.
	Budgets BudgetsConfig `yaml:"budgets"`
	// Cooling is for how long a number that took the place of another gets no codes of
	// password_reset and account_unlock. Default 72h, 24h to 720h.
	Cooling time.Duration `yaml:"cooling"`
	// Stale is after how long without an approval a number may have another owner, and
	// gets no codes of password_reset and account_unlock; for other purposes its SIM is asked
	// about. Default 4320h (180 days).
	Stale time.Duration `yaml:"stale"`
	// SIMSwap is the service that knows of changed SIMs. Default: nobody is asked.
	SIMSwap SIMSwapConfig `yaml:"sim_swap"`
}

// CodeKeyConfig is one key.
type CodeKeyConfig struct {
	ID     string `yaml:"id"`     // short: it stands beside every code it made
	Secret string `yaml:"secret"` // 32 random bytes, base64: openssl rand -base64 32
}

// LimitsConfig are the limits on codes, each {most: N, per: DURATION}.
type LimitsConfig struct {
	NumberHour       verify.Limit `yaml:"number_hour"`        // codes to one number, whoever they are asked for; beyond it nothing is sent, and whoever asks is answered as ever; default 5 per 1h
	NumberDay        verify.Limit `yaml:"number_day"`         // default 10 per 24h
	SubjectSendsHour verify.Limit `yaml:"subject_sends_hour"` // codes asked for one subject from one network, or from all that are not known; default 5 per 1h
	SubjectSendsDay  verify.Limit `yaml:"subject_sends_day"`  // default 10 per 24h
	NetworkSends     verify.Limit `yaml:"network_sends"`      // codes asked for from one network; default 20 per 1h
	NetworkChecks    verify.Limit `yaml:"network_checks"`     // checks from one network; default 60 per 5m
	CallerSends      verify.Limit `yaml:"caller_sends"`       // codes that one API key, or one conversation's flows, ask for without ip; default 1000 per 1h
	CallerChecks     verify.Limit `yaml:"caller_checks"`      // checks of one API key without ip that were not right; default 600 per 5m
	SubjectHour      verify.Limit `yaml:"subject_hour"`       // wrong codes of a subject and purpose; default 10 per 1h
	SubjectDay       verify.Limit `yaml:"subject_day"`        // default 20 per 24h
	NumberChecks     verify.Limit `yaml:"number_checks"`      // wrong codes of a number; default 20 per 24h
	BlockChecks      verify.Limit `yaml:"block_checks"`       // wrong codes of a block of a thousand numbers; default 60 per 1h
	Global           verify.Limit `yaml:"global"`             // wrong codes in all, before new ones have eight digits; default 100 per 1m
}

// check says what cannot work.
func (c *CodesConfig) check(bad func(format string, args ...any)) {
	if c.TTL < 0 || c.TTL > verify.LongestTTL {
		bad("codes.ttl: want at most 10m")
	}
	if c.Checks < 0 || c.Checks > 10 {
		bad("codes.checks: want 1 to 10")
	}
	if c.Sends < 0 || c.Sends > 5 {
		bad("codes.sends: want 1 to 5")
	}
	if c.Resend != "" && c.Resend != "same" && c.Resend != "rotate" {
		bad("codes.resend: want same or rotate")
	}
	if c.Hash != "" && c.Hash != "hmac" && c.Hash != "hmac+argon2id" {
		bad("codes.hash: want hmac or hmac+argon2id")
	}
	for i, d := range c.Cooldowns {
		if d < time.Second || d > 10*time.Minute {
			bad("codes.cooldowns[%d]: want 1s to 10m", i)
		}
	}
	for name, l := range c.Limits.byName() {
		if l != (verify.Limit{}) && (l.Most < 1 || l.Per < time.Second || l.Per > 7*24*time.Hour) {
			bad("codes.limits.%s: want {most: N, per: DURATION}, of 1 and more in 1s to 168h", name)
		}
	}
	c.checkGate(bad)
	if len(c.Keys) > 0 {
		if _, err := c.ring(); err != nil {
			bad("codes.keys: %w", err)
		}
	}
}

func (l *LimitsConfig) byName() map[string]verify.Limit {
	return map[string]verify.Limit{
		"number_hour": l.NumberHour, "number_day": l.NumberDay, "subject_sends_hour": l.SubjectSendsHour, "subject_sends_day": l.SubjectSendsDay,
		"network_sends": l.NetworkSends, "network_checks": l.NetworkChecks, "caller_sends": l.CallerSends, "caller_checks": l.CallerChecks,
		"subject_hour": l.SubjectHour, "subject_day": l.SubjectDay, "number_checks": l.NumberChecks, "block_checks": l.BlockChecks, "global": l.Global,
	}
}

// settings are the choices as the room takes them.
func (c *CodesConfig) settings() verify.Settings {
	l := &c.Limits
	return verify.Settings{TTL: c.TTL, Checks: c.Checks, Sends: c.Sends, Cooldowns: c.Cooldowns, Rotate: c.Resend == "rotate",
		SubjectSendsHour: l.SubjectSendsHour, SubjectSendsDay: l.SubjectSendsDay, NetworkSends: l.NetworkSends, NetworkChecks: l.NetworkChecks, CallerSends: l.CallerSends, CallerChecks: l.CallerChecks,
		SubjectHour: l.SubjectHour, SubjectDay: l.SubjectDay, NumberChecks: l.NumberChecks, BlockChecks: l.BlockChecks, Global: l.Global}
}

// ring makes the keyring of the configured keys.
func (c *CodesConfig) ring() (*verify.Keyring, error) {
	keys := make([]verify.Key, len(c.Keys))
	for i, k := range c.Keys {
		secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(k.Secret))
		if err != nil {
			return nil, fmt.Errorf("key %s: its secret is no base64", k.ID)
		}
		keys[i] = verify.Key{ID: k.ID, Secret: secret}
	}
	return verify.NewKeyring(keys...)
}
