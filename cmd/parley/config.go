package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"parley/outbound/senders"
)

// Config is the whole of parley.yaml. Unknown keys are errors; ${NAME} in a value
// is taken from the environment.
type Config struct {
	// Name of the installation; one installation serves one business. Default "parley".
	Name string `yaml:"name"`
	// Database is sqlite:FILE or postgres://…. Default sqlite:parley.db.
	Database string `yaml:"database"`
	// Listen is where webhooks, the API and the console are served. Default 127.0.0.1:8080.
	Listen string `yaml:"listen"`
	// Admin is where /metrics, /healthz, /readyz and pprof are served. Default
	// 127.0.0.1:9090; "off" serves them nowhere.
	Admin string `yaml:"admin"`
	// PublicURL is the address that carriers sign and call. Default http:// and Listen.
	PublicURL string `yaml:"public_url"`
	// Flows are the folders of flow files; "library" is the shipped ones, later
	// folders replace by name. Default [library].
	Flows []string `yaml:"flows"`
	// Brands by their id.
	Brands map[string]BrandConfig `yaml:"brands"`
	// Carriers by their name, which is also their webhook's: /webhooks/NAME.
	Carriers map[string]CarrierConfig `yaml:"carriers"`
	// Lines are the business's senders.
	Lines []LineConfig `yaml:"lines"`
	// Callbacks are the business's endpoints for events.
	Callbacks []CallbackConfig `yaml:"callbacks"`
	// Calls are the services and hosts that flows may call; no other is ever called.
	Calls []CallConfig `yaml:"calls"`
	// Codes are the one-time codes: their keys, and what may be asked for.
	Codes CodesConfig `yaml:"codes"`
	// Accounts are the rules of locked accounts.
	Accounts AccountsConfig `yaml:"accounts"`
	// Console is how people reach the console.
	Console ConsoleConfig `yaml:"console"`
	// LLM is any OpenAI-compatible service; without it free text is read locally.
	LLM LLMConfig `yaml:"llm"`

	// ahead is how far the demo's clock was put forward; nil: it cannot be.
	ahead func() time.Duration
}

// BrandConfig is one of the names under which the business texts.
type BrandConfig struct {
	Name     string `yaml:"name"`     // as customers read it; default the id
	Contact  string `yaml:"contact"`  // where customers reach the business otherwise; named in HELP
	Timezone string `yaml:"timezone"` // IANA; default UTC
	Hours    string `yaml:"hours"`    // of the agents: "Mo-Fr 09:00-18:00"; default always
	// Quiet are the hours in which notices and bulk texts wait, in Timezone:
	// "21:00-08:00" by default, "off" for none.
	Quiet string `yaml:"quiet"`
	// Senders by country (ISO 3166-1 alpha-2) or "default".
	Senders map[string]string `yaml:"senders"`
}

// CarrierConfig is a provider with credentials.
type CarrierConfig struct {
	Provider   string   `yaml:"provider"`    // twilio, kannel, generic, loopback
	BaseURL    string   `yaml:"base_url"`    // elsewhere than the provider's own: an emulator, a regional host
	AccountSID string   `yaml:"account_sid"` // twilio
	AuthToken  string   `yaml:"auth_token"`  // twilio
	Username   string   `yaml:"username"`    // kannel
	Password   string   `yaml:"password"`    // kannel
	Secret     string   `yaml:"secret"`      // of its webhooks: kannel, generic, loopback
	Secrets    []string `yaml:"secrets"`     // further live secrets while one is rotated
	OnlyTo     []string `yaml:"only_to"`     // the only phones that may be texted through it; default all
	Rate       float64  `yaml:"rate"`        // segments per second on each of its lines; default 10
	// Timeout is how long one message may take to be handed over, 10s at most, which
	// is also the default. What this server was sending when it died is taken up when
	// the longest of the carriers' timeouts and 15 s have passed.
	Timeout time.Duration     `yaml:"timeout"`
	Options map[string]string `yaml:"options"` // what only one provider knows
}

// LineConfig is one sender.
type LineConfig struct {
	Number      string  `yaml:"number"`       // E.164, short code or alphanumeric
	Carrier     string  `yaml:"carrier"`      // name of a carrier
	Brand       string  `yaml:"brand"`        // id of a brand; default the only one
	DefaultFlow string  `yaml:"default_flow"` // started by texts that nothing else reads
	Language    string  `yaml:"language"`     // of its customers, BCP 47; default the flow's first
	Rate        float64 `yaml:"rate"`         // segments per second; default the carrier's
	// Registered are the countries (ISO 3166-1 alpha-2) where a name as sender is registered
	// for the business. Where one has to be and is not, and where none is let through,
	// nothing is sent under it.
	Registered []string `yaml:"registered"`
}

// defaultConfig is what an absent key means.
func defaultConfig() Config {
	return Config{Name: "parley", Database: "sqlite:parley.db", Listen: "127.0.0.1:8080", Admin: "127.0.0.1:9090", Flows: []string{"library"}}
}

// LoadConfig reads and checks a config file. Errors name the file, line and column.
func LoadConfig(path string) (Config, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("there is no configuration %s: write one (the README has one to begin with), or name it with --config FILE", path)
	}
	if err != nil {
		return Config{}, fmt.Errorf("reading the config: %w", err)
	}
	c, err := parseConfig(b, os.LookupEnv)
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

func parseConfig(b []byte, env func(string) (string, bool)) (Config, error) {
	c := defaultConfig()
	file, err := parser.ParseBytes(b, 0)
	if err != nil {
		return c, errors.New(yaml.FormatError(err, false, false))
	}
	if len(file.Docs) > 1 {
		return c, errors.New("there is more than one YAML document")
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return c, errors.New("the file is empty")
	}
	fill := &filler{env: env}
	ast.Walk(fill, file.Docs[0].Body)
	if len(fill.missing) > 0 {
		return c, errors.New(strings.Join(fill.missing, "; "))
	}
	if err := yaml.NodeToValue(file.Docs[0].Body, &c, yaml.Strict()); err != nil {
		return c, errors.New(strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	return c, c.check()
}

// filler puts the environment into ${NAME}, after parsing, so that a value cannot
// bring YAML of its own.
type filler struct {
	env     func(string) (string, bool)
	missing []string
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// Visit fills one node.
func (f *filler) Visit(n ast.Node) ast.Visitor {
	s, ok := n.(*ast.StringNode)
	if !ok {
		return f
	}
	s.Value = variable.ReplaceAllStringFunc(s.Value, func(match string) string {
		name := match[2 : len(match)-1]
		value, ok := f.env(name)
		if !ok {
			at := s.GetToken().Position
			f.missing = append(f.missing, fmt.Sprintf("line %d:%d: the environment has no %s", at.Line, at.Column, name))
		}
		return value
	})
	return f
}

// check completes what was left out and refuses what cannot work.
func (c *Config) check() error {
	var wrong []error
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if !strings.HasPrefix(c.Database, "sqlite:") && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		bad("database: want sqlite:FILE or postgres://…")
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Listen
	}
	if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" {
		bad("public_url: want an address like https://sms.example.com")
	}
	for name, carrier := range c.Carriers {
		if carrier.Provider == "" {
			bad("carriers.%s: name its provider", name)
		}
		if carrier.Timeout < 0 || carrier.Timeout > 10*time.Second {
			bad("carriers.%s.timeout: want at most 10s", name)
		}
		if !(carrier.Rate >= 0) { // not a number either
			bad("carriers.%s.rate: want segments per second", name)
		}
	}
	c.checkLines(bad)
	c.checkCallbacks(bad)
	c.Accounts.check(bad)
	c.Console.check(bad)
	c.checkCalls(bad)
	c.Codes.check(bad)
	c.LLM.check(bad)
	return inOneLine(wrong)
}

func (c *Config) checkLines(bad func(format string, args ...any)) {
	seen := map[string]bool{}
	for i := range c.Lines {
		l := &c.Lines[i]
		if l.Number == "" {
			bad("lines[%d]: the number is missing", i)
		}
		if seen[l.Number] {
			bad("lines[%d]: %s is there twice", i, l.Number)
		}
		if !(l.Rate >= 0) {
			bad("lines[%d].rate: want segments per second", i)
		}
		seen[l.Number] = true
		l.checkRegistered(i, bad)
		if _, ok := c.Carriers[l.Carrier]; !ok {
			bad("lines[%d].carrier: there is no carrier %q", i, l.Carrier)
		}
		if l.Brand == "" && len(c.Brands) == 1 {
			for id := range c.Brands {
				l.Brand = id
			}
		}
		if _, ok := c.Brands[l.Brand]; !ok {
			bad("lines[%d].brand: there is no brand %q", i, l.Brand)
		}
	}
}

func (l *LineConfig) checkRegistered(i int, bad func(format string, args ...any)) {
	if len(l.Registered) > 0 && !senders.IsAlphanumeric(l.Number) {
		bad("lines[%d].registered: only names are registered, and %s is a number", i, l.Number)
	}
	for _, country := range l.Registered {
		if !countryCode.MatchString(country) {
			bad("lines[%d].registered: %q is no country of two letters, like GB", i, country)
		}
	}
}

// inOneLine makes one line of all that is wrong; nil of nothing.
func inOneLine(wrong []error) error {
	if len(wrong) == 0 {
		return nil
	}
	all := make([]string, len(wrong))
	for i, err := range wrong {
		all[i] = err.Error()
	}
	return errors.New(strings.Join(all, "; "))
}
