package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
)

// safe is a configuration that lacks nothing.
func safe() Config {
	c := testConfig("postgres://db/parley")
	c.Admin = "127.0.0.1:9090"
	c.Callbacks = []CallbackConfig{{Name: "shop", URL: "https://shop.example.com", Secret: testSecret, Events: []string{"verification.*"}}}
	c.Codes.Spend = SpendConfig{Currency: "EUR", PerCode: map[string]float64{"default": 0.05}, PerDay: map[string]float64{"default": 50}}
	c.Codes.SIMSwap = SIMSwapConfig{URL: "https://api.example.com/sim-swap/v2", Token: "t"}
	return c
}

// states are the diagnoses that are not ok: "missing codes.keys".
func states(found []diagnosis) string {
	var all []string
	for _, d := range found {
		if d.State != healthy {
			all = append(all, d.State+" "+d.About)
		}
		if d.State != healthy && d.Do == "" || d.Says == "" {
			all = append(all, "nothing to do about "+d.About)
		}
	}
	return strings.Join(all, ", ")
}

func TestExamine(t *testing.T) {
	folder := t.TempDir()
	open, group := filepath.Join(folder, "open.db"), filepath.Join(folder, "group.db")
	for path, mode := range map[string]os.FileMode{open: 0o644, group: 0o640} {
		if err := os.WriteFile(path+".key", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path+".key", mode); err != nil { // whatever umask says
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"nothing is missing", func(*Config) {}, ""},
		{"no keys", func(c *Config) { c.Codes.Keys = nil }, "missing codes.keys"},
		{"a key that is made", func(c *Config) { c.Codes.Keys, c.Database = nil, "sqlite:"+folder+"/new.db" }, ""},
		{"a key for everybody", func(c *Config) { c.Codes.Keys, c.Database = nil, "sqlite:"+open }, "missing codes.keys"},
		{"a key for a group", func(c *Config) { c.Codes.Keys, c.Database = nil, "sqlite:"+group }, "warning codes.keys"},
		{"all countries", func(c *Config) { c.Codes.Countries = []string{"*"} }, "warning codes.countries"},
		{"many countries", func(c *Config) {
			for i := range 26 {
				c.Codes.Countries = append(c.Codes.Countries, "X"+string(rune('A'+i)))
			}
		}, "warning codes.countries"},
		{"no country", func(c *Config) { c.Lines[0].Number = "12345" }, "missing codes.countries"},
		{"no cap", func(c *Config) { c.Codes.Spend = SpendConfig{} }, "missing codes.spend"},
		{"a cap elsewhere", func(c *Config) { c.Codes.Spend.PerDay = map[string]float64{"DE": 1} }, "warning codes.spend.per_day"},
		{"codes cost nothing", func(c *Config) { c.Codes.Spend.PerCode = map[string]float64{"DE": 1} }, "missing codes.spend.per_code"},
		{"limits of a million", func(c *Config) { c.Codes.Limits.SubjectHour = verify.Limit{Most: 1_000_000, Per: time.Hour} }, "warning codes.limits"},
		{"half the default, in a second", func(c *Config) { c.Codes.Limits.NetworkChecks = verify.Limit{Most: 30, Per: time.Second} }, "warning codes.limits"},
		{"a limit that is tighter", func(c *Config) { c.Codes.Limits.SubjectHour = verify.Limit{Most: 3, Per: time.Hour} }, ""},
		{"twice as many checks", func(c *Config) { c.Codes.Checks = 10 }, "warning codes.checks"},
		{"sent again at once", func(c *Config) { c.Codes.Cooldowns = []time.Duration{time.Minute, 5 * time.Second} }, "warning codes.cooldowns"},
		{"limits, checks and pauses", func(c *Config) {
			c.Codes.Limits.SubjectHour, c.Codes.Checks, c.Codes.Cooldowns = verify.Limit{Most: 1_000_000, Per: time.Hour}, 10, []time.Duration{time.Second}
		}, "warning codes.limits, warning codes.checks, warning codes.cooldowns"},
		{"more sends", func(c *Config) { c.Codes.Sends = 5 }, "warning codes.sends"},
		{"a changed number is let wait a day", func(c *Config) { c.Codes.Cooling = 24 * time.Hour }, "warning codes.cooling"},
		{"a number is believed for years", func(c *Config) { c.Codes.Stale = 3 * 365 * 24 * time.Hour }, "warning codes.stale"},
		{"longer pauses", func(c *Config) { c.Codes.Cooldowns = []time.Duration{time.Minute} }, ""},
		{"budgets of a million", func(c *Config) { c.Codes.Budgets.HomeDay = 1_000_000 }, "warning codes.budgets"},
		{"SIMs", func(c *Config) { c.Codes.SIMSwap = SIMSwapConfig{} }, "warning codes.sim_swap"},
		{"nobody hears of a changed password", func(c *Config) { c.Flows = []string{folder} }, "warning flows"},
		{"nobody listens", func(c *Config) { c.Callbacks[0].Events = []string{"run.*"} }, "missing callbacks"},
		{"one way", func(c *Config) {
			c.Lines = append(c.Lines, LineConfig{Number: "ACME", Carrier: "lab", Brand: "acme"})
		}, "warning lines"},
		{"a name that is too long", func(c *Config) {
			c.Brands = map[string]BrandConfig{"acme": {Name: strings.Repeat("Кофейня ", 9)}}
		}, "warning brands.acme"},
		{"no line", func(c *Config) { c.Lines, c.Codes.Countries = nil, []string{"US"} }, "missing lines"},
		{"twilio keeps", func(c *Config) { c.Carriers["us"] = CarrierConfig{Provider: "twilio"} }, "warning carriers.us"},
		{"twilio forgets", func(c *Config) {
			c.Carriers["us"] = CarrierConfig{Provider: "twilio", Options: map[string]string{"content_retention": "discard"}}
		}, ""},
		{"plain http", func(c *Config) { c.PublicURL = "http://sms.example.com" }, "missing public_url"},
		{"plain http at home", func(c *Config) { c.PublicURL = "http://127.0.0.1:8080" }, ""},
		{"an open admin door", func(c *Config) { c.Admin = "0.0.0.0:9090" }, "missing admin"},
		{"an open admin door, by name", func(c *Config) { c.Admin = ":9090" }, "missing admin"},
		{"an admin door inside", func(c *Config) { c.Admin = "10.0.0.7:9090" }, "warning admin"},
		{"no admin door", func(c *Config) { c.Admin = "off" }, ""},
	} {
		config := safe()
		c.change(&config)
		if got := states(examine(config)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestExamineDatabase(t *testing.T) {
	good := store.Inspection{Version: 5, Newest: 5, Timeouts: sessions}
	for _, c := range []struct {
		name   string
		change func(*store.Inspection)
		want   string
	}{
		{"good", func(*store.Inspection) {}, ""},
		{"behind", func(i *store.Inspection) { i.Version = 4 }, "missing migrations"},
		{"ahead", func(i *store.Inspection) { i.Version = 6 }, "missing migrations"},
		{"no lock_timeout", func(i *store.Inspection) {
			i.Timeouts = map[string]time.Duration{"idle_in_transaction_session_timeout": 1, "statement_timeout": 1, "tcp_user_timeout": 1}
		}, "missing database lock_timeout"},
		{"long", func(i *store.Inspection) {
			i.Timeouts = map[string]time.Duration{"idle_in_transaction_session_timeout": time.Hour, "lock_timeout": 1, "statement_timeout": 1, "tcp_user_timeout": 1}
		}, "warning database idle_in_transaction_session_timeout"},
		{"SQLite", func(i *store.Inspection) { i.Timeouts = nil }, ""},
		{"three seconds ahead", func(i *store.Inspection) { i.Skew = 3 * time.Second }, "warning clock"},
		{"a minute behind", func(i *store.Inspection) { i.Skew = -time.Minute }, "missing clock"},
		{"no addresses", func(i *store.Inspection) { i.Codes, i.Unplaced = 9, 9 }, "missing codes ip"},
		{"some addresses", func(i *store.Inspection) { i.Codes, i.Unplaced = 9, 1 }, "warning codes ip"},
		{"addresses", func(i *store.Inspection) { i.Codes = 9 }, ""},
	} {
		i := good
		c.change(&i)
		p := &patient{config: safe()}
		p.database(i, nil)
		if got := states(p.found); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestDoctor asks as a shell would, of both engines.
func TestDoctor(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		lite := strings.HasPrefix(url, "sqlite:")
		folder := t.TempDir()
		text := strings.Replace(fmt.Sprintf(minimal, folder), "sqlite:"+folder+"/parley.db", url, 1)
		file := write(t, folder, "parley.yaml", text)
		code, out, errs := invoke(t, "", "doctor", "-c", file)
		for _, want := range []string{"missing  codes.spend: ", "warning  codes.sim_swap: ", "missing  callbacks: ", "ok       migrations: ", "ok       clock: "} {
			if !strings.Contains(out, want) {
				t.Errorf("no %q in\n%s%s", want, out, errs)
			}
		}
		if code != 1 || !lite != strings.Contains(out, "ok       database sessions: ") || !lite != strings.Contains(out, "missing  codes.keys: ") {
			t.Errorf("%d\n%s%s", code, out, errs)
		}
		if !lite {
			slow := strings.Replace(text, url, url+"&lock_timeout=0", 1)
			if _, out, _ := invoke(t, "", "doctor", "-c", write(t, folder, "slow.yaml", slow)); !strings.Contains(out, "missing  database lock_timeout: ") {
				t.Error(out)
			}
		}
		good := text + "codes: {keys: [{id: k1, secret: \"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"}], spend: {currency: EUR, per_code: {default: 0.1}, per_day: {default: 9}}}\n" +
			"callbacks: [{url: https://shop.example.com/x, secret: \"" + testSecret + "\"}]\n"
		code, out, errs = invoke(t, "", "doctor", "--format", "json", "-c", write(t, folder, "good.yaml", good))
		var found []diagnosis
		if err := json.Unmarshal([]byte(out), &found); err != nil || code != 0 || len(found) < 10 {
			t.Errorf("%d, %v\n%s%s", code, err, out, errs)
		}
		if strings.Contains(out, "MDEy") || strings.Contains(out, testSecret) {
			t.Error("it shows a secret")
		}
	})
}

// TestDoctorChangesNothing: a database that is not there is not made, an old one is not
// migrated, one that is away is a warning.
func TestDoctorChangesNothing(t *testing.T) {
	folder := t.TempDir()
	file := write(t, folder, "parley.yaml", fmt.Sprintf(minimal, folder))
	if _, out, _ := invoke(t, "", "doctor", "-c", file); !strings.Contains(out, "warning  database: ") {
		t.Error(out)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("%v %v", entries, err)
	}
	write(t, folder, "parley.db", "")
	if _, out, _ := invoke(t, "", "doctor", "-c", file); !strings.Contains(out, "missing  migrations: the schema is at version 0") {
		t.Error(out)
	}
	away := write(t, folder, "away.yaml", strings.Replace(fmt.Sprintf(minimal, folder), "sqlite:"+folder+"/parley.db", "postgres://u:secretword@127.0.0.1:1/x", 1))
	if _, out, errs := invoke(t, "", "doctor", "-c", away); !strings.Contains(out, "warning  database: ") || strings.Contains(out+errs, "secretword") {
		t.Error(out, errs)
	}
	if code, out, _ := invoke(t, "", "doctor", "--offline", "-c", away); code != 1 || strings.Contains(out, "database: ") {
		t.Error(code, out)
	}
}
