package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"parley/conversation/store"
	"parley/conversation/verify"
)

// examine looks at the configuration, and at the file of the key beside the database.
func examine(c Config) []diagnosis {
	p := &patient{config: c}
	p.keys()
	p.countries()
	p.spending()
	p.swaps()
	p.receipt()
	p.limits()
	p.owners()
	p.budgets()
	p.listener()
	p.senders()
	p.retention()
	p.doors()
	p.llm()
	return p.found
}

// examineDatabase looks at the database. A SQLite file that is not there is not made.
func examineDatabase(ctx context.Context, c Config, log *slog.Logger) []diagnosis {
	p := &patient{config: c}
	if path, lite := strings.CutPrefix(c.Database, "sqlite:"); lite {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			p.warn("database", "start parley serve, which makes it, and ask again", "%s is not there yet", path)
			return p.found
		}
	}
	p.database(store.Inspect(ctx, store.Options{URL: c.Database, Log: log}))
	p.members(ctx, log)
	return p.found
}

func (p *patient) keys() {
	c := p.config
	path, lite := strings.CutPrefix(c.Database, "sqlite:")
	switch {
	case len(c.Codes.Keys) > 0:
		p.ok("codes.keys", "%s; %s is in use", plural(len(c.Codes.Keys), "key"), c.Codes.Keys[0].ID)
	case !lite:
		p.lacks("codes.keys", "give {id: k1, secret: \"${PARLEY_CODE_KEY}\"}, made with openssl rand -base64 32, the same on every node", "there is none: one-time codes are off")
	default:
		p.keyFile(path + ".key")
	}
}

func (p *patient) keyFile(path string) {
	is, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.ok("codes.keys", "%s is made at the first start, for its owner alone", path)
	case err != nil:
		p.warn("codes.keys", "let the user that runs parley read it", "the key's file cannot be looked at: %v", err)
	case is.Mode().Perm()&0o007 != 0:
		p.lacks("codes.keys", "chmod 600 "+path+", and make another key", "everybody on this machine can read %s", path)
	case is.Mode().Perm()&0o070 != 0:
		p.warn("codes.keys", "chmod 600 "+path, "a group can read %s", path)
	default:
		p.ok("codes.keys", "%s, which only its owner can read; keep it out of the database's backups", path)
	}
}

// manyCountries is how many countries are more than a business usually serves.
const manyCountries = 25

func (p *patient) countries() {
	countries := p.config.rules().Countries
	switch {
	case len(countries) == 0:
		p.lacks("codes.countries", "list the countries of your customers, like [US, CA]", "the lines' numbers name no country: no code is sent")
	case slices.Contains(countries, "*"):
		p.warn("codes.countries", "list the countries of your customers", "codes go to every country: whoever is paid for texts to far countries can have you send them")
	case len(countries) > manyCountries:
		p.warn("codes.countries", "leave out those where you have no customers", "codes go to %d countries", len(countries))
	default:
		p.ok("codes.countries", "%s", strings.Join(countries, ", "))
	}
}

func (p *patient) listener() {
	if names := listeners(p.config)("verification.alarm"); len(names) > 0 {
		p.ok("callbacks", "%s of attacks on codes (verification.alarm)", strings.Join(names, ", ")+map[bool]string{true: " hears", false: " hear"}[len(names) == 1])
		return
	}
	p.lacks("callbacks", "let an endpoint that somebody watches listen for verification.*", "nobody is told when codes are guessed or pumped (verification.alarm)")
}

func (p *patient) senders() {
	var oneWay []string
	for _, l := range p.config.Lines {
		made, err := lineOf(p.config.Brands[l.Brand], l)
		if err != nil {
			continue
		}
		if made.OneWay {
			oneWay = append(oneWay, l.Number)
		}
		if n := verify.MostSegments(made); n > 1 {
			p.warn("brands."+l.Brand, "give the brand a shorter name", "a code takes %d texts with this name, and costs as much", n)
		}
	}
	switch {
	case len(oneWay) > 0:
		p.warn("lines", "send codes from a number that can be answered", "NO cannot be answered to %s: a customer who did not ask for a code cannot say so", strings.Join(oneWay, ", "))
	case len(p.config.Lines) == 0:
		p.lacks("lines", "add a sender", "there is none")
	default:
		p.ok("lines", "every sender can be answered")
	}
}

// retention is about carriers that keep what texts said.
func (p *patient) retention() {
	for _, name := range slices.Sorted(maps.Keys(p.config.Carriers)) {
		c := p.config.Carriers[name]
		if c.Provider != "twilio" {
			continue
		}
		if c.Options["content_retention"] == "discard" {
			p.ok("carriers."+name, "Twilio forgets what texts said")
			continue
		}
		p.warn("carriers."+name, "add options: {content_retention: discard}, once Twilio has enabled Message Redaction for the account", "Twilio keeps what texts said, codes included, where its console shows them")
	}
}

func (p *patient) doors() {
	u, err := url.Parse(p.config.PublicURL)
	switch {
	case err != nil:
	case u.Scheme == "https":
		p.ok("public_url", "https")
	case local(u.Hostname()):
		p.ok("public_url", "this machine only")
	default:
		p.lacks("public_url", "put a proxy with TLS before it and write https", "carriers and the business reach it by plain http: whoever is on the way reads codes' answers and keys")
	}
	host, _, err := net.SplitHostPort(p.config.Admin)
	switch {
	case p.config.Admin == "off":
		p.ok("admin", "off")
	case err == nil && local(host):
		p.ok("admin", "this machine only")
	case err == nil && private(host):
		p.warn("admin", "let a firewall say who may reach it", "metrics and profiles are served to the network of %s", host)
	default:
		p.lacks("admin", "listen on 127.0.0.1:9090, or on an address of a private network", "metrics and profiles are served to everybody, without a password")
	}
}

func (p *patient) llm() {
	c := p.config.LLM
	u, err := url.Parse(c.BaseURL)
	switch {
	case !c.on():
		p.ok("llm", "none: no text of a customer leaves the building to be understood")
		return
	case err != nil:
		return
	case c.Private:
		p.ok("llm", "texts that nothing else reads go to %s in our own network, masked", u.Host)
	default:
		p.warn("llm", "ask whoever runs it for terms under which it keeps nothing, or use one of your own; llm: false keeps a flow's texts here", "texts that nothing else reads go to %s, masked", u.Host)
	}
	if c.DailySpend > 0 {
		p.ok("llm.daily_spend", "at most %.2f %s and %d tokens a day", c.DailySpend, c.Currency, c.DailyTokens)
	} else if c.Private {
		p.ok("llm.daily_tokens", "at most %d tokens a day", c.DailyTokens)
	} else {
		p.warn("llm.daily_spend", "give price_in, price_out and daily_spend", "at most %d tokens a day, and no limit to what they cost", c.DailyTokens)
	}
}

// local says whether a host is this machine.
func local(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func private(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && (a.IsPrivate() || a.IsLinkLocalUnicast())
}
